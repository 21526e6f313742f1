// The key: kept when the page is read again, and unknown to the next session.
import { open } from "./browser.mjs";

export async function visit(page, options) {
  await open(page, options);
  await page.reload();
  const again = await page.getByLabel("Access key").inputValue();
  const next = await page.context().browser().newPage();
  await next.goto(options.url);
  return { again, next: await next.getByLabel("Access key").inputValue() };
}
