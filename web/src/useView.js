import { useEffect, useState } from "react";

/** The view that the address names after its `#`, else the first one; a function changes both. */
export function useView(ids) {
  const named = () => (ids.includes(location.hash.slice(1)) ? location.hash.slice(1) : ids[0]);
  const [view, setView] = useState(named);

  useEffect(() => {
    const follow = () => setView(named());
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  });

  function show(id) {
    history.replaceState(null, "", id === ids[0] ? location.pathname : `#${id}`);
    setView(id);
  }
  return [view, show];
}
