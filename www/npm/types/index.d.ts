// What the package gives. The providers' own types are made from their declarations, in providers.d.ts.

import type {
  AnyPayment,
  AnyPaymentInput,
  IssueCode,
  NoticeCode,
  PaymentInputs,
  Payments,
  ProviderId,
} from "./providers.js";

export * from "./providers.js";

/** A text of which some values are known: an editor offers those, and any other text is taken too. */
export type OrText<Known extends string> = Known | (string & {});

/** A provider: its identifier, the name that people know, and the schema of its payments. */
export interface Provider<Id extends ProviderId = ProviderId> {
  readonly id: Id;
  readonly name: string;
  readonly payment: Schema<PaymentInputs[Id], Payments[Id]>;
}

/** What drafts are checked against. It is a Standard Schema and a Standard JSON Schema as well. */
export interface Checks<Input, Value> {
  /**
   * Checks a draft and brings it into the provider's form: every issue at once, or the value and the request that
   * records it. Whatever is handed in, this does not throw.
   *
   * A member may be a text, a number (exactly as JavaScript prints it) or, for a moment, a `Date`; `null` and `undefined`
   * are absent.
   */
  parse(draft: unknown, options?: Options): Result<Value>;

  /** The value of a draft that passes; for any other it throws an error that has every issue in `issues`. */
  assert(draft: unknown, options?: Options): Value;

  readonly "~standard": StandardProps<Input, Value>;
}

/** The schema of a provider's payments. */
export interface Schema<Input = PaymentInputs[ProviderId], Value = Payments[ProviderId]> extends Checks<Input, Value> {
  /** What a provider's answer to the request means. It never throws, and it never guesses. */
  receipt(reply: Reply, options?: ReceiptOptions): Receipt;

  /** What a form needs, in its order. */
  readonly fields: readonly Field[];
}

/** The schema of a provider that is chosen at run time; `undefined` when there is none of that identifier. */
export function payment<Id extends ProviderId>(id: Id): Schema<PaymentInputs[Id], Payments[Id]>;
export function payment(id: string): Schema | undefined;

/** The schema of drafts that name their `provider`. */
export declare const anyPayment: Checks<AnyPaymentInput, AnyPayment>;

/**
 * Checks many payments: rows, or a CSV file in UTF-8, as its bytes or its text.
 *
 * A file is checked in the module without a crossing for each row.
 */
export function parseMany<Id extends ProviderId>(
  input: Iterable<unknown> | string | ArrayBuffer | ArrayBufferView,
  options: BatchOptions & { readonly provider: Id },
): Batch<Payments[Id]>;
/** Rows of which each names its provider. */
export function parseMany(
  input: Iterable<unknown>,
  options?: BatchOptions & { readonly provider?: null | undefined },
): Batch<AnyPayment>;
export function parseMany(input: Iterable<unknown> | string | ArrayBuffer | ArrayBufferView, options?: BatchOptions): Batch;

/** What the caller knows beside the draft. Rules that need what is not there rest. */
export interface Options {
  /**
   * An IANA time zone, such as `Europe/Berlin`, in which local times are read: `2026-11-19T14:30`. Without one they are
   * refused; one with a space in place of the `T` is then UTC, as iVvy writes it, and that is told.
   */
  readonly timeZone?: string | null | undefined;
  /** The present moment, to tell a date in the future. */
  readonly now?: Date | string | null | undefined;
  /** The currency, where the draft does not name it. */
  readonly currency?: string | null | undefined;
  /** The invoice that is paid. */
  readonly invoice?: InvoiceOption | null | undefined;
  /** Bank transactions that a payment can be taken from. */
  readonly transactions?: readonly TransactionOption[] | null | undefined;
  /** A table of `remit-payments/locales/`, for the sentences; English without one. */
  readonly messages?: Messages | null | undefined;
}

/** An invoice, as far as it is known. */
export interface InvoiceOption {
  readonly id?: string | number | null | undefined;
  readonly number?: string | number | null | undefined;
  /** What is still to be paid, as decimal text. */
  readonly balance?: string | number | null | undefined;
  readonly currency?: string | null | undefined;
  readonly state?: InvoiceState | null | undefined;
  readonly issued?: Date | string | null | undefined;
}

export type InvoiceState = "draft" | "open" | "partial" | "paid" | "void";

/** A bank transaction, as far as it is known. */
export interface TransactionOption {
  readonly id: string;
  readonly currency: string;
  /** What it brought in; negative when it is money that went out. */
  readonly amount?: string | number | null | undefined;
  /** What of it is not allocated yet. */
  readonly unallocated?: string | number | null | undefined;
  readonly datetime?: Date | string | null | undefined;
  readonly description?: string | null | undefined;
}

/** Sentences by key, as in `remit-payments/locales/en.json`. */
export type Messages = Readonly<Record<string, string>>;

export type Result<Value> = Accepted<Value> | Rejected;

