//! What became of the payment, without a guess.

use std::sync::Arc;

use leptos::prelude::*;
use remit_core::{Outcome, Problem, Purpose, Reason, Receipt, Value};

use super::node::{bare, keyed, node};
use super::{button, facts, sentence, shown};
use crate::send::{Found, look};
use crate::state::{Phase, Ready, State};

/// What is said of an outcome.
struct Told {
    word: &'static str,
    title: &'static str,
    sentences: Vec<String>,
    /// What the provider or the relay said.
    words: Option<String>,
    rows: Vec<(String, String)>,
    mark: &'static str,
    actions: Vec<AnyView>,
}

/// The page for an outcome.
pub(crate) fn result(state: State, ready: &Arc<Ready>, outcome: Outcome) -> AnyView {
    let told = match outcome {
        Outcome::Recorded(receipt) => recorded(state, ready, receipt),
        Outcome::Refused(problem) => refused(state, ready, problem),
        Outcome::NotSent(reason) => not_sent(state, ready, reason),
        Outcome::Unknown(reason) => unknown(state, ready, reason),
    };
    let path = leptos::svg::path().attr("d", told.mark);
    let mark = leptos::svg::svg().attr("class", "mark").attr("part", "mark").attr("viewBox", "0 0 24 24");
    let mark = mark.attr("aria-hidden", "true").child(path).into_any();
    let sentences = told.sentences.into_iter().map(|text| node("p", "sentence").text(&text).view());
    let words = told.words.map(|words| node("blockquote", "words").text(&words).view());
    let facts = (!told.rows.is_empty()).then(|| facts(told.rows));
    node("section", "outcome")
        .attr("data-outcome", told.word)
        .attr("tabindex", "-1")
        .attr("role", "group")
        .attr("aria-labelledby", "title")
        .child(mark)
        .node(node("h2", "title").attr("id", "title").text(&state.ui(told.title)))
        .children(sentences.collect())
        .children(words.into_iter().collect())
        .children(facts.into_iter().collect())
        .node(node("div", "actions").children(told.actions))
        .view()
}

fn recorded(state: State, ready: &Ready, receipt: Receipt) -> Told {
    let label = |word| state.ui(word);
    let money = |money| shown(state, &Value::Money(money));
    let rows = [
        receipt.payment_id.map(|id| (label("payment_id"), id)),
        receipt.balance.map(|balance| (label("new_balance"), money(balance))),
        receipt.paid.map(|paid| (label("paid_in_all"), money(paid))),
        receipt.status.map(|status| (label("status"), status)),
    ];
    Told {
        word: "recorded",
        title: "recorded_title",
        sentences: vec![sentence(state, "recorded_sentence", ready)],
        words: None,
        rows: rows.into_iter().flatten().collect(),
        mark: "M5.5 12.5l4.5 4.5 8.5-9.5",
        actions: vec![button(state, "button primary", state.ui("another"), move || state.start_over())],
    }
}

fn refused(state: State, ready: &Ready, problem: Problem) -> Told {
    let wait = problem
        .retry_after
        .map(|seconds| state.filled("problem", "retry_after", &[("seconds", &seconds.to_string())]));
    let provider = ready.provider.name;
    let kind = state.filled("problem", problem.code.as_str(), &[("provider", provider)]);
    let said = problem.words.map(|words| match problem.provider_code {
        Some(code) => format!("{words} ({code})"),
        None => words,
    });
    let words = said.map(|words| state.ui_with("says", &[("provider", provider), ("words", &words)]));
    Told {
        word: "refused",
        title: "refused_title",
        sentences: [Some(format!("{kind} {}", state.ui("refused_sentence"))), wait]
            .into_iter()
            .flatten()
            .collect(),
        words,
        rows: Vec::new(),
        mark: "M7 7l10 10M17 7L7 17",
        actions: vec![button(state, "button primary", state.ui("correct"), move || state.edit())],
    }
}

fn not_sent(state: State, ready: &Arc<Ready>, reason: Reason) -> Told {
    let again = {
        let ready = ready.clone();
        button(state, "button primary", state.ui("try_again"), move || {
            state.go(Phase::Review(ready.clone()));
        })
    };
    let change = button(state, "button secondary", state.ui("change"), move || state.edit());
    Told {
        word: "not-sent",
        title: "not_sent_title",
        sentences: vec![cause(state, ready, &reason), state.ui("not_sent_sentence")],
        words: said(state, reason),
        rows: Vec::new(),
        mark: "M5 5h14M12 20V10M7.5 14L12 9.5l4.5 4.5",
        actions: vec![again, change],
    }
}

/// Looking is the first thing to do, and what is found is read out. Entering it again is offered only once it was looked
/// for and is not there.
fn unknown(state: State, ready: &Ready, reason: Reason) -> Told {
    let found = move || state.looking.read().found;
    let provider = ready.provider;
    let mut actions = Vec::new();
    if ready.checked.payment.is_some() && provider.operation(Purpose::ListPayments).is_some() {
        let busy = move || found() == Some(Found::Busy);
        let check = button(state, "button primary", state.ui("check_again"), move || look(state));
        let said = move || found().map(|found| state.ui_with(found.word(), &[("provider", provider.name)]));
        let said = keyed(said, |text| bare("span").text(&text).view());
        let live = node("p", "sentence found").attr("role", "status");
        actions.push(live.live("aria-busy", move || busy().then(|| "true".to_owned())).child(said).view());
        actions.push(check);
    }
    let back = move |_| button(state, "button secondary", state.ui("back"), move || state.edit());
    let not_there = move || (found() == Some(Found::NotThere)).then(String::new);
    actions.push(keyed(not_there, back));
    actions.push(button(state, "button secondary", state.ui("looked"), move || state.start_over()));
    Told {
        word: "unknown",
        title: "unknown_title",
        sentences: vec![cause(state, ready, &reason), sentence(state, "unknown_sentence", ready)],
        words: said(state, reason),
        rows: Vec::new(),
        mark: "M12 4.5L21 19.5H3zM12 10.5v4M12 17v.01",
        actions,
    }
}

fn cause(state: State, ready: &Ready, reason: &Reason) -> String {
    state.filled("cause", reason.cause.as_str(), &[("provider", ready.provider.name)])
}

fn said(state: State, reason: Reason) -> Option<String> {
    reason.words.filter(|words| !words.is_empty()).map(|words| state.ui_with("words", &[("words", &words)]))
}
