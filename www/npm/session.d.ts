import type {
  InvoiceOption,
  IssueCode,
  Messages,
  NotSent,
  OrText,
  ProviderId,
  Receipt,
  Recorded,
  Refused,
  Reply,
  Request,
  TransactionOption,
  Unknown,
} from "./types/index.js";

export type { InvoiceOption, Messages, NotSent, Receipt, Recorded, Refused, Reply, Request, TransactionOption, Unknown };

/** The operation that a session performs. */
export type Purpose = "record_payment" | "add_invoice";

/** The page calls a provider directly, with the person's own secrets by name, such as `{ apiKey: "…" }`. */
export interface DirectEndpoint {
  /** The address of the provider's API. */
  readonly baseUrl: string;
  /** Kept in memory, and never part of the state. Not for a provider whose requests are signed: that needs a relay. */
  readonly credentials?: Readonly<Record<string, string>> | null | undefined;
}

/** The options that every session has. */
export interface CommonOptions {
  /** One identifier, or several to choose from: as a list, or separated by spaces. */
  readonly provider: OrText<ProviderId> | readonly OrText<ProviderId>[];
  /**
   * The token of the page's session with a relay that requires one. Kept in memory, and never part of the state. Not together with
   * the `credentials` of a `DirectEndpoint`.
   */
  readonly session?: string | null | undefined;
  /** The invoice to pay; only `id` and `currency` are required. Numbers become text exactly as JavaScript prints them. */
  readonly invoice?: InvoiceOption | null | undefined;
  /** The fields that the page knows, by name. The session does not ask for them. */
  readonly preset?: Readonly<Record<string, string | number | bigint | Date | null | undefined>> | null | undefined;
  /** Bank transactions to choose from. Without them, the session loads them if the provider supports it. */
  readonly transactions?: readonly TransactionOption[] | null | undefined;
  /** Allows `remove`, if the provider supports it. */
  readonly removable?: boolean | null | undefined;
  /** Whether nothing can be entered or sent. */
  readonly disabled?: boolean | null | undefined;
  /** The BCP 47 tag for numbers and dates. Defaults to the browser's variant of the page's `lang`, then to the browser's language. */
  readonly locale?: string | null | undefined;
  /** The sentences: a table from `remit-payments/locales/`. Defaults to English. */
  readonly messages?: Messages | string | null | undefined;
  /** Defaults to `record_payment`. */
  readonly purpose?: Purpose | null | undefined;
  /** Sends the requests. Defaults to the platform's `fetch`. */
  readonly fetch?: Fetch | null | undefined;
}

