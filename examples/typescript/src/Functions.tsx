import { useQuery } from "urql";
import { FunctionsDocument, type FunctionsQuery } from "./gql/graphql";

/** A trained function to invoke with a text, or a predictor to follow, whose one input is a text. */
export type Chosen = { kind: "trained"; id: string; name: string } | { kind: "predictor"; tag: string; input: string };

/** The functions that take a text and nothing else, as buttons. */
export function Functions({ chosen, onChoose }: { chosen?: Chosen; onChoose: (chosen: Chosen) => void }) {
  const [{ data, error, fetching }] = useQuery({ query: FunctionsDocument });
  if (fetching) return <p>Loading …</p>;
  const choice = (item: Chosen) => (
    <li key={keyOf(item)}>
      <button aria-pressed={chosen && keyOf(chosen) === keyOf(item)} onClick={() => onChoose(item)}>
        {nameOf(item)}
      </button>
    </li>
  );
  return (
    <nav>
      {error && <p role="alert">{error.message}</p>}
      <h2>Trained functions</h2>
      <ul>{classifiers(data).map(choice)}</ul>
      <h2>Predictors</h2>
      <ul>{predictors(data).map(choice)}</ul>
    </nav>
  );
}

export const nameOf = (item: Chosen) => (item.kind === "trained" ? item.name : item.tag);

export const keyOf = (item: Chosen) => (item.kind === "trained" ? item.id : item.tag);

function classifiers(data?: FunctionsQuery): Chosen[] {
  return (data?.trainedFunctions ?? [])
    .filter(({ input, output }) => input === "Text" && output === "Classification")
    .map(({ id, name }) => ({ kind: "trained", id, name: name ?? id }));
}

function predictors(data?: FunctionsQuery): Chosen[] {
  return (data?.predictors ?? []).flatMap(({ tag, type, signature }) => {
    const [input, ...others] = signature?.inputs ?? [];
    const usable = type === "CLOUD" && input?.type === "string" && others.length === 0;
    return usable ? [{ kind: "predictor", tag, input: input.name ?? "" }] : [];
  });
}
