// The types of the package. The providers' own types are generated from their declarations, in providers.d.ts.

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

/** Any text. An editor suggests the known values. */
export type OrText<Known extends string> = Known | (string & {});

/** A provider: its identifier, its display name, and the schema of its payments. */
export interface Provider<Id extends ProviderId = ProviderId> {
  readonly id: Id;
  readonly name: string;
  readonly payment: Schema<PaymentInputs[Id], Payments[Id]>;
}

/** Checks drafts. It is also a Standard Schema and a Standard JSON Schema. */
export interface Checks<Input, Value> {
  /**
   * Checks and normalises a draft. Returns every issue at once, or the value and the request that records it. Never
   * throws, whatever the input.
   *
   * A member may be a text, a number (parsed exactly as JavaScript prints it) or, for a moment, a `Date`. `null` and
   * `undefined` mean absent.
   */
  parse(draft: unknown, options?: Options): Result<Value>;

  /** Returns the value of a draft that passes. Otherwise throws an error with every issue in `issues`. */
  assert(draft: unknown, options?: Options): Value;

  readonly "~standard": StandardProps<Input, Value>;
}

/** The schema of a provider's payments. */
export interface Schema<Input = PaymentInputs[ProviderId], Value = Payments[ProviderId]> extends Checks<Input, Value> {
  /** Interprets a provider's response to the request. Never throws, and never guesses. */
  receipt(reply: Reply, options?: ReceiptOptions): Receipt;

  /** The fields of a form, in order. */
  readonly fields: readonly Field[];
}

/** The schema of a provider chosen at run time; `undefined` if no provider has the identifier. */
export function payment<Id extends ProviderId>(id: Id): Schema<PaymentInputs[Id], Payments[Id]>;
export function payment(id: string): Schema | undefined;

/** The schema of drafts that name their `provider`. */
export declare const anyPayment: Checks<AnyPaymentInput, AnyPayment>;

/**
 * Checks many payments: rows, or a CSV file as UTF-8 bytes or as text.
 *
 * A file is checked inside the module, without a call for each row.
 */
export function parseMany<Id extends ProviderId>(
  input: Iterable<unknown> | string | ArrayBuffer | ArrayBufferView,
  options: BatchOptions & { readonly provider: Id },
): Batch<Payments[Id]>;
/** Checks rows that each name their provider. */
export function parseMany(
  input: Iterable<unknown>,
  options?: BatchOptions & { readonly provider?: null | undefined },
): Batch<AnyPayment>;
export function parseMany(input: Iterable<unknown> | string | ArrayBuffer | ArrayBufferView, options?: BatchOptions): Batch;

/** Values that the caller knows in addition to the draft. Rules whose inputs are missing are skipped. */
export interface Options {
  /**
   * The IANA time zone of local times such as `2026-11-19T14:30`, for example `Europe/Berlin`. Without it they are
   * rejected, except that a time with a space instead of the `T` is read as UTC, as in iVvy, with a notice.
   */
  readonly timeZone?: string | null | undefined;
  /** The current time, to detect a date in the future. */
  readonly now?: Date | string | null | undefined;
  /** The currency, if the draft does not name it. */
  readonly currency?: string | null | undefined;
  /** The invoice to pay. */
  readonly invoice?: InvoiceOption | null | undefined;
  /** Bank transactions that a payment can be allocated from. */
  readonly transactions?: readonly TransactionOption[] | null | undefined;
  /** A table from `remit-payments/locales/` for the sentences. Defaults to English. */
  readonly messages?: Messages | null | undefined;
}

/** The known properties of an invoice. */
export interface InvoiceOption {
  readonly id?: string | number | bigint | null | undefined;
  readonly number?: string | number | bigint | null | undefined;
  /** What is still to be paid, as decimal text. */
  readonly balance?: string | number | bigint | null | undefined;
  readonly currency?: string | null | undefined;
  readonly state?: InvoiceState | null | undefined;
  readonly issued?: Date | string | null | undefined;
}

export type InvoiceState = "draft" | "open" | "partial" | "paid" | "void";

/** The known properties of a bank transaction. */
export interface TransactionOption {
  readonly id: string;
  readonly currency: string;
  /** What it brought in; negative when it is money that went out. */
  readonly amount?: string | number | bigint | null | undefined;
  /** What of it is not allocated yet. */
  readonly unallocated?: string | number | bigint | null | undefined;
  readonly datetime?: Date | string | null | undefined;
  readonly description?: string | null | undefined;
}

