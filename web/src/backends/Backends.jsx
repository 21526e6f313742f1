import { useState } from "react";

import { ask } from "../graph/ask.js";
import { Card } from "./Card.jsx";
import { usePolled } from "./usePolled.js";

const PERIOD_MS = 2000;
const KEPT = 60;
const QUERY = `{
  upstreams {
    name reachable latency code breaker requests errors
    traffic { requests errors latency }
  }
}`;

/** The upstreams as the gateway sees them, asked for every two seconds while they are looked at. */
export function Backends({ accessKey, shown }) {
  const [upstreams, setUpstreams] = useState([]);
  const [problem, setProblem] = useState("");
  const [paused, setPaused] = useState(false);

  usePolled(look, PERIOD_MS, shown && !paused);

  async function look(signal) {
    try {
      const { data } = await ask({ query: QUERY }, accessKey, signal);
      setUpstreams((before) => data.upstreams.map((now) => ({ ...now, looks: looksOf(before, now) })));
      setProblem("");
    } catch (error) {
      if (!signal.aborted) setProblem(error.message);
    }
  }

  return (
    <div className="backends">
      <div className="view-head">
        <h2>Backends</h2>
        <p role="status">{problem ? `The gateway does not tell: ${problem}` : summary(upstreams)}</p>
        <button type="button" className="button" aria-pressed={paused} onClick={() => setPaused(!paused)}>
          {paused ? "Go on" : "Pause"}
        </button>
      </div>
      <div className="backend-cards">
        {upstreams.map((upstream) => (
          <Card key={upstream.name} upstream={upstream} />
        ))}
      </div>
    </div>
  );
}

/** What the looks so far found, the latest last. */
function looksOf(before, now) {
  const known = before.find(({ name }) => name === now.name)?.looks ?? [];
  return [...known, { latency: now.reachable ? now.latency : null }].slice(-KEPT);
}

function summary(upstreams) {
  if (!upstreams.length) return "Asking the gateway …";
  const away = upstreams.filter(({ reachable }) => !reachable).map(({ name }) => name);
  return away.length ? `Not reachable: ${away.join(", ")}.` : "All are reachable.";
}
