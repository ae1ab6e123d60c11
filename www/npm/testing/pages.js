// The pages of a double's form, by state.

import { WORDS } from "#forms";

/** The event of an outcome. */
export const EVENT_OF = { recorded: "remit-success", refused: "remit-failure", "not-sent": "remit-failure", unknown: "remit-unknown" };

/** The buttons of each state: what they do, and the word on them. */
export const BUTTONS = {
  editing: [["review", "review"]],
  review: [["confirm", "record"], ["edit", "change"]],
  recorded: [["startOver", "another"]],
  refused: [["edit", "correct"]],
  "not-sent": [["retry", "tryAgain"]],
  unknown: [["check", "checkAgain"]],
};

const TITLES = { recorded: "recordedTitle", refused: "refusedTitle", "not-sent": "notSentTitle", unknown: "unknownTitle", review: "reviewTitle" };

/** The title of the page for a state. */
export const titleOf = (tag, state) => WORDS[tag][TITLES[state] ?? "title"];

/** The status that the page announces. */
export const statusOf = (tag, state, outcome) => {
  const words = WORDS[tag];
  if (state === "sending" || state === "handed-over") return words.recording;
  if (state in EVENT_OF) return [words[TITLES[state]], outcome?.words].filter(Boolean).join(" ");
  return "";
};
