// The GraphQL multipart request specification against a running /graph: node uploads.mjs URL KEY FUNCTION
// Files go to invokeFunction and invokeFunctions: FUNCTION is a trained function that takes images.
import { check, finish } from './checks.mjs';

const [url, key, functionId] = process.argv.slice(2);
const preflight = { 'graphql-require-preflight': '1' };
const image = (level) => Buffer.concat([Buffer.from('P5 8 8 255\n'), Buffer.alloc(64, level)]);
const [light, dark] = [image(220), image(20)];
const one = (file) => ({
  query: 'mutation ($input: InvokeFunctionInput!) { output: invokeFunction(input: $input) { labelName } }',
  variables: { input: { functionId, capture: false, file } },
});
const many = (files) => ({
  query: 'mutation ($input: InvokeFunctionsInput!) { items: invokeFunctions(input: $input) { output { labelName } } }',
  variables: { input: { functionId, capture: false, inputs: files.map((file) => ({ file })) } },
});
const place = 'variables.input.file';

function form(operations, map, files) {
  const data = new FormData();
  for (const [name, value] of Object.entries({ operations, map })) {
    if (value !== undefined) data.append(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  for (const [name, content] of Object.entries(files)) data.append(name, new Blob([content], { type: 'image/x-portable-graymap' }), `${name}.pgm`);
  return data;
}

async function send(body, headers = preflight) {
  const response = await fetch(url, { method: 'POST', body, headers: { authorization: `Bearer ${key}`, ...headers } });
  const text = await response.text();
  return { status: response.status, text, body: text.startsWith('{') ? JSON.parse(text) : null };
}

async function accepted() {
  let seen = await send(form(one(null), { 0: [place] }, { 0: light }));
  check('a file', seen.body?.data?.output?.labelName === 'Light', seen);
  const labels = () => seen.body?.data?.items?.map((item) => item.output?.labelName).join();
  seen = await send(form(many([null, null]), { 0: ['variables.input.inputs.0.file'], 1: ['variables.input.inputs.1.file'] }, { 0: light, 1: dark }));
  check('a list of files', labels() === 'Light,Dark', seen);
  seen = await send(form(many([null, null]), { 0: ['variables.input.inputs.0.file', 'variables.input.inputs.1.file'] }, { 0: dark }));
  check('a file at two places', labels() === 'Dark,Dark', seen);
}

async function refused() {
  const file = { 0: light };
  const forms = {
    'a batch': [[one(null), one(null)], { 0: [`0.${place}`], 1: [`1.${place}`] }, { 0: light, 1: dark }],
    'a map entry without its file': [one(null), { 0: [place] }, {}],
    'no operations': [undefined, { 0: [place] }, file],
    'no map': [one(null), undefined, file],
    'operations that are not JSON': ['{', { 0: [place] }, file],
    'operations that are a number': ['1', { 0: [place] }, file],
    'operations that are null': ['null', { 0: [place] }, file],
    'a map that is not JSON': [one(null), '{', file],
    'a map that is a list': [one(null), '[]', file],
    'a map entry that is no list': [one(null), { 0: place }, file],
    'a place that is not there': [one(null), { 0: ['variables.input.g.h'] }, file],
    'a place beyond a list': [many([]), { 0: ['variables.input.inputs.7.file'] }, file],
    'a place in Python itself': [one(null), { 0: ['__class__.x'] }, file],
    'a place that is taken': [one('x'), { 0: [place] }, file],
  };
  for (const [name, members] of Object.entries(forms)) {
    const seen = await send(form(...members));
    check(name, seen.status === 400 && seen.body?.errors[0].extensions.code === 'BAD_INPUT', seen);
  }
  let seen = await send(JSON.stringify(one('text, not a file')), { 'content-type': 'application/json' });
  check('text in place of a file', seen.status === 400 && !('data' in seen.body) && !/attribute|object/.test(seen.text), seen);
  seen = await send(form(one(null), { 0: [place] }, file), {});
  check('no preflight', seen.status === 400, seen);
  seen = await send(form(one(null), { 0: [place] }, { 0: Buffer.alloc(60_000_000) })).catch((error) => ({ status: 413, text: String(error) }));
  check('60 MB', seen.status === 413, seen);
}

await accepted();
await refused();
finish();
