// The client graphql-ws and raw frames against a running /graph: node transport_ws.mjs URL SHORT_SUBSCRIPTION LONG_SUBSCRIPTION
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [url, short, long] = process.argv.slice(2);
const address = url.replace(/^http/, 'ws');
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const failures = [];
let count = 0;

function check(name, holds, seen) {
  count += 1;
  if (!holds) failures.push(`${name}: ${JSON.stringify(seen)}`);
}

// Everything that one operation gives through the client: results, and the error if there is one.
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

// What a socket answers to raw frames; a number waits, `null` as the protocol offers none.
function conversation(frames, { protocol = 'graphql-transport-ws', listen_ms = 1000 } = {}) {
  return new Promise((done) => {
    const messages = [];
    const socket = protocol === null ? new WebSocket(address) : new WebSocket(address, protocol);
    const end = (code) => done({ code, messages, types: messages.map((message) => message.type) });
    socket.on('message', (data) => messages.push(JSON.parse(data)));
    socket.on('close', end);
    socket.on('error', () => {});
    socket.on('open', async () => {
      for (const frame of frames) {
        if (typeof frame === 'number') await pause(frame);
        else socket.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
      }
      await pause(listen_ms);
      socket.removeAllListeners('close');
      socket.terminate();
      end(null);
    });
  });
}

const init = { type: 'connection_init' };
const subscribe = (id, query, more) => ({ id, type: 'subscribe', payload: { query, ...more } });

async function throughTheClient() {
  const client = createClient({ url: address, webSocketImpl: WebSocket, retryAttempts: 0 });
  const single = async (name, payload, holds) => check(name, holds(await outcome(client, payload)), payload);
  await single('query', { query: '{ __typename }' }, (seen) => seen.results[0].data.__typename === 'Query');
  await single('mutation', { query: 'mutation { __typename }' }, (seen) => seen.results[0].data.__typename === 'Mutation');
  await single('operationName', { query: 'query A { __typename } query B { b: __typename }', operationName: 'B' },
    (seen) => seen.results[0].data.b === 'Query');
  await single('variables', { query: 'query ($a: Boolean!) { __typename @include(if: $a) x: __typename }', variables: { a: false } },
    (seen) => JSON.stringify(seen.results[0].data) === '{"x":"Query"}');
  await single('extensions', { query: '{ __typename }', extensions: { a: 1 } }, (seen) => !seen.error);
  await single('validation error', { query: '{ nope }' }, (seen) => Array.isArray(seen.error) && seen.error[0].message);
  await single('syntax error', { query: '{' }, (seen) => Array.isArray(seen.error) && seen.error[0].message);
  await single('subscription', { query: short }, (seen) => !seen.error && seen.results.length > 1);
  const many = await Promise.all(Array.from({ length: 10 }, () => outcome(client, { query: short })));
  check('ten subscriptions on one socket', many.every((seen) => !seen.error && seen.results.length > 1), many);
  await client.dispose();

  let pongs = 0;
  const patient = createClient({ url: address, webSocketImpl: WebSocket, keepAlive: 100, lazy: false, on: { pong: () => { pongs += 1; } } });
  await pause(600);
  check('keep-alive', pongs > 2, pongs);
  await patient.dispose();
}

async function order() {
  const closes = async (name, code, frames, options) => {
    const seen = await conversation(frames, options);
    check(`${name} closes with ${code}`, seen.code === code, seen);
  };
  const stays = async (name, types, frames) => {
    const seen = await conversation(frames);
    check(name, seen.code === null && seen.types.join() === types, seen);
  };
  const withoutInit = closes('no init', 4408, [], { listen_ms: 12_000 });
  await stays('init with payload null', 'connection_ack', [{ ...init, payload: null }]);
  await stays('ping before init', 'pong', [{ type: 'ping', payload: { a: 1 } }]);
  await stays('pong before init', 'connection_ack', [{ type: 'pong' }, init]);
  await stays('complete of an unknown id', 'connection_ack,pong', [init, { id: 'x', type: 'complete' }, { type: 'ping' }]);
  await stays('a syntax error', 'connection_ack,error,pong', [init, subscribe('1', '{'), 1000, { type: 'ping' }]);
  await closes('subscribe before init', 4401, [subscribe('1', '{ __typename }')]);
  await closes('a second init', 4429, [init, init]);
  await closes('an id in use', 4409, [init, subscribe('1', long), subscribe('1', long)]);
  await closes('no subprotocol', 4406, [], { protocol: null });
  await closes('a message of 5 MB', 1009, [init, subscribe('1', 'x'.repeat(5_000_000))], { listen_ms: 3000 });
  for (const protocol of ['graphql-ws', 'nonsense']) await closes(`subprotocol ${protocol}`, 1006, [init], { protocol });

  const reused = await conversation([init, subscribe('1', long), 100, { id: '1', type: 'complete' }, 50, subscribe('1', '{ __typename }')]);
  const after = reused.messages.slice(reused.messages.findIndex((message) => message.payload?.data?.__typename));
  check('an id is free after complete', reused.code === null && after.map((message) => message.type).join() === 'next,complete', reused.types);

  const capped = await conversation([init, ...Array.from({ length: 300 }, (_, index) => subscribe(`s${index}`, long))], { listen_ms: 1500 });
  check('300 operations are capped', capped.types.filter((type) => type === 'error').length === 200, capped.code);
  await withoutInit;
}

async function malformed() {
  const payloads = ['x', { query: 1 }, { query: '{ a }', variables: [1] }, { query: '{ a }', operationName: 3 }, undefined];
  const frames = [
    '', '{', 'null', '1', '[]', {}, { type: 'nope' }, { type: { a: 1 } }, { type: 'ping', payload: 'x' },
    ...[undefined, 1, {}, ''].map((id) => subscribe(id, '{ a }')),
    ...payloads.map((payload) => ({ id: '1', type: 'subscribe', payload })),
    Buffer.from('{"type":"ping"}'),
  ];
  const seen = await Promise.all([...frames.map((frame) => conversation([init, frame])), conversation([{ ...init, payload: 'x' }])]);
  seen.forEach(({ code }, index) => check(`${JSON.stringify(frames[index] ?? 'init payload')} closes with 4400`, code === 4400, code));
}

await throughTheClient();
await malformed();
await order();
console.log(`${count - failures.length} of ${count}`);
failures.forEach((failure) => console.log(failure));
process.exit(failures.length ? 1 : 0);
