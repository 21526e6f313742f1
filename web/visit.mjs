// node visit.mjs CHROMIUM URL ACCESS_KEY SCREENSHOT
// Visits the page as a person would and prints what was seen as JSON; tests/browser/test_page.py says what is right.
import { observed, printVisit, stored } from "./browser.mjs";

const [executablePath, url, accessKey, screenshot] = process.argv.slice(2);

async function visit(page) {
  const seen = observed(page);
  await page.goto(url);
  await page.getByLabel("Access key").fill(accessKey);
  await page.getByLabel("Access key").press("Enter");
  seen.answer = await run(page);
  await page.screenshot({ path: screenshot });
  return { ...seen, title: await page.title(), ...(await stored(page)) };
}

/** Runs what the editor holds; the answer is what the result pane shows at the end. */
async function run(page) {
  const execute = page.getByRole("button", { name: "Execute query" });
  const result = page.locator(".graphiql-response .view-lines");
  const answer = result.getByText('"', { exact: false }).first();
  for (let tries = 0; tries < 5; tries += 1) {
    await execute.click(); // lost while the editor takes in the schema that a new key may see
    if (await answer.waitFor({ timeout: 4000 }).then(() => true, () => false)) break;
  }
  await execute.waitFor();
  return (await result.innerText()).replaceAll("\u00a0", " "); // Monaco draws spaces as no-break spaces
}

await printVisit(executablePath, visit);
