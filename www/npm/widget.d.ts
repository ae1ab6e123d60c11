/** Where a form stands. */
export type RemitState =
  | "loading"
  | "editing"
  | "review"
  | "sending"
  | "handed-over"
  | "recorded"
  | "refused"
  | "not-sent"
  | "unknown";

/** What was entered, by field name: amounts as decimal text. */
export type RemitEntered = Record<string, string>;

/** An invoice to pay. A number is taken as JavaScript prints it. */
export interface RemitInvoiceData {
  id: string | number;
  number?: string | number | null | undefined;
  /** What is still to be paid, as decimal text. */
  balance?: string | number | null | undefined;
  /** A code of ISO 4217; by default the attribute `currency`. */
  currency?: string | null | undefined;
  state?: "draft" | "open" | "partial" | "paid" | "void" | null | undefined;
  issued?: string | null | undefined;
}

/** A bank transaction to choose from. */
export interface RemitTransaction {
  id: string | number;
  amount?: string | number | null | undefined;
  unallocated?: string | number | null | undefined;
  currency: string;
  datetime?: string | null | undefined;
  description?: string | null | undefined;
}

/** A user's own key, by the names of the provider's secrets. */
export type RemitCredentials = Record<string, string>;

/** Why the form did not let a payment through. */
export interface RemitIssue {
  /** The field's name; empty where the issue is about the whole. */
  field: string;
  /** A stable code. */
  code: string;
  params: Record<string, string>;
  /** The same in words, in the element's language. */
  message: string;
}

/** The request as it is sent, without any credential. */
export interface RemitRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** A payment, or an invoice to add, as it was checked. */
export interface RemitChecked {
  invoiceId: string;
  /** Decimal text. */
  amount: string;
  currency: string | null;
  paidAt: string | null;
  fields: RemitEntered;
}

/** What became of it. */
export type RemitOutcome =
  | {
      state: "recorded";
      paymentId: string | null;
      balance: string | null;
      paid: string | null;
      currency: string | null;
      status: string | null;
      raw: string;
    }
  | {
      state: "refused";
      code: string;
      field: string | null;
      words: string | null;
      providerCode: string | null;
      retryAfter: number | null;
    }
  | { state: "not-sent" | "unknown"; code: string; words: string | null };

/** The state of an outcome, told apart. */
export type RemitOutcomeOf<State extends RemitOutcome["state"]> = RemitOutcome & { state: State };

/** A payment that a person has removed, or tried to. */
export interface RemitRemoved {
  provider: string;
  invoiceId: string;
  payment: {
    id: string;
    amount: string | null;
    currency: string | null;
    paidAt: string | null;
    note: string | null;
    by: string | null;
    transactionId: string | null;
    receiptNumber: string | null;
  };
  outcome: RemitOutcome;
}

/** What both elements tell their page. `Subject` is what they send: `payment` or `invoice`. */
export interface RemitElementEventMap<Subject = object> {
  /** The form is there. */
  "remit-ready": CustomEvent<{ provider: string }>;
  /** The person has entered something. */
  "remit-change": CustomEvent<{ provider: string; value: RemitEntered }>;
  /** The form did not let it through. */
  "remit-invalid": CustomEvent<{ provider: string; issues: RemitIssue[] }>;
  /** It is about to be sent. Cancel it to send the request yourself, and `settle` it. */
  "remit-submit": CustomEvent<{ provider: string; request: RemitRequest } & Subject>;
  /** It was recorded. */
  "remit-success": CustomEvent<{ provider: string; outcome: RemitOutcomeOf<"recorded"> } & Subject>;
  /** Nothing was recorded: the provider refused it, or it was not sent. */
  "remit-failure": CustomEvent<{ provider: string; outcome: RemitOutcomeOf<"refused" | "not-sent"> } & Subject>;
  /** It may have been recorded; nobody can say yet. */
  "remit-unknown": CustomEvent<{ provider: string; outcome: RemitOutcomeOf<"unknown"> } & Subject>;
  /** The form could not be loaded, or could not follow the page. */
  "remit-load-error": CustomEvent<{ message: string }>;
}

/** What `<remit-payment>` tells its page. */
export interface RemitPaymentEventMap extends RemitElementEventMap<{ payment: RemitChecked }> {
  /** The person has removed a payment, or tried to. */
  "remit-remove": CustomEvent<RemitRemoved>;
}

/** What `<remit-invoice>` tells its page. */
export interface RemitInvoiceEventMap extends RemitElementEventMap<{ invoice: RemitEntered }> {}

/** What both elements have. */
declare class RemitElement<Events extends object = RemitElementEventMap> extends HTMLElement {
  /** One identifier, or several separated by spaces to let the person choose. */
  provider: string;
  /** The relay's connection, or the provider's API; with several providers `{provider}` stands for the chosen one. */
  baseUrl: string;
  workspaceId: string;
  invoiceId: string;
  businessId: string;
  clientId: string;
  currency: string;
  /** A BCP 47 tag; by default the page's `lang`, then the browser's language. */
  locale: string;
  /** `light` or `dark`; by default the page's `color-scheme`. */
  theme: string;
  /** Nothing can be entered or sent. */
  disabled: boolean;
  /** Payments that are recorded may be removed, where the provider has that. */
  removable: boolean;
  /** What was entered, by field name. */
  get value(): RemitEntered;
  set value(value: Record<string, string | number | null | undefined> | null);
  /** Where the form stands. */
  readonly state: RemitState;
  /** For a trusted page that speaks to the provider itself, with its user's own key; reads as `null`. */
  get credentials(): null;
  set credentials(credentials: RemitCredentials | null);
  /** Does what the form's button does: checks, and goes to the review. Sends nothing. Whether it went there. */
  submit(): boolean;
  /** Empties the form, unless a payment is on its way. */
  reset(): void;
  /** Takes the provider's answer to a payment that the page has sent itself; `null` when there was none. */
  settle(
    reply: {
      status: number;
      headers: Iterable<readonly [string, string]> | Record<string, string>;
      body: string;
    } | null,
  ): boolean;
  addEventListener<Name extends keyof Events & string>(
    type: Name,
    listener: (this: this, event: Events[Name]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<Name extends keyof HTMLElementEventMap>(
    type: Name,
    listener: (this: HTMLElement, event: HTMLElementEventMap[Name]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<Name extends keyof Events & string>(
    type: Name,
    listener: (this: this, event: Events[Name]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener<Name extends keyof HTMLElementEventMap>(
    type: Name,
    listener: (this: HTMLElement, event: HTMLElementEventMap[Name]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | EventListenerOptions): void;
}

/** Records a payment. */
export class RemitPayment extends RemitElement<RemitPaymentEventMap> {
  /** What is paid. */
  get invoice(): RemitInvoiceData | null;
  set invoice(invoice: RemitInvoiceData | null);
  /** Bank transactions to choose from. */
  get transactions(): RemitTransaction[];
  set transactions(transactions: RemitTransaction[] | null);
}

/** Adds an invoice, where the provider lets one be added. */
export class RemitInvoice extends RemitElement<RemitInvoiceEventMap> {}

declare global {
  interface HTMLElementTagNameMap {
    "remit-payment": RemitPayment;
    "remit-invoice": RemitInvoice;
  }
}

export type { RemitElement };
