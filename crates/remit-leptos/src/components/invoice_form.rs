use leptos::prelude::*;
use remit_core::{Draft, Outcome, Purpose};
use remit_session::Announcement;

use super::payment_form::run;
use super::shell::{Parts, Props, shell, submit};
use crate::endpoint::Endpoint;
use crate::form::Form;
use crate::outcome::{Added, NotSent, Refused, SessionExpired, Submission, Uncertain};
use crate::view::frame;

/// A form that adds an invoice, for the providers that support it.
///
/// It works as [`PaymentForm`](crate::PaymentForm) does: it checks, shows a review, sends once, and shows the outcome.
///
/// ```
/// use leptos::prelude::*;
/// use remit_leptos::{Added, Endpoint, InvoiceForm};
///
/// #[component]
/// fn NewInvoice(endpoint: Endpoint) -> impl IntoView {
///     let added = RwSignal::new(None);
///     view! {
///         <InvoiceForm provider="clockify" endpoint on_success=move |invoice: Added| added.set(invoice.receipt.payment_id)/>
///         <p>{move || added.get()}</p>
///     }
/// }
/// ```
#[component]
pub fn InvoiceForm(
    /// The provider's identifier, or several, separated by spaces, to let the user choose.
    #[prop(into)]
    provider: Signal<String>,
    /// Where requests go.
    #[prop(into)]
    endpoint: Signal<Endpoint>,
    /// The token of the user's session with a relay that requires one. Kept only in memory.
    #[prop(optional, into)]
    session: MaybeProp<String>,
    /// Fields that the application knows, such as `workspaceId`. The form does not ask for them.
    #[prop(optional, into)]
    preset: MaybeProp<Draft>,
    /// The entered values, by field name, in both directions.
    #[prop(optional)]
    draft: Option<RwSignal<Draft>>,
    /// Whether the form accepts no input and sends nothing.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// The locale of amounts and dates, a BCP 47 tag; English by default.
    #[prop(optional, into)]
    locale: MaybeProp<String>,
    /// The sentences in the locale's language: the content of a file of `www/locales`. English by default.
    #[prop(optional, into)]
    messages: MaybeProp<String>,
    /// Called when the user has confirmed the review. [`Submission::take_over`] lets the application send the request.
    #[prop(optional, into)]
    on_submit: Option<Callback<Submission>>,
    /// Called when the invoice is added.
    #[prop(optional, into)]
    on_success: Option<Callback<Added>>,
    /// Called when the provider has refused the invoice.
    #[prop(optional, into)]
    on_refused: Option<Callback<Refused>>,
    /// Called when the invoice was not sent.
    #[prop(optional, into)]
    on_not_sent: Option<Callback<NotSent>>,
    /// Called when it is unknown whether the invoice was added.
    #[prop(optional, into)]
    on_unknown: Option<Callback<Uncertain>>,
    /// Called when the relay has refused a request because `session` is missing, has expired or is not valid. Nothing was
    /// sent, and the entries are kept: set a new `session`, and the user can try again.
    #[prop(optional, into)]
    on_session_expired: Option<Callback<SessionExpired>>,
    /// Called when the user has changed a value.
    #[prop(optional, into)]
    on_change: Option<Callback<Draft>>,
    /// A view above the form, in the application's own styles.
    #[prop(optional, into)]
    header: Option<ViewFn>,
    /// A view below the form, in the application's own styles.
    #[prop(optional, into)]
    footer: Option<ViewFn>,
    /// Whether to render the [`STYLES`](crate::STYLES); true by default.
    #[prop(default = true)]
    styles: bool,
) -> impl IntoView {
    let props = Props {
        purpose: Purpose::AddInvoice,
        provider,
        endpoint,
        session,
        invoice: MaybeProp::default(),
        preset,
        transactions: MaybeProp::default(),
        disabled,
        removable: Signal::default(),
        locale,
        messages,
        styles,
    };
    let announce = move |form: Option<Form>, announcement: &Announcement| {
        match announcement {
            Announcement::Change(_, draft) => run(on_change, || draft.clone()),
            Announcement::SessionExpired(provider, reason) => {
                run(on_session_expired, || SessionExpired { provider, reason: reason.clone() });
            }
            Announcement::Outcome(intent, outcome) => {
                let (provider, fields) = (intent.provider, Draft::from(&intent.passed.values));
                match outcome.clone() {
                    Outcome::Recorded(receipt) => run(on_success, || Added { provider, fields, receipt }),
                    Outcome::Refused(problem) => run(on_refused, || Refused { provider, fields, problem }),
                    Outcome::NotSent(reason) => run(on_not_sent, || NotSent { provider, fields, reason }),
                    Outcome::Unknown(reason) => run(on_unknown, || Uncertain { provider, fields, reason }),
                }
            }
            Announcement::Submit(_) | Announcement::Invalid(..) | Announcement::Removal { .. } => {}
        }
        submit(form, on_submit, announcement)
    };
    shell(props, Parts { draft, announce, show: frame, header, footer })
}
