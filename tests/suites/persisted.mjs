// The persisted-query links of Apollo Client and urql against a running /graph: node persisted.mjs URL MODE [MANIFEST]
// MODE is `on`, `off` (documents.apq = false) or `trusted` (documents.trusted_only, with MANIFEST by `fngraph persist`).
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { Client, fetchExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';

const [url, mode, manifest] = process.argv.slice(2);
const headers = { 'graphql-require-preflight': '1' };
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const failures = [];
let count = 0;

function check(name, holds, seen) {
  count += 1;
  if (!holds) failures.push(`${name}: ${JSON.stringify(seen)}`);
}

// A fetch that notes what each request carries, such as `POST hash+text`.
function noting() {
  const sent = [];
  const noted = (address, options) => {
    const parameters = new URL(address, url).searchParams;
    const members = options.method === 'GET' ? Object.fromEntries(parameters) : JSON.parse(options.body);
    const extensions = typeof members.extensions === 'string' ? JSON.parse(members.extensions) : members.extensions;
    const carried = [extensions?.persistedQuery && 'hash', members.query && 'text'].filter(Boolean).join('+');
    sent.push(`${options.method} ${carried}`);
    return fetch(address, options);
  };
  return { sent, noted };
}

function apollo(get, generateHash) {
  const { sent, noted } = noting();
  const names = generateHash ? { generateHash: (query) => generateHash(query.definitions[0].name.value) } : { sha256 };
  const persisted = new PersistedQueryLink({ ...names, useGETForHashedQueries: get });
  const client = new ApolloClient({
    link: persisted.concat(new HttpLink({ uri: url, headers, fetch: noted })),
    cache: new InMemoryCache(),
    defaultOptions: { query: { errorPolicy: 'all', fetchPolicy: 'no-cache' }, mutate: { errorPolicy: 'all' } },
  });
  const outcome = ({ data, error }) => ({ data, errors: error?.errors ?? (error ? [{ message: String(error) }] : []) });
  return {
    sent,
    query: async (text) => outcome(await client.query({ query: gql(text) })),
    mutate: async (text) => outcome(await client.mutate({ mutation: gql(text) })),
  };
}

function urql(get, generateHash) {
  const { sent, noted } = noting();
  const persisted = persistedExchange({
    preferGetForPersistedQueries: get ? 'force' : false,
    enableForMutation: true,
    generateHash: async (text, document) =>
      generateHash ? generateHash(document.definitions[0].name.value) : sha256(text),
  });
  const exchanges = [persisted, fetchExchange];
  const client = new Client({ url, fetch: noted, fetchOptions: { headers }, preferGetMethod: false, exchanges });
  const outcome = ({ data, error }) => ({ data, errors: error?.graphQLErrors ?? (error ? [{ message: String(error) }] : []) });
  return {
    sent,
    query: async (text) => outcome(await client.query(text, {}).toPromise()),
    mutate: async (text) => outcome(await client.mutation(text, {}).toPromise()),
  };
}

const CLIENTS = { apollo, urql };
const sends = (client, ...expected) => client.sent.splice(0).join() === expected.join();
const answers = (outcome) => outcome.errors.length === 0 && outcome.data?.type.name === 'Query';
const query = (name) => `query ${name} { type: __type(name: "Query") { name __typename } }`;

async function remembered(name, make, get) {
  const text = query(`${name}${get ? 'Get' : 'Post'}`);
  const method = get ? 'GET' : 'POST';
  const first = make(get);
  let outcome = await first.query(text);
  const registers = name === 'apollo' ? 'POST' : method;
  check(`${name} ${method} registers`, answers(outcome) && sends(first, `${method} hash`, `${registers} hash+text`), outcome);
  const second = make(get);
  outcome = await second.query(text);
  check(`${name} ${method} needs the hash only`, answers(outcome) && sends(second, `${method} hash`), [outcome, second.sent]);
  outcome = await second.mutate(`mutation ${name}${method} { __typename }`);
  const mutated = outcome.data?.__typename === 'Mutation';
  check(`${name} ${method} mutates by POST`, mutated && sends(second, 'POST hash', 'POST hash+text'), outcome);
  for (const attempt of ['first', 'second']) {
    outcome = await make(get).query(`query ${name}${method}Wrong { nothing }`);
    const told = outcome.errors.map((error) => error.extensions?.code).join();
    check(`${name} ${method} is told what is wrong, ${attempt} time`, told === 'GRAPHQL_VALIDATION_FAILED', outcome);
  }
}

async function notSupported(name, make) {
  const client = make(false);
  let outcome = await client.query(query('One'));
  check(`${name} sends the text instead`, answers(outcome) && sends(client, 'POST hash', 'POST text'), outcome);
  outcome = await client.query(query('Two'));
  check(`${name} sends no more hashes`, answers(outcome) && sends(client, 'POST text'), [outcome, client.sent]);
}

async function trusted(name, make, get) {
  const { operations } = JSON.parse(readFileSync(manifest, 'utf8'));
  const ids = Object.fromEntries(operations.map((operation) => [operation.name, operation.id]));
  const client = make(get, (operation) => ids[operation] ?? sha256(operation));
  let outcome = await client.query(query('Trusted'));
  check(`${name} names a trusted document`, answers(outcome) && sends(client, `${get ? 'GET' : 'POST'} hash`), outcome);
  outcome = await client.query(query('Other'));
  check(`${name} cannot run another`, outcome.errors[0]?.extensions?.code === 'DOCUMENT_NOT_TRUSTED', outcome);
  check(`${name} does not send its text`, sends(client, `${get ? 'GET' : 'POST'} hash`), client.sent);
}

for (const [name, make] of Object.entries(CLIENTS)) {
  if (mode === 'off') await notSupported(name, make);
  else for (const get of [false, true]) await (mode === 'on' ? remembered : trusted)(name, make, get);
}
console.log(`${count - failures.length} of ${count}`);
failures.forEach((failure) => console.log(failure));
process.exit(failures.length ? 1 : 0);
