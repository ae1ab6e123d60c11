// Reports options that do not exist. A misspelt option would switch off the check that it was meant for.

import { instead } from "../remit-names.js";

/** The options of `parse`, and those that `parseMany` has in addition. */
export const OPTIONS = ["timeZone", "now", "currency", "invoice", "transactions", "messages"];
export const BATCH_OPTIONS = [...OPTIONS, "provider", "columns", "defaults"];

/** The prefix of the path of an unknown option. The names to use instead follow after `=`. */
const UNKNOWN = "?";
/** The longest name that is reported entirely, and the most names that are reported. */
const LONGEST = 100;
const MOST = 20;

/** The path to report for an unknown member of an option. */
const unknown = (path, name, names) => `${UNKNOWN}${path}.${name.slice(0, LONGEST)}=${instead(name, names)}`;

/** The own names of an object; none if they cannot be read. */
const namesOf = (object) => {
  try {
    return Object.keys(object);
  } catch {
    return [];
  }
};

/** Adds the paths of the members that an option does not have to `wrong`. */
export const refuseOthers = (object, names, path, wrong) => {
  const others = namesOf(object).filter((name) => !names.includes(name));
  for (const name of others.slice(0, MOST)) {
    const reported = unknown(path, name, names);
    if (!wrong.includes(reported)) wrong.push(reported);
  }
};

/** The error for the first unknown option, as a sentence; `undefined` if there is none. `what` precedes the name. */
export const misspeltIn = (options, names, what = "option ") => {
  const name = namesOf(options).find((name) => !names.includes(name));
  return name === undefined ? undefined : `There is no ${what}${name.slice(0, LONGEST)}. Did you mean ${instead(name, names)}?`;
};
