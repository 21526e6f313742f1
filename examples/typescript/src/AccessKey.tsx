import { useState } from "react";

const STORED = "access-key";

/** The access key, which lasts as long as the tab. */
export function useAccessKey(): [string, (accessKey: string) => void] {
  const [accessKey, setAccessKey] = useState(() => sessionStorage.getItem(STORED) ?? "");
  const store = (changed: string) => {
    sessionStorage.setItem(STORED, changed);
    setAccessKey(changed);
  };
  return [accessKey, store];
}

export function AccessKey({ value, onChange }: { value: string; onChange: (accessKey: string) => void }) {
  const [typed, setTyped] = useState(value);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onChange(typed.trim());
      }}
    >
      <label>
        Access key
        <input type="password" autoComplete="off" value={typed} onChange={(event) => setTyped(event.target.value)} />
      </label>
      <button>Use</button>
    </form>
  );
}
