// Where the system is dark: how light the backgrounds and the texts are, from 0 to 255.
import { open, view } from "./browser.mjs";

export const context = { colorScheme: "dark" };

const LIT = ["body", ".page-header", ".graphiql-query-editor .monaco-editor", ".backend-card", ".view-head h2"];

export async function visit(page, options) {
  await open(page, options);
  await view(page, "Backends");
  await page.locator(".backend-card").first().waitFor();
  return page.evaluate((selectors) => {
    const lightness = (color) => Math.max(...color.match(/\d+/g).slice(0, 3).map(Number));
    const styleOf = (selector) => getComputedStyle(document.querySelector(selector));
    return {
      backgrounds: [selectors[0], selectors[3]].map((each) => lightness(styleOf(each).backgroundColor)),
      texts: [selectors[1], selectors[4]].map((each) => lightness(styleOf(each).color)),
      editor: document.querySelector(selectors[2]).className.includes("vs-dark") || styleOf(selectors[2]).colorScheme,
    };
  }, LIT);
}
