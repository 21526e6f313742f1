import "swagger-ui-dist/swagger-ui.css";
import "../page.css";
import "./rest.css";

import { createRoot } from "react-dom/client";
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";

import { readAccessKey } from "../accessKey.js";
import { Header } from "./Header.jsx";

const ui = SwaggerUI({
  dom_id: "#api",
  url: "/openapi.json",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  validatorUrl: null, // nothing leaves for another host
  onComplete: () => authorize(readAccessKey()),
});

/** The header's key is what Swagger UI sends; without one, calls are anonymous. */
function authorize(accessKey) {
  if (accessKey) ui.preauthorizeApiKey("bearer", accessKey);
  else if (ui.authSelectors.authorized()?.has("bearer")) ui.authActions.logout(["bearer"]);
}

// Swagger UI's dark colours hang on a class; the system decides, as on the other page.
const dark = matchMedia("(prefers-color-scheme: dark)");
const followSystem = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", followSystem);
followSystem();

createRoot(document.getElementById("root")).render(<Header onAccessKey={authorize} />);
