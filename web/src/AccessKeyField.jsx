// Takes effect on Enter or when the field is left, not on each keystroke: each new key reads the schema again.
export function AccessKeyField({ value, onChange }) {
  function commit(event) {
    event.preventDefault();
    onChange(event.currentTarget.elements.accessKey.value.trim());
  }

  return (
    <form className="access-key" onSubmit={commit} onBlur={commit}>
      <label htmlFor="accessKey">Access key</label>
      <input
        id="accessKey"
        name="accessKey"
        type="password"
        defaultValue={value}
        placeholder="none: anonymous"
        autoComplete="off"
        spellCheck={false}
      />
    </form>
  );
}
