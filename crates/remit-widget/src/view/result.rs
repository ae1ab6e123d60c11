//! The page that shows a payment's outcome.

use std::sync::Arc;

use leptos::prelude::*;
use remit_core::{Outcome, Problem, Purpose, Reason, Receipt, Value};

use super::node::{bare, keyed, node};
use super::{button, facts, sentence, shown};
use crate::phase::{CheckResult, Phase, Ready};
use crate::send::check_again;
use crate::state::State;
use crate::text::UiText;

/// The contents of the page for an outcome.
struct Contents {
    /// The stable name of the outcome, for stylesheets and tests.
    outcome: &'static str,
    title: UiText,
    sentences: Vec<String>,
    /// The details from the provider or the relay.
    words: Option<String>,
    rows: Vec<(String, String)>,
    mark: &'static str,
    actions: Vec<AnyView>,
}

/// The page for an outcome.
pub(crate) fn result(state: State, ready: &Arc<Ready>, outcome: Outcome) -> AnyView {
    let contents = match outcome {
        Outcome::Recorded(receipt) => recorded(state, ready, receipt),
        Outcome::Refused(problem) => refused(state, ready, problem),
        Outcome::NotSent(reason) => not_sent(state, ready, reason),
        Outcome::Unknown(reason) => unknown(state, ready, reason),
    };
    let path = leptos::svg::path().attr("d", contents.mark);
    let mark = leptos::svg::svg().attr("class", "mark").attr("part", "mark").attr("viewBox", "0 0 24 24");
    let mark = mark.attr("aria-hidden", "true").child(path).into_any();
    let sentences = contents.sentences.into_iter().map(|text| node("p", "sentence").text(&text).view());
    let words = contents.words.map(|words| node("blockquote", "words").text(&words).view());
    let facts = (!contents.rows.is_empty()).then(|| facts(contents.rows));
    node("section", "outcome")
        .attr("data-outcome", contents.outcome)
        .attr("tabindex", "-1")
        .attr("role", "group")
        .attr("aria-labelledby", "title")
        .child(mark)
        .node(node("h2", "title").attr("id", "title").text(&state.ui(contents.title)))
        .children(sentences.collect())
        .children(words.into_iter().collect())
        .children(facts.into_iter().collect())
        .node(node("div", "actions").children(contents.actions))
        .view()
}

fn recorded(state: State, ready: &Ready, receipt: Receipt) -> Contents {
    let label = |text| state.ui(text);
    let money = |money| shown(state, &Value::Money(money));
    let rows = [
        receipt.payment_id.map(|id| (label(UiText::PaymentId), id)),
        receipt.balance.map(|balance| (label(UiText::NewBalance), money(balance))),
        receipt.paid.map(|paid| (label(UiText::PaidInAll), money(paid))),
        receipt.status.map(|status| (label(UiText::Status), status)),
    ];
    Contents {
        outcome: "recorded",
        title: UiText::RecordedTitle,
        sentences: vec![sentence(state, UiText::RecordedSentence, ready)],
        words: None,
        rows: rows.into_iter().flatten().collect(),
        mark: "M5.5 12.5l4.5 4.5 8.5-9.5",
        actions: vec![button(state, "button primary", state.ui(UiText::Another), move || {
            state.start_over();
        })],
    }
}

fn refused(state: State, ready: &Ready, problem: Problem) -> Contents {
    let wait = problem.retry_after.map(|seconds| state.retry_after(seconds));
    let provider = ready.provider.name;
    let reason = state.problem(problem.code, ready.provider);
    let words = problem.words.map(|words| match problem.provider_code {
        Some(code) => format!("{words} ({code})"),
        None => words,
    });
    let words = words.map(|words| state.ui_with(UiText::Says, &[("provider", provider), ("words", &words)]));
    Contents {
        outcome: "refused",
        title: UiText::RefusedTitle,
        sentences: [Some(format!("{reason} {}", state.ui(UiText::RefusedSentence))), wait]
            .into_iter()
            .flatten()
            .collect(),
        words,
        rows: Vec::new(),
        mark: "M7 7l10 10M17 7L7 17",
        actions: vec![button(state, "button primary", state.ui(UiText::Correct), move || state.edit())],
    }
}

fn not_sent(state: State, ready: &Arc<Ready>, reason: Reason) -> Contents {
    let again = {
        let ready = ready.clone();
        button(state, "button primary", state.ui(UiText::TryAgain), move || {
            state.go(Phase::Review(ready.clone()));
        })
    };
    let change = button(state, "button secondary", state.ui(UiText::Change), move || state.edit());
    Contents {
        outcome: "not-sent",
        title: UiText::NotSentTitle,
        sentences: vec![state.cause(reason.cause, ready.provider), state.ui(UiText::NotSentSentence)],
        words: details(state, reason),
        rows: Vec::new(),
        mark: "M5 5h14M12 20V10M7.5 14L12 9.5l4.5 4.5",
        actions: vec![again, change],
    }
}

/// Checking again is the first action, and a screen reader reads out its result. Editing the payment is offered only after a
/// check has shown that it was not recorded.
fn unknown(state: State, ready: &Ready, reason: Reason) -> Contents {
    let result = move || state.check.read().result;
    let provider = ready.provider;
    let mut actions = Vec::new();
    if ready.checked.payment.is_some() && provider.operation(Purpose::ListPayments).is_some() {
        let busy = move || result() == Some(CheckResult::Busy);
        let check = button(state, "button primary", state.ui(UiText::CheckAgain), move || check_again(state));
        let status =
            move || result().map(|result| state.ui_with(result.text(), &[("provider", provider.name)]));
        let status = keyed(status, |text| bare("span").text(&text).view());
        let live = node("p", "sentence found").attr("role", "status");
        actions.push(live.live("aria-busy", move || busy().then(|| "true".to_owned())).child(status).view());
        actions.push(check);
    }
    let back = move |_| button(state, "button secondary", state.ui(UiText::Back), move || state.edit());
    let not_recorded = move || (result() == Some(CheckResult::NotRecorded)).then(String::new);
    actions.push(keyed(not_recorded, back));
    actions.push(button(state, "button secondary", state.ui(UiText::Looked), move || state.start_over()));
    Contents {
        outcome: "unknown",
        title: UiText::UnknownTitle,
        sentences: vec![state.cause(reason.cause, provider), sentence(state, UiText::UnknownSentence, ready)],
        words: details(state, reason),
        rows: Vec::new(),
        mark: "M12 4.5L21 19.5H3zM12 10.5v4M12 17v.01",
        actions,
    }
}

fn details(state: State, reason: Reason) -> Option<String> {
    let words = reason.words.filter(|words| !words.is_empty());
    words.map(|words| state.ui_with(UiText::Words, &[("words", &words)]))
}
