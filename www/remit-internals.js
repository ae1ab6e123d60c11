// The element's internals, which connect it to the <form> around it.

/** For a browser, or an environment for tests, that has no internals. The element then shows its children. */
const NONE = {
  form: null,
  labels: [],
  willValidate: false,
  validity: { valid: true },
  validationMessage: "",
  setValidity() {},
  setFormValue() {},
  checkValidity: () => true,
  reportValidity: () => true,
};

/** The internals of an element. Environments for tests have none, or only a part of them. */
export const internalsOf = (element) => {
  const internals = element.attachInternals?.();
  return internals?.setValidity && internals.setFormValue ? internals : NONE;
};

/** Throws if an element has no internals. */
export const requireInternals = (internals) => {
  if (internals !== NONE) return;
  throw new Error("This browser or environment has no ElementInternals. For tests in jsdom or happy-dom, use remit-payments/testing.");
};
