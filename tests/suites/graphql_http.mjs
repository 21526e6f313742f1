// The audits of GraphQL over HTTP, by their authors, against a running /graph: node graphql_http.mjs URL
import { auditServer } from 'graphql-http';
import { check, finish } from './checks.mjs';

const [url] = process.argv.slice(2);
const preflight = { 'graphql-require-preflight': '1' };
const audits = await auditServer({
  url,
  fetchFn: (address, options = {}) => fetch(address, { ...options, headers: { ...preflight, ...options.headers } }),
});
for (const { id, name, status, reason } of audits) check(`${id} ${name}`, status === 'ok', reason);
finish();
