import { DOC_EXPLORER_PLUGIN } from "@graphiql/plugin-doc-explorer";
import { useGraphiQLActions } from "@graphiql/react";

import { AccessKeyField } from "./AccessKeyField.jsx";
import { ExampleMenu } from "./graph/ExampleMenu.jsx";
import { Tabs } from "./Tabs.jsx";

const VIEWS = [
  { id: "graph", name: "Graph" },
  { id: "backends", name: "Backends" },
  { id: "plan", name: "Plan" },
];

export function Header({ view, onView, accessKey, onAccessKey }) {
  const { setVisiblePlugin } = useGraphiQLActions();

  function showDocs() {
    onView("graph");
    setVisiblePlugin(DOC_EXPLORER_PLUGIN);
  }

  return (
    <header className="page-header">
      <h1>fngraph</h1>
      <Tabs views={VIEWS} current={view} onChange={onView} />
      <ExampleMenu onOpen={() => view === "backends" && onView("graph")} />
      <nav aria-label="More">
        <button type="button" className="link" onClick={showDocs}>
          Docs
        </button>
        <a href="/schema.graphql" download="schema.graphql">
          SDL
        </a>
        <a href="/rest">REST</a>
      </nav>
      <AccessKeyField value={accessKey} onChange={onAccessKey} />
    </header>
  );
}
