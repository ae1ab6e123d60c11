//! What the element tells its page.

use remit_core::wire::json::Json;
use remit_core::{Checked, Draft, Issue, Outcome, Provider, Reason, Rejection};
use wasm_bindgen::JsValue;
use web_sys::{CustomEvent, CustomEventInit, HtmlElement};

fn object(members: impl IntoIterator<Item = (&'static str, Json)>) -> Json {
    members.into_iter().collect()
}

/// A text, or `null`.
fn maybe(text: Option<impl Into<String>>) -> Json {
    text.map_or(Json::Null, Json::text)
}

/// A draft as an object of texts.
pub(crate) fn draft(draft: &Draft) -> Json {
    draft.iter().map(|(name, text)| (name, Json::text(text))).collect()
}

/// What was typed: `{provider, value}`.
pub(crate) fn change(provider: &Provider, typed: &Draft) -> Json {
    object([("provider", Json::text(provider.id)), ("value", draft(typed))])
}

/// Why the form did not let a payment through: `{provider, issues: [{field, code, params, message}]}`.
pub(crate) fn invalid(
    provider: &Provider,
    rejection: &Rejection,
    sentence: impl Fn(&Issue) -> String,
) -> Json {
    let issue = |issue: &Issue| {
        let params = issue.params.iter().map(|(name, param)| (*name, Json::text(param.to_string())));
        object([
            ("field", Json::text(issue.field)),
            ("code", Json::text(issue.code.text())),
            ("params", params.collect()),
            ("message", Json::text(sentence(issue))),
        ])
    };
    let issues = rejection.issues().map(issue).collect();
    object([("provider", Json::text(provider.id)), ("issues", Json::Array(issues))])
}

/// A payment about to be sent: `{provider, payment, request}`. Never a credential: the request is the one without.
pub(crate) fn before(provider: &Provider, checked: &Checked) -> Json {
    let request = object([
        ("method", Json::text(checked.request.method.name())),
        ("path", Json::text(&checked.request.path)),
        ("body", Json::text(&checked.request.body)),
    ]);
    object([("provider", Json::text(provider.id)), ("payment", payment(checked)), ("request", request)])
}

/// A payment with what became of it: `{provider, payment, outcome}`.
pub(crate) fn after(provider: &Provider, checked: &Checked, told: &Outcome) -> Json {
    object([("provider", Json::text(provider.id)), ("payment", payment(checked)), ("outcome", outcome(told))])
}

fn payment(checked: &Checked) -> Json {
    let payment = &checked.payment;
    object([
        ("invoiceId", Json::text(&payment.invoice_id)),
        ("amount", Json::text(payment.amount.decimal())),
        ("currency", Json::text(payment.amount.currency().code())),
        ("paidAt", maybe(payment.paid_at.map(|at| at.rfc3339()))),
        ("fields", draft(&checked.values.draft())),
    ])
}

/// `{state, …}`, where `state` is `recorded`, `refused`, `not-sent` or `unknown`.
fn outcome(outcome: &Outcome) -> Json {
    let without = |state, reason: &Reason| {
        let words = maybe(reason.words.as_deref());
        object([("state", Json::text(state)), ("code", Json::text(reason.cause.text())), ("words", words)])
    };
    match outcome {
        Outcome::Recorded(receipt) => object([
            ("state", Json::text("recorded")),
            ("paymentId", maybe(receipt.payment_id.as_deref())),
            ("balance", maybe(receipt.balance.map(|money| money.decimal()))),
            ("paid", maybe(receipt.paid.map(|money| money.decimal()))),
            ("status", maybe(receipt.status.as_deref())),
            ("raw", Json::text(&receipt.raw)),
        ]),
        Outcome::Refused(problem) => object([
            ("state", Json::text("refused")),
            ("code", Json::text(problem.code.text())),
            ("field", maybe(problem.field)),
            ("words", maybe(problem.words.as_deref())),
            ("providerCode", maybe(problem.provider_code.as_deref())),
            ("retryAfter", problem.retry_after.map_or(Json::Null, |seconds| Json::integer(seconds.into()))),
        ]),
        Outcome::NotSent(reason) => without("not-sent", reason),
        Outcome::Unknown(reason) => without("unknown", reason),
    }
}

/// Dispatches an event on the element; whether nobody prevented its default.
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
