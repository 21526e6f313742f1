import { createGraphiQLFetcher } from "@graphiql/toolkit";

// The page is served on the endpoint's own path, and on / as a convenience.
const path = location.pathname === "/" ? "/graph" : location.pathname;

/** Queries and mutations over POST, subscriptions over graphql-transport-ws (opened by the first one, closed after the last). */
export function createFetcher(accessKey) {
  const credential = accessKey ? { Authorization: `Bearer ${accessKey}` } : {};
  return createGraphiQLFetcher({
    url: path,
    headers: credential,
    subscriptionUrl: new URL(path, location.origin.replace(/^http/, "ws")).href,
    wsConnectionParams: credential,
  });
}
