import { createGraphiQLFetcher, isAsyncIterable } from "@graphiql/toolkit";

import { credential, GRAPH } from "./path.js";

/**
 * Queries and mutations over POST, subscriptions over graphql-transport-ws (opened by the first one, closed after the
 * last). Each asks for its plan, which goes to `onPlan` with the text it belongs to, and is left out of what is shown.
 */
export function createFetcher(accessKey, onPlan) {
  const fetcher = createGraphiQLFetcher({
    url: GRAPH,
    headers: credential(accessKey),
    subscriptionUrl: new URL(GRAPH, location.origin.replace(/^http/, "ws")).href,
    wsConnectionParams: credential(accessKey),
  });
  return async (request, options) => {
    if (request.operationName === "IntrospectionQuery") return fetcher(request, options);
    const shown = (answer) => withoutPlan(answer, (plan) => onPlan({ query: request.query, plan }));
    const answer = await fetcher({ ...request, extensions: { plan: true } }, options);
    return isAsyncIterable(answer) ? each(answer, shown) : shown(answer);
  };
}

function withoutPlan(answer, onPlan) {
  if (!answer?.extensions?.plan) return answer;
  const { plan, ...extensions } = answer.extensions;
  onPlan(plan);
  const { extensions: _, ...rest } = answer;
  return Object.keys(extensions).length ? { ...rest, extensions } : rest;
}

async function* each(answers, shown) {
  for await (const answer of answers) yield shown(answer);
}
