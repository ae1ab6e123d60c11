/** The phase of a form. */
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

/** The entered values by field name, with amounts as decimal text. */
export type RemitEntered = Record<string, string>;

/** An invoice to pay. A number is parsed as JavaScript prints it. */
export interface RemitInvoiceData {
  id: string | number;
  number?: string | number | null | undefined;
  /** The amount still to pay, as decimal text. */
  balance?: string | number | null | undefined;
  /** An ISO 4217 code. Defaults to the attribute `currency`. */
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

/** A user's own key: the provider's secrets by name. */
export type RemitCredentials = Record<string, string>;

/** A reason why the form rejected a payment. */
export interface RemitIssue {
  /** The field's name; empty if the issue concerns no single field. */
  field: string;
  /** A stable code. */
  code: string;
  params: Record<string, string>;
  /** The sentence for the issue, in the element's language. */
  message: string;
}

/** The request without credentials. */
export interface RemitRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** A checked payment. */
export interface RemitChecked {
  invoiceId: string;
  /** Decimal text. */
  amount: string;
  currency: string | null;
  paidAt: string | null;
  fields: RemitEntered;
}

/** The outcome of a request. */
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

/** The outcomes with this state. */
export type RemitOutcomeOf<State extends RemitOutcome["state"]> = RemitOutcome & { state: State };

/** A payment that the user removed or tried to remove. */
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

/** The events of both elements. `Subject` is the `payment` or the `invoice` of the request. */
export interface RemitElementEventMap<Subject = object> {
  /** The form is mounted. */
  "remit-ready": CustomEvent<{ provider: string }>;
  /** The user changed a value. */
  "remit-change": CustomEvent<{ provider: string; value: RemitEntered }>;
  /** The form rejected the entered values. */
  "remit-invalid": CustomEvent<{ provider: string; issues: RemitIssue[] }>;
  /** The request is about to be sent. Cancel the event to send the request yourself, and pass the response to `settle`. */
  "remit-submit": CustomEvent<{ provider: string; request: RemitRequest } & Subject>;
  /** The payment or the invoice was recorded. */
  "remit-success": CustomEvent<{ provider: string; outcome: RemitOutcomeOf<"recorded"> } & Subject>;
  /** Nothing was recorded: the provider rejected the request, or it was not sent. */
  "remit-failure": CustomEvent<{ provider: string; outcome: RemitOutcomeOf<"refused" | "not-sent"> } & Subject>;
  /** The outcome is unknown: the payment or the invoice may be recorded. */
  "remit-unknown": CustomEvent<{ provider: string; outcome: RemitOutcomeOf<"unknown"> } & Subject>;
  /** The form could not be loaded, or could not apply the page's changes. */
  "remit-load-error": CustomEvent<{ message: string }>;
}

/** The events of `<remit-payment>`. */
export interface RemitPaymentEventMap extends RemitElementEventMap<{ payment: RemitChecked }> {
  /** The user removed a payment, or tried to. */
  "remit-remove": CustomEvent<RemitRemoved>;
}

/** The events of `<remit-invoice>`. */
export interface RemitInvoiceEventMap extends RemitElementEventMap<{ invoice: RemitEntered }> {}

/** The common base of both elements. */
declare class RemitElement<Events extends object = RemitElementEventMap> extends HTMLElement {
  /** One identifier, or several separated by spaces, from which the user chooses. */
  provider: string;
  /** The URL of the relay's connection or of the provider's API. `{provider}` is replaced with the chosen provider. */
  baseUrl: string;
  workspaceId: string;
  invoiceId: string;
  businessId: string;
  clientId: string;
  currency: string;
  /** A BCP 47 tag. Defaults to the page's `lang`, then to the browser's language. */
  locale: string;
  /** `light` or `dark`. Defaults to the page's `color-scheme`. */
  theme: string;
  /** Disables all controls: nothing can be entered or sent. */
  disabled: boolean;
  /** Lets the user remove recorded payments, if the provider supports it. */
  removable: boolean;
  /** The entered values by field name. */
  get value(): RemitEntered;
  set value(value: Record<string, string | number | null | undefined> | null);
  /** The phase of the form. */
  readonly state: RemitState;
  /** The user's own key, for a trusted page that calls the provider directly. The getter returns `null`. */
  get credentials(): null;
  set credentials(credentials: RemitCredentials | null);
  /** Does the same as the form's button: checks the values and opens the review. Sends nothing. Returns whether it opened. */
  submit(): boolean;
  /** Clears the form, unless a payment is being sent. */
  reset(): void;
  /** Accepts the response to a payment that the page sent itself; `null` without a response. */
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

/** The element that records a payment. */
export class RemitPayment extends RemitElement<RemitPaymentEventMap> {
  /** The invoice to pay. */
  get invoice(): RemitInvoiceData | null;
  set invoice(invoice: RemitInvoiceData | null);
  /** Bank transactions to choose from. */
  get transactions(): RemitTransaction[];
  set transactions(transactions: RemitTransaction[] | null);
}

/** The element that adds an invoice, for providers that support it. */
export class RemitInvoice extends RemitElement<RemitInvoiceEventMap> {}

declare global {
  interface HTMLElementTagNameMap {
    "remit-payment": RemitPayment;
    "remit-invoice": RemitInvoice;
  }
}

export type { RemitElement };
