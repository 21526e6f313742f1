import { DOC_EXPLORER_PLUGIN, DocExplorerStore } from "@graphiql/plugin-doc-explorer";
import { explorerPlugin } from "@graphiql/plugin-explorer";
import { HISTORY_PLUGIN, HistoryStore } from "@graphiql/plugin-history";
import { GraphiQLProvider } from "@graphiql/react";
import { GraphiQLInterface } from "graphiql";
import { useMemo, useState } from "react";

import { readAccessKey, writeAccessKey } from "./accessKey.js";
import { Backends } from "./backends/Backends.jsx";
import { EditorKeys } from "./graph/EditorKeys.jsx";
import { EXAMPLES } from "./graph/examples.js";
import { createFetcher } from "./graph/fetcher.js";
import { PanelTop } from "./graph/PanelTop.jsx";
import { Header } from "./Header.jsx";
import { Plan } from "./plan/Plan.jsx";
import { storageWithoutHeaders } from "./storage.js";
import { View } from "./Tabs.jsx";
import { useView } from "./useView.js";

const PLUGINS = [DOC_EXPLORER_PLUGIN, HISTORY_PLUGIN, explorerPlugin({ showAttribution: false })];

export function Page() {
  const [accessKey, setAccessKey] = useState(readAccessKey);
  const [view, show] = useView(["graph", "backends", "plan"]);
  const [ran, setRan] = useState(null);
  // A new fetcher makes GraphiQL read the schema again, now with the new key.
  const fetcher = useMemo(() => createFetcher(accessKey, setRan), [accessKey]);

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
      defaultQuery={EXAMPLES[0].examples[0].document}
    >
      <HistoryStore>
        <DocExplorerStore>
          <EditorKeys />
          <PanelTop />
          <Header view={view} onView={show} accessKey={accessKey} onAccessKey={changeAccessKey} />
          <main>
            <View id="graph" current={view}>
              <GraphiQLInterface showPersistHeadersSettings={false} />
            </View>
            <View id="backends" current={view}>
              <Backends accessKey={accessKey} shown={view === "backends"} />
            </View>
            <View id="plan" current={view}>
              <Plan accessKey={accessKey} shown={view === "plan"} ran={ran} />
            </View>
          </main>
        </DocExplorerStore>
      </HistoryStore>
    </GraphiQLProvider>
  );
}
