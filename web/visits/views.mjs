// The other views: the backends, and the plan of an operation before and after it ran.
import { answer, open, runExample, view } from "./browser.mjs";

export async function visit(page, options) {
  await open(page, options);
  await view(page, "Plan");
  await page.getByText("Not run yet.").waitFor();
  const before = await page.locator(".plan").innerText();
  await page.getByRole("button", { name: "Run" }).click();
  await page.getByRole("heading", { name: "Upstream requests" }).waitFor();
  const after = await page.locator(".plan").innerText();
  const requests = await page.locator(".timeline li").count();

  await view(page, "Backends");
  const polled = () => page.waitForResponse((response) => response.request().postData()?.includes("upstreams"));
  await polled();
  await polled(); // by itself
  const cards = await page.locator(".backend-card").allInnerTexts();
  const graphs = await page.locator(".backend-card svg").count();
  await page.getByRole("button", { name: "Pause" }).click();

  await runExample(page, "Look at stored functions");
  return { before, after, requests, cards, graphs, answer: await answer(page), hash: await page.evaluate("location.hash") };
}