/** The part of `fetch` that a session uses. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** The options of a request. */
export interface FetchInit {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly credentials: "same-origin";
  readonly cache: "no-store";
  /** An `AbortSignal`. Any, because only the types of browsers and of Node declare that name. */
  readonly signal: any;
  /** `no-cors` for a request that only finds out whether a server answers. */
  readonly mode?: "no-cors";
  readonly redirect?: "manual";
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** The part of a response that a session reads. */
export interface FetchResponse {
  readonly status: number;
  readonly headers: Iterable<[string, string]>;
  text(): Promise<string>;
}

/**
 * Called when the person has confirmed the review. Without it, or if it returns nothing or `false`, the session sends the payment.
 *
 * - `true`: the page sends the payment, and passes the response to `settle`.
 * - A promise: the page sends the payment, and the promise brings the response, or `null` if none arrived. A promise of `true` means
 *   that the page calls `settle`. A promise that is rejected, or an exception, makes the outcome unknown: the payment may have been sent.
 */
export type OnSubmit = (detail: SubmitDetail) => boolean | void | PromiseLike<Reply | null | true>;

/** The options of `createPaymentSession`: an endpoint, or `onSubmit`, or both. */
export type PaymentSessionOptions = CommonOptions &
  (
    | {
        /** The address of the relay; `{provider}` stands for the chosen provider. Or the provider's own address with secrets. */
        readonly endpoint: string | DirectEndpoint;
        readonly onSubmit?: OnSubmit | null | undefined;
      }
    | { readonly endpoint?: string | DirectEndpoint | null | undefined; readonly onSubmit: OnSubmit }
  );

/** The options that `configure` changes. An option that is absent stays as it is; `null` removes it. */
export type PaymentSessionChanges = Partial<CommonOptions> & {
  readonly endpoint?: string | DirectEndpoint | null | undefined;
  readonly onSubmit?: OnSubmit | null | undefined;
};

/** A value to choose, with its label. */
export interface SessionChoice {
  /** The value, as `set` takes it. */
  readonly value: string;
  readonly label: string;
}

/** What every field to ask for has. All texts are in the language of `messages`. */
export interface SessionFieldBase {
  readonly name: string;
  readonly label: string;
  readonly required: boolean;
  /** An explanation. */
  readonly hint: string | null;
  /** The text for the control, in the notation of the locale. */
  readonly text: string;
  /** The unit of a number: the currency's code, or `%`. */
  readonly unit: string | null;
  /** The values to choose from; empty if the person enters text. */
  readonly choices: readonly SessionChoice[];
  /** How many characters are left, as a sentence, once few are. */
  readonly count: string | null;
  /** The error to show now. */
  readonly error: string | null;
  /** What was changed, and what is worth knowing. */
  readonly notices: readonly string[];
  /** A value that `suggest` enters: today, or the invoice's balance. */
  readonly suggestion: SessionChoice | null;
}

/** A field to ask for, distinguished by `kind`. */
export type SessionField = SessionFieldBase &
  (
    | { readonly kind: "id"; /** The maximum length. */ readonly max: number }
    | { readonly kind: "uuid" | "integers" | "currency" | "choice" }
    /** The identifier of a bank transaction: a list if `choices` has any, otherwise text. */
    | { readonly kind: "transaction" }
    | { readonly kind: "integer"; readonly min: string; readonly max: string }
    | { readonly kind: "amount"; /** The minimum, in the currency's smallest unit. */ readonly minMinorUnits: number }
    | { readonly kind: "percentage"; readonly max: number; readonly decimals: number }
    /** A day such as `2026-11-19`, for `<input type="date">`. */
    | { readonly kind: "moment" }
    | { readonly kind: "text"; /** The maximum `length`. */ readonly max: number; /** Whether line breaks are allowed. */ readonly lines: boolean }
  );

/** What the session says about a payment: the review, or the outcome. */
export interface Said {
  readonly title: string;
  readonly sentences: readonly string[];
  /** The details from the provider or the relay. */
  readonly words: string | null;
  readonly rows: readonly { readonly label: string; readonly value: string }[];
  /** What is worth knowing before the person confirms. */
  readonly notices: readonly string[];
}

/** A method that the person can ask for now. */
export type ActionName = "review" | "send" | "edit" | "retry" | "reconcile" | "confirmSimilar" | "startOver";

/** What the person can do now: the name of a method of the session, and the label of its button. */
export interface SessionAction {
  readonly name: ActionName;
  readonly label: string;
}

/**
 * The result of the last check of an unknown outcome: another tab is sending the payment, the check is in progress, the payment is not
 * listed yet, it was not recorded, a similar payment is listed, the list does not tell, or the list could not be loaded.
 */
export type CheckResult = "elsewhere" | "busy" | "not-yet" | "not-recorded" | "similar" | "unclear" | "failed";

/** The invoice to pay, as the page or the provider names it. Amounts are decimal text. */
export interface SessionInvoice {
  readonly id: string;
  readonly number: string | null;
  readonly currency: string;
  readonly amount: string | null;
  readonly balance: string | null;
  readonly state: "draft" | "open" | "partial" | "paid" | "void" | null;
  readonly issued: string | null;
}

/** A payment in the provider's list. */
export interface RecordedPayment {
  readonly id: string;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly paidAt: string | null;
  readonly note: string | null;
  readonly by: string | null;
  readonly transactionId: string | null;
  readonly receiptNumber: string | null;
}

/** The list of the invoice's payments. */
export interface SessionPayments {
  readonly state: "loading" | "loaded" | "failed";
  /** Each payment, with the text that distinguishes it from the others. */
  readonly items: readonly { readonly payment: RecordedPayment; readonly text: string }[];
  /** Whether `remove` is allowed. */
  readonly removable: boolean;
  /** Whether a removal is in progress. */
  readonly removing: boolean;
  /** The sentence for the outcome of the last removal. */
  readonly message: string | null;
}

/** What the state has in every phase. */
export interface SessionStateBase {
  /** The identifier of the chosen provider. */
  readonly provider: ProviderId;
  /** The providers to choose from. */
  readonly providers: readonly { readonly id: ProviderId; readonly name: string }[];
  /** The entered values by field name. Numbers are decimal text in every locale. */
  readonly value: Readonly<Record<string, string>>;
  /** What to ask for now, in order. */
  readonly fields: readonly SessionField[];
  /** Every error to list after an attempt to review. `field` is empty if the error concerns no field that the session asks for. */
  readonly errors: readonly { readonly field: string; readonly message: string }[];
  /** What the person can do now, the most likely first. */
  readonly actions: readonly SessionAction[];
  readonly invoice: SessionInvoice | null;
  /** The list that `togglePayments` shows. */
  readonly payments: SessionPayments | null;
  /** Whether a payment is pending, its outcome is unknown, or a check or a removal is in progress: keep the session. */
  readonly isBusy: boolean;
  /** Whether the person has entered something that is not recorded. */
  readonly isDirty: boolean;
  /** Whether the entered values would pass the check. */
  readonly isValid: boolean;
  /** Whether the invoice is being loaded. */
  readonly isReading: boolean;
  /** Why the page should not be left now, as a sentence; empty if it can be. */
  readonly problem: string;
}

/** The parts of the state that depend on the phase. */
interface InPhase<Phase extends string, Statement, Outcome, Check = null, Sentence = null> {
  /**
   * - `editing`: the person fills in the form.
   * - `review`: the person reviews the payment before it is sent.
   * - `sending`: the payment is being sent.
   * - `handed-over`: the page sends the payment itself.
   * - `recorded`, `refused`, `not-sent`, `unknown`: the payment has this outcome.
   */
  readonly phase: Phase;
  /** What to show about the payment. */
  readonly said: Statement;
  readonly outcome: Outcome;
  /** The result of the last check of an unknown outcome. */
  readonly check: Check;
  /** That result as a sentence. */
  readonly checkSentence: Sentence;
}

/** A snapshot, which never changes. `getState` returns the same object until something changes. */
export type SessionState = SessionStateBase &
  (
    | InPhase<"editing", null, null>
    | InPhase<"review" | "sending" | "handed-over", Said, null>
    | InPhase<"recorded", Said, Recorded>
    | InPhase<"refused", Said, Refused>
    | InPhase<"not-sent", Said, NotSent>
    | InPhase<"unknown", Said, Unknown, CheckResult | null, string | null>
  );

export type Phase = SessionState["phase"];

/** A checked payment. Amounts are decimal text. */
export interface CheckedPayment {
  readonly invoiceId: string;
  readonly amount: string;
  readonly currency: string | null;
  readonly paidAt: string | null;
  /** Every value by field name. */
  readonly fields: Readonly<Record<string, string>>;
}

/** The subject of a request: a payment, or with the purpose `add_invoice` the fields of an invoice. */
export type Subject =
  | { readonly payment: CheckedPayment; readonly invoice?: undefined }
  | { readonly invoice: Readonly<Record<string, string>>; readonly payment?: undefined };

/** The person has confirmed the review. The request has no credentials. */
export type SubmitDetail = {
  readonly provider: ProviderId;
  readonly request: Request;
  /** The idempotency key. It is the same if the person tries again after nothing was sent. */
  readonly key: string;
} & Subject;

/** The events of a session, with what a listener receives. */
export interface SessionEvents {
  /** The person changed a value. */
  change: { readonly provider: ProviderId; readonly value: Readonly<Record<string, string>> };
  /** `review` found issues. */
  invalid: {
    readonly provider: ProviderId;
    readonly issues: readonly {
      readonly field: string;
      readonly code: IssueCode;
      readonly params: Readonly<Record<string, string>>;
      readonly message: string;
    }[];
  };
  /** The person confirmed the review. To take over the payment, use the option `onSubmit`. */
  submit: SubmitDetail;
  /** The payment was recorded. */
  success: { readonly provider: ProviderId; readonly outcome: Recorded } & Subject;
  /** Nothing was recorded. */
  failure: { readonly provider: ProviderId; readonly outcome: Refused | NotSent } & Subject;
  /** The payment may be recorded. A later `success` or a `reconcile` settles it. */
  unknown: { readonly provider: ProviderId; readonly outcome: Unknown } & Subject;
  /**
   * The relay has refused a request because `session` is missing, has expired or is not valid. Nothing was sent, and the entries are
   * kept: `configure` a new `session`, and the person can try again. `reason` is the relay's explanation.
   */
  "session-expired": { readonly provider: ProviderId; readonly reason: string | null };
  /** The provider was asked to remove a payment. `outcome.state` is `recorded` if it was removed. */
  remove: { readonly provider: ProviderId; readonly invoiceId: string; readonly payment: RecordedPayment; readonly outcome: Receipt };
}

/** A payment form without a view. Its functions can be passed on without the session. */
export interface PaymentSession {
  /** What to ask for now: `getState().fields`. */
  readonly fields: readonly SessionField[];

