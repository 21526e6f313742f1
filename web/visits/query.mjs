// The first query by the button, after a key was given.
import { answer, open } from "./browser.mjs";

export async function visit(page, options) {
  await open(page, options);
  await page.getByRole("button", { name: "Execute query" }).click();
  return answer(page);
}
