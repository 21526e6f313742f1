// What the suites share: counting checks, and saying how many hold.
const failures = [];
let count = 0;

export function check(name, holds, seen) {
  count += 1;
  if (!holds) failures.push(`${name}: ${JSON.stringify(seen)}`);
}

export function finish() {
  console.log(`${count - failures.length} of ${count}`);
  failures.forEach((failure) => console.log(failure));
  process.exit(failures.length ? 1 : 0);
}

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));
