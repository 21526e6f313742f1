import { defineConfig } from "vite";

// The gateway serves index.html on GET /graph, rest.html on GET /rest, and everything else of the build below /page/.
export default defineConfig({
  base: "/page/",
  html: { cspNonce: "CSP-NONCE" }, // what the gateway puts each answer's nonce in place of
  build: {
    outDir: "../gateway/http/page",
    emptyOutDir: true,
    license: { fileName: "LICENSES.md" },
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4000, // kB: Monaco is one chunk of that order
    rolldownOptions: {
      input: ["index.html", "rest.html"],
      checks: { moduleLevelDirective: false }, // "use client" of the libraries means nothing here
    },
  },
  worker: { format: "es" },
});
