// An entire file of payments: first all contestants must agree, then each is timed.

import { csv } from "./csv.mjs";
import { FIELDS } from "./drafts.mjs";
import { clocked, rounds, summary } from "./measure.mjs";
import * as ours from "./ours.mjs";
import * as peer from "./peers/csv.mjs";
import * as zod from "./peers/zod.mjs";
import { meaning } from "./single.mjs";

/** The contestants, with the functions that read a file and its results. */
const CONTESTANTS = { remit: { ...ours }, zod: { ...zod, ...peer } };
export const present = () => Object.entries(CONTESTANTS).filter(([, { file }]) => file !== undefined);

function agree(bytes, count) {
  const results = present().map(([name, contestant]) => ({ name, contestant, result: contestant.file(bytes) }));
  for (const { name, contestant, result } of results) {
    if (contestant.rows(result) !== count) throw new Error(`${name} read ${contestant.rows(result)} rows of ${count}`);
  }
  for (let index = 0; index < count; index += 1) {
    const [expected, ...others] = results.map(({ contestant, result }) => JSON.stringify(meaning(contestant, contestant.row(result, index))));
    if (others.some((other) => other !== expected)) throw new Error(`row ${index}\n${results[0].name}: ${expected}\n${results[1].name}: ${others[0]}`);
  }
}

/** Reads every text of every row, and every message; with `whole`, every request too. */
function read({ file, rows, row, value, request, issues }, bytes, whole) {
  const result = file(bytes);
  let sum = 0;
  for (let index = 0, count = rows(result); index < count; index += 1) {
    const one = row(result, index);
    const texts = value(one);
    if (texts === undefined) for (const { message } of issues(one)) sum += message.length;
    else {
      for (const name of FIELDS) sum += texts[name]?.length ?? 0;
      if (whole) {
        const { method, path, headers, body } = request(one);
        sum += method.length + path.length + headers.Accept.length + headers["Content-Type"].length + body.length;
      }
    }
  }
  return sum;
}

/**
 * Times each contestant until it returns its result (`many`), until every value has been read (`many-read`), and until every request
 * has been too (`many-requests`).
 */
export async function files({ rows: count, times }) {
  const bytes = csv(count);
  agree(bytes, count);
  const kinds = {
    many: (contestant) => contestant.rows(contestant.file(bytes)),
    "many-read": (contestant) => read(contestant, bytes, false),
    "many-requests": (contestant) => read(contestant, bytes, true),
  };
  const results = {};
  for (const [kind, work] of Object.entries(kinds)) {
    const contestants = present().map(([name, contestant]) => ({
      name,
      turn: () =>
        clocked(() => {
          if (work(contestant) < count) throw new Error(`${name} returned too few rows or texts`);
        }),
    }));
    await rounds(contestants, 1);
    results[kind] = summary(await rounds(contestants, times), "remit");
  }
  return results;
}
