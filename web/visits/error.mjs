// A query of somebody without a key: part of it is answered.
import { answer, open, runExample } from "./browser.mjs";

export async function visit(page, { url }) {
  await open(page, { url });
  await runExample(page, "One query, four backends");
  return answer(page);
}
