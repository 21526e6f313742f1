// The key lives in sessionStorage only: it ends with the tab and is never written to disk by this page.
const STORAGE_KEY = "fngraph:accessKey";

export const readAccessKey = () => sessionStorage.getItem(STORAGE_KEY) ?? "";

export function writeAccessKey(key) {
  if (key) sessionStorage.setItem(STORAGE_KEY, key);
  else sessionStorage.removeItem(STORAGE_KEY);
}
