// The schemas in libraries that accept any Standard Schema: a valid payment is normalised, and each issue appears at its
// field.

import assert from "node:assert/strict";
import { test } from "node:test";
import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { FormApi, FieldApi } from "@tanstack/react-form";
import { initTRPC, TRPCError } from "@trpc/server";
import { createFormControl } from "react-hook-form";
import { standard } from "sveltekit-superforms/adapters";
import * as vee from "vee-validate";
import * as vee4 from "vee-validate-4";
import { createSSRApp, h } from "vue";
import { renderToString } from "vue/server-renderer";

import { remit } from "./package.mjs";

// The entry of superforms for servers imports SvelteKit's `$app`, which exists only in an application.
const { superValidate } = await import(new URL("../superValidate.js", import.meta.resolve("sveltekit-superforms/adapters")));

const { clockify, ivvy, providers } = remit;
const DRAFT = {
  workspaceId: "64a687e29ae1f428e7ebe303",
  invoiceId: "78a687e29ae1f428e7ebe303",
  currency: "usd",
  amount: "1,250.00",
  paidAt: "2026-11-19",
  note: " ACH 8841 ",
};
const PAYMENT = {
  workspaceId: DRAFT.workspaceId,
  invoiceId: DRAFT.invoiceId,
  currency: "USD",
  amount: "1250.00",
  paidAt: "2026-11-19T12:00:00Z",
  note: "ACH 8841",
};
const AMBIGUOUS = "Amount is ambiguous: 1.250. Omit thousands separators, for example 1250 or 1.25.";
const LONG = `Note must be at most 1000 characters long; it has 1001.`;
const WRONG = { ...DRAFT, amount: "1.250", note: "x".repeat(1001) };

test("the specification: validate() returns synchronously and never throws", () => {
  for (const { payment } of providers) {
    const standard = payment["~standard"];
    assert.equal(standard.version, 1);
    assert.equal(typeof standard.vendor, "string");
    for (const value of [
      undefined,
      null,
      1n,
      Symbol("x"),
      () => {},
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error("no");
          },
        },
      ),
    ]) {
      const { issues } = standard.validate(value);
      assert.ok(
        issues.length > 0 && issues.every(({ message, path }) => typeof message === "string" && Array.isArray(path)),
      );
    }
  }
  assert.deepEqual(clockify.payment["~standard"].validate(DRAFT), { value: PAYMENT });
  const { issues } = clockify.payment["~standard"].validate(WRONG);
  assert.deepEqual(
    issues.map(({ path, message }) => [path, message]),
    [
      [["amount"], AMBIGUOUS],
      [["note"], LONG],
    ],
  );
  const local = { ...DRAFT, paidAt: "2026-11-19T10:00" };
  const libraryOptions = { timeZone: "Europe/Berlin" };
  assert.equal(clockify.payment["~standard"].validate(local).issues[0].code, "date_needs_offset");
  assert.equal(clockify.payment["~standard"].validate(local, { libraryOptions }).value.paidAt, "2026-11-19T09:00:00Z");
});

test("react-hook-form: invalid fields have errors, and a valid payment is submitted normalised", async () => {
  const form = (defaultValues, criteriaMode) => {
    const control = createFormControl({ defaultValues, criteriaMode, resolver: standardSchemaResolver(clockify.payment) });
    for (const { name } of clockify.payment.fields) control.register(name);
    return control;
  };
  const submit = async (control) => {
    const seen = {};
    await control.handleSubmit(
      (value) => void (seen.value = value),
      (errors) => void (seen.errors = errors),
    )();
    return seen;
  };
  assert.deepEqual(await submit(form(DRAFT)), { value: PAYMENT });

  const control = form(WRONG);
  const { value, errors } = await submit(control);
  assert.equal(value, undefined);
  assert.deepEqual(
    Object.entries(errors).map(([name, { message }]) => [name, message]),
    [
      ["amount", AMBIGUOUS],
      ["note", LONG],
    ],
  );
  assert.equal(
    control.getFieldState("amount").error?.message ?? control.control._formState.errors.amount.message,
    AMBIGUOUS,
  );
  control.setValue("amount", "1250");
  control.setValue("note", "");
  const { note: _, ...rest } = PAYMENT;
  assert.deepEqual(await submit(control), { value: rest });
});

