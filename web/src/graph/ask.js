import { credential, GRAPH } from "./path.js";

/** One request past the editor. Throws an `Error` for an answer that is none, or only errors. */
export async function ask(request, accessKey, signal) {
  const response = await fetch(GRAPH, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", ...credential(accessKey) },
    body: JSON.stringify(request),
    signal,
  });
  const answer = await response.json();
  const usable = answer.extensions || Object.values(answer.data ?? {}).some((value) => value !== null);
  if (!usable && answer.errors) throw new Error(answer.errors[0].message);
  return answer;
}
