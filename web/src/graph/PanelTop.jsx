import { useGraphiQL } from "@graphiql/react";
import { useEffect } from "react";

/** A panel (docs, history, explorer) begins at its top, though all of them share one scrolled element. */
export function PanelTop() {
  const panel = useGraphiQL((state) => state.visiblePlugin);

  useEffect(() => {
    const frame = requestAnimationFrame(() => document.querySelector(".graphiql-plugin")?.scrollTo(0, 0));
    return () => cancelAnimationFrame(frame);
  }, [panel]);
  return null;
}
