import "./nonce.js";
import "graphiql/setup-workers/vite";
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "graphiql/graphiql.css";
import "./page.css";
import "./graph/graph.css";
import "./backends/backends.css";
import "./plan/plan.css";

import { createRoot } from "react-dom/client";

import { Page } from "./Page.jsx";

createRoot(document.getElementById("root")).render(<Page />);
