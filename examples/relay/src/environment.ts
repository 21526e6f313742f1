import { createClient, type RequestParams } from "graphql-sse";
import { Environment, Network, Observable, RecordSource, Store } from "relay-runtime";
import type { GraphQLResponse, RequestParameters, Variables } from "relay-runtime";

/** Relay over server-sent events, which carry queries and mutations as well as subscriptions. */
export function environmentFor(url: string, accessKey: string): Environment {
  const client = createClient({ url, headers: { authorization: `Bearer ${accessKey}` }, retryAttempts: 0 });
  const execute = ({ id }: RequestParameters, variables: Variables) => {
    const request: object = { documentId: `sha256:${id}`, variables }; // the manifest has the text
    return Observable.create<GraphQLResponse>((sink) =>
      client.subscribe(request as RequestParams, {
        next: (result) => sink.next(result as GraphQLResponse),
        error: (error) => sink.error(error as Error),
        complete: () => sink.complete(),
      }),
    );
  };
  return new Environment({
    network: Network.create(execute, execute),
    store: new Store(new RecordSource()),
    // Ids are unique within their type only: a search result has the id of what it found.
    getDataID: ({ id }: { id?: string }, type: string) => id && `${type}:${id}`,
  });
}