export interface Accepted<Value> {
  readonly ok: true;
  /** What the draft says, in its normal form: put in again, it stays as it is. */
  readonly value: Value;
  /**
   * What was changed on the way, or is worth knowing. It is looked for when it is read: a copy that is made by spreading or
   * cloning has neither this nor `request`. `toJSON` has both.
   */
  readonly notices: readonly Notice[];
  /** The request that records the payment, without credentials. It is made when it is read. */
  readonly request: Request;
  readonly issues?: undefined;
  /** All of it as a plain object, to be cloned or posted. */
  toJSON(): { ok: true; value: Value; notices: readonly Notice[]; request: Request };
}

export interface Rejected {
  readonly ok: false;
  /** Every reason, in the order of the form; at least one. */
  readonly issues: readonly [Issue, ...Issue[]];
  /** What was noticed beside. It is looked for when it is read. */
  readonly notices: readonly Notice[];
  readonly value?: undefined;
  readonly request?: undefined;
  /** All of it as a plain object, to be cloned or posted. */
  toJSON(): { ok: false; issues: readonly Issue[]; notices: readonly Notice[] };
}

/** One thing to say. */
export interface Finding<Code extends string> {
  /** The field; nothing for the whole, and for an option its path from `options`. */
  readonly path: readonly string[];
  /** What it is, for programs. */
  readonly code: Code;
  /** What a sentence needs. Which a code has is in docs/codes.md. */
  readonly params: Readonly<Record<string, string>>;
  /** The sentence. */
  readonly message: string;
}

/** A reason to refuse. */
export interface Issue extends Finding<IssueCode> {}

/** Something that was changed on the way, or is worth knowing before sending. Not a refusal. */
export interface Notice extends Finding<NoticeCode> {}

