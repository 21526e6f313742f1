const NAMES = {
  prediction: "Predictions",
  deployment: "Deployments",
  function_admin: "Function administration",
  invoke: "Trained functions",
};

export const titleOf = (upstream) => NAMES[upstream] ?? upstream;

/** Milliseconds with as many digits as say something. */
export function shownMs(milliseconds) {
  const digits = milliseconds < 10 ? 1 : 0;
  return `${milliseconds.toFixed(digits)} ms`;
}

export const counted = (number, one, many = `${one}s`) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
