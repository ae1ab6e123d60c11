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

/** The attributes that every HTML element accepts. */
type Common = Omit<HTMLAttributes<HTMLElement>, "onChange" | "onInvalid" | "onSubmit" | "children">;

/** The handlers for an element's events. */
interface Handlers<Events extends RemitInvoiceEventMap | RemitPaymentEventMap> {
  /** The form is mounted. */
  onReady?: ((event: Events["remit-ready"]) => void) | undefined;
  /** The user changed a value. */
  onChange?: ((event: Events["remit-change"]) => void) | undefined;
  /** The form rejected the entered values. */
  onInvalid?: ((event: Events["remit-invalid"]) => void) | undefined;
  /** The request is about to be sent. Cancel the event to send the request yourself, and pass the response to `settle`. */
  onSubmit?: ((event: Events["remit-submit"]) => void) | undefined;
  /** The payment or the invoice was recorded. */
  onSuccess?: ((event: Events["remit-success"]) => void) | undefined;
  /** Nothing was recorded: the provider rejected the request, or it was not sent. */
  onFailure?: ((event: Events["remit-failure"]) => void) | undefined;
  /** The outcome is unknown: the payment or the invoice may be recorded. */
  onUnknown?: ((event: Events["remit-unknown"]) => void) | undefined;
  /** The form could not be loaded, or could not apply the page's changes. */
  onLoadError?: ((event: Events["remit-load-error"]) => void) | undefined;
}

/** The properties of both components. */
interface Properties extends Common {
  /** One identifier, or several separated by spaces, from which the user chooses. */
  provider?: string | undefined;
  /** The URL of the relay's connection or of the provider's API. `{provider}` is replaced with the chosen provider. */
  baseUrl?: string | undefined;
  workspaceId?: string | undefined;
  invoiceId?: string | undefined;
  businessId?: string | undefined;
  clientId?: string | undefined;
  currency?: string | undefined;
  /** A BCP 47 tag. Defaults to the page's `lang`, then to the browser's language. */
  locale?: string | undefined;
  /** `light` or `dark`. Defaults to the page's `color-scheme`. */
  theme?: string | undefined;
  /** Disables all controls: nothing can be entered or sent. */
  disabled?: boolean | undefined;
  /** Lets the user remove recorded payments, if the provider supports it. */
  removable?: boolean | undefined;
  /** The entered values by field name. Applied only when they change. */
  value?: Record<string, string | number | null | undefined> | undefined;
  /** The user's own key, for a trusted page that calls the provider directly. */
  credentials?: RemitCredentials | undefined;
  /** The fallback shown if the form cannot be loaded. */
  children?: ReactNode;
}

/** The properties of `RemitPayment`. */
export interface RemitPaymentProps extends Properties, Handlers<RemitPaymentEventMap> {
  /** The invoice to pay. */
  invoice?: RemitInvoiceData | null | undefined;
  /** Bank transactions to choose from. */
  transactions?: RemitTransaction[] | null | undefined;
  /** The user removed a payment, or tried to. */
  onRemove?: ((event: RemitPaymentEventMap["remit-remove"]) => void) | undefined;
}

/** The properties of `RemitInvoice`. */
export interface RemitInvoiceProps extends Properties, Handlers<RemitInvoiceEventMap> {}

/** The form that records a payment. The element's code is loaded when the component first mounts. */
export const RemitPayment: ForwardRefExoticComponent<RemitPaymentProps & RefAttributes<RemitPaymentElement>>;
/** The form that adds an invoice. */
export const RemitInvoice: ForwardRefExoticComponent<RemitInvoiceProps & RefAttributes<RemitInvoiceElement>>;
