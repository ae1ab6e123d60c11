//! Looks for changes whose outcome is unknown, until it is known or a person has to decide.
//!
//! Nothing is ever sent again. A relay does this in the background for every relay that shares its store.

use std::sync::Arc;
use std::time::{Duration, Instant};

use remit_core::operation::reconcile::{Match, compare, compare_invoices};
use remit_core::provider::lookup::Lookup;
use remit_core::schema::values::Values;
use remit_core::{
    Answer, Context, Currency, Draft, Invoice, Operation, Payment, Purpose, RecordedPayment, name,
};

use crate::connection::Connection;
use crate::intent::{Finding, Intent};
use crate::listing;
use crate::once::read_request;
use crate::relay::Relay;
use crate::store::StoreError;

/// How long a look may take.
const LOOK: Duration = Duration::from_secs(30);

impl Relay {
    /// Looks for unknown changes and deletes old intents, for as long as the relay runs.
    pub(crate) async fn keep_settling(self) {
        let mut pruned: Option<Instant> = None;
        loop {
            tokio::time::sleep(self.shared.pace.every).await;
            if let Err(error) = self.settle().await {
                tracing::error!(%error, "cannot look for unknown changes");
            }
            self.shared.rates.forget_idle();
            if pruned.is_none_or(|at| at.elapsed() > Duration::from_secs(60 * 60)) {
                pruned = Some(Instant::now());
                match self.shared.store.prune(self.shared.retention).await {
                    Ok(0) => {}
                    Ok(count) => tracing::info!(count, "deleted old intents; their keys stay taken"),
                    Err(error) => tracing::error!(%error, "cannot delete old intents"),
                }
            }
        }
    }

    /// Looks once for every change that is due.
    pub(crate) async fn settle(&self) -> Result<(), StoreError> {
        self.shared.store.sweep().await?;
        for intent in self.shared.store.due(self.shared.pace.every).await? {
            let Some(connection) = self.shared.connections.get(&intent.key.connection) else {
                tracing::warn!(
                    connection = intent.key.connection,
                    "an unknown change of a removed connection"
                );
                continue;
            };
            let finding = self.look(connection, &intent).await?;
            let pace = self.shared.pace;
            let is_over = intent.missing.is_some_and(|ms| elapsed(ms) >= pace.quiet);
            let finding = match finding {
                Finding::Missing if is_over => Finding::Absent,
                // Until then, a payment that is certainly the one that was sent may still appear.
                Finding::Unclear if is_over => Finding::Person,
                Finding::Unreadable if elapsed(intent.age) > pace.patience => Finding::Person,
                finding => finding,
            };
            let is_written = self.shared.store.settle(&intent.ticket, &finding).await?;
            let is_open = matches!(finding, Finding::Missing | Finding::Unclear | Finding::Unreadable);
            if is_written && !is_open {
                let (connection, operation) = (&intent.key.connection, &intent.operation);
                tracing::info!(connection, operation, ?finding, "settled an unknown change");
            }
        }
        Ok(())
    }

    /// Looks in the provider's records.
    async fn look(&self, connection: &Arc<Connection>, intent: &Intent) -> Result<Finding, StoreError> {
        let deadline = Instant::now() + LOOK;
        let operation =
            connection.provider.all_operations().find(|one| one.purpose.as_str() == intent.operation);
        let Some((operation, request)) =
            operation.and_then(|operation| Some((operation, read_request(operation, &intent.request)?)))
        else {
            return Ok(Finding::Person);
        };
        let read = |currency| {
            let context = Context { currency, ..Context::default() };
            operation.read(&request, &context).ok().map(|(values, _)| values)
        };
        let Some(values) = read(connection.currency) else { return Ok(Finding::Person) };
        if operation.purpose == Purpose::AddInvoice {
            return self.look_for_invoice(connection, intent, &values, deadline).await;
        }
        let currency = match connection.currency.or_else(|| stated_currency(operation, &values)) {
            Some(currency) => Some(currency),
            None => match self.currency_of_invoice(connection, &values, deadline).await {
                Ok(currency) => currency,
                // Without the currency the amounts could not be compared, and a person would have to decide.
                Err(Unreadable) => return Ok(Finding::Unreadable),
            },
        };
        let values = read(currency).unwrap_or(values);
        let currency = currency.unwrap_or(Currency::UNSTATED);
        let lookup = Lookup::new(connection.provider, &Draft::from(&values), currency);
        let Some(lookup) = lookup else { return Ok(Finding::Person) };
        let Ok(listed) = listing::all(self, connection, lookup, deadline).await else {
            return Ok(Finding::Unreadable);
        };
        if operation.purpose == Purpose::DeletePayment {
            return Ok(removal(&values, &listed));
        }
        let others = self.shared.store.claimed(intent).await?;
        let listed: Vec<_> = listed.into_iter().filter(|payment| !others.contains(&payment.id)).collect();
        Ok(recording(&values, intent, &listed))
    }

