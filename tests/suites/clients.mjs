// JavaScript clients against a running /graph, each in its ways to send an operation: node clients.mjs URL SUBSCRIPTION KEY
// Apollo Client, urql, graphql-request, relay-runtime. KEY is ada's; SUBSCRIPTION gives three states.
import { createHash } from 'node:crypto';
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { BatchHttpLink } from '@apollo/client/link/batch-http';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { Client, fetchExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { GraphQLClient } from 'graphql-request';
import { createClient } from 'graphql-ws';
import relay from 'relay-runtime';
import WebSocket from 'ws';
import { check, finish, pause } from './checks.mjs';

const [url, subscription, key] = process.argv.slice(2);
const headers = { authorization: `Bearer ${key}`, 'graphql-require-preflight': '1' };
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const isAda = (data) => data?.user?.username === 'ada';
const LIMIT_MS = 8000;

// What `run` gives, or its error; `holds` says whether that is right.
async function expect(name, run, holds) {
  const late = pause(LIMIT_MS).then(() => ({ error: 'no answer' }));
  const seen = await Promise.race([Promise.resolve().then(run), late]).catch((error) => ({ error }));
  check(name, holds(seen), { ...seen, error: seen.error && String(seen.error) });
}

const answers = (seen) => !seen.error && isAda(seen.data);
const mutates = (seen) => !seen.error && seen.data?.__typename === 'Mutation';
const query = (name) => `query ${name} { user { __typename ... on User { username } } }`;

function apollo(link) {
  return new ApolloClient({ link, cache: new InMemoryCache(), defaultOptions: { query: { fetchPolicy: 'no-cache' } } });
}

const http = (options) => new HttpLink({ uri: url, headers, ...options });

async function apolloOperations() {
  await expect('Apollo Client: query by POST', () => apollo(http()).query({ query: gql(query('Post')) }), answers);
  await expect('Apollo Client: query by GET', () => apollo(http({ useGETForQueries: true })).query({ query: gql(query('Get')) }), answers);
  await expect('Apollo Client: mutation', () => apollo(http()).mutate({ mutation: gql('mutation { __typename }') }), mutates);
  await expect('Apollo Client: a document that is wrong is an error of GraphQL', () => apollo(http()).query({ query: gql('{ nothing }') }),
    (seen) => seen.error?.name === 'CombinedGraphQLErrors' && seen.error.errors[0].extensions.code === 'GRAPHQL_VALIDATION_FAILED');
  await expect('Apollo Client: three queries in a batch', async () => {
    const client = apollo(new BatchHttpLink({ uri: url, headers, batchMax: 3, batchInterval: 50 }));
    return { all: await Promise.all([1, 2, 3].map((number) => client.query({ query: gql(query(`Batch${number}`)) }))) };
  }, (seen) => seen.all?.length === 3 && seen.all.every(answers));
}

// A hash that was registered by another client is enough: one request.
async function apolloHashes(useGETForHashedQueries) {
  const method = useGETForHashedQueries ? 'GET' : 'POST';
  let requests = 0;
  const counting = (...request) => (requests += 1) && fetch(...request);
  const run = () => apollo(new PersistedQueryLink({ sha256, useGETForHashedQueries }).concat(http({ fetch: counting })))
    .query({ query: gql(query(`Hash${method}`)) });
  await run();
  requests = 0;
  await expect(`Apollo Client: a known hash by ${method}`, run, (seen) => answers(seen) && requests === 1);
}

function followed(client) {
  return new Promise((done) => {
    const words = [];
    client.subscribe({ query: gql(subscription), fetchPolicy: 'no-cache' }).subscribe({
      next: ({ data, error }) => words.push(error ? String(error) : data.prediction.results[0].stringValue),
      error: (error) => done({ error, words }),
      complete: () => done({ words }),
    });
  });
}

const follows = (seen) => !seen.error && seen.words?.join() === '1,1 2,1 2 3';

async function apolloSubscriptions() {
  const socket = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0, connectionParams: headers });
  await expect('Apollo Client: subscription through graphql-ws', () => followed(apollo(new GraphQLWsLink(socket))), follows);
  socket.dispose();
  await expect('Apollo Client: subscription over multipart HTTP', () => followed(apollo(http())), follows);
}

