import { useMemo, useState } from "react";
import { Provider } from "urql";
import { AccessKey, useAccessKey } from "./AccessKey";
import { clientFor } from "./client";
import { Follow } from "./Follow";
import { type Chosen, Functions, keyOf, nameOf } from "./Functions";
import { Invoke } from "./Invoke";

export function App() {
  const [accessKey, setAccessKey] = useAccessKey();
  const [chosen, setChosen] = useState<Chosen>();
  const client = useMemo(() => clientFor(accessKey), [accessKey]);
  return (
    <Provider value={client}>
      <header>
        <h1>Functions</h1>
        <AccessKey value={accessKey} onChange={setAccessKey} />
      </header>
      <Functions chosen={chosen} onChoose={setChosen} />
      <main>
        <h2>{chosen ? nameOf(chosen) : "Choose a function that takes a text."}</h2>
        {chosen?.kind === "trained" && <Invoke key={keyOf(chosen)} functionId={chosen.id} />}
        {chosen?.kind === "predictor" && <Follow key={keyOf(chosen)} tag={chosen.tag} input={chosen.input} />}
      </main>
    </Provider>
  );
}
