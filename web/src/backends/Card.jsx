import { counted, shownMs, titleOf } from "../upstreams.js";
import { Bars, Line } from "./graphs.jsx";

const BREAKERS = { CLOSED: "closed", OPEN: "open: nothing is sent", HALF_OPEN: "half open: one request tries" };

export function Card({ upstream }) {
  const { name, reachable, latency, code, breaker, requests, errors, traffic, looks } = upstream;
  const state = reachable ? "reachable" : "not reachable";

  return (
    <article className={`backend-card ${reachable ? "up" : "down"}`} aria-labelledby={`backend-${name}`}>
      <h3 id={`backend-${name}`}>
        {titleOf(name)} <code>{name}</code>
      </h3>
      <dl>
        <div className={reachable ? "good" : "bad"}>
          <dt>State</dt>
          <dd>
            {state} {code && <code>{code}</code>}
          </dd>
        </div>
        <div className={breaker === "CLOSED" ? "good" : "bad"}>
          <dt>Breaker</dt>
          <dd>{BREAKERS[breaker]}</dd>
        </div>
      </dl>
      <figure>
        <figcaption>
          <span>Probe, every two seconds</span> <strong>{shownMs(latency)}</strong>
        </figcaption>
        <Line values={looks.map((look) => look.latency)} slots={60} label={`The last ${looks.length} probes`} />
      </figure>
      <figure>
        <figcaption>
          <span>{counted(requests, "request")}</span>{" "}
          <strong className={errors ? "bad" : ""}>{counted(errors, "error")}</strong>
        </figcaption>
        <Bars slices={traffic} label="Requests and errors of the last five minutes" />
      </figure>
      <figure>
        <figcaption>
          <span>Time to an answer</span> <strong>{meanOf(traffic)}</strong>
        </figcaption>
        <Line values={traffic.map((slice) => slice.latency)} slots={30} label="Mean milliseconds until an answer" />
      </figure>
    </article>
  );
}

function meanOf(traffic) {
  const latest = traffic.findLast((slice) => slice.latency !== null);
  return latest ? shownMs(latest.latency) : "none yet";
}
