// node visit.mjs NAME CHROMIUM URL ACCESS_KEY SCREENSHOT
// Makes the visit of visits/NAME.mjs as a person would, in a Chromium that reaches nothing but loopback, and prints what
// was seen as JSON; tests/browser says what is right.
import { chromium } from "playwright-core";

import { observed, stored } from "./visits/browser.mjs";

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

const [name, executablePath, url, accessKey, screenshot] = process.argv.slice(2);
const { visit, context = {} } = await import(`./visits/${name}.mjs`);
const browser = await chromium.launch({ executablePath, args: FLAGS });
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 }, ...context });
  const seen = observed(page);
  const found = await visit(page, { url, accessKey });
  await page.screenshot({ path: screenshot });
  console.log(JSON.stringify({ ...seen, found, title: await page.title(), ...(await stored(page)) }));
} finally {
  await browser.close();
}
