// One REST twin, tried on its page.
export async function visit(page, { url, accessKey }) {
  await page.goto(url);
  const operation = page.locator("#operations-prediction-postPredictTag");
  await operation.locator(".opblock-summary-control").click();
  await page.getByLabel("Access key").fill(accessKey);
  await page.getByLabel("Access key").press("Enter");
  await operation.getByRole("button", { name: "Try it out" }).click();
  await operation.locator("tr[data-param-name=tag] input").fill("@fxn/greeting");
  await operation.getByRole("button", { name: "Execute" }).click();
  return operation.locator(".live-responses-table .response").first().innerText();
}
