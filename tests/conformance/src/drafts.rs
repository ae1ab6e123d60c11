//! Builds drafts for any provider from its table of fields.

use remit_core::schema::field::{Field, Kind};
use remit_core::{Draft, Provider, applies};

/// The values that a draft shares with its context.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// The invoice's identifier.
    pub invoice: &'a str,
    /// The invoice's currency.
    pub currency: &'a str,
    /// The amount of the payment.
    pub amount: &'a str,
    /// The bank transaction's identifier, for providers that require one.
    pub transaction: &'a str,
}

/// Fills in every other field that applies. Each choice field gets its `nth` choice.
#[must_use]
pub fn full(provider: &Provider, draft: Draft, about: About<'_>, nth: usize) -> Draft {
    fill(provider, draft, |field, _| Some(text(field, about, nth).to_owned()))
}

/// Fills in every other field that applies, using `text`, which receives the draft with the fields filled in so far.
#[must_use]
pub fn fill(provider: &Provider, mut draft: Draft, text: impl Fn(&Field, &Draft) -> Option<String>) -> Draft {
    for field in provider.payment.fields {
        if applies(field, &draft)
            && draft.get(field.name).is_none()
            && let Some(text) = text(field, &draft)
        {
            draft.set(field.name, text);
        }
    }
    draft
}

fn text<'a>(field: &Field, about: About<'a>, nth: usize) -> &'a str {
    match (field.name, field.kind) {
        ("invoiceId", _) => about.invoice,
        ("amount", _) => about.amount,
        (_, Kind::Currency(_)) => about.currency,
        (_, Kind::Transaction) => about.transaction,
        (_, Kind::Id { .. }) => "an-id_1",
        (_, Kind::Uuid) => "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        (_, Kind::Integer { .. }) => "156",
        (_, Kind::Integers) => "1,22",
        (_, Kind::Amount { .. }) => "1",
        (_, Kind::Percentage) => "2.5",
        (_, Kind::Instant) => "2026-11-19T10:00:00Z",
        (_, Kind::Text { lines: true, .. }) => "Paid at the till.\n\"Thanks\" <& ünïcode €>",
        (_, Kind::Text { lines: false, .. }) => "No. 7/B \"<&> ünïcode €",
        (_, Kind::Choice(choices)) => choices.iter().cycle().nth(nth).map_or("", |choice| choice.value),
    }
}

/// The number of drafts that together contain every choice of every field.
#[must_use]
pub fn choices(provider: &Provider) -> usize {
    let counts = provider.payment.fields.iter().map(|field| match field.kind {
        Kind::Choice(choices) => choices.len(),
        _ => 1,
    });
    counts.max().unwrap_or(1)
}
