import { useState } from "react";

import { readAccessKey, writeAccessKey } from "../accessKey.js";
import { AccessKeyField } from "../AccessKeyField.jsx";

export function Header({ onAccessKey }) {
  const [accessKey, setAccessKey] = useState(readAccessKey);

  function changeAccessKey(key) {
    writeAccessKey(key);
    setAccessKey(key);
    onAccessKey(key);
  }

  return (
    <header className="page-header">
      <h1>fngraph</h1>
      <a href="/graph">GraphQL</a>
      <a href="/openapi.json">openapi.json</a>
      <AccessKeyField value={accessKey} onChange={changeAccessKey} />
    </header>
  );
}
