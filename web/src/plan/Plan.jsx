import { pick, useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { getOperationAST } from "graphql";

import { counted, shownMs } from "../upstreams.js";
import { Timeline } from "./Timeline.jsx";
import { Tree } from "./Tree.jsx";
import { usePlan } from "./usePlan.js";

/** What the editor's operation will ask of which backend; after it ran, what it asked, and when. `ran` is the last run. */
export function Plan({ accessKey, shown, ran }) {
  const { run } = useGraphiQLActions();
  const { tabs, activeTabIndex, isFetching, documentAST } = useGraphiQL(
    pick("tabs", "activeTabIndex", "isFetching", "documentAST"),
  );
  const { query, variables, operationName } = tabs[activeTabIndex];
  const subscribes = documentAST && getOperationAST(documentAST, operationName)?.operation === "subscription";
  const asked = usePlan(requestOf(query, variables, operationName), accessKey, shown && !subscribes);
  const times = ran?.query === query ? ran.plan : null;
  const plan = subscribes ? null : (times ?? asked.plan);
  const problem = subscribes ? "A subscription has no plan: graphql-core runs it." : asked.problem;

  return (
    <div className="plan">
      <div className="view-head">
        <h2>Plan</h2>
        <p role="status">{problem ?? (plan ? summary(plan) : "Asking the gateway …")}</p>
        <button type="button" className="button primary" disabled={isFetching || !query} onClick={run}>
          Run
        </button>
      </div>
      {plan && !problem && (
        <>
          {plan.root ? <Tree root={plan.root} requests={times?.requests} /> : <NoPlan />}
          {times && <Timeline requests={times.requests} duration={times.duration} />}
        </>
      )}
      <details>
        <summary>The operation</summary>
        <pre>{query}</pre>
      </details>
    </div>
  );
}

const NoPlan = () => <p>It has no plan of its own: graphql-core runs introspection, @defer and @stream.</p>;

function requestOf(query, variables, operationName) {
  if (!query?.trim()) return null;
  try {
    return { query, operationName, variables: variables?.trim() ? JSON.parse(variables) : {} };
  } catch {
    return { query, operationName };
  }
}

function summary({ operation, cost, requests, duration }) {
  const about = `A ${operation} that costs ${counted(cost, "point")}.`;
  if (!requests) return `${about} Not run yet.`;
  return `${about} It took ${shownMs(duration)} and ${counted(requests.length, "upstream request")}.`;
}
