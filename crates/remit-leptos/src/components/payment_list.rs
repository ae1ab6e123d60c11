use leptos::prelude::*;
use remit_core::{Draft, Purpose};
use remit_session::Announcement;

use super::payment_form::run;
use super::shell::{Parts, Props, shell};
use crate::endpoint::{Endpoint, Invoice};
use crate::form::Form;
use crate::outcome::{Removed, SessionExpired};
use crate::view::list_only;

/// The payments of an invoice, with a button that removes one after a question.
///
/// ```
/// use leptos::prelude::*;
/// use remit_leptos::{Endpoint, Invoice, PaymentList};
///
/// #[component]
/// fn Payments(endpoint: Endpoint, invoice: Invoice) -> impl IntoView {
///     view! { <PaymentList provider="harvest-v2" endpoint invoice removable=true/> }
/// }
/// ```
#[component]
pub fn PaymentList(
    /// The provider's identifier.
    #[prop(into)]
    provider: Signal<String>,
    /// Where requests go.
    #[prop(into)]
    endpoint: Signal<Endpoint>,
    /// The token of the user's session with a relay that requires one. Kept only in memory.
    #[prop(optional, into)]
    session: MaybeProp<String>,
    /// The invoice.
    #[prop(optional, into)]
    invoice: MaybeProp<Invoice>,
    /// Fields that the application knows, such as `workspaceId`.
    #[prop(optional, into)]
    preset: MaybeProp<Draft>,
    /// Whether the user may remove payments, if the provider supports it.
    #[prop(optional, into)]
    removable: Signal<bool>,
    /// The locale of amounts and dates, a BCP 47 tag; English by default.
    #[prop(optional, into)]
    locale: MaybeProp<String>,
    /// The sentences in the locale's language: the content of a file of `www/locales`. English by default.
    #[prop(optional, into)]
    messages: MaybeProp<String>,
    /// Called when the provider was asked to remove a payment.
    #[prop(optional, into)]
    on_remove: Option<Callback<Removed>>,
    /// Called when the relay has refused a request because `session` is missing, has expired or is not valid.
    #[prop(optional, into)]
    on_session_expired: Option<Callback<SessionExpired>>,
    /// Whether to render the [`STYLES`](crate::STYLES); true by default.
    #[prop(default = true)]
    styles: bool,
) -> impl IntoView {
    let props = Props {
        purpose: Purpose::ListPayments,
        provider,
        endpoint,
        session,
        invoice,
        preset,
        transactions: MaybeProp::default(),
        disabled: Signal::default(),
        removable,
        locale,
        messages,
        styles,
    };
    let announce = move |_: Option<Form>, announcement: &Announcement| {
        match announcement {
            Announcement::Removal { provider, invoice_id, payment, outcome } => run(on_remove, || Removed {
                provider,
                invoice_id: invoice_id.clone(),
                payment: payment.clone(),
                outcome: outcome.clone(),
            }),
            Announcement::SessionExpired(provider, reason) => {
                run(on_session_expired, || SessionExpired { provider, reason: reason.clone() });
            }
            _ => {}
        }
        false
    };
    shell(props, Parts { draft: None, announce, show: list_only, header: None, footer: None })
}
