import { pick, useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { useEffect, useState } from "react";

/** A function that opens a document in a tab, its own if it has one, and runs it as soon as the editor has read it. */
export function useExample() {
  const { addTab, changeTab, run, stop } = useGraphiQLActions();
  const { tabs, queryEditor, documentAST } = useGraphiQL(pick("tabs", "queryEditor", "documentAST"));
  const [waiting, setWaiting] = useState(null);
  const read = documentAST?.loc?.source.body;

  useEffect(() => {
    if (waiting === null || waiting !== read) return;
    setWaiting(null);
    run();
  }, [waiting, read, run]);

  return function open(document) {
    stop();
    const opened = tabs.findIndex((tab) => tab.query === document);
    if (opened >= 0) changeTab(opened);
    else addTab();
    queryEditor.setValue(document);
    setWaiting(document);
  };
}
