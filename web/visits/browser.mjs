// What the visits share.

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

/** Opens the page, and waits until it knows the schema that the key may see. */
export async function open(page, { url, accessKey }) {
  await page.goto(url);
  await ready(page);
  if (!accessKey) return;
  await page.getByLabel("Access key").fill(accessKey);
  await enterKey(page);
}

/** Takes over the key that was typed, and waits for the schema that it may see. */
export async function enterKey(page) {
  const introspected = page.waitForResponse((response) => response.request().postData()?.includes("IntrospectionQuery"));
  await page.getByLabel("Access key").press("Enter");
  await introspected;
  await ready(page);
}

const ready = (page) => page.locator("button:enabled", { hasText: "Examples" }).waitFor();

export async function runExample(page, title) {
  await page.getByRole("button", { name: "Examples" }).click();
  await page.getByRole("menuitem", { name: title }).click();
}

/** What the result pane shows once there is an answer. */
export async function answer(page) {
  const lines = page.locator(".graphiql-response .view-lines");
  await lines.getByText(/"(data|errors)"/).first().waitFor();
  await page.getByRole("button", { name: "Execute query" }).waitFor(); // it says "Stop" while events may come
  return (await lines.innerText()).replaceAll("\u00a0", " "); // Monaco draws spaces as no-break spaces
}

export const view = (page, name) => page.getByRole("tab", { name }).click();
