// Uses the front end of examples/typescript; web/visit.mjs opens the browser.
const TEXT = "one two three four five six seven eight";

export async function visit(page, { url, accessKey }) {
  const sent = [];
  page.on("request", (request) => request.method() === "POST" && sent.push(Object.keys(request.postDataJSON())));
  await page.goto(url);
  await page.getByLabel("Access key").fill(accessKey);
  await page.getByLabel("Access key").press("Enter");
  const functions = page.getByRole("navigation").getByRole("button");
  await functions.filter({ hasText: "sentiment" }).waitFor();
  return { functions: await functions.allInnerTexts(), labels: await invoke(page), states: await follow(page), sent };
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
  await page.getByLabel("Text").fill(TEXT);
  await page.getByRole("button", { name: "Predict" }).click();
  await page.locator("output", { hasText: TEXT }).waitFor();
  return page.evaluate(() => [...new Set(window.states)].filter(Boolean));
}