    /// Looks for an added invoice by its number.
    async fn look_for_invoice(
        &self,
        connection: &Arc<Connection>,
        intent: &Intent,
        values: &Values<'_>,
        deadline: Instant,
    ) -> Result<Finding, StoreError> {
        let currency = values.text(name::CURRENCY).and_then(|code| code.parse().ok());
        let currency = currency.unwrap_or(Currency::UNSTATED);
        let lookup = Lookup::new(connection.provider, &Draft::from(values), currency);
        let (Some(lookup), Some(number)) = (lookup, values.text(name::NUMBER)) else {
            return Ok(Finding::Person);
        };
        let Ok(mut listed) = listing::all::<Invoice>(self, connection, lookup, deadline).await else {
            return Ok(Finding::Unreadable);
        };
        let others = self.shared.store.claimed(intent).await?;
        listed.retain(|invoice| !others.contains(&invoice.id));
        Ok(found(compare_invoices(&number, currency, intent.before.as_deref(), &listed)))
    }

    /// The currency of the change's invoice, from the provider; `None` if it shows no invoices.
    async fn currency_of_invoice(
        &self,
        connection: &Arc<Connection>,
        values: &Values<'_>,
        deadline: Instant,
    ) -> Result<Option<Currency>, Unreadable> {
        let Some(operation) = connection.provider.operation(Purpose::GetInvoice) else { return Ok(None) };
        let draft = Draft::from(values);
        let Ok((shown, _)) = operation.parse(&draft, &Context::default()) else { return Ok(None) };
        let response = self.send(connection, operation.request(&shown), deadline).await.into_reply();
        match response.map(|response| operation.understand(&response, Currency::UNSTATED)) {
            Ok(Ok(Answer::Invoice(invoice))) => Ok(Some(invoice.currency)),
            _ => Err(Unreadable),
        }
    }
}

/// The provider's records could not be read. They may be later.
struct Unreadable;

/// The currency that the request itself states.
fn stated_currency(operation: &Operation, values: &Values<'_>) -> Option<Currency> {
    let is_sent = operation.wire_name(name::CURRENCY).is_some();
    let money = values.money(name::AMOUNT).filter(|_| is_sent)?;
    Some(money.currency()).filter(|currency| *currency != Currency::UNSTATED)
}

fn recording(values: &Values<'_>, intent: &Intent, listed: &[RecordedPayment]) -> Finding {
    let Some(sent) = Payment::of(values) else { return Finding::Person };
    let before: Option<Vec<_>> = intent
        .before
        .as_ref()
        .map(|ids| ids.iter().map(|id| RecordedPayment::new(id.clone(), None)).collect());
    found(compare(&sent, before.as_deref(), listed))
}

fn found(found: Match) -> Finding {
    match found {
        Match::Recorded(id) => Finding::Settled(Some(id)),
        Match::NotRecorded => Finding::Missing,
        // Another person may have recorded a payment of the same amount and day.
        Match::Similar(_) | Match::Unclear => Finding::Unclear,
    }
}

/// A payment that is no longer listed has been removed.
fn removal(values: &Values<'_>, listed: &[RecordedPayment]) -> Finding {
    match values.text(name::PAYMENT) {
        Some(id) if listed.iter().any(|payment| payment.id == id) => Finding::Missing,
        Some(_) => Finding::Settled(None),
        None => Finding::Person,
    }
}

fn elapsed(ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or_default())
}
