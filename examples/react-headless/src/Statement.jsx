import { useEffect, useRef } from "react";

/** What the session says about the payment: the review, or the outcome. It takes the focus, so that a screen reader reads it. */
export const Statement = ({ said: { title, sentences, words, rows, notices } }) => {
  const heading = useRef(null);
  useEffect(() => heading.current.focus(), []);
  return (
    <section>
      <h2 ref={heading} tabIndex={-1}>
        {title}
      </h2>
      {[...sentences, words, ...notices].filter(Boolean).map((text) => (
        <p key={text}>{text}</p>
      ))}
      <dl>
        {rows.map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
};
