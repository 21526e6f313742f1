import { useState } from "react";

/** A text, and a button that does something with it. */
export function TextForm({ action, onText }: { action: string; onText: (text: string) => void }) {
  const [text, setText] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onText(text);
      }}
    >
      <label>
        Text
        <input value={text} required onChange={(event) => setText(event.target.value)} />
      </label>
      <button>{action}</button>
    </form>
  );
}
