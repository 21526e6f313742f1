// Makes src/gql: a type for each operation of src/operations.graphql, and the manifest of persisted documents.
import type { CodegenConfig } from "@graphql-codegen/cli";
import { addTypenameSelectionDocumentTransform } from "@graphql-codegen/client-preset";

const config: CodegenConfig = {
  schema: process.env.SCHEMA ?? "../../schema.graphql", // the address of a gateway works as well
  documents: "src/*.graphql",
  generates: {
    "src/gql/": {
      preset: "client",
      presetConfig: { fragmentMasking: false, persistedDocuments: { hashAlgorithm: "sha256" } },
      documentTransforms: [addTypenameSelectionDocumentTransform], // urql's cache goes by `__typename`
      config: {
        useTypeImports: true,
        strictScalars: true,
        scalars: {
          Client: "string",
          DateTime: "string",
          Dtype: "string",
          JSON: "unknown",
          JSONObject: "Record<string, unknown>",
          Tag: "string",
          Upload: "Blob",
          URL: "string",
        },
      },
    },
  },
};

export default config;
