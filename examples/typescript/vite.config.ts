import { defineConfig } from "vite";

// The page and /graph have one origin, so the gateway needs no `allowed_origins` for it.
const proxy = { "/graph": process.env.FNGRAPH_URL ?? "http://127.0.0.1:8000" };

export default defineConfig({ server: { proxy }, preview: { proxy } });
