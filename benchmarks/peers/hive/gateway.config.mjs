import { defineConfig } from '@graphql-hive/gateway';

// BENCH_SHARE=1: identical requests in flight run once.
export const gatewayConfig = defineConfig({
  additionalResolvers: { Query: { greet: () => 'Hello World!' } },
  logging: 'warn',
  propagateHeaders: {
    fromClientToSubgraphs({ request }) {
      const authorization = request.headers.get('authorization');
      return authorization ? { authorization } : {};
    },
  },
  inboundInflightRequestDeduplication: Boolean(process.env.BENCH_SHARE),
});
