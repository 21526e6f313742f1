// Subscriptions over HTTP against a running /graph: node event_stream.mjs URL SUBSCRIPTION KEY
// graphql-sse and its protocol in distinct connections mode, urql (events), Apollo Client (multipart), raw requests.
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { Client, fetchExchange } from '@urql/core';
import { createClient } from 'graphql-sse';
import { check, finish, pause } from './checks.mjs';

const [url, subscription, key] = process.argv.slice(2);
const credential = { authorization: `Bearer ${key}` };
const words = (results) => results.map((result) => result.data?.prediction?.results?.[0]?.stringValue);
const grows = (results) => results.length > 1 && words(results).every((word, index) => word?.split(' ').length === index + 1);

// All that one operation gives through graphql-sse, and the error if there is one.
function outcome(client, payload) {
  return new Promise((done) => {
    const results = [];
    client.subscribe(payload, {
      next: (result) => results.push(result),
      error: (error) => done({ results, error }),
      complete: () => done({ results }),
    });
  });
}

async function throughGraphqlSse() {
  const client = createClient({ url, retryAttempts: 0, headers: credential });
  const single = async (name, payload, holds) => {
    const seen = await outcome(client, payload);
    check(`graphql-sse: ${name}`, holds(seen), seen);
  };
  await single('query', { query: '{ __typename }' }, (seen) => seen.results[0].data.__typename === 'Query');
  await single('mutation', { query: 'mutation { __typename }' }, (seen) => seen.results[0].data.__typename === 'Mutation');
  await single('variables', { query: 'query ($a: Boolean!) { __typename @include(if: $a) x: __typename }', variables: { a: false } },
    (seen) => JSON.stringify(seen.results[0].data) === '{"x":"Query"}');
  await single('syntax error', { query: '{' }, (seen) => !seen.error && seen.results[0].errors.length === 1);
  await single('validation error', { query: '{ nope }' }, (seen) => !seen.error && seen.results[0].errors.length === 1);
  await single('subscription', { query: subscription }, (seen) => !seen.error && grows(seen.results));
  await single('@defer', { query: '{ __typename ... @defer { a: __typename } }' },
    (seen) => seen.results.at(-1).hasNext === false && seen.results.length === 2);
  const many = await Promise.all(Array.from({ length: 10 }, () => outcome(client, { query: subscription })));
  check('graphql-sse: ten subscriptions at once', many.every((seen) => !seen.error && grows(seen.results)), many);
  client.dispose();
}

async function throughUrql() {
  const client = new Client({ url, exchanges: [fetchExchange], fetchSubscriptions: true, preferGetMethod: false, fetchOptions: { headers: credential } });
  const results = await new Promise((done) => {
    const seen = [];
    client.subscription(subscription, {}).subscribe((result) => {
      seen.push(result);
      if (!result.hasNext) done(seen);
    });
  });
  // urql tells the end by repeating the last result.
  check('urql: subscription', results.every((result) => !result.error) && grows(results.slice(0, -1)), words(results));
  const query = await client.query('{ __typename }', {}).toPromise();
  check('urql: a query stays JSON', query.data.__typename === 'Query', query.error);
}

async function throughApolloClient() {
  const client = new ApolloClient({ link: new HttpLink({ uri: url, headers: credential }), cache: new InMemoryCache() });
  const follow = (query) => new Promise((done) => {
    const results = [];
    client.subscribe({ query: gql(query), errorPolicy: 'all', fetchPolicy: 'no-cache' }).subscribe({
      next: (result) => results.push(result),
      error: (error) => done({ results, error: String(error) }),
      complete: () => done({ results }),
    });
  });
  let seen = await follow(subscription);
  check('Apollo Client: subscription', !seen.error && seen.results.every((result) => !result.error) && grows(seen.results), seen);
  seen = await follow('subscription { nope }');
  check('Apollo Client: validation error', /Cannot query field/.test(JSON.stringify(seen.results.map((result) => String(result.error))) + seen.error), seen);
}

// An answer of which at most `listen_ms` are heard.
async function raw(options, address = url, listen_ms = 3000) {
  const leave = new AbortController();
  const timer = setTimeout(() => leave.abort(), listen_ms);
  const headers = { accept: 'text/event-stream', 'graphql-require-preflight': '1', ...credential, ...options.headers };
  const response = await fetch(address, { ...options, headers, signal: leave.signal });
  let text = '';
  try {
    for await (const chunk of response.body) text += Buffer.from(chunk).toString();
  } catch { /* it was left */ }
  clearTimeout(timer);
  return { status: response.status, type: response.headers.get('content-type'), headers: response.headers, text };
}

const post = (content, headers) => raw({ method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(content) });
const get = (query) => raw({ method: 'GET' }, `${url}?${new URLSearchParams({ query })}`);

async function frames() {
  let seen = await post({ query: '{ __typename }' });
  check('a query is next, then complete with data', seen.text === 'event: next\ndata: {"data":{"__typename":"Query"}}\n\nevent: complete\ndata:\n\n', seen);
  check('the type is text/event-stream', seen.status === 200 && seen.type.startsWith('text/event-stream'), seen);
  check('nobody keeps it', /no-store/.test(seen.headers.get('cache-control')) && seen.headers.get('x-accel-buffering') === 'no', [...seen.headers]);
  seen = await get(subscription);
  check('GET follows a subscription', /event: next[\s\S]*event: complete/.test(seen.text), seen);
  seen = await get('mutation { __typename }');
  check('GET runs no mutation', seen.status === 405 && !/"__typename"/.test(seen.text), seen);
  for (const query of ['{', '{ nope }']) {
    seen = await post({ query });
    check(`${query} is told by an event`, seen.status === 200 && /^event: next\ndata: {"errors"[\s\S]*event: complete/.test(seen.text), seen);
  }
  seen = await post({ query: '{ __typename }' }, { accept: 'application/json, text/event-stream;q=0.1' });
  check('weights count', seen.type.includes('json'), seen.type);
  seen = await post({ query: subscription }, { accept: 'application/json' });
  check('JSON alone follows nothing', seen.status === 400 && /errors/.test(seen.text), seen);
  seen = await post([{ query: '{ __typename }' }]);
  check('a batch is refused', seen.status === 400, seen.status);
  seen = await raw({ method: 'PUT', headers: { accept: '*/*' } });
  check('the single connection mode is not there', seen.status === 405 && seen.headers.get('allow') === 'GET, POST', seen.status);
}

async function flushed() {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...credential }, body: JSON.stringify({ query: subscription }) });
  const reader = response.body.getReader();
  const first = Buffer.from((await reader.read()).value).toString();
  check('events come as they happen', first.split('event: next').length === 2 && !first.includes('complete'), first);
  await reader.cancel();
  await pause(50);
}

await throughGraphqlSse();
await throughUrql();
await throughApolloClient();
await frames();
await flushed();
finish();
