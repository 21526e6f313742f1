import { useEffect, useRef, useState } from "react";

/** Runs `task(signal)` now and again and again, `period` milliseconds after it ended, while it is `on` and seen. */
export function usePolled(task, period, on) {
  const current = useRef(task);
  current.current = task;
  const seen = useSeen();

  useEffect(() => {
    if (!on || !seen) return;
    const ended = new AbortController();
    let timer;
    async function turn() {
      await current.current(ended.signal);
      if (!ended.signal.aborted) timer = setTimeout(turn, period);
    }
    turn();
    return () => {
      ended.abort();
      clearTimeout(timer);
    };
  }, [on, seen, period]);
}

function useSeen() {
  const [seen, setSeen] = useState(!document.hidden);
  useEffect(() => {
    const look = () => setSeen(!document.hidden);
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  return seen;
}
