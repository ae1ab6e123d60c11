use leptos::prelude::*;
use remit_core::{BankTransaction, Draft, Outcome, Purpose};
use remit_session::Announcement;

use super::shell::{Parts, Props, shell, submit};
use crate::endpoint::{Endpoint, Invoice};
use crate::form::Form;
use crate::outcome::{NotSent, Recorded, Refused, Removed, SessionExpired, Submission, Uncertain};
use crate::view::frame;

/// A form that records a payment.
///
/// It asks for the fields of the chosen provider, checks them while the user types, shows a review, sends the request once, and
/// shows the outcome. Below the form, the user can open the list of the invoice's payments.
///
/// ```
/// use leptos::prelude::*;
/// use remit_leptos::remit_core::Draft;
/// use remit_leptos::{Endpoint, PaymentForm, Recorded, Uncertain};
///
/// #[component]
/// fn Pay(endpoint: Endpoint) -> impl IntoView {
///     let provider = RwSignal::new("clockify".to_owned());
///     let draft = RwSignal::new(Draft::new().with("amount", "1250.00"));
///     let preset = Draft::new().with("workspaceId", "64a687e29ae1f428e7ebe303");
///     view! {
///         <PaymentForm
///             provider
///             endpoint
///             preset
///             draft
///             on_success=|paid: Recorded| leptos::logging::log!("{} is recorded", paid.payment.amount)
///             on_unknown=|open: Uncertain| leptos::logging::log!("look for {:?}", open.fields.get("amount"))
///             footer=|| view! { <p>"Questions? Ask the bookkeeper."</p> }
///         />
///     }
/// }
/// ```
///
/// # Sending the request yourself
///
/// `on_submit` may take the payment over. The form then waits for the response, and shows its outcome.
///
/// ```
/// use leptos::prelude::*;
/// use remit_leptos::{Endpoint, PaymentForm, Submission};
///
/// #[component]
/// fn PayByServer() -> impl IntoView {
///     let send = move |submission: Submission| {
///         let (request, ticket) = (submission.request().clone(), submission.take_over());
///         leptos::task::spawn_local(async move {
///             // Send `request` to your own server, and pass on what the provider answered. `None` means that no answer arrived.
///             let _ = request;
///             ticket.settle(None);
///         });
///     };
///     view! { <PaymentForm provider="harvest" endpoint=Endpoint::default() on_submit=send/> }
/// }
/// ```
#[component]
pub fn PaymentForm(
    /// The provider's identifier, or several, separated by spaces, to let the user choose.
    #[prop(into)]
    provider: Signal<String>,
    /// Where requests go.
    #[prop(into)]
    endpoint: Signal<Endpoint>,
    /// The token of the user's session with a relay that requires one. Kept only in memory.
    #[prop(optional, into)]
    session: MaybeProp<String>,
    /// The invoice to pay. Without it, the form reads the invoice that `preset` or the user names.
    #[prop(optional, into)]
    invoice: MaybeProp<Invoice>,
    /// Fields that the application knows, such as `workspaceId`. The form does not ask for them.
    #[prop(optional, into)]
    preset: MaybeProp<Draft>,
    /// Bank transactions to choose from, for providers that allocate a payment from one.
    #[prop(optional, into)]
    transactions: MaybeProp<Vec<BankTransaction>>,
    /// The entered values, by field name, in both directions. Numbers are decimal text in every locale.
    #[prop(optional)]
    draft: Option<RwSignal<Draft>>,
    /// Whether the form accepts no input and sends nothing.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Whether the user may remove payments, if the provider supports it.
    #[prop(optional, into)]
    removable: Signal<bool>,
    /// The locale of amounts and dates, a BCP 47 tag; English by default.
    #[prop(optional, into)]
    locale: MaybeProp<String>,
    /// The sentences in the locale's language: the content of a file of `www/locales`. English by default.
    #[prop(optional, into)]
    messages: MaybeProp<String>,
    /// Called when the user has confirmed the review. [`Submission::take_over`] lets the application send the request.
    #[prop(optional, into)]
    on_submit: Option<Callback<Submission>>,
    /// Called when the payment is recorded.
    #[prop(optional, into)]
    on_success: Option<Callback<Recorded>>,
    /// Called when the provider has refused the payment.
    #[prop(optional, into)]
    on_refused: Option<Callback<Refused>>,
    /// Called when the payment was not sent.
    #[prop(optional, into)]
    on_not_sent: Option<Callback<NotSent>>,
    /// Called when it is unknown whether the payment was recorded, also for a payment of an earlier visit. `on_success` may
    /// follow.
    #[prop(optional, into)]
    on_unknown: Option<Callback<Uncertain>>,
    /// Called when the relay has refused a request because `session` is missing, has expired or is not valid. Nothing was
    /// sent, and the entries are kept: set a new `session`, and the user can try again.
    #[prop(optional, into)]
    on_session_expired: Option<Callback<SessionExpired>>,
    /// Called when the user has changed a value.
    #[prop(optional, into)]
    on_change: Option<Callback<Draft>>,
    /// Called when the provider was asked to remove a payment.
    #[prop(optional, into)]
    on_remove: Option<Callback<Removed>>,
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
    let purpose = Purpose::RecordPayment;
    let props = Props {
        purpose,
        provider,
        endpoint,
        session,
        invoice,
        preset,
        transactions,
        disabled,
        removable,
        locale,
        messages,
        styles,
    };
    let announce = move |form: Option<Form>, announcement: &Announcement| {
        match announcement {
            Announcement::Change(_, draft) => run(on_change, || draft.clone()),
            Announcement::Removal { provider, invoice_id, payment, outcome } => run(on_remove, || Removed {
                provider,
                invoice_id: invoice_id.clone(),
                payment: payment.clone(),
                outcome: outcome.clone(),
            }),
            Announcement::SessionExpired(provider, reason) => {
                run(on_session_expired, || SessionExpired { provider, reason: reason.clone() });
            }
            Announcement::Outcome(intent, outcome) => {
                let (provider, fields) = (intent.provider, || Draft::from(&intent.passed.values));
                match (outcome, &intent.passed.payment) {
                    (Outcome::Recorded(receipt), Some(payment)) => run(on_success, || Recorded {
                        provider,
                        payment: payment.clone(),
                        receipt: receipt.clone(),
                    }),
                    (Outcome::Recorded(_), None) => {}
                    (Outcome::Refused(problem), _) => {
                        run(on_refused, || Refused { provider, fields: fields(), problem: problem.clone() });
                    }
                    (Outcome::NotSent(reason), _) => {
                        run(on_not_sent, || NotSent { provider, fields: fields(), reason: reason.clone() });
                    }
                    (Outcome::Unknown(reason), _) => {
                        run(on_unknown, || Uncertain { provider, fields: fields(), reason: reason.clone() });
                    }
                }
            }
            Announcement::Submit(_) | Announcement::Invalid(..) => {}
        }
        submit(form, on_submit, announcement)
    };
    shell(props, Parts { draft, announce, show: frame, header, footer })
}

/// Calls a callback that the application has passed and that still exists.
pub(super) fn run<T: 'static>(callback: Option<Callback<T>>, value: impl FnOnce() -> T) {
    if let Some(callback) = callback {
        callback.try_run(value());
    }
}
