import { persistedExchange } from "@urql/exchange-persisted";
import { cacheExchange, Client, fetchExchange, type TypedDocumentNode } from "urql";

/** What graphql-codegen puts into each document: the name that it has in the manifest. */
interface Persisted extends TypedDocumentNode {
  __meta__: { hash: string };
}

/** Sends the names alone, never the texts. */
const persisted = persistedExchange({
  enforcePersistedQueries: true,
  enableForMutation: true,
  enableForSubscriptions: true,
  preferGetForPersistedQueries: false,
  generateHash: async (_, document) => (document as Persisted).__meta__.hash,
});

// While one develops, documents change faster than a gateway's manifest: `npm run dev` sends texts.
const exchanges = import.meta.env.PROD ? [cacheExchange, persisted, fetchExchange] : [cacheExchange, fetchExchange];

/** A client of its own for each access key, so that nobody sees another's cached answers. */
export function clientFor(accessKey: string): Client {
  return new Client({
    url: "/graph",
    exchanges,
    fetchOptions: { headers: accessKey ? { authorization: `Bearer ${accessKey}` } : {} },
    fetchSubscriptions: true, // server-sent events
    preferGetMethod: false,
  });
}
