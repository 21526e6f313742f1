const files = import.meta.glob("./examples/*.graphql", { query: "?raw", import: "default", eager: true });

/** One example per file, in the order of the file names; the comment on a file's first line is its title. */
export const EXAMPLES = Object.keys(files)
  .sort()
  .map((name) => ({ title: files[name].split("\n", 1)[0].replace(/^# */, ""), document: files[name] }));
