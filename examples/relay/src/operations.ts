// relay-compiler makes src/__generated__ of these; main.ts imports that. Where Babel or SWC runs Relay's plugin, as in
// most front ends, the tags stand where they are used, and the plugin puts the import in their place.
import { graphql } from "relay-runtime";

graphql`
  query operationsFunctionsQuery($text: String!) {
    trainedFunctions(input: { count: 3 }) {
      id
      name
    }
    search(input: { query: $text, kinds: [TRAINED_FUNCTION] }) {
      id
      item {
        ... on TrainedFunction {
          name
          output
        }
      }
    }
  }
`;

graphql`
  mutation operationsInvokeMutation($functionId: ID!, $text: JSON!) {
    invokeFunction(input: { functionId: $functionId, data: $text, capture: false }) {
      labelName
    }
  }
`;

graphql`
  subscription operationsFollowSubscription($tag: Tag!, $inputs: [ValueInput!]!) {
    prediction(input: { tag: $tag, client: "node", inputs: $inputs }) {
      results {
        stringValue
      }
    }
  }
`;
