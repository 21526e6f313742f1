// @defer and @stream against a running /graph: node incremental.mjs URL DEFERRED STREAMED
// Apollo Client with both of its handlers, meros, urql, raw requests; each must end with what comes without directives.
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { Defer20220824Handler, GraphQL17Alpha9Handler } from '@apollo/client/incremental';
import { Client, fetchExchange } from '@urql/core';
import { meros } from 'meros/browser';
import { check, finish } from './checks.mjs';

const [url, deferred, streamed] = process.argv.slice(2);
const post = (query, accept) => fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', accept }, body: JSON.stringify({ query }) });
const sorted = (_, value) => (value && typeof value === 'object' && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort()) : value);
// Apollo Client asks for __typename everywhere.
const canonical = (data) => JSON.stringify(data, (name, value) => (name === '__typename' ? undefined : sorted(name, value)));

async function whole(query) {
  const plain = query.replace(/@(defer|stream)(\([^)]*\))?/g, '');
  return canonical((await (await post(plain, 'application/json')).json()).data);
}

async function raw(query, accept) {
  const response = await post(query, accept);
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

async function bytes() {
  let seen = await raw('{ __schema { directives { name } } }', 'application/json');
  for (const name of ['defer', 'stream']) check(`@${name} is in the schema`, seen.text.includes(`"${name}"`), seen.text);
  seen = await raw(deferred, 'multipart/mixed, application/json');
  check('multipart/mixed', seen.type === 'multipart/mixed; boundary="-"', seen.type);
  check('the newer format', /"pending"/.test(seen.text) && /"completed"/.test(seen.text), seen.text);
  check('the end is told twice', /"hasNext":false/.test(seen.text) && seen.text.endsWith('\r\n-----\r\n'), seen.text);
  seen = await raw(deferred, 'multipart/mixed;deferSpec=20220824, application/json');
  check('the older format', seen.type.endsWith('deferSpec=20220824') && /"label"/.test(seen.text) && !/"pending"/.test(seen.text), seen);
  seen = await raw(deferred, 'application/json');
  check('JSON has all at once', seen.type.startsWith('application/json') && canonical(JSON.parse(seen.text).data) === await whole(deferred), seen);
  seen = await raw(streamed, 'multipart/mixed;deferSpec=20220824, application/json');
  check('the older format streams nothing', seen.type.startsWith('application/json') && canonical(JSON.parse(seen.text).data) === await whole(streamed), seen);
}

async function throughMeros(query) {
  const parts = [];
  for await (const { json, body } of await meros(await post(query, 'multipart/mixed'))) parts.push(json && body);
  check('meros: parts of JSON', parts.length > 1 && parts.every(Boolean) && parts.at(-1).hasNext === false, parts);
}

async function throughApolloClient(Handler, query) {
  const client = new ApolloClient({ link: new HttpLink({ uri: url }), cache: new InMemoryCache(), incrementalHandler: new Handler() });
  const { data, error } = await client.query({ query: gql(query), fetchPolicy: 'no-cache', errorPolicy: 'all' });
  check(`Apollo Client, ${Handler.name}: ${query}`, !error && canonical(data) === await whole(query), { data, error: String(error) });
}

async function throughUrql(query) {
  const client = new Client({ url, exchanges: [fetchExchange], preferGetMethod: false });
  const results = await new Promise((done) => {
    const seen = [];
    client.query(query, {}).subscribe((result) => {
      seen.push(result);
      if (!result.hasNext) done(seen);
    });
  });
  const { data, error } = results.at(-1);
  check(`urql: ${query}`, !error && canonical(data) === await whole(query), { data, error: String(error) });
}

await bytes();
for (const query of [deferred, streamed]) {
  await throughMeros(query);
  for (const Handler of [Defer20220824Handler, GraphQL17Alpha9Handler]) await throughApolloClient(Handler, query);
  await throughUrql(query);
}
finish();
