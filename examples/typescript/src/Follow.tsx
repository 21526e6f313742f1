import { useState } from "react";
import { useSubscription } from "urql";
import { FollowDocument } from "./gql/graphql";
import { TextForm } from "./TextForm";

interface Predictor {
  tag: string;
  input: string;
}

/** Makes predictions, and shows each while it grows. */
export function Follow({ tag, input }: Predictor) {
  const [run, setRun] = useState({ number: 0, text: "" });
  return (
    <>
      <TextForm action="Predict" onText={(text) => setRun(({ number }) => ({ number: number + 1, text }))} />
      {run.number > 0 && <Result key={run.number} tag={tag} input={input} text={run.text} />}
    </>
  );
}

function Result({ tag, input, text }: Predictor & { text: string }) {
  const variables = { tag, inputs: [{ name: input, stringValue: text }] };
  const [{ data, error }] = useSubscription({ query: FollowDocument, variables });
  const problem = error?.message ?? data?.prediction?.error;
  return (
    <>
      {problem && <p role="alert">{problem}</p>}
      <output>{data?.prediction?.results?.map((result) => result.stringValue)}</output>
    </>
  );
}
