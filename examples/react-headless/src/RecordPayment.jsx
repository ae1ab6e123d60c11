import { useState, useSyncExternalStore } from "react";
import { createPaymentSession } from "remit-payments/session";
import { Field } from "./Field.jsx";
import { Statement } from "./Statement.jsx";

/** A form that records a payment. All texts come from the session. */
export const RecordPayment = (options) => {
  const [session] = useState(() => createPaymentSession(options));
  const { phase, fields, said, actions, checkSentence } = useSyncExternalStore(session.subscribe, session.getState);

  /** Takes an action, unless the press is the second one of a double click: it was meant for another button. */
  const act = (event, name) => {
    if (event.detail < 2) session[name]();
  };

  return (
    <form
      noValidate
      aria-busy={phase === "sending"}
      onSubmit={(event) => {
        event.preventDefault();
        session.review();
      }}
    >
      {phase === "editing" && fields.map((field) => <Field key={field.name} field={field} session={session} />)}
      {said && <Statement key={said.title} said={said} />}
      <p role="status">{checkSentence}</p>
      {actions.map(({ name, label }) =>
        name === "review" ? (
          <button key={label}>{label}</button>
        ) : (
          <button key={label} type="button" onClick={(event) => act(event, name)}>
            {label}
          </button>
        ),
      )}
    </form>
  );
};
