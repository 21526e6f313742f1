/** The endpoint: the page is served on its path, and on / as a convenience. */
export const GRAPH = location.pathname === "/" ? "/graph" : location.pathname;

export const credential = (accessKey) => (accessKey ? { Authorization: `Bearer ${accessKey}` } : {});
