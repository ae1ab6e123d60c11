//! What each provider's page makes of an answer: any answer, whatever was asked.

use remit_core::schema::field::{Encoding, Location};
use remit_core::wire::json::Json;
use remit_core::wire::xml::Element;
use remit_core::wire::{Headers, Response};
use remit_core::{
    Answer, Currency, Failure, Instant, Money, Operation, Outcome, Provider, Purpose, RELAY_HEADER, name,
    to_json,
};

use crate::message::Message;
use crate::number::Number;

/// A status, and a currency if one is known; header fields; a body.
pub(crate) fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Message { first, headers, body } = Message::read(&text);
    let Some(status) = first.first().and_then(|status| status.parse().ok()) else { return };
    let currency = first.get(1).and_then(|code| Currency::parse(code).ok()).unwrap_or(Currency::UNSTATED);
    let said = Said::by(status, headers, body);
    for provider in Provider::ALL {
        for operation in provider.all_operations() {
            let understood = operation.understand(&said.reply, currency);
            match &understood {
                Ok(answer) => said.yes(provider, operation, answer),
                Err(failure) => said.no(provider, failure),
            }
            // Which amounts it has may depend on the currency. What it says does not.
            if currency != Currency::UNSTATED {
                let unpriced = operation.understand(&said.reply, Currency::UNSTATED);
                assert_eq!(unpriced.is_ok(), understood.is_ok());
            }
            said.is_told_as_it_was_understood(operation, currency, &understood);
        }
    }
}

/// An answer, and every value in it.
struct Said {
    reply: Response,
    values: Vec<String>,
    numbers: Vec<Number>,
}

impl Said {
    fn by(status: u16, headers: Headers, body: &str) -> Self {
        let mut values = Vec::new();
        if let Ok(json) = Json::parse(body) {
            in_json(&json, &mut values);
        } else if let Ok(element) = Element::parse(body) {
            in_xml(&element, &mut values);
        }
        let numbers = values.iter().filter_map(|value| Number::of(value.trim())).collect();
        Self { reply: Response::new(status, headers, body), values, numbers }
    }

    /// An answer that says yes: of the kind that was asked for, and with nothing in it that was not said.
    fn yes(&self, provider: &Provider, operation: &Operation, answer: &Answer) {
        let who = (provider.id, operation.purpose);
        assert!(self.reply.is_success() && self.reply.headers.get(RELAY_HEADER).is_none(), "{who:?}");
        assert!(answers(operation.purpose, answer), "{who:?}: {answer:?}");
        let mut ids = Vec::new();
        let mut moments = Vec::new();
        let mut amounts = Vec::new();
        // What is left may have been computed from two amounts that were said.
        let mut rests = Vec::new();
        match answer {
            Answer::Receipt(receipt) => {
                assert_eq!(receipt.raw, self.reply.body);
                // The number may stand in a header.
                assert!(receipt.payment_id.as_ref().is_none_or(|id| !id.is_empty()), "{who:?}");
                amounts.push(receipt.paid);
                rests.push(receipt.balance);
            }
            Answer::Payments(page) => {
                ids.extend(page.items.iter().map(|payment| &payment.id));
                moments.extend(page.items.iter().map(|payment| payment.paid_at));
                amounts.extend(page.items.iter().map(|payment| payment.amount));
            }
            Answer::Payment(payment) => {
                ids.push(&payment.id);
                moments.push(payment.paid_at);
                amounts.push(payment.amount);
            }
            Answer::Invoices(page) => {
                ids.extend(page.items.iter().map(|invoice| &invoice.id));
                moments.extend(page.items.iter().map(|invoice| invoice.issued));
                amounts.extend(page.items.iter().map(|invoice| invoice.amount));
                rests.extend(page.items.iter().map(|invoice| invoice.balance));
            }
            Answer::Invoice(invoice) => {
                ids.push(&invoice.id);
                moments.push(invoice.issued);
                amounts.push(invoice.amount);
                rests.push(invoice.balance);
            }
            Answer::Transactions(page) => {
                ids.extend(page.items.iter().map(|transaction| &transaction.id));
                moments.extend(page.items.iter().map(|transaction| transaction.at));
                amounts.extend(page.items.iter().map(|transaction| transaction.amount));
                rests.extend(page.items.iter().map(|transaction| transaction.unallocated));
            }
            Answer::Allocations(transaction) => {
                ids.push(&transaction.id);
                moments.push(transaction.at);
                amounts.push(transaction.amount);
                rests.push(transaction.unallocated);
            }
            _ => {}
        }
        for id in ids {
            assert!(!id.is_empty() && self.values.contains(id), "{who:?}: {id:?}");
        }
        for moment in moments.into_iter().flatten() {
            let says = |value: &String| {
                let read = Instant::read(value.trim(), remit_core::Zone::Unknown);
                read.is_ok_and(|reading| reading.instant == moment)
            };
            assert!(self.values.iter().any(says), "{who:?}: {moment:?} was not said");
        }
        let encoding = encoding(provider);
        for amount in amounts.into_iter().flatten() {
            assert!(self.says(amount, encoding), "{who:?}: {amount:?} was not said");
        }
        for rest in rests.into_iter().flatten() {
            assert!(
                self.says(rest, encoding) || self.says_the_sum_of(rest, encoding),
                "{who:?}: {rest:?} does not follow"
            );
        }
    }

