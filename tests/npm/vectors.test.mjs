// The core's vectors, run through the package: drafts to requests, and responses to outcomes.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { remit } from "./package.mjs";

const VECTORS = new URL("../vectors/", import.meta.url);
/** The UTC offsets that have a fixed-offset zone in the IANA database. */
const ZONES = new Map(Array.from({ length: 27 }, (_, at) => at - 12).map((hours) => [hours * 60, `Etc/GMT${hours > 0 ? "-" : "+"}${Math.abs(hours)}`]));

/** JSON Merge Patch. [RFC 7396] */
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

/** A finding in the form of the vectors, where the field is empty if the finding concerns no field. */
const found = ({ path, code, params }) => ({ field: code === "member_type" ? "" : path.join("."), code, params });

const options = ({ offsetMinutes, ...known } = {}) =>
  offsetMinutes === undefined || known.timeZone ? known : { ...known, timeZone: ZONES.get(offsetMinutes) };

test("the package gives the issues, notices and requests of the payment vectors", () => {
  const all = cases("payment");
  // Offsets without a zone. Other vectors with the same rules have one.
  const left = all.filter(({ known }) => known?.offsetMinutes !== undefined && !ZONES.has(known.offsetMinutes));
  assert.ok(all.length > 300 && left.length <= 2, `${all.length} cases, ${left.map(label)}`);
  for (const one of all.filter((one) => !left.includes(one))) {
    const result = one.provider.payment.parse(one.draft, options(one.known));
    if (one.issues === undefined) {
      assert.equal(result.ok, true, `${label(one)}: ${JSON.stringify(result.issues)}`);
      assert.deepEqual(result.request, one.request, label(one));
      assert.deepEqual(result.notices.map(found), one.notices ?? [], label(one));
      // A normalised value stays unchanged.
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

test("the package gives the outcomes of the response vectors", () => {
  const all = cases("reply");
  assert.ok(all.length > 50);
  for (const one of all) {
    const { raw, ...receipt } = one.provider.payment.receipt(one.reply, { currency: one.currency });
    const members = Object.fromEntries(Object.entries(receipt).filter(([, value]) => value !== null));
    assert.deepEqual(members, one.outcome, label(one));
    if (receipt.state === "recorded") assert.equal(raw, one.reply.body, label(one));
  }
});

test("receipt() reads headers from objects, Headers and maps", () => {
  const body = " ";
  const location = "/invoice/4393/payments/1334";
  const forms = [{ Location: location }, { location }, new Headers({ Location: location }), new Map([["Location", location]])];
  for (const headers of forms) {
    assert.equal(remit.harvest.payment.receipt({ status: 201, headers, body }).paymentId, "1334");
  }
});

test("without a currency, a receipt has no balance", () => {
  const body = JSON.stringify({ id: "p-1", amount: 125000, invoice: { balance: 125000 } });
  const receipt = remit.dayzero.payment.receipt({ status: 201, headers: {}, body });
  assert.ok(receipt.balance === undefined || receipt.balance === null, JSON.stringify(receipt));
});

test("a missing or oversized response has an unknown outcome", () => {
  assert.equal(remit.clockify.payment.receipt(null).state, "unknown");
  assert.equal(remit.clockify.payment.receipt({ status: 201, body: "x".repeat(9_000_000) }).state, "unknown");
});
