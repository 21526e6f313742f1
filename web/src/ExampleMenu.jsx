import { pick, useGraphiQL, useGraphiQLActions } from "@graphiql/react";

import { EXAMPLES } from "./examples.js";

export function ExampleMenu() {
  const { addTab, changeTab } = useGraphiQLActions();
  const { tabs, queryEditor } = useGraphiQL(pick("tabs", "queryEditor"));

  function open({ document }) {
    const opened = tabs.findIndex((tab) => tab.query === document);
    if (opened >= 0) return changeTab(opened);
    addTab();
    queryEditor.setValue(document);
  }

  return (
    <select
      aria-label="Examples"
      value=""
      disabled={!queryEditor}
      onChange={(event) => open(EXAMPLES[event.target.value])}
    >
      <option value="" disabled>
        Examples
      </option>
      {EXAMPLES.map(({ title }, index) => (
        <option key={title} value={index}>
          {title}
        </option>
      ))}
    </select>
  );
}
