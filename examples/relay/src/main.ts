// npm start KEY [URL]: lists functions, finds one, invokes it, and follows a prediction.
import { commitMutation, fetchQuery, requestSubscription } from "relay-runtime";
import followSubscription, { type operationsFollowSubscription } from "./__generated__/operationsFollowSubscription.graphql.js";
import functionsQuery, { type operationsFunctionsQuery } from "./__generated__/operationsFunctionsQuery.graphql.js";
import invokeMutation, { type operationsInvokeMutation } from "./__generated__/operationsInvokeMutation.graphql.js";
import { environmentFor } from "./environment.js";

const [accessKey = "", url = "http://127.0.0.1:8000/graph"] = process.argv.slice(2);
const environment = environmentFor(url, accessKey);

async function functions(text: string) {
  const data = await fetchQuery<operationsFunctionsQuery>(environment, functionsQuery, { text }).toPromise();
  for (const { id, name } of data?.trainedFunctions ?? []) console.log(`${id}: ${name}`);
  return data?.search?.[0];
}

function invoke(functionId: string, text: string): Promise<string | null | undefined> {
  return new Promise((resolve, reject) => {
    commitMutation<operationsInvokeMutation>(environment, {
      mutation: invokeMutation,
      variables: { functionId, text },
      onCompleted: ({ invokeFunction }) => resolve(invokeFunction?.labelName),
      onError: reject,
    });
  });
}

function follow(tag: string, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    requestSubscription<operationsFollowSubscription>(environment, {
      subscription: followSubscription,
      variables: { tag, inputs: [{ name: "text", stringValue: text }] },
      onNext: (data) => console.log(data?.prediction?.results?.[0]?.stringValue),
      onCompleted: resolve,
      onError: reject,
    });
  });
}

const found = await functions("sentiment");
if (!found) throw new Error("There is no function for sentiment.");
console.log(`Found: ${found.item.name}, ${found.item.output}`);
console.log(`Label: ${await invoke(found.id, "What a wonderful day")}`);
await follow("@fxn/stream", "one two three");
