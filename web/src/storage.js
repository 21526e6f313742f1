const HISTORY_KEYS = ["graphiql:queries", "graphiql:favorites"];

const withoutHeaders = (json) => JSON.stringify(JSON.parse(json), (name, value) => (name === "headers" ? undefined : value));

/**
 * localStorage as GraphiQL sees it. GraphiQL's history keeps the "Headers" pane of each request, and that may hold a
 * credential: nothing of it is written.
 */
export const storageWithoutHeaders = {
  getItem: (key) => localStorage.getItem(key),
  setItem: (key, value) => localStorage.setItem(key, HISTORY_KEYS.includes(key) ? withoutHeaders(value) : value),
  removeItem: (key) => localStorage.removeItem(key),
  clear: () => localStorage.clear(),
  get length() {
    return localStorage.length;
  },
};
