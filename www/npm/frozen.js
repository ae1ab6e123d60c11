// Results are frozen: several callers can share one, and none of them changes it for the others.

/** Freezes a value deeply, and returns it. */
export const frozen = (value) => {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
};