    /// A refusal is one by its status, or by a body that decides. Whoever has failed, or sends elsewhere, leaves open
    /// what was done, and a relay refuses nothing in a provider's name.
    fn no(&self, provider: &Provider, failure: &Failure) {
        let Failure::Refused(problem) = failure else { return };
        let by_status = (400..500).contains(&self.reply.status) && self.reply.status != 408;
        let by_body = self.reply.body.trim_start().starts_with('{');
        let later = self.reply.status == 503 && problem.retry_after.is_some();
        assert!(by_status || by_body || later, "{}: {problem:?}", provider.id);
        assert!(self.reply.headers.get(RELAY_HEADER).is_none(), "{}: {problem:?}", provider.id);
        let fields = || provider.all_operations().flat_map(|operation| operation.fields);
        assert!(problem.field.is_none_or(|name| fields().any(|field| field.name == name)), "{problem:?}");
        assert!(problem.words.is_some(), "{problem:?}");
    }

    /// What is handed to a page says the same, in JSON that everybody can read.
    fn is_told_as_it_was_understood(
        &self,
        operation: &Operation,
        currency: Currency,
        understood: &Result<Answer, Failure>,
    ) {
        let outcome = operation.outcome(&self.reply, currency);
        let is_recorded = matches!(outcome, Outcome::Recorded(_));
        assert!(!is_recorded || self.reply.is_success(), "{outcome:?}");
        let expected = match understood {
            Ok(Answer::Receipt(_)) => "recorded",
            Ok(_) => "answered",
            Err(Failure::Refused(_)) => "refused",
            Err(Failure::NotSent(_)) => "not-sent",
            Err(Failure::Unknown(_)) => "unknown",
        };
        assert_eq!(is_recorded, understood.is_ok() && operation.purpose.changes(), "{outcome:?}");
        let told = to_json::answered(understood).print();
        let told: serde_json::Value = serde_json::from_str(&told).unwrap();
        assert_eq!(told["state"], expected);
    }

    /// Whether a value is this amount, as the provider writes amounts.
    fn says(&self, money: Money, encoding: Encoding) -> bool {
        self.numbers.contains(&number(money, encoding))
    }

    fn says_the_sum_of(&self, money: Money, encoding: Encoding) -> bool {
        let left = number(money, encoding);
        self.numbers.iter().any(|whole| self.numbers.iter().any(|part| left.is_left_of(*whole, *part)))
    }
}

/// Whether it is the kind of answer that was asked for.
fn answers(purpose: Purpose, answer: &Answer) -> bool {
    match purpose {
        Purpose::RecordPayment | Purpose::DeletePayment => matches!(answer, Answer::Receipt(_)),
        Purpose::ListPayments => matches!(answer, Answer::Payments(_)),
        Purpose::ShowPayment => matches!(answer, Answer::Payment(_)),
        Purpose::AddInvoice | Purpose::GetInvoice => matches!(answer, Answer::Invoice(_)),
        Purpose::ListInvoices => matches!(answer, Answer::Invoices(_)),
        Purpose::ListTransactions => matches!(answer, Answer::Transactions(_)),
        Purpose::Allocations => matches!(answer, Answer::Allocations(_)),
        Purpose::Options => matches!(answer, Answer::Options(_)),
        Purpose::Ping => matches!(answer, Answer::Pong),
        other => panic!("what {other:?} is answered is to be added here"),
    }
}

/// How the provider writes amounts, by how a payment's is written.
fn encoding(provider: &Provider) -> Encoding {
    let place =
        provider.payment.fields.iter().find(|field| field.name == name::AMOUNT).map(|field| field.location);
    let Some(Location::Body(_, encoding)) = place else {
        panic!("{}: the amount is not in the body", provider.id)
    };
    encoding
}

/// An amount as the provider writes it. One without a currency says nothing.
fn number(money: Money, encoding: Encoding) -> Number {
    assert_ne!(money.currency(), Currency::UNSTATED);
    let text = match encoding {
        Encoding::Minor => money.minor().to_string(),
        _ => money.to_decimal_string(),
    };
    Number::of(&text).unwrap()
}

fn in_json(json: &Json, values: &mut Vec<String>) {
    match json {
        Json::Array(elements) => elements.iter().for_each(|element| in_json(element, values)),
        Json::Object(members) => {
            for (name, value) in members {
                // Some lists have their numbers as names.
                values.push(name.clone());
                in_json(value, values);
            }
        }
        scalar => values.extend(scalar.scalar().map(str::to_owned)),
    }
}

fn in_xml(element: &Element, values: &mut Vec<String>) {
    values.push(element.text.trim().to_owned());
    element.children.iter().for_each(|child| in_xml(child, values));
}
