// What the visits share: a Chromium that reaches nothing but loopback, and what a page did.
import { chromium } from "playwright-core";

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

/** Runs `visit` on a new page and prints what it gives as JSON. */
export async function printVisit(executablePath, visit) {
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  try {
    console.log(JSON.stringify(await visit(await browser.newPage())));
  } finally {
    await browser.close();
  }
}

/** Errors, requests and sockets of the page, filled while it lives. */
export function observed(page) {
  const seen = { consoleErrors: [], requests: [], sockets: [] };
  page.on("console", (message) => message.type() === "error" && seen.consoleErrors.push(message.text()));
  page.on("pageerror", (error) => seen.consoleErrors.push(String(error)));
  page.context().on("request", (request) => seen.requests.push(request.url()));
  page.on("websocket", (socket) => seen.sockets.push(socket.url()));
  return seen;
}

export const stored = (page) =>
  page.evaluate(() => ({ localStorage: { ...localStorage }, sessionStorage: { ...sessionStorage } }));
