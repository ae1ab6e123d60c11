import type { ForwardRefExoticComponent, HTMLAttributes, ReactNode, RefAttributes } from "react";
import type {
  RemitCredentials,
  RemitInvoice as RemitInvoiceElement,
  RemitInvoiceData,
  RemitInvoiceEventMap,
  RemitPayment as RemitPaymentElement,
  RemitPaymentEventMap,
  RemitTransaction,
} from "./widget.js";

/** What every element takes beside its own. */
type Common = Omit<HTMLAttributes<HTMLElement>, "onChange" | "onInvalid" | "onSubmit" | "children">;

/** The handlers of an element's events. */
interface Handlers<Events extends RemitInvoiceEventMap | RemitPaymentEventMap> {
  /** The form is there. */
  onReady?: ((event: Events["remit-ready"]) => void) | undefined;
  /** The person has entered something. */
  onChange?: ((event: Events["remit-change"]) => void) | undefined;
  /** The form did not let it through. */
  onInvalid?: ((event: Events["remit-invalid"]) => void) | undefined;
  /** It is about to be sent. Cancel the event to send the request yourself, and `settle` it. */
  onSubmit?: ((event: Events["remit-submit"]) => void) | undefined;
  /** It was recorded. */
  onSuccess?: ((event: Events["remit-success"]) => void) | undefined;
  /** Nothing was recorded: the provider refused it, or it was not sent. */
  onFailure?: ((event: Events["remit-failure"]) => void) | undefined;
  /** It may have been recorded; nobody can say yet. */
  onUnknown?: ((event: Events["remit-unknown"]) => void) | undefined;
  /** The form could not be loaded, or could not follow the page. */
  onLoadError?: ((event: Events["remit-load-error"]) => void) | undefined;
}

/** What both components take. */
interface Properties extends Common {
  /** One identifier, or several separated by spaces to let the person choose. */
  provider?: string | undefined;
  /** The relay's connection, or the provider's API; with several providers `{provider}` stands for the chosen one. */
  baseUrl?: string | undefined;
  workspaceId?: string | undefined;
  invoiceId?: string | undefined;
  businessId?: string | undefined;
  clientId?: string | undefined;
  currency?: string | undefined;
  /** A BCP 47 tag; by default the page's `lang`, then the browser's language. */
  locale?: string | undefined;
  /** `light` or `dark`; by default the page's `color-scheme`. */
  theme?: string | undefined;
  /** Nothing can be entered or sent. */
  disabled?: boolean | undefined;
  /** Payments that are recorded may be removed, where the provider has that. */
  removable?: boolean | undefined;
  /** What is entered, by field name; set again only when it changes. */
  value?: Record<string, string | number | null | undefined> | undefined;
  /** For a trusted page that speaks to the provider itself, with its user's own key. */
  credentials?: RemitCredentials | undefined;
  /** What is shown when the form cannot be. */
  children?: ReactNode;
}

/** What `RemitPayment` takes. */
export interface RemitPaymentProps extends Properties, Handlers<RemitPaymentEventMap> {
  /** What is paid. */
  invoice?: RemitInvoiceData | null | undefined;
  /** Bank transactions to choose from. */
  transactions?: RemitTransaction[] | null | undefined;
  /** The person has removed a payment, or tried to. */
  onRemove?: ((event: RemitPaymentEventMap["remit-remove"]) => void) | undefined;
}

/** What `RemitInvoice` takes. */
export interface RemitInvoiceProps extends Properties, Handlers<RemitInvoiceEventMap> {}

/** The form that records a payment. The element's code is loaded when it is first shown. */
export const RemitPayment: ForwardRefExoticComponent<RemitPaymentProps & RefAttributes<RemitPaymentElement>>;
/** The form that adds an invoice. */
export const RemitInvoice: ForwardRefExoticComponent<RemitInvoiceProps & RefAttributes<RemitInvoiceElement>>;
