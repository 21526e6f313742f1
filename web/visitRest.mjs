// node visitRest.mjs CHROMIUM URL ACCESS_KEY SCREENSHOT
// Tries one REST twin as a person would; tests/browser/test_rest_page.py says what is right.
import { observed, printVisit, stored } from "./browser.mjs";

const [executablePath, url, accessKey, screenshot] = process.argv.slice(2);

async function visit(page) {
  const seen = observed(page);
  await page.goto(url);
  const operation = page.locator("#operations-prediction-postPredictTag");
  await operation.locator(".opblock-summary-control").click();
  await page.getByLabel("Access key").fill(accessKey);
  await page.getByLabel("Access key").press("Enter");
  await operation.getByRole("button", { name: "Try it out" }).click();
  await operation.locator("tr[data-param-name=tag] input").fill("@fxn/greeting");
  await operation.getByRole("button", { name: "Execute" }).click();
  const answer = await operation.locator(".live-responses-table .response").first().innerText();
  await page.screenshot({ path: screenshot });
  return { ...seen, answer, title: await page.title(), ...(await stored(page)) };
}

await printVisit(executablePath, visit);
