// node visit.mjs CHROMIUM URL ACCESS_KEY SCREENSHOT
// Uses the front end of examples/typescript as a person would, and prints what was seen as JSON.
import { observed, printVisit, stored } from "../../web/browser.mjs";

const [executablePath, url, accessKey, screenshot] = process.argv.slice(2);

async function visit(page) {
  const seen = { ...observed(page), sent: [] };
  page.on("request", (request) => request.method() === "POST" && seen.sent.push(Object.keys(request.postDataJSON())));
  await page.goto(url);
  await page.getByLabel("Access key").fill(accessKey);
  await page.getByLabel("Access key").press("Enter");
  const functions = page.getByRole("navigation").getByRole("button");
  await functions.first().waitFor();
  seen.functions = await functions.allInnerTexts();
  seen.labels = await invoke(page);
  seen.states = await follow(page);
  await page.screenshot({ path: screenshot });
  return { ...seen, ...(await stored(page)) };
}

async function invoke(page) {
  await page.getByRole("button", { name: "sentiment" }).click();
  await page.getByLabel("Text").fill("What a wonderful day");
  await page.getByRole("button", { name: "Invoke" }).click();
  const label = page.locator("output p");
  await label.first().waitFor();
  return label.allInnerTexts();
}

/** Every text that the output showed. */
async function follow(page) {
  await page.getByRole("button", { name: "@fxn/stream" }).click();
  await page.evaluate(() => {
    window.states = [];
    const note = () => window.states.push(document.querySelector("output")?.textContent ?? "");
    new MutationObserver(note).observe(document.querySelector("main"), { subtree: true, childList: true, characterData: true });
  });
  await page.getByLabel("Text").fill("one two three");
  await page.getByRole("button", { name: "Predict" }).click();
  await page.locator("output", { hasText: "three" }).waitFor();
  return page.evaluate(() => [...new Set(window.states)].filter(Boolean));
}

await printVisit(executablePath, visit);
