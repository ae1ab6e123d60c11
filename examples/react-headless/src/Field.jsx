import { useId } from "react";

/** One field with its label, suggestion, error and notices. */
export const Field = ({ field, session }) => {
  const id = useId();
  const { name, label, kind, required, hint, text, unit, choices, lines, error, notices, suggestion } = field;
  const control = {
    id,
    name,
    value: text,
    required,
    "aria-invalid": error !== null,
    "aria-describedby": `${id}-about`,
    onChange: ({ target }) => session.set(name, target.value, { unfinished: target.validity.badInput }),
    onBlur: () => session.leave(name),
  };
  return (
    <div>
      <label htmlFor={id}>{unit ? `${label} (${unit})` : label}</label>
      {choices.length > 0 ? (
        <select {...control}>
          <option value="" />
          {choices.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      ) : lines ? (
        <textarea {...control} />
      ) : (
        <input {...control} type={kind === "moment" ? "date" : "text"} inputMode={kind === "amount" ? "decimal" : undefined} />
      )}
      {suggestion && (
        <button type="button" onClick={() => session.suggest(name)}>
          {suggestion.label}
        </button>
      )}
      <p id={`${id}-about`}>{[hint, error, ...notices].filter(Boolean).join(" ")}</p>
    </div>
  );
};
