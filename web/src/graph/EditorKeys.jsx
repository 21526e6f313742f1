import { useGraphiQL } from "@graphiql/react";
import { useEffect } from "react";

let tabLeaves = false;

/** Tab leaves an editor, as it leaves any other field: nobody without a mouse is held in one. Monaco knows it as a mode. */
export function EditorKeys() {
  const queryEditor = useGraphiQL((state) => state.queryEditor);

  useEffect(() => {
    if (!queryEditor || tabLeaves) return;
    queryEditor.trigger("page", "editor.action.toggleTabFocusMode"); // for all editors
    tabLeaves = true;
  }, [queryEditor]);
  return null;
}
