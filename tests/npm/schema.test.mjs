// The JSON Schemas and the validator agree, in both directions.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import Ajv from "ajv";
import Ajv2020 from "ajv/dist/2020.js";

import { maker } from "./drafts.mjs";
import { remit } from "./package.mjs";
import { MAY_BE_UNSEEN, UNSAID } from "./unsaid.mjs";

const SEED = Number(process.env.REMIT_SEED ?? 20261119);
const DRAFTS = Number(process.env.REMIT_DRAFTS ?? 4000);
const STRICT = { strict: true, allErrors: false };
const TARGETS = {
  "draft-2020-12": () => new Ajv2020(STRICT),
  "draft-07": () => new Ajv(STRICT),
  "openapi-3.0": () => new Ajv(STRICT),
};
const { providers } = remit;

/** A provider's compiled schemas for every target. */
const compiled = (provider, io) =>
  Object.entries(TARGETS).map(([target, ajv]) => ({
    target,
    accepts: ajv().compile(provider.payment["~standard"].jsonSchema[io]({ target })),
  }));

/** The documented parameters of each code. */
const documented = (heading) => {
  const [, table] = readFileSync(new URL("../../www/npm/docs/codes.md", import.meta.url), "utf8").split(`## ${heading}\n`);
  const rows = table.split("\n## ")[0].matchAll(/^\| `(\w+)` \| .* \| (.*) \|$/gm);
  return new Map([...rows].map(([, code, params]) => [code, params.split("<br>").map((param) => param.split("`")[1])]));
};
const PARAMS = { issues: documented("Issues"), notices: documented("Notices") };

/** The first finding with an undocumented code or parameter, if any. */
const undocumented = (result) =>
  Object.entries(PARAMS).flatMap(([kind, params]) =>
    (result[kind] ?? []).filter(
      (found) =>
        found.path[0] !== "options" && !Object.keys(found.params).every((name) => params.get(found.code)?.includes(name)),
    ),
  )[0];

/** The disagreement between a schema and the validator about a draft, if any. */
const disagreement = (provider, accepts, draft, sees = draft, options = undefined, seen = undefined) => {
  const result = provider.payment.parse(draft, options);
  assert.equal(undocumented(result), undefined);
  if (!accepts(sees)) return result.ok ? `the schema rejects it: ${JSON.stringify(accepts.errors)}` : undefined;
  if (result.ok) return undefined;
  const { fields } = provider.payment;
  const currencies = fields.find(({ kind }) => kind === "currency");
  const code = String(sees[currencies.name]).trim().toUpperCase();
  const { decimals } = currencies.choices.find(({ value }) => value === code) ?? {};
  const unexpected = result.issues.filter(({ path, code }) => {
    const field = fields.find(({ name }) => name === path[0]);
    const value = draft[field?.name];
    const excused = field !== undefined && Object.hasOwn(UNSAID, code) && UNSAID[code](value, field, options, decimals);
    if (excused) seen?.add(code);
    return !excused;
  });
  return unexpected.length > 0 ? `the schema accepts it: ${JSON.stringify(unexpected)}` : undefined;
};

const vectors = (provider) => {
  const folder = new URL(`../vectors/${provider.id}/`, import.meta.url);
  const files = readdirSync(folder).filter((name) => /^payment.*\.json$/.test(name));
  return files.flatMap((name) => {
    const { base = {}, cases } = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
    const merged = (part, of) =>
      Object.fromEntries(Object.entries({ ...base[part], ...of[part] }).filter(([, value]) => value !== null));
    return cases.map((of) => {
      const known = { ...base.known, ...of.known };
      if (base.known?.invoice && of.known?.invoice) known.invoice = { ...base.known.invoice, ...of.known.invoice };
      const { offsetMinutes, ...options } = known;
      return { name: of.name, draft: merged("draft", of), options };
    });
  });
};

const seen = new Set();

