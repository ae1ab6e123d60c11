//! Writes the state of a session.

use remit_core::wire::json::Json;
use remit_core::{Failure, RecordedPayment, to_json};
use remit_session::{Action, CheckResult, Choice, Listing, Phase, Question, Said, Session, UiText};

fn object<const N: usize>(members: [(&'static str, Json); N]) -> Json {
    members.into_iter().collect()
}

fn text_or_null(text: Option<impl Into<String>>) -> Json {
    text.map_or(Json::Null, Json::text)
}

fn list<T>(items: &[T], one: impl FnMut(&T) -> Json) -> Json {
    Json::Array(items.iter().map(one).collect())
}

fn texts(texts: &[String]) -> Json {
    list(texts, |text| Json::text(text))
}

/// The part of the state that a page sees. www/npm/session.d.ts documents it.
pub(crate) fn shown(session: &Session) -> Json {
    let phase = session.phase();
    let outcome = if let Phase::Done(_, outcome) = phase { to_json::outcome(outcome) } else { Json::Null };
    let providers = list(&session.options().providers, |provider| {
        object([("id", Json::text(provider.id)), ("name", Json::text(provider.name))])
    });
    let errors = list(&session.errors(), |(field, message)| {
        object([("field", Json::text(*field)), ("message", Json::text(message))])
    });
    let actions = list(&actions(session), |(name, label)| {
        object([("name", Json::text(*name)), ("label", Json::text(session.ui(*label)))])
    });
    object([
        ("phase", Json::text(phase.as_str())),
        ("provider", Json::text(session.provider().id)),
        ("providers", providers),
        ("value", to_json::draft(&session.entry().draft)),
        ("fields", list(&session.questions(), |question| field(session, question))),
        ("errors", errors),
        ("said", session.said().as_ref().map_or(Json::Null, said)),
        ("actions", actions),
        ("check", text_or_null(check(session))),
        ("checkSentence", text_or_null(session.check_sentence())),
        ("outcome", outcome),
        ("invoice", session.invoice().map_or(Json::Null, to_json::invoice)),
        ("payments", payments(session)),
        ("isBusy", Json::Bool(session.is_busy())),
        ("isDirty", Json::Bool(session.is_dirty())),
        ("isValid", Json::Bool(session.is_valid())),
        ("isReading", Json::Bool(session.is_reading())),
        ("problem", Json::text(session.problem())),
    ])
}

/// The part for the session's owner: the identifier and the scope of the payment in the current phase, and whether a request is
/// in progress that the person should not leave.
pub(crate) fn own(session: &Session) -> Json {
    let intent = session.phase().intent();
    object([
        ("intent", text_or_null(intent.map(|intent| &intent.id))),
        ("scope", text_or_null(intent.map(|intent| intent.scope()))),
        ("working", Json::Bool(session.is_at_work())),
    ])
}

fn field(session: &Session, question: &Question) -> Json {
    let (kind, limits) = to_json::kind(&question.field.kind);
    let limits = limits.into_iter().filter(|(name, _)| *name != "unit");
    let members = [
        ("name", Json::text(question.field.name)),
        ("label", Json::text(&question.label)),
        ("kind", Json::text(kind)),
        ("required", Json::Bool(question.field.required)),
        ("hint", text_or_null(question.hint.as_deref())),
        ("text", Json::text(&question.text)),
        ("unit", text_or_null(session.unit(question.field))),
        ("choices", list(&question.choices, choice)),
        ("count", text_or_null(session.count(question.field))),
        ("error", text_or_null(question.error.as_deref())),
        ("notices", texts(&question.notices)),
        ("suggestion", question.suggestion.as_ref().map_or(Json::Null, choice)),
    ];
    members.into_iter().chain(limits).collect()
}

fn choice(choice: &Choice) -> Json {
    object([("value", Json::text(&choice.value)), ("label", Json::text(&choice.label))])
}

fn said(said: &Said) -> Json {
    let rows = list(&said.rows, |(label, value)| {
        object([("label", Json::text(label)), ("value", Json::text(value))])
    });
    object([
        ("title", Json::text(&said.title)),
        ("sentences", texts(&said.sentences)),
        ("words", text_or_null(said.words.as_deref())),
        ("rows", rows),
        ("notices", texts(&said.notices)),
    ])
}

/// What the person can do now: the names of the session's methods, with their labels.
fn actions(session: &Session) -> Vec<(&'static str, UiText)> {
    match session.phase() {
        Phase::Editing if session.is_disabled() => Vec::new(),
        Phase::Editing => vec![("review", UiText::Review)],
        Phase::Review(_) if session.is_disabled() => vec![("edit", UiText::Change)],
        Phase::Review(_) => vec![("send", UiText::Record), ("edit", UiText::Change)],
        Phase::Sending(..) | Phase::HandedOver(_) => Vec::new(),
        Phase::Done(..) => {
            session.actions().into_iter().map(|action| (method(action), action.text())).collect()
        }
    }
}

/// The method of the JavaScript session that takes an action.
fn method(action: Action) -> &'static str {
    match action {
        Action::Another | Action::Looked => "startOver",
        Action::Correct | Action::Change | Action::Back => "edit",
        Action::Retry => "retry",
        Action::CheckAgain => "reconcile",
        Action::Mine => "confirmSimilar",
    }
}

/// The result of the last check of an unknown outcome.
fn check(session: &Session) -> Option<&'static str> {
    if session.phase().as_str() != "unknown" {
        return None;
    }
    let check = session.check();
    match check.result.as_ref() {
        _ if check.elsewhere => Some("elsewhere"),
        None => None,
        Some(CheckResult::Busy) => Some("busy"),
        Some(CheckResult::NotYet) => Some("not-yet"),
        Some(CheckResult::NotRecorded) => Some("not-recorded"),
        Some(CheckResult::Similar(_)) => Some("similar"),
        Some(CheckResult::Unclear) => Some("unclear"),
        Some(CheckResult::Failed) => Some("failed"),
    }
}

/// The list of payments; `null` if there is none to show or the person has not opened it.
fn payments(session: &Session) -> Json {
    let Listing { key, open, payments, busy, removal_message, .. } = session.listing();
    if !open || session.payments_of().is_none_or(|of| of.key != *key) {
        return Json::Null;
    }
    let one = |payment: &RecordedPayment| {
        object([("payment", to_json::recorded(payment)), ("text", Json::text(session.details(payment)))])
    };
    let (state, items): (_, &[RecordedPayment]) = match payments {
        None => ("loading", &[]),
        Some(Ok(payments)) => ("loaded", payments),
        Some(Err(Failure::NotSent(_) | Failure::Refused(_) | Failure::Unknown(_))) => ("failed", &[]),
    };
    object([
        ("state", Json::text(state)),
        ("items", list(items, one)),
        ("removable", Json::Bool(session.can_remove())),
        ("removing", Json::Bool(*busy)),
        ("message", text_or_null(removal_message.as_deref())),
    ])
}
