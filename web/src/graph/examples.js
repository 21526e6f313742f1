const files = import.meta.glob("../examples/*/*.graphql", { query: "?raw", import: "default", eager: true });

const GROUPS = {
  all: "All backends",
  prediction: "Predictions",
  deployment: "Deployments",
  function_admin: "Function administration",
  invoke: "Trained functions",
};

/** One example per file, in the order of the file names; the comment on a file's first line is its title. */
function exampleOf(document) {
  const [title, operation] = document.split("\n", 2);
  return { title: title.replace(/^# */, ""), kind: operation.split(" ", 1)[0], document };
}

const examplesIn = (folder) =>
  Object.keys(files)
    .filter((path) => path.includes(`/${folder}/`))
    .sort()
    .map((path) => exampleOf(files[path]));

export const EXAMPLES = Object.entries(GROUPS).map(([folder, name]) => ({ name, examples: examplesIn(folder) }));
