import { shownMs } from "../upstreams.js";

const WIDTH = 240;
const HEIGHT = 40;

/** A line through numbers, right-aligned in so many `slots`; null is a gap. The highest one is named. */
export function Line({ values, slots, label }) {
  const highest = Math.max(...values.filter((value) => value !== null), 0);
  const step = WIDTH / (slots - 1);
  const at = (value, index) => ({
    x: WIDTH - (values.length - 1 - index) * step,
    y: HEIGHT - 2 - (value / (highest || 1)) * (HEIGHT - 4),
  });
  const runs = runsOf(values.map((value, index) => (value === null ? null : at(value, index))));

  return (
    <Graph label={`${label}, at most ${shownMs(highest)}`} scale={highest ? `at most ${shownMs(highest)}` : ""}>
      {runs.map((run) =>
        run.length === 1 ? (
          <path key={run[0].x} d={`M${run[0].x} ${run[0].y}h0`} className="graph-dot" />
        ) : (
          <polyline key={run[0].x} points={run.map(({ x, y }) => `${x},${y}`).join(" ")} className="graph-line" />
        ),
      )}
    </Graph>
  );
}

/** A bar for each slice: all requests, and from below those that failed. */
export function Bars({ slices, label }) {
  const most = Math.max(...slices.map(({ requests }) => requests), 0);
  const step = WIDTH / slices.length;
  const high = (number) => (number / (most || 1)) * (HEIGHT - 2);

  return (
    <Graph label={label} scale={most ? `five minutes, at most ${most} in ten seconds` : "five minutes"}>
      {slices.map(({ requests, errors }, index) => (
        <g key={index} transform={`translate(${index * step} 0)`}>
          <rect width={step - 2} y={HEIGHT - high(requests)} height={high(requests)} className="graph-bar" />
          <rect width={step - 2} y={HEIGHT - high(errors)} height={high(errors)} className="graph-errors" />
        </g>
      ))}
    </Graph>
  );
}

function Graph({ label, scale, children }) {
  return (
    <div className="graph">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
        {children}
      </svg>
      <span className="graph-scale" aria-hidden="true">
        {scale}
      </span>
    </div>
  );
}

/** The stretches between nulls. */
function runsOf(points) {
  const runs = [[]];
  for (const point of points) {
    if (point === null) runs.push([]);
    else runs.at(-1).push(point);
  }
  return runs.filter((run) => run.length);
}
