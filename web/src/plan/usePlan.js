import { useEffect, useState } from "react";

import { ask } from "../graph/ask.js";

const PAUSE_MS = 300;

/** The plan of a request, asked for without running it, once it stays as it is for a moment: `{ plan, problem }`. */
export function usePlan(request, accessKey, on) {
  const [found, setFound] = useState({});
  const text = on && request ? JSON.stringify({ ...request, extensions: { plan: "only" } }) : null;

  useEffect(() => {
    if (text === null) return;
    const left = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const { extensions } = await ask(JSON.parse(text), accessKey, left.signal);
        setFound({ plan: extensions.plan });
      } catch (error) {
        if (!left.signal.aborted) setFound({ problem: error.message });
      }
    }, PAUSE_MS);
    return () => {
      left.abort();
      clearTimeout(timer);
    };
  }, [text, accessKey]);

  return found;
}