for (const provider of providers) {
  const inputs = compiled(provider, "input");
  const outputs = compiled(provider, "output");

  test(`${provider.id}: schema and validator agree on every vector`, () => {
    const cases = vectors(provider);
    assert.ok(cases.length >= 10, `${cases.length} vectors`);
    for (const { name, draft, options } of cases) {
      for (const { target, accepts } of inputs) {
        const without = disagreement(provider, accepts, draft, draft, undefined, seen);
        assert.equal(without, undefined, `${target}: ${name}: ${JSON.stringify(draft)}`);
        // A schema sees no options, so the currency of the options is added to its draft.
        const currency = options.currency ?? options.invoice?.currency;
        const sees = currency === undefined ? draft : { currency, ...draft };
        const withThem = disagreement(provider, accepts, draft, sees, options, seen);
        assert.equal(withThem, undefined, `${target}: ${name}: ${JSON.stringify({ draft, options })}`);
      }
    }
  });

  test(`${provider.id}: schema and validator agree on generated drafts`, () => {
    const make = maker(SEED);
    let accepted = 0;
    for (let count = 0; count < DRAFTS; count += 1) {
      const draft = make.draft(provider.payment.fields);
      for (const { target, accepts } of inputs) {
        const difference = disagreement(provider, accepts, draft, draft, undefined, seen);
        assert.equal(difference, undefined, `${target}: seed ${SEED}, draft ${count}: ${JSON.stringify(draft)}`);
      }
      accepted += provider.payment.parse(draft).ok ? 1 : 0;
    }
    // The comparison needs accepted and rejected drafts.
    assert.ok(accepted > DRAFTS / 10 && accepted < DRAFTS * 0.9, `${accepted} of ${DRAFTS} accepted`);
  });

  test(`${provider.id}: every value matches the output schema, and a draft that matches it stays unchanged`, () => {
    const make = maker(SEED + 1);
    let matched = 0;
    for (let count = 0; count < DRAFTS; count += 1) {
      const draft = make.draft(provider.payment.fields);
      const result = provider.payment.parse(draft);
      for (const { target, accepts } of outputs) {
        if (result.ok) {
          assert.ok(accepts(result.value), `${target}: ${JSON.stringify(result.value)}: ${JSON.stringify(accepts.errors)}`);
          matched += 1;
        }
        // A draft that matches the output schema is already normalised.
        const whole = JSON.stringify(draft).includes("\\ud") === false;
        if (accepts(draft) && result.ok && whole) assert.deepEqual(result.value, draft, target);
      }
    }
    assert.ok(matched > DRAFTS / 10, `${matched} values`);
  });

  test(`${provider.id}: schemas and validator reject empty drafts and other types`, () => {
    for (const { target, accepts } of [...inputs, ...outputs]) {
      for (const draft of [null, 42, "text", true, [], {}, [provider.payment.fields]]) {
        assert.equal(accepts(draft), false, `${target}: ${JSON.stringify(draft)}`);
        assert.equal(provider.payment.parse(draft).ok, false);
      }
    }
  });

  test(`${provider.id}: an unsupported target throws, and a supported one sets $schema`, () => {
    const { jsonSchema } = provider.payment["~standard"];
    for (const target of ["draft-04", "", "constructor", undefined]) {
      assert.throws(() => jsonSchema.input({ target }), /not supported/);
      assert.throws(() => jsonSchema.output({ target }), /not supported/);
    }
    assert.equal(jsonSchema.input({ target: "draft-07" }).$schema, "http://json-schema.org/draft-07/schema#");
    assert.equal(jsonSchema.output({ target: "draft-2020-12" }).$schema, "https://json-schema.org/draft/2020-12/schema");
    assert.equal(jsonSchema.input({ target: "openapi-3.0" }).$schema, undefined);
  });

  test(`${provider.id}: adversarial texts are checked against the schemas in linear time`, () => {
    const n = 100_000;
    const slow = [
      " ".repeat(n),
      "0".repeat(n),
      "1".repeat(n),
      "1,".repeat(n),
      "1 ".repeat(n),
      ",000".repeat(n),
      "a ".repeat(n),
      "\r\n".repeat(n),
      "a\r\n".repeat(400),
    ];
    const texts = slow.flatMap((text) => [
      `${text}!`,
      `1${text}!`,
      `1${text}`,
      `a${text}b`,
      `1.${text}!`,
      `2026-11-19T${text}Z!`,
      `2026-11-19T10:00:00.${text}!`,
    ]);
    const make = maker(SEED);
    const { fields } = provider.payment;
    const right = Object.fromEntries(
      fields.filter(({ when, required }) => when === null && required).map((field) => [field.name, make.right(field)]),
    );
    for (const { name, when } of fields) {
      const draft = when?.equals === undefined ? right : { ...right, [when.field]: when.equals };
      for (const text of texts) {
        const begun = performance.now();
        for (const { accepts } of [...inputs, ...outputs]) accepts({ ...draft, [name]: text });
        const time = performance.now() - begun;
        // Quadratic time would take minutes.
        assert.ok(time < 1000, `${name}: ${text.slice(0, 9)}…: ${time} ms`);
      }
    }
  });

  test(`${provider.id}: the OpenAPI 3.0 schemas use no keyword of JSON Schema that OpenAPI 3.0 lacks`, () => {
    const words = (schema) =>
      typeof schema === "object" && schema !== null
        ? Object.entries(schema).flatMap(([word, inner]) => [word, ...words(inner)])
        : [];
    for (const io of ["input", "output"]) {
      const used = new Set(words(provider.payment["~standard"].jsonSchema[io]({ target: "openapi-3.0" })));
      for (const word of ["if", "then", "else", "const", "$schema", "$defs", "examples", "patternProperties"])
        assert.ok(!used.has(word), word);
    }
  });
}

test(
  "the schema of any payment agrees with the schema of the draft's provider",
  { skip: remit.anyPayment === undefined },
  () => {
    const make = maker(SEED + 2);
    for (const [target, ajv] of Object.entries(TARGETS)) {
      const { jsonSchema } = remit.anyPayment["~standard"];
      const [input, output] = ["input", "output"].map((io) => ajv().compile(jsonSchema[io]({ target })));
      const one = new Map(
        providers.map(({ id, payment }) => [id, ajv().compile(payment["~standard"].jsonSchema.input({ target }))]),
      );
      for (let count = 0; count < DRAFTS; count += 1) {
        const provider = make.pick(providers);
        const draft = make.draft(provider.payment.fields);
        const own = one.get(provider.id);
        delete draft.provider;
        assert.equal(
          input({ ...draft, provider: provider.id }),
          own(draft),
          `${target}: ${provider.id}: ${JSON.stringify(draft)}`,
        );
        assert.equal(input(draft), false);
        const result = remit.anyPayment.parse({ ...draft, provider: provider.id });
        assert.equal(result.ok, provider.payment.parse(draft).ok);
        if (result.ok) assert.ok(output(result.value), JSON.stringify(result.value));
      }
    }
  },
);

test("every code that a schema cannot express occurs in the tests", () => {
  for (const code of Object.keys(UNSAID).filter((code) => !MAY_BE_UNSEEN.includes(code)))
    assert.ok(seen.has(code), `${code} was never needed`);
});