/** Sentences by key, as in `remit-payments/locales/en.json`. */
export type Messages = Readonly<Record<string, string>>;

export type Result<Value> = Accepted<Value> | Rejected;

export interface Accepted<Value> {
  readonly ok: true;
  /** The normalised values. Parsing them again returns them unchanged. */
  readonly value: Value;
  /**
   * Changes made by the normalisation, and warnings. Computed when read: a copy made by spreading or cloning has neither
   * this nor `request`. `toJSON` has both.
   */
  readonly notices: readonly Notice[];
  /** The request that records the payment, without credentials. Computed when read. */
  readonly request: Request;
  readonly issues?: undefined;
  /** The entire result as a plain object, which can be cloned or posted. */
  toJSON(): { ok: true; value: Value; notices: readonly Notice[]; request: Request };
}

export interface Rejected {
  readonly ok: false;
  /** Every issue, in the order of the form; at least one. */
  readonly issues: readonly [Issue, ...Issue[]];
  /** The notices found in addition. Computed when read. */
  readonly notices: readonly Notice[];
  readonly value?: undefined;
  readonly request?: undefined;
  /** The entire result as a plain object, which can be cloned or posted. */
  toJSON(): { ok: false; issues: readonly Issue[]; notices: readonly Notice[] };
}

/** An issue or a notice. */
export interface Finding<Code extends string> {
  /** The field; empty if the finding concerns no single field; for an option, its path from `options`. */
  readonly path: readonly string[];
  /** The stable code. */
  readonly code: Code;
  /** The parameters of the sentence. docs/codes.md lists those of each code. */
  readonly params: Readonly<Record<string, string>>;
  /** The sentence for the user. */
  readonly message: string;
}

/** A reason why the draft is rejected. */
export interface Issue extends Finding<IssueCode> {}

/** A change made by the normalisation, or a warning to show before sending. It does not reject the draft. */
export interface Notice extends Finding<NoticeCode> {}

/** A request, without credentials and without the address of the provider. */
export interface Request {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A response of a provider or a relay. */
export interface Reply {
  readonly status: number;
  /** The headers as an object, as Node's headers, or as fetch's `Headers`. */
  readonly headers?:
    | Readonly<Record<string, string | readonly string[] | undefined>>
    | HeaderEntries
    | null
    | undefined;
  /** The text of the body: `await response.text()`. */
  readonly body: string;
}

/** The shape of fetch's `Headers`, declared here because it needs no types of browsers. */
export interface HeaderEntries {
  entries(): Iterable<readonly [string, string]>;
}

export interface ReceiptOptions {
  /**
   * The payment's currency, for amounts in a response that does not name their currency.
   */
  readonly currency?: string | null | undefined;
}

/** The outcome of a payment, distinguished by `state`. */
export type Receipt = Recorded | Refused | NotSent | Unknown;

/** The provider recorded the payment. */
export interface Recorded {
  readonly state: "recorded";
  /** The provider's identifier of the payment, if the response has it. */
  readonly paymentId: string | null;
  /** The invoice's new balance, if the response has it. */
  readonly balance: string | null;
  /** The total paid on the invoice, if the response has it. */
  readonly paid: string | null;
  readonly currency: string | null;
  /** The invoice's status as the provider names it, if the response has it. */
  readonly status: string | null;
  /** The unmodified body of the response. */
  readonly raw: string;
}

/** The provider rejected the payment. Nothing was recorded. */
export interface Refused {
  readonly state: "refused";
  readonly code: ProblemCode;
  /** The field that the refusal names, if any. */
  readonly field: string | null;
  /** The provider's own message. */
  readonly words: string | null;
  readonly providerCode: string | null;
  /** The number of seconds to wait before another attempt, if the response has it. */
  readonly retryAfter: number | null;
}

/** The payment was not sent. Nothing was recorded; sending it again is safe. */
export interface NotSent {
  readonly state: "not-sent";
  readonly code: Cause;
  readonly words: string | null;
}

/** The payment may be recorded. Check the invoice's payments first: sending it again could record it twice. */
export interface Unknown {
  readonly state: "unknown";
  readonly code: Cause;
  readonly words: string | null;
}

/** The kinds of refusal. */
export type ProblemCode =
  /** The provider rejected the request as invalid. */
  | "invalid"
  /** The credentials are missing or wrong. */
  | "sign_in"
  /** The credentials do not permit the request. */
  | "forbidden"
  /** The invoice does not exist, or the credentials do not permit access to it. */
  | "not_found"
  /** The request conflicts with the current state: the payment may already be recorded. */
  | "conflict"
  /** Too many requests. */
  | "throttled";

/** The reason why a payment was not sent, or why its outcome is unknown. */
export type Cause =
  /** The address is unreachable. */
  | "unreachable"
  /** The relay did not forward the request. */
  | "relay"
  /** The page cancelled the request before it was sent. */
  | "stopped"
  /** The connection was lost, or the request timed out. */
  | "lost"
  /** The response neither confirms nor rejects the payment. */
  | "unreadable"
  /** The provider reported an internal error. */
  | "failed"
  /** The device has no network connection. */
  | "offline"
  /** The server does not accept requests from this page's origin. */
  | "origin"
  /** Another tab or window is recording a payment of the same invoice. */
  | "elsewhere"
  /** The page's session with the relay has expired, or is not valid. */
  | "session";

/** A field of a form. `kind` determines its values and its limits. */
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
  /** Whether a value is required when the field applies. */
  readonly required: boolean;
  /** The condition under which the field applies: `null` for always, another field has this value, or another is empty. */
  readonly when: null | { readonly field: string; readonly equals: string } | { readonly field: string; readonly absent: true };
}

