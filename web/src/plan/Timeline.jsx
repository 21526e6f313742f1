import { counted, shownMs, titleOf } from "../upstreams.js";

const SHOWN = 60;

/** The upstream requests of a run, each as a bar from its start to its end. */
export function Timeline({ requests, duration }) {
  if (!requests.length) return <p>It asked the backends nothing.</p>;
  const share = (milliseconds) => `${Math.min((milliseconds / duration) * 100, 100)}%`;

  return (
    <section className="timeline" aria-label="Upstream requests">
      <h3>Upstream requests</h3>
      <ol>
        {requests.slice(0, SHOWN).map((each, index) => (
          <li key={index} className={`of-${each.upstream} ${isFailed(each) ? "failed" : ""}`}>
            <span className="timeline-name">
              {titleOf(each.upstream)} <code>{each.request}</code>
            </span>
            <span className="timeline-lane" aria-hidden="true">
              <span style={{ marginLeft: share(each.start), width: share(each.duration ?? duration - each.start) }} />
            </span>
            <Times request={each} />
          </li>
        ))}
      </ol>
      {requests.length > SHOWN && <p>And {counted(requests.length - SHOWN, "more request")}.</p>}
    </section>
  );
}

const isFailed = ({ status, duration }) => duration !== null && (status === null || status >= 400);

function Times({ request: { start, duration, status } }) {
  return (
    <span className="timeline-time">
      <strong>{duration === null ? "not ended" : shownMs(duration)}</strong> · at {shownMs(start)} ·{" "}
      {status ?? "no answer"}
    </span>
  );
}
