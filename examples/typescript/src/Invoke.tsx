import { useMutation } from "urql";
import { InvokeDocument } from "./gql/graphql";
import { TextForm } from "./TextForm";

const percent = new Intl.NumberFormat("en", { style: "percent" });

/** Invokes a trained function, and shows its three best labels. */
export function Invoke({ functionId }: { functionId: string }) {
  const [{ data, error, fetching }, invoke] = useMutation(InvokeDocument);
  const labels = data?.invokeFunction?.labelConfidences ?? [];
  return (
    <>
      <TextForm action="Invoke" onText={(text) => void invoke({ functionId, text })} />
      {error && <p role="alert">{error.message}</p>}
      <output aria-busy={fetching}>
        {labels.map(({ labelName, confidence }) => (
          <p key={labelName}>
            {labelName}: {percent.format(confidence ?? 0)}
          </p>
        ))}
      </output>
    </>
  );
}
