// The vectors that hold for the core, through the package: drafts to requests, answers to what they mean.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { remit } from "./package.mjs";

const VECTORS = new URL("../vectors/", import.meta.url);
/** Offsets from UTC that have a zone of their own in the IANA database. */
const ZONES = new Map(Array.from({ length: 27 }, (_, at) => at - 12).map((hours) => [hours * 60, `Etc/GMT${hours > 0 ? "-" : "+"}${Math.abs(hours)}`]));

/** RFC 7396. */
const merged = (target, patch) => {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const result = typeof target === "object" && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = merged(result[name], value);
  }
  return result;
};

const cases = (kind) =>
  remit.providers.flatMap((provider) =>
    readdirSync(new URL(`${provider.id}/`, VECTORS))
      .filter((name) => name.split(/[-.]/)[0] === kind)
      .flatMap((name) => {
        const { base = {}, cases } = JSON.parse(readFileSync(new URL(`${provider.id}/${name}`, VECTORS), "utf8"));
        return cases.map((one) => ({ provider, file: name, ...merged(base, one) }));
      }),
  );

const label = ({ provider, file, name }) => `${provider.id}/${file}: ${name}`;

/** A finding as the vectors write it. The path of what is of no field is nothing, or the member that cannot be read. */
const found = ({ path, code, params }) => ({ field: code === "member_type" ? "" : path.join("."), code, params });

const options = ({ offsetMinutes, ...known } = {}) =>
  offsetMinutes === undefined || known.timeZone ? known : { ...known, timeZone: ZONES.get(offsetMinutes) };

test("a payment would be another through the package than in the core", () => {
  const all = cases("payment");
  // Offsets that no zone has. What they show, others with a name show as well.
  const left = all.filter(({ known }) => known?.offsetMinutes !== undefined && !ZONES.has(known.offsetMinutes));
  assert.ok(all.length > 300 && left.length <= 2, `${all.length} cases, ${left.map(label)}`);
  for (const one of all.filter((one) => !left.includes(one))) {
    const result = one.provider.payment.parse(one.draft, options(one.known));
    if (one.issues === undefined) {
      assert.equal(result.ok, true, `${label(one)}: ${JSON.stringify(result.issues)}`);
      assert.deepEqual(result.request, one.request, label(one));
      assert.deepEqual(result.notices.map(found), one.notices ?? [], label(one));
      // What is normal stays as it is.
      const again = one.provider.payment.parse(result.value, { ...options(one.known), timeZone: undefined });
      assert.deepEqual(again.value, result.value, label(one));
    } else {
      assert.equal(result.ok, false, label(one));
      assert.deepEqual(result.issues.map(found), one.issues, label(one));
    }
    for (const { message } of [...(result.issues ?? []), ...result.notices]) {
      assert.ok(message.length > 10 && !message.includes("{"), `${label(one)}: ${message}`);
    }
  }
});

test("an answer would be read as something else through the package", () => {
  const all = cases("reply");
  assert.ok(all.length > 50);
  for (const one of all) {
    const { raw, ...receipt } = one.provider.payment.receipt(one.reply, { currency: one.currency });
    const told = Object.fromEntries(Object.entries(receipt).filter(([, value]) => value !== null));
    assert.deepEqual(told, one.outcome, label(one));
    if (receipt.state === "recorded") assert.equal(raw, one.reply.body, label(one));
  }
});

test("headers would be passed over, in whichever form fetch or a server has them", () => {
  const body = " ";
  const location = "/invoice/4393/payments/1334";
  const forms = [{ Location: location }, { location }, new Headers({ Location: location }), new Map([["Location", location]])];
  for (const headers of forms) {
    assert.equal(remit.harvest.payment.receipt({ status: 201, headers, body }).paymentId, "1334");
  }
});

test("an amount in no currency would be told with the wrong number of decimals", () => {
  const body = JSON.stringify({ id: "p-1", amount: 125000, invoice: { balance: 125000 } });
  const told = remit.dayzero.payment.receipt({ status: 201, headers: {}, body });
  assert.ok(told.balance === undefined || told.balance === null, JSON.stringify(told));
  assert.equal(remit.clockify.payment.receipt(null).state, "unknown");
  assert.equal(remit.clockify.payment.receipt({ status: 201, body: "x".repeat(9_000_000) }).state, "unknown");
});
