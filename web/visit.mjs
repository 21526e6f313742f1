// node visit.mjs CHROMIUM URL ACCESS_KEY SCREENSHOT
// Visits the page as a person would and prints what was seen as JSON; tests/browser/test_page.py says what is right.
import { chromium } from "playwright-core";

const [executablePath, url, accessKey, screenshot] = process.argv.slice(2);
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

async function visit(page) {
  const seen = { consoleErrors: [], requests: [], sockets: [] };
  page.on("console", (message) => message.type() === "error" && seen.consoleErrors.push(message.text()));
  page.on("pageerror", (error) => seen.consoleErrors.push(String(error)));
  page.context().on("request", (request) => seen.requests.push(request.url()));
  page.on("websocket", (socket) => seen.sockets.push(socket.url()));

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
  await execute.click();
  await result.getByText('"', { exact: false }).first().waitFor();
  await execute.waitFor();
  return (await result.innerText()).replaceAll("\u00a0", " "); // Monaco draws spaces as no-break spaces
}

const stored = (page) =>
  page.evaluate(() => ({ localStorage: { ...localStorage }, sessionStorage: { ...sessionStorage } }));

const browser = await chromium.launch({ executablePath, args: FLAGS });
try {
  console.log(JSON.stringify(await visit(await browser.newPage())));
} finally {
  await browser.close();
}
