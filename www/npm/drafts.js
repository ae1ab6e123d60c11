// Drafts in the form of a list of names and values: FormData, URLSearchParams and Map.

/** The prefix of a field that has several values. */
const TWICE = "*";
const LISTS = ["[object FormData]", "[object URLSearchParams]", "[object Map]"];

/** Whether a value is such a list, from any realm. */
const isList = (value) => {
  try {
    return typeof value === "object" && value !== null && LISTS.includes(Object.prototype.toString.call(value)) && typeof value.entries === "function";
  } catch {
    return false;
  }
};

/** The draft as an object. Adds names with several values to `wrong`. Another draft is returned as it is, and so is an unreadable one. */
export const objectOf = (draft, wrong) => {
  if (!isList(draft)) return draft;
  const values = new Map();
  try {
    for (const [name, value] of draft.entries()) {
      const key = String(name);
      if (values.has(key) && !wrong.includes(TWICE + key)) wrong.push(TWICE + key);
      values.set(key, value);
    }
  } catch {
    return draft;
  }
  return Object.fromEntries(values);
};
