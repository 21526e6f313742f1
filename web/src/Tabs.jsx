import { useRef } from "react";

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

/** The views' tabs, by the ARIA pattern: one stop for Tab, arrows between them, Home and End. */
export function Tabs({ views, current, onChange }) {
  const list = useRef(null);

  function onKeyDown(event) {
    const index = views.findIndex(({ id }) => id === current);
    const next = { ...STEPS, Home: -index, End: views.length - 1 - index }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const { id } = views[(index + next + views.length) % views.length];
    onChange(id);
    list.current.querySelector(`#tab-${id}`).focus();
  }

  return (
    <div className="view-tabs" role="tablist" aria-label="Views" ref={list} onKeyDown={onKeyDown}>
      {views.map(({ id, name }) => (
        <button
          key={id}
          id={`tab-${id}`}
          type="button"
          role="tab"
          aria-selected={id === current}
          aria-controls={`view-${id}`}
          tabIndex={id === current ? 0 : -1}
          onClick={() => onChange(id)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}

/** What a tab shows. It stays in the page while it is hidden, with what was typed into it. */
export function View({ id, current, children }) {
  return (
    <section id={`view-${id}`} className="view" role="tabpanel" aria-labelledby={`tab-${id}`} hidden={id !== current}>
      {children}
    </section>
  );
}