  /** The current snapshot. */
  getState(this: void): SessionState;

  /**
   * Calls a listener with the snapshot, now and after every change. Returns the function that ends it. A session is therefore a Svelte
   * store, and fits React's `useSyncExternalStore`. Other tabs and the connection are followed while there is a listener.
   */
  subscribe(this: void, listener: (state: SessionState) => void): () => void;

  /** Calls a listener for each event of this name. Returns the function that ends it. */
  on<Name extends keyof SessionEvents>(this: void, name: Name, listener: (detail: SessionEvents[Name]) => void): () => void;

  /**
   * Enters the text of a control, in the notation of the locale. `unfinished` means that the control holds half a value, such as a date
   * without its year. Throws if the provider has no such field.
   */
  set(this: void, field: string, text: string | number | null | undefined, options?: { readonly unfinished?: boolean }): void;

  /** Replaces all entered values by field name, with numbers as decimal text. */
  setValue(this: void, value: Readonly<Record<string, string | number | null | undefined>> | null): void;

  /** The person has left the field: its errors are shown from now on. */
  leave(this: void, field: string): void;

  /** Enters the suggestion of a field. */
  suggest(this: void, field: string): void;

  /** Chooses one of the `providers`. The entered values stay. */
  choose(this: void, provider: OrText<ProviderId>): void;