test("tanstack form: a field is validated synchronously on change", () => {
  const form = new FormApi({ defaultValues: DRAFT, validators: { onChange: clockify.payment } });
  form.mount();
  const amount = new FieldApi({ form, name: "amount" });
  amount.mount();
  amount.handleChange("1.250");
  // Synchronously: nothing was awaited.
  assert.deepEqual(
    amount.state.meta.errors.map(({ message, code }) => [message, code]),
    [[AMBIGUOUS, "amount_ambiguous"]],
  );
  assert.equal(form.state.isValid, false);
  assert.equal(form.state.isFormValidating, false);
  amount.handleChange("1250.00");
  assert.deepEqual(amount.state.meta.errors, []);
  assert.equal(form.state.isValid, true);
});

test("tanstack form: an invalid payment is not submitted, and a valid one is", async () => {
  const sent = [];
  const form = new FormApi({
    defaultValues: WRONG,
    validators: { onSubmit: clockify.payment },
    // The form passes the entered values; the schema turns them into a payment.
    onSubmit: ({ value }) => void sent.push(clockify.payment.parse(value).value),
  });
  form.mount();
  const fields = ["amount", "note"].map((name) => new FieldApi({ form, name }));
  for (const field of fields) field.mount();
  await form.handleSubmit();
  assert.deepEqual(sent, []);
  const messages = fields.map((field) => field.state.meta.errors.map(({ message }) => message));
  assert.deepEqual(messages, [[AMBIGUOUS], [LONG]]);
  for (const field of fields) field.handleChange(DRAFT[field.name]);
  await form.handleSubmit();
  assert.deepEqual(sent, [PAYMENT]);
});

test("trpc: only a valid payment reaches the procedure", async () => {
  const t = initTRPC.create();
  const reached = [];
  const router = t.router({ pay: t.procedure.input(clockify.payment).mutation(({ input }) => void reached.push(input)) });
  const caller = router.createCaller({});
  await caller.pay(DRAFT);
  assert.deepEqual(reached, [PAYMENT]);
  for (const wrong of [WRONG, undefined, {}, { ...DRAFT, amount: -1 }]) {
    const error = await caller.pay(wrong).then(
      () => undefined,
      (error) => error,
    );
    assert.ok(error instanceof TRPCError, JSON.stringify(reached.at(-1)));
    assert.equal(error.code, "BAD_REQUEST");
    const { issues } = clockify.payment.parse(wrong);
    assert.deepEqual(error.cause.issues, issues);
  }
  assert.equal(reached.length, 1);
});

/** The form from a component's setup, rendered on a server. */
const mounted = async (make) => {
  let form;
  const component = {
    setup: () => {
      form = make();
      return () => h("form");
    },
  };
  await renderToString(createSSRApp(component));
  return form;
};

const submitted = async (form) => {
  const seen = {};
  await form.handleSubmit(
    (value) => void (seen.value = value),
    ({ errors }) => void (seen.errors = errors),
  )();
  return seen;
};

const inVue = async (useForm, validationSchema) => {
  assert.deepEqual(await submitted(await mounted(() => useForm({ validationSchema, initialValues: DRAFT }))), {
    value: PAYMENT,
  });
  const form = await mounted(() => useForm({ validationSchema, initialValues: WRONG }));
  assert.deepEqual(await submitted(form), { errors: { amount: AMBIGUOUS, note: LONG } });
  assert.equal(form.errors.value.amount, AMBIGUOUS);
  form.setFieldValue("amount", "1250.00");
  form.setFieldValue("note", undefined);
  const { note: _, ...rest } = PAYMENT;
  assert.deepEqual(await submitted(form), { value: rest });
};

