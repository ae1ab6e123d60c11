// The types of the values that the elements take and report.

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

/** A value that the page sets: a text, a number as JavaScript prints it, or a date. */
export type RemitText = string | number | bigint | Date | null | undefined;

/** The entered values by field name, with amounts as decimal text. */
export type RemitEntered = Record<string, string>;

/** An invoice to pay. */
export interface RemitInvoiceData {
  id: string | number | bigint;
  number?: string | number | bigint | null | undefined;
  /** The amount still to pay, as decimal text. */
  balance?: string | number | bigint | null | undefined;
  /** An ISO 4217 code. Defaults to the attribute `currency`. */
  currency?: string | null | undefined;
  state?: "draft" | "open" | "partial" | "paid" | "void" | null | undefined;
  /** The date of issue: a Date, or a text in ISO 8601. */
  issued?: string | Date | null | undefined;
}

/** A bank transaction to choose from. */
export interface RemitTransaction {
  id: string | number | bigint;
  amount?: string | number | bigint | null | undefined;
  unallocated?: string | number | bigint | null | undefined;
  currency: string;
  /** A Date, or a text in ISO 8601. */
  datetime?: string | Date | null | undefined;
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

/** The response to a request that the page sent itself. */
export interface RemitResponse {
  status: number;
  headers: Iterable<readonly [string, string]> | Record<string, string>;
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
