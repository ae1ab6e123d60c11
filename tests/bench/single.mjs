// One payment at a time: first all contestants must agree, then each is timed.

import { FIELDS, invalid, many, valid } from "./drafts.mjs";
import { rounds, summary, turns } from "./measure.mjs";
import * as ours from "./ours.mjs";
import * as ajv from "./peers/ajv.mjs";
import * as valibot from "./peers/valibot.mjs";
import * as zod from "./peers/zod.mjs";

const CONTESTANTS = { remit: ours, zod, valibot, ajv };
const DRAFTS = 200;

const byName = (object) => Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));

/** The comparable part of a contestant's result: the payment's texts and its request, or the fields with issues. */
export function meaning({ value, request, issues, field }, result) {
  const texts = value(result);
  if (texts === undefined) return { refused: [...new Set(issues(result).map(field))].sort() };
  const { method, path, headers, body } = request(result);
  // An absent member and an undefined one are equivalent.
  const present = Object.entries(texts).filter(([, text]) => text !== undefined);
  return { value: byName(Object.fromEntries(present)), request: { method, path, headers: byName(headers), body: byName(JSON.parse(body)) } };
}

function agree(drafts, accepted) {
  for (const draft of drafts) {
    const expected = JSON.stringify(meaning(ours, ours.parse(draft)));
    if (expected.startsWith('{"refused"') === accepted) throw new Error(`${JSON.stringify(draft)} gave ${expected}`);
    for (const [name, peer] of Object.entries(CONTESTANTS)) {
      const actual = JSON.stringify(meaning(peer, peer.parse(draft)));
      if (actual !== expected) throw new Error(`${JSON.stringify(draft)}\nremit: ${expected}\n${name}: ${actual}`);
    }
  }
}

const VALUE = FIELDS.map((name) => (name === "note" ? "(texts.note === undefined ? 0 : texts.note.length)" : `texts.${name}.length`)).join(" + ");
const READ = {
  valid: `const texts = value(parse(drafts[place]));
    sum += ${VALUE};`,
  request: `const result = parse(drafts[place]);
    const texts = value(result);
    const { method, path, headers, body } = request(result);
    sum += ${VALUE} + method.length + path.length + headers.Accept.length + headers["Content-Type"].length + body.length;`,
  invalid: `const list = issues(parse(drafts[place]));
    for (let at = 0; at < list.length; at += 1) sum += list[at].message.length;`,
};

/** A separate loop for each contestant: a shared one would be compiled for none of them. The loop reads every result. */
const loop = (read, { parse, value, request, issues }, drafts) =>
  new Function("parse", "value", "request", "issues", "drafts", `return (times) => {
    let sum = 0;
    for (let time = 0; time < times; time += 1) for (let place = 0; place < drafts.length; place += 1) { ${read} }
    return sum;
  };`)(parse, value, request, issues, drafts);

/**
 * Times valid drafts, reading all texts (`valid`), or all texts and the whole request (`request`), or invalid drafts, reading all
 * messages (`invalid`).
 */
export async function single(kind, { count, milliseconds, warmup }) {
  const isValid = kind !== "invalid";
  const drafts = isValid ? many(valid, DRAFTS, 1) : many(invalid, DRAFTS, 2);
  agree(drafts, isValid);
  const contestants = Object.entries(CONTESTANTS).map(([name, contestant]) => ({ name, work: loop(READ[kind], contestant, drafts) }));
  const sums = contestants.map(({ work }) => work(1));
  if (sums.some((sum) => (isValid ? sum !== sums[0] : sum === 0))) throw new Error(`the contestants read different or empty results: ${sums}`);
  const timed = [];
  for (const { name, work } of contestants) timed.push({ name, turn: await turns(work, DRAFTS, { milliseconds, warmup }) });
  await rounds(timed, 1);
  return summary(await rounds(timed, count), "remit");
}
