import type { RemitChecked, RemitElementEventMap, RemitEntered, RemitInvoice, RemitOutcome, RemitPayment, RemitPaymentEventMap, RemitRequest, RemitText } from "./widget.js";

/** A double of one of the elements: it has the type of the real one. */
export type RemitDouble = RemitPayment | RemitInvoice;

/** The states that an outcome can have; `never` means that no response arrives. */
export type ToldState = RemitOutcome["state"] | "never";

type Partly<Outcome> = Outcome extends { state: infer State } ? { state: State } & Partial<Omit<Outcome, "state">> : never;
/** An outcome: its state, or an object with the members that the test cares about. */
export type ToldOutcome = ToldState | Partly<RemitOutcome> | { state: "never" };

/** A payment or an invoice that the user has confirmed. */
export interface Submission {
  readonly element: RemitDouble;
  readonly provider: string;
  /** For `<remit-payment>`. */
  readonly payment?: RemitChecked;
  /** For `<remit-invoice>`. */
  readonly invoice?: RemitEntered;
  /** A placeholder: only the real element writes the provider's request. */
  readonly request: RemitRequest;
}

/**
 * Defines the doubles as `<remit-payment>` and `<remit-invoice>`, and returns their classes. Calling it again has no effect.
 *
 * Throws if the real elements are defined, or if the environment has no custom elements.
 */
export function defineElements(): { RemitPayment: typeof RemitPayment; RemitInvoice: typeof RemitInvoice };

/** Sets the outcome of every payment from now on: at first, each is recorded. Removes the outcomes of `respondOnce`. */
export function respondWith(outcome: ToldOutcome): void;

/** Sets the outcomes of the next payments, in their order. */
export function respondOnce(...outcomes: ToldOutcome[]): void;

/** The confirmed payments and invoices, in their order. */
export function submissions(): readonly Submission[];

/** Forgets all submissions and outcomes. Call it after each test. */
export function resetElements(): void;

/** Enters values as a user does, by field name; `provider` chooses one of several. */
export function enter(element: RemitDouble, values: Readonly<Record<string, RemitText>>): void;

/** Opens the review and confirms it, as a user does. Returns a promise of the outcome. It is rejected if a required field is empty. */
export function confirm(element: RemitDouble): Promise<RemitOutcome>;

/** Brings the response to a payment that is still being sent, as after `respondWith("never")`. */
export function answer(element: RemitDouble, outcome: Exclude<ToldOutcome, "never" | { state: "never" }>): void;

/** Fires an event that no entry causes, such as `remit-session-expired`. Returns false if a listener has cancelled it. */
export function announce<Name extends keyof RemitPaymentEventMap | keyof RemitElementEventMap>(
  element: RemitDouble,
  name: Name,
  detail?: Readonly<Record<string, unknown>>,
): boolean;
