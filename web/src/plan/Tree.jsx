import { counted, shownMs, titleOf } from "../upstreams.js";

/** The levels of a plan from left to right; on a narrow screen from top to bottom. `requests` are those it really made. */
export function Tree({ root, requests }) {
  return (
    <div className="plan-tree" tabIndex={0} role="group" aria-label="Levels of the plan">
      <Levels levels={[root]} requests={requests} />
    </div>
  );
}

/** What is below one field: a level, or one for each type that its rows may have. */
function Levels({ levels, requests }) {
  const items = levels.flatMap((level) => itemsOf(level, requests));
  return items.length > 0 && <ul className="plan-level">{items}</ul>;
}

function itemsOf({ condition = "", sameAs, inPlace, fields }, requests) {
  const plain = [...inPlace, ...fields.filter(isPlain).map(({ key }) => key)];
  if (sameAs) plain.push(`as below ${sameAs}`);
  const branches = fields
    .filter((field) => !isPlain(field))
    .map((field) => (
      <li key={condition + field.key} className="plan-branch">
        <Field field={field} condition={condition} requests={requests} />
        <Levels levels={field.below} requests={requests} />
      </li>
    ));
  if (!plain.length) return branches;
  return [
    ...branches,
    <li key={`${condition} in place`} className="plan-plain">
      <Condition type={condition} /> {plain.join(", ")}
    </li>,
  ];
}

function Field({ field, condition, requests }) {
  return (
    <div className="plan-field">
      <div className="plan-key">
        <Condition type={condition} /> <strong>{field.key}</strong> <code>{field.type}</code>
      </div>
      {field.requests.length > 0 && (
        <ul className="plan-requests">
          {field.requests.map((declared) => (
            <Declared key={declared.upstream + declared.request} declared={declared} requests={requests} />
          ))}
        </ul>
      )}
    </div>
  );
}

function Declared({ declared, requests }) {
  const { upstream, request, often } = declared;
  const made = requests?.filter((each) => each.upstream === upstream && each.request === request);

  return (
    <li className={`of-${upstream} ${made?.length === 0 ? "not-made" : ""}`}>
      <span className="plan-upstream">{titleOf(upstream)}</span>
      <code>{request}</code>
      <span className="plan-often">{made ? madeText(made) : often}</span>
    </li>
  );
}

const Condition = ({ type }) => type && <em>if {type}:</em>;

function madeText(made) {
  if (!made.length) return "not made";
  const begin = Math.min(...made.map(({ start }) => start));
  const end = Math.max(...made.map(({ start, duration }) => start + (duration ?? 0)));
  return `${counted(made.length, "request")}, ${shownMs(end - begin)}`;
}

/** A field that asks nobody, with nothing below it that does. */
const isPlain = ({ requests, below }) => !requests.length && !below.length;
