// Every example of the menu: its answer, by title.
import { answer, open, runExample } from "./browser.mjs";

export async function visit(page, options) {
  await open(page, options);
  await page.getByRole("button", { name: "Examples" }).click();
  const titles = await page.locator("[role=menuitem]").evaluateAll((items) => items.map((item) => item.firstChild.data.trim()));
  await page.keyboard.press("Escape");
  const answers = {};
  for (const title of titles) {
    await runExample(page, title);
    answers[title] = await answer(page);
  }
  return answers;
}
