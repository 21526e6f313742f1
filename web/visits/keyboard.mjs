// Without a mouse: through the header to the key, over the tabs, an example, the editor, and out of it again.
import { answer, enterKey, open } from "./browser.mjs";

const focused = (page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    const name = element.ariaLabel || element.labels?.[0]?.innerText || element.innerText;
    return { name: name.trim(), outlined: getComputedStyle(element).outlineStyle !== "none" };
  });

const isIn = (page, selector) => page.evaluate((wanted) => !!document.activeElement.closest(wanted), selector);

export async function visit(page, { url, accessKey }) {
  await open(page, { url });
  const stops = [];
  for (let stop = 0; stop < 6; stop += 1) {
    await page.keyboard.press("Tab");
    stops.push(await focused(page));
  }
  await page.keyboard.type(accessKey);
  await enterKey(page);
  for (let stop = 0; stop < 5; stop += 1) await page.keyboard.press("Shift+Tab");
  const tabs = [];
  for (const key of ["ArrowRight", "End", "Home"]) {
    await page.keyboard.press(key);
    tabs.push(await page.locator(".view:not([hidden])").getAttribute("aria-labelledby"));
  }
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const ofExample = await answer(page);

  while (!(await isIn(page, ".graphiql-query-editor"))) await page.keyboard.press("Tab");
  while (!(await isIn(page, ".graphiql-query-editor .monaco-editor"))) await page.keyboard.press("Enter");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("{ __typename", { delay: 5 });
  await page.waitForTimeout(500); // the editor reads what was typed after a pause
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+Enter");
  await page.locator(".graphiql-response").getByText("__typename").waitFor();
  const ofTyped = await answer(page);
  await page.keyboard.press("Tab");
  return { stops, tabs, ofExample, ofTyped, held: await isIn(page, ".graphiql-query-editor .monaco-editor") };
}