test("vee-validate 5: invalid fields have errors, and only a valid payment is submitted", async () => {
  await inVue(vee.useForm, { "~standard": clockify.payment["~standard"] });
});

test("vee-validate 4, through its typed schema: invalid fields have errors, and only a valid payment is submitted", async () => {
  const toTypedSchema = (schema) => ({
    __type: "VVTypedSchema",
    parse: async (values) => {
      const { value, issues = [] } = schema["~standard"].validate(values);
      return { value, errors: issues.map(({ path, message }) => ({ path: path.join("."), errors: [message] })) };
    },
  });
  await inVue(vee4.useForm, toTypedSchema(clockify.payment));
});

test("react-hook-form: a missing conditional field has an error under its own name", async () => {
  const draft = {
    invoiceId: 156,
    currency: "AUD",
    paidAt: "2026-11-19",
    amount: 10,
    method: "cheque",
    receiptNumber: "123",
  };
  const control = createFormControl({ defaultValues: draft, resolver: standardSchemaResolver(ivvy.payment) });
  for (const { name } of ivvy.payment.fields) control.register(name);
  let errors;
  await control.handleSubmit(
    () => {},
    (found) => void (errors = found),
  )();
  assert.deepEqual(
    Object.entries(errors).map(([name, { message }]) => [name, message]),
    [["chequeNumber", "Cheque number is required."]],
  );
});

test("superforms: with only defaults, an action reads FormData, and each issue appears at its field", async () => {
  const defaults = Object.fromEntries(clockify.payment.fields.map(({ name }) => [name, ""]));
  const form = (draft) => {
    const data = new FormData();
    for (const [name, value] of Object.entries(draft)) data.append(name, value);
    return data;
  };
  const adapter = standard(clockify.payment, { defaults });
  const wrong = await superValidate(form(WRONG), adapter);
  assert.deepEqual([wrong.valid, wrong.errors, wrong.data.amount], [false, { amount: [AMBIGUOUS], note: [LONG] }, "1.250"]);
  const right = await superValidate(form(DRAFT), adapter);
  assert.deepEqual([right.valid, right.data], [true, PAYMENT]);
  // The page says what happens with the JSON Schema of a draft.
  const jsonSchema = clockify.payment["~standard"].jsonSchema.input({ target: "draft-07" });
  await assert.rejects(superValidate(form(DRAFT), standard(clockify.payment, { defaults, jsonSchema })), /Unions are only supported/);
});

test("MCP: registerTool takes only zod's schemas, and a Server offers the tool with the JSON Schema", async () => {
  const register = () => new McpServer({ name: "a", version: "1" }).registerTool("pay", { inputSchema: clockify.payment }, () => {});
  assert.throws(register, /Zod/);
  const server = new Server({ name: "payments", version: "1.0.0" }, { capabilities: { tools: {} } });
  const inputSchema = clockify.payment["~standard"].jsonSchema.input({ target: "draft-2020-12" });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [{ name: "check_payment", inputSchema }] }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }) => {
    const { ok, value, issues } = clockify.payment.parse(params.arguments);
    return { content: [{ type: "text", text: ok ? value.amount : issues[0].message }], isError: !ok };
  });
  const client = new Client({ name: "test", version: "1.0.0" });
  const [here, there] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(here), client.connect(there)]);
  assert.deepEqual((await client.listTools()).tools[0].inputSchema.required, inputSchema.required);
  for (const [draft, text] of [[DRAFT, "1250.00"], [WRONG, AMBIGUOUS]]) {
    const { content } = await client.callTool({ name: "check_payment", arguments: draft });
    assert.equal(content[0].text, text);
  }
  await client.close();
});