export interface TextField extends FieldBase {
  readonly kind: "text";
  /** The maximum `length` in UTF-16 code units. */
  readonly max: number;
  /** Whether the text may have several lines. */
  readonly lines: boolean;
}

/** An identifier of letters, digits, `-` and `_`. */
export interface IdField extends FieldBase {
  readonly kind: "id";
  readonly max: number;
}

/** A UUID; for the kind `transaction`, the UUID of a bank transaction. */
export interface UuidField extends FieldBase {
  readonly kind: "uuid" | "transaction";
}

/** A whole number. The bounds are texts, because a number may be unable to represent them exactly. */
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
  /** Each accepted currency, with the number of decimals of its amounts. */
  readonly choices: readonly (FieldChoice & { readonly decimals: number })[];
}

export interface AmountField extends FieldBase {
  readonly kind: "amount";
  /** Amounts are in units of the draft's currency, such as dollars. */
  readonly unit: "currency";
  /** The minimum, in minor units such as cents. */
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

/** The options of `parseMany`. */
export interface BatchOptions extends Options {
  /** The provider of every row. Required for a file; without it, each row names its provider in `provider`. */
  readonly provider?: OrText<ProviderId> | null | undefined;
  /**
   * The exact column names of a file by field. Each defaults to the field's own name. A column named here that the file
   * lacks is an issue of the batch; other columns of the file are ignored.
   */
  readonly columns?: Readonly<Record<string, string>> | null | undefined;
  /** What fields hold in every row that has nothing for them: `{ workspaceId: "…" }`. */
  readonly defaults?: Readonly<Record<string, string | number | bigint | Date | null | undefined>> | null | undefined;
}

/** The result of `parseMany`: a result for each row, in the order of the input. */
export interface Batch<Value = Payments[ProviderId]> {
  /** The number of rows, without the header of a file. */
  readonly length: number;
  /** The number of rows that pass. */
  readonly accepted: number;
  /** The number of rows that do not pass. */
  readonly refused: number;
  /** The issues of the options or of the entire input. If there is any, no row was checked. */
  readonly issues: readonly Issue[];
  /** The result of a row. For a file, it is computed on each call from the original bytes. */
  at(index: number): Result<Value> | undefined;
  /** Whether a row passes. As in `at`, a negative index counts from the end. */
  passes(index: number): boolean;
  /** The line of a file on which a row begins (the header is on line 1); `undefined` if the input is not a file. */
  line(index: number): number | undefined;
  [Symbol.iterator](): IterableIterator<Result<Value>>;
  /** For a file: the payments that pass, normalised, as CSV in UTF-8 with a column for each field. */
  readonly csv?: Uint8Array;
}

/** Standard Schema v1 and Standard JSON Schema v1, always synchronous. [standardschema.dev] */
export interface StandardProps<Input, Output> {
  readonly version: 1;
  readonly vendor: "remit";
  readonly validate: (value: unknown, options?: StandardOptions | undefined) => StandardResult<Output>;
  readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  readonly jsonSchema: {
    /** The JSON Schema of a draft. Throws for an unsupported target. */
    readonly input: (options: JsonSchemaOptions) => Record<string, unknown>;
    /** The JSON Schema of a checked value. Throws for an unsupported target. */
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
