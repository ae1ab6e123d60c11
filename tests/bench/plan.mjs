// The plan of the measurements, which comes from `cargo xtask bench`, and the form of the results.

import { summary } from "./measure.mjs";

/** A typical draft. */
export const DRAFT = {
  workspaceId: "64a687e29ae1f428e7ebe303",
  invoiceId: "78a687e29ae1f428e7ebe303",
  currency: "USD",
  amount: "1,250.00",
  paidAt: "2026-11-19T11:00:00+01:00",
  note: "ACH 8841",
};

/** `{cases, quick, scripts, module}`: the requested cases, the directory of the bundled scripts, and the module for slim. */
export const plan = JSON.parse(process.env.REMIT_BENCH);

const FULL = {
  single: { count: 41, milliseconds: 50, warmup: 1000 },
  files: { rows: 100_000, times: 9 },
  memory: { rows: 100_000, times: 5 },
  first: { times: 21 },
};
/** Only enough to check that all contestants agree. */
const QUICK = {
  single: { count: 2, milliseconds: 1, warmup: 5 },
  files: { rows: 2_000, times: 1 },
  memory: { rows: 2_000, times: 1 },
  first: { times: 1 },
};
export const effort = plan.quick ? QUICK : FULL;

/** The scripts whose first call is measured. `slim` also needs the module. */
export const FIRST = ["remit", "slim", "zod", "valibot", "ajv"];

export const wanted = (name) => plan.cases.includes(name);
export const report = (results) => console.log(JSON.stringify(results));
/** Prints only the message: the stack would contain a line of a bundle. */
export const refuse = ({ message }) => {
  console.error(message.split(/\n\s+at /)[0]);
  process.exitCode = 1;
};
export const progress = (host, name) => console.error(`${host}: ${name}`);

/** The results of the first call, once for each entry of Remit. */
export function firsts(host, took) {
  const { slim, ...others } = took;
  const form = (name, remit) => ({ case: name, host, unit: "ms", entries: summary({ ...others, remit }, "remit") });
  return [form("first", others.remit), form("first-slim", slim)];
}
