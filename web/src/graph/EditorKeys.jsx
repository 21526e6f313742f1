import { pick, useGraphiQL } from "@graphiql/react";
import { useEffect } from "react";

/** Tab leaves an editor, as it leaves any other field: nobody without a mouse is held in one. */
export function EditorKeys() {
  const editors = useGraphiQL(pick("queryEditor", "variableEditor", "headerEditor", "responseEditor"));
  const { queryEditor, variableEditor, headerEditor, responseEditor } = editors;

  useEffect(() => {
    for (const editor of [queryEditor, variableEditor, headerEditor, responseEditor]) {
      editor?.updateOptions({ tabFocusMode: true });
    }
  }, [queryEditor, variableEditor, headerEditor, responseEditor]);
  return null;
}
