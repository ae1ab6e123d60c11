//! The events that the element dispatches to its page.

use remit_core::wire::json::Json;
use remit_core::{Draft, Issue, Outcome, Provider, RecordedPayment, Rejection, to_json};
use wasm_bindgen::JsValue;
use web_sys::{CustomEvent, CustomEventInit, HtmlElement};

use crate::phase::Ready;

fn of(provider: &Provider, members: impl IntoIterator<Item = (&'static str, Json)>) -> Json {
    core::iter::once(("provider", Json::text(provider.id))).chain(members).collect()
}

/// The entered values: `{provider, value}`, with numbers as decimal text.
pub(crate) fn change(provider: &Provider, entered: &Draft) -> Json {
    of(provider, [("value", to_json::draft(entered))])
}

/// The reasons why the form rejected a payment: `{provider, issues}`.
pub(crate) fn invalid(
    provider: &Provider,
    rejection: &Rejection,
    sentence: impl Fn(&Issue) -> String,
) -> Json {
    let issues = rejection.issues().map(|issue| to_json::issue(issue, sentence(issue))).collect();
    of(provider, [("issues", Json::Array(issues))])
}

/// The subject of the request: the `payment`, or the fields of an `invoice` to add.
fn subject(ready: &Ready) -> (&'static str, Json) {
    let values = &ready.checked.values;
    match &ready.checked.payment {
        Some(payment) => ("payment", to_json::payment(payment, values)),
        None => ("invoice", to_json::draft(&remit_core::Draft::from(values))),
    }
}

/// A payment about to be sent: `{provider, payment, request}`. The request does not yet have credentials.
pub(crate) fn before(ready: &Ready) -> Json {
    of(ready.provider, [subject(ready), ("request", to_json::request(&ready.checked.request))])
}

/// A payment with its outcome: `{provider, payment, outcome}`.
pub(crate) fn after(ready: &Ready, outcome: &Outcome) -> Json {
    of(ready.provider, [subject(ready), ("outcome", to_json::outcome(outcome))])
}

/// A payment with the outcome of its removal: `{provider, invoiceId, payment, outcome}`.
pub(crate) fn removed(
    provider: &Provider,
    invoice: &str,
    payment: &RecordedPayment,
    outcome: &Outcome,
) -> Json {
    let members = [("invoiceId", Json::text(invoice)), ("payment", to_json::recorded(payment))];
    of(provider, members.into_iter().chain([("outcome", to_json::outcome(outcome))]))
}

/// Dispatches an event on the element. Returns false if a listener prevented the default action.
pub(crate) fn dispatch(host: &HtmlElement, name: &str, cancelable: bool, detail: &Json) -> bool {
    let init = CustomEventInit::new();
    init.set_bubbles(true);
    init.set_composed(true);
    init.set_cancelable(cancelable);
    init.set_detail(&js_sys::JSON::parse(&detail.print()).unwrap_or(JsValue::NULL));
    CustomEvent::new_with_event_init_dict(name, &init)
        .and_then(|event| host.dispatch_event(&event))
        .unwrap_or(true)
}
