import { defineConfig } from '@graphql-mesh/compose-cli';
import { loadOpenAPISubgraph } from '@omnigraph/openapi';

export const composeConfig = defineConfig({
  subgraphs: [
    { sourceHandler: loadOpenAPISubgraph('posts', { source: './openapi.yaml', endpoint: process.env.BENCH_UPSTREAM }) },
  ],
  additionalTypeDefs: `
    extend type Query { greet: String! }
    extend type Post {
      user: User @resolveTo(
        sourceName: "posts", sourceTypeName: "Query", sourceFieldName: "usersByIds", keyField: "userId", keysArg: "id"
      )
    }
  `,
});
