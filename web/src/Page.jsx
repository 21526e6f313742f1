import { DOC_EXPLORER_PLUGIN, DocExplorerStore } from "@graphiql/plugin-doc-explorer";
import { HISTORY_PLUGIN, HistoryStore } from "@graphiql/plugin-history";
import { GraphiQLProvider } from "@graphiql/react";
import { GraphiQLInterface } from "graphiql";
import { useMemo, useState } from "react";

import { readAccessKey, writeAccessKey } from "./accessKey.js";
import { AccessKeyField } from "./AccessKeyField.jsx";
import { EXAMPLES } from "./examples.js";
import { ExampleMenu } from "./ExampleMenu.jsx";
import { createFetcher } from "./fetcher.js";
import { storageWithoutHeaders } from "./storage.js";

const PLUGINS = [DOC_EXPLORER_PLUGIN, HISTORY_PLUGIN];

export function Page() {
  const [accessKey, setAccessKey] = useState(readAccessKey);
  // A new fetcher makes GraphiQL read the schema again, now with the new key.
  const fetcher = useMemo(() => createFetcher(accessKey), [accessKey]);

  function changeAccessKey(key) {
    writeAccessKey(key);
    setAccessKey(key);
  }

  return (
    <GraphiQLProvider
      fetcher={fetcher}
      plugins={PLUGINS}
      referencePlugin={DOC_EXPLORER_PLUGIN}
      storage={storageWithoutHeaders}
      shouldPersistHeaders={false}
      defaultQuery={EXAMPLES[0].document}
    >
      <HistoryStore>
        <DocExplorerStore>
          <header className="page-header">
            <h1>fngraph</h1>
            <a href="/rest">REST</a>
            <ExampleMenu />
            <AccessKeyField value={accessKey} onChange={changeAccessKey} />
          </header>
          <GraphiQLInterface showPersistHeadersSettings={false} />
        </DocExplorerStore>
      </HistoryStore>
    </GraphiQLProvider>
  );
}
