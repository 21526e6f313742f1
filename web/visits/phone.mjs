// On a narrow screen: how wide each view is.
import { answer, open, runExample, view } from "./browser.mjs";

export const context = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

export async function visit(page, options) {
  const widths = {};
  await open(page, options);
  await runExample(page, "Look at deployments");
  await answer(page);
  for (const name of ["Graph", "Backends", "Plan"]) {
    await view(page, name);
    await page.waitForTimeout(1000);
    widths[name] = await page.evaluate(() => Math.max(document.documentElement.scrollWidth, innerWidth));
  }
  return widths;
}