  /**
   * Checks the values and opens the review. Returns whether it opened; if not, `errors` says why. While the invoice is being loaded
   * and its currency is unknown, the review opens after that.
   */
  review(this: void): boolean;

  /** Back to the values, from the review, a refused payment, or one that was not sent or recorded. Returns whether the phase changed. */
  edit(this: void): boolean;

  /**
   * Confirms the review and sends the payment, once. During the sending, returns the same promise. It resolves with the outcome, or
   * with `null` if the payment was not sent because the person has to see something first: an equal payment that was recorded
   * meanwhile, or an earlier payment whose outcome is unknown. Rejected without a review.
   */
  send(this: void): Promise<Receipt | null>;

  /** Back to the review of a payment that was not sent. Returns whether the phase changed. */
  retry(this: void): boolean;

  /** Looks for the payment of an unknown outcome in the provider's list. Sends nothing again. Resolves with the outcome, which may still be unknown: `check` says why. */
  reconcile(this: void): Promise<Receipt>;

  /** The person says that the similar payment in `checkSentence` is the one that was sent. Resolves with the outcome. */
  confirmSimilar(this: void): Promise<Receipt>;

  /** A new payment, after a recorded one or after an unknown outcome that the person has looked into. Returns whether the phase changed. */
  startOver(this: void): boolean;

  /** The response to a payment that the page sent itself, or `null` if none arrived. Returns whether the session waited for it. */
  settle(this: void, response: Reply | null): boolean;

  /** Loads and shows the payments of the invoice, or hides them. */
  togglePayments(this: void): void;

  /** Removes a payment of the list. Ask the person first. Resolves with the outcome, whose `state` is `recorded` if it was removed. */
  remove(this: void, payment: string): Promise<Receipt>;

  /**
   * Changes options. Entered values stay. A review that no longer fits the options closes. Throws an `Error` that names an invalid
   * option; the session then keeps its earlier options.
   */
  configure(this: void, changes: PaymentSessionChanges): void;

  /** Clears the entered values. A pending payment, an unknown and a recorded outcome stay. */
  reset(this: void): void;

  /** Ends all listeners. A payment that is being sent is still brought to its outcome, and the promise of `send` resolves. */
  dispose(this: void): void;
}

/** Makes a session. Throws an `Error` that names an invalid option and the remedy. */
export function createPaymentSession(options: PaymentSessionOptions): PaymentSession;