/** A request, without credentials and without the address of the provider. */
export interface Request {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A provider's answer, or a relay's. */
export interface Reply {
  readonly status: number;
  /** As an object, as Node's, or fetch's `Headers`. */
  readonly headers?:
    | Readonly<Record<string, string | readonly string[] | undefined>>
    | HeaderEntries
    | null
    | undefined;
  /** The text of the body: `await response.text()`. */
  readonly body: string;
}

/** What `Headers` of fetch is, by a name that is there without a browser's types. */
export interface HeaderEntries {
  entries(): Iterable<readonly [string, string]>;
}

export interface ReceiptOptions {
  /**
   * The payment's currency: amounts are read in it where the provider answers in the payment's currency without naming it.
   */
  readonly currency?: string | null | undefined;
}

/** What became of a payment. `state` tells which it is. */
export type Receipt = Recorded | Refused | NotSent | Unknown;

/** The provider has recorded it. */
export interface Recorded {
  readonly state: "recorded";
  /** The provider's identifier of the payment, where it gives one. */
  readonly paymentId: string | null;
  /** What is left to pay on the invoice, where the provider says. */
  readonly balance: string | null;
  /** What has been paid on it in all, where the provider says. */
  readonly paid: string | null;
  readonly currency: string | null;
  /** The invoice's status in the provider's word, where it says. */
  readonly status: string | null;
  /** The answer as it came. */
  readonly raw: string;
}

/** The provider has refused it. Nothing was recorded. */
export interface Refused {
  readonly state: "refused";
  readonly code: ProblemCode;
  /** The field that the refusal is about, where it says. */
  readonly field: string | null;
  /** The provider's own words. */
  readonly words: string | null;
  readonly providerCode: string | null;
  /** Seconds to wait before trying again, where the provider says. */
  readonly retryAfter: number | null;
}

/** It never left. Nothing was recorded; sending again is safe. */
export interface NotSent {
  readonly state: "not-sent";
  readonly code: Cause;
  readonly words: string | null;
}

/** It may have been recorded. Only looking can tell; sending again could record it twice. */
export interface Unknown {
  readonly state: "unknown";
  readonly code: Cause;
  readonly words: string | null;
}

/** The kinds of refusal. */
export type ProblemCode =
  /** The provider found the request wrong. */
  | "invalid"
  /** The credentials are missing or wrong. */
  | "sign_in"
  /** The credentials do not permit it. */
  | "forbidden"
  /** There is no such invoice, or it is not to be seen. */
  | "not_found"
  /** It does not fit the present state: the payment may be there already. */
  | "conflict"
  /** Too many requests. */
  | "throttled";

/** What kept a payment from being sent, or its answer from being read. */
export type Cause =
  /** The address cannot be reached. */
  | "unreachable"
  /** The relay refused to forward it. */
  | "relay"
  /** The page stopped it before it was sent. */
  | "stopped"
  /** The connection broke, or no answer came in time. */
  | "lost"
  /** An answer came that says neither yes nor no. */
  | "unreadable"
  /** The provider failed while working on it. */
  | "failed";

/** A field of a form. `kind` tells what it takes, and which limits it has. */
export type Field =
  | TextField
  | IdField
  | UuidField
  | IntegerField
  | IntegersField
  | CurrencyField
  | AmountField
  | PercentageField
  | MomentField
  | ChoiceField;

export interface FieldBase {
  /** The name in a draft. */
  readonly name: string;
  /** The label, in English. */
  readonly label: string;
  /** Whether it must be filled in where it applies. */
  readonly required: boolean;
  /** When it applies: always, only where another field has a value, or only where another one is empty. */
  readonly when: null | { readonly field: string; readonly equals: string } | { readonly field: string; readonly absent: true };
}

export interface TextField extends FieldBase {
  readonly kind: "text";
  /** The most characters, counted as `length` counts them. */
  readonly max: number;
  /** Whether it may have several lines. */
  readonly lines: boolean;
}

/** Letters, digits, `-` and `_`. */
export interface IdField extends FieldBase {
  readonly kind: "id";
  readonly max: number;
}

/** A UUID; `transaction` is that of a bank transaction. */
export interface UuidField extends FieldBase {
  readonly kind: "uuid" | "transaction";
}

/** A whole number. The bounds are texts: they may be larger than a number holds exactly. */
export interface IntegerField extends FieldBase {
  readonly kind: "integer";
  readonly min: string;
  readonly max: string;
}

/** Whole numbers from 1, separated by commas. */
export interface IntegersField extends FieldBase {
  readonly kind: "integers";
}

export interface CurrencyField extends FieldBase {
  readonly kind: "currency";
  /** Each currency that is taken, and how many decimals an amount in it has. */
  readonly choices: readonly (FieldChoice & { readonly decimals: number })[];
}

export interface AmountField extends FieldBase {
  readonly kind: "amount";
  /** In units of the draft's currency, such as dollars. */
  readonly unit: "currency";
  /** The least, in minor units, such as cents. */
  readonly minMinorUnits: number;
}

export interface PercentageField extends FieldBase {
  readonly kind: "percentage";
  readonly unit: "percent";
  readonly max: number;
  readonly decimals: number;
}

export interface MomentField extends FieldBase {
  readonly kind: "moment";
}

export interface ChoiceField extends FieldBase {
  readonly kind: "choice";
  readonly choices: readonly FieldChoice[];
}

export interface FieldChoice {
  /** The value in a draft. */
  readonly value: string;
  /** The label, in English. */
  readonly label: string;
}

/** What `parseMany` is told beside the input. */
export interface BatchOptions extends Options {
  /** The provider of every row. Drafts may name their own instead, in `provider`; a file needs it. */
  readonly provider?: OrText<ProviderId> | null | undefined;
  /**
   * The names of a file's columns, by field, in their exact spelling; the fields' own names where it says nothing. A column
   * that is named here and that the file does not have is an issue of the batch; others of the file's are passed over.
   */
  readonly columns?: Readonly<Record<string, string>> | null | undefined;
  /** What fields hold in every row that has nothing for them: `{ workspaceId: "…" }`. */
  readonly defaults?: Readonly<Record<string, string | number | Date | null | undefined>> | null | undefined;
}

/** What `parseMany` gives: a result for each row, in their order. */
export interface Batch<Value = Payments[ProviderId]> {
  /** How many rows there are, the header of a file not counted. */
  readonly length: number;
  /** How many pass. */
  readonly accepted: number;
  /** How many do not. */
  readonly refused: number;
  /** What is wrong with the options or the whole. Where there is any, no row was looked at. */
  readonly issues: readonly Issue[];
  /** The result of a row. A file's is made when it is asked for, from the bytes that were given. */
  at(index: number): Result<Value> | undefined;
  /** Whether a row passes. Like `at`, it counts from the end where the index is below zero. */
  passes(index: number): boolean;
  /** The line of a file that a row begins on, the header's being the first; `undefined` for rows that are no file. */
  line(index: number): number | undefined;
  [Symbol.iterator](): IterableIterator<Result<Value>>;
  /** Of a file: the payments that pass, as CSV in UTF-8, a column for each field, in their normal form. */
  readonly csv?: Uint8Array;
}

/** Standard Schema v1 and Standard JSON Schema v1, always synchronous. [standardschema.dev] */
export interface StandardProps<Input, Output> {
  readonly version: 1;
  readonly vendor: "remit";
  readonly validate: (value: unknown, options?: StandardOptions | undefined) => StandardResult<Output>;
  readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  readonly jsonSchema: {
    /** The JSON Schema of a draft. Throws for a target that is not known. */
    readonly input: (options: JsonSchemaOptions) => Record<string, unknown>;
    /** The JSON Schema of a checked value. Throws for a target that is not known. */
    readonly output: (options: JsonSchemaOptions) => Record<string, unknown>;
  };
}

export interface StandardOptions {
  /** The options of `parse`. */
  readonly libraryOptions?: Options | Readonly<Record<string, unknown>> | undefined;
}

export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly Issue[] };

export interface JsonSchemaOptions {
  readonly target: OrText<"draft-2020-12" | "draft-07" | "openapi-3.0">;
  readonly libraryOptions?: Readonly<Record<string, unknown>> | undefined;
}