async function hashes() {
  const post = async (members) => (await fetch(url, {
    method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(members),
  })).json();
  const hashed = (hash) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: hash } } });
  const told = (code) => (seen) => seen.data === undefined && seen.errors?.length === 1 && seen.errors[0].extensions.code === code;
  await expect('an unknown hash', () => post(hashed(sha256('unknown'))), told('PERSISTED_QUERY_NOT_FOUND'));
  await expect('a hash of another text', () => post({ query: '{ __typename }', ...hashed(sha256('other')) }), told('BAD_INPUT'));
  await expect('an unknown documentId', () => post({ documentId: `sha256:${sha256('unknown')}` }), told('PERSISTED_DOCUMENT_NOT_FOUND'));
}

function urql(exchanges, options) {
  return new Client({ url, exchanges: [...exchanges, fetchExchange], preferGetMethod: false, fetchOptions: { headers }, ...options });
}

async function urqlOperations() {
  let type;
  const noting = async (...request) => {
    const response = await fetch(...request);
    type = response.headers.get('content-type');
    return response;
  };
  const run = (client) => client.query(query('Urql'), {}).toPromise();
  await expect('urql: query by POST', () => run(urql([], { fetch: noting })), answers);
  check('urql: the answer is JSON', type?.startsWith('application/graphql-response+json'), type);
  await expect('urql: query by GET', () => run(urql([], { preferGetMethod: true })), answers);
  await expect('urql: mutation', () => urql([]).mutation('mutation { __typename }', {}).toPromise(), mutates);
  await expect('urql: a document that is wrong is an error of GraphQL', () => urql([]).query('{ nothing }', {}).toPromise(),
    (seen) => seen.error?.graphQLErrors[0].extensions.code === 'GRAPHQL_VALIDATION_FAILED');
  await expect('urql: persistedExchange', () => run(urql([persistedExchange({ preferGetForPersistedQueries: false })])), answers);
}

// urql tells the end by repeating the last result.
async function urqlSubscription() {
  await expect('urql: subscription over HTTP', () => new Promise((done) => {
    const words = [];
    urql([], { fetchSubscriptions: true }).subscription(subscription, {}).subscribe(({ data, error, hasNext }) => {
      if (error || !hasNext) done({ error, words });
      else words.push(data.prediction.results[0].stringValue);
    });
  }), follows);
}

async function graphqlRequest() {
  const client = new GraphQLClient(url, { headers });
  await expect('graphql-request: query', async () => ({ data: await client.request(query('Request')) }), answers);
  await expect('graphql-request: two queries in a batch',
    async () => ({ all: await client.batchRequests([1, 2].map((number) => ({ document: query(`Request${number}`) }))) }),
    (seen) => seen.all?.length === 2 && seen.all.every(answers));
}

// What relay-compiler makes of `query Relay { upstreams { name } }`; examples/relay runs the compiler itself.
async function relayRuntime() {
  const { Environment, Network, RecordSource, Store, fetchQuery } = relay;
  const name = { alias: null, args: null, kind: 'ScalarField', name: 'name', storageKey: null };
  const upstreams = { ...name, kind: 'LinkedField', concreteType: 'Upstream', name: 'upstreams', plural: true, selections: [name] };
  const operation = { argumentDefinitions: [], kind: 'Operation', name: 'Relay', selections: [upstreams] };
  const fragment = { ...operation, kind: 'Fragment', metadata: null, type: 'Query', abstractKey: null };
  const text = 'query Relay { upstreams { name } }';
  const params = { cacheID: 'Relay', id: null, metadata: {}, name: 'Relay', operationKind: 'query', text };
  const send = async (request, variables) => (await fetch(url, {
    method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify({ query: request.text, variables }),
  })).json();
  const environment = new Environment({ network: Network.create(send), store: new Store(new RecordSource()) });
  await expect('relay-runtime: fetchQuery', () => fetchQuery(environment, { kind: 'Request', fragment, operation, params }, {}).toPromise(),
    (seen) => seen.upstreams?.map((upstream) => upstream.name).join() === 'prediction,deployment,function_admin,invoke');
}

await apolloOperations();
for (const get of [false, true]) await apolloHashes(get);
await apolloSubscriptions();
await hashes();
await urqlOperations();
await urqlSubscription();
await graphqlRequest();
await relayRuntime();
finish();
