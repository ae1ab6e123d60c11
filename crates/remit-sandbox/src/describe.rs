//! Describes the providers' paths, keys and books as JSON, for the demo's page, the tests and the user.

use remit_core::emulate::Entry;
use remit_core::wire::json::Json;
use remit_core::{BankTransaction, Provider};

use crate::books::{Error, Ledger};

pub(crate) fn all(ledger: &Ledger<'_>) -> Result<Json, Error> {
    let providers =
        Provider::ALL.iter().map(|provider| describe(provider, ledger)).collect::<Result<_, _>>()?;
    Ok([("providers", Json::Array(providers))].into_iter().collect())
}

fn describe(provider: &Provider, ledger: &Ledger<'_>) -> Result<Json, Error> {
    let emulation = &provider.emulation;
    let invoices = ledger.invoices(provider)?;
    let transactions = ledger.transactions(provider)?;
    let credentials = emulation.credentials.iter().map(|set| texts(set)).collect();
    let members = [
        ("id", Json::text(provider.id)),
        ("name", Json::text(provider.name)),
        ("basePath", Json::text(emulation.base)),
        ("credentials", Json::Array(credentials)),
        ("operations", operations(provider)),
        ("ids", texts(emulation.ids)),
        ("invoices", Json::Array(invoices.iter().map(|entry| invoice(provider, entry)).collect())),
        ("transactions", Json::Array(transactions.iter().map(transaction).collect())),
    ];
    Ok(members.into_iter().collect())
}

/// The emulated operations, by the names of their purposes.
fn operations(provider: &Provider) -> Json {
    let mut names: Vec<_> = provider.all_operations().map(|operation| operation.purpose.as_str()).collect();
    names.dedup();
    Json::Array(names.into_iter().map(Json::text).collect())
}

fn texts(pairs: &[(&str, &str)]) -> Json {
    pairs.iter().map(|(name, value)| (*name, Json::text(*value))).collect()
}

fn invoice(provider: &Provider, entry: &Entry) -> Json {
    let members = [
        ("id", entry.id.clone()),
        ("number", entry.number.clone()),
        ("currency", entry.amount.currency().code().to_owned()),
        ("amount", entry.amount.to_decimal_string()),
        ("paid", entry.paid.to_decimal_string()),
        ("balance", entry.balance().to_decimal_string()),
        ("status", provider.emulation.word(entry.state).to_owned()),
        ("state", entry.state.as_str().to_owned()),
        ("issued", entry.issued.rfc3339()),
    ];
    members.into_iter().map(|(name, text)| (name, Json::Text(text))).collect()
}

fn transaction(transaction: &BankTransaction) -> Json {
    let amount = transaction.amount;
    let members = [
        ("id", Some(transaction.id.clone())),
        ("amount", amount.map(|money| money.to_decimal_string())),
        ("unallocated", transaction.unallocated.map(|money| money.to_decimal_string())),
        ("currency", amount.map(|money| money.currency().code().to_owned())),
        ("datetime", transaction.at.map(|at| at.rfc3339())),
        ("description", transaction.description.clone()),
    ];
    members.into_iter().filter_map(|(name, text)| Some((name, Json::Text(text?)))).collect()
}
