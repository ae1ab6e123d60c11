//! Target: parsing of responses, for every operation of every provider.

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

/// Input: a status and an optional currency; headers; a body.
pub(crate) fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Message { first, headers, body } = Message::read(&text);
    let Some(status) = first.first().and_then(|status| status.parse().ok()) else { return };
    let currency = first.get(1).and_then(|code| Currency::parse(code).ok()).unwrap_or(Currency::UNSTATED);
    let input = Input::new(status, headers, body);
    for provider in Provider::ALL {
        for operation in provider.all_operations() {
            let understood = operation.understand(&input.reply, currency);
            match &understood {
                Ok(answer) => input.check_answer(provider, operation, answer),
                Err(failure) => input.check_failure(provider, failure),
            }
            // Amounts may depend on the currency. Success does not.
            if currency != Currency::UNSTATED {
                let without_currency = operation.understand(&input.reply, Currency::UNSTATED);
                assert_eq!(without_currency.is_ok(), understood.is_ok());
            }
            input.check_json(operation, currency, &understood);
        }
    }
}

/// A response, and every value in its body.
struct Input {
    reply: Response,
    values: Vec<String>,
    numbers: Vec<Number>,
}

impl Input {
    fn new(status: u16, headers: Headers, body: &str) -> Self {
        let mut values = Vec::new();
        if let Ok(json) = Json::parse(body) {
            in_json(&json, &mut values);
        } else if let Ok(element) = Element::parse(body) {
            in_xml(&element, &mut values);
        }
        let numbers = values.iter().filter_map(|value| Number::of(value.trim())).collect();
        Self { reply: Response::new(status, headers, body), values, numbers }
    }

    /// Asserts that a successful answer is of the requested kind, and that the response contains each of its values.
    fn check_answer(&self, provider: &Provider, operation: &Operation, answer: &Answer) {
        let case = (provider.id, operation.purpose);
        if let Some(word) = self.reply.headers.get(RELAY_HEADER) {
            // A relay's own words, whatever the status. It has only the identifier.
            assert!(word == "recorded" && matches!(answer, Answer::Receipt(_)), "{case:?}");
            return;
        }
        assert!(self.reply.is_success(), "{case:?}");
        assert!(answers(operation.purpose, answer), "{case:?}: {answer:?}");
        let mut ids = Vec::new();
        let mut moments = Vec::new();
        let mut amounts = Vec::new();
        // A balance may be the difference of two amounts of the response.
        let mut balances = Vec::new();
        match answer {
            Answer::Receipt(receipt) => {
                assert_eq!(receipt.raw, self.reply.body);
                // The identifier may come from a header.
                assert!(receipt.payment_id.as_ref().is_none_or(|id| !id.is_empty()), "{case:?}");
                amounts.push(receipt.paid);
                balances.push(receipt.balance);
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
                balances.extend(page.items.iter().map(|invoice| invoice.balance));
            }
            Answer::Invoice(invoice) => {
                ids.push(&invoice.id);
                moments.push(invoice.issued);
                amounts.push(invoice.amount);
                balances.push(invoice.balance);
            }
            Answer::Transactions(page) => {
                ids.extend(page.items.iter().map(|transaction| &transaction.id));
                moments.extend(page.items.iter().map(|transaction| transaction.at));
                amounts.extend(page.items.iter().map(|transaction| transaction.amount));
                balances.extend(page.items.iter().map(|transaction| transaction.unallocated));
            }
            Answer::Allocations(transaction) => {
                ids.push(&transaction.id);
                moments.push(transaction.at);
                amounts.push(transaction.amount);
                balances.push(transaction.unallocated);
            }
            _ => {}
        }
        for id in ids {
            assert!(!id.is_empty() && self.values.contains(id), "{case:?}: {id:?}");
        }
        for moment in moments.into_iter().flatten() {
            let is_moment = |value: &String| {
                let read = Instant::read(value.trim(), remit_core::Zone::Unknown);
                read.is_ok_and(|reading| reading.instant == moment)
            };
            assert!(self.values.iter().any(is_moment), "{case:?}: {moment:?} is not in the response");
        }
        let encoding = encoding(provider);
        for amount in amounts.into_iter().flatten() {
            assert!(self.contains(amount, encoding), "{case:?}: {amount:?} is not in the response");
        }
        for balance in balances.into_iter().flatten() {
            assert!(
                self.contains(balance, encoding) || self.contains_difference(balance, encoding),
                "{case:?}: {balance:?} does not follow from the response"
            );
        }
    }

    /// Asserts that a refusal follows from the status, or from a body. A server error and a redirect are no refusals: the
    /// outcome is open. A relay's own response is never a provider's refusal.
    fn check_failure(&self, provider: &Provider, failure: &Failure) {
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

    /// Asserts that the JSON for the page contains the same result, and that another parser accepts it.
    fn check_json(&self, operation: &Operation, currency: Currency, understood: &Result<Answer, Failure>) {
        let outcome = operation.outcome(&self.reply, currency);
        let is_recorded = matches!(outcome, Outcome::Recorded(_));
        // A relay's word counts, whatever the status and the operation.
        let is_relay = self.reply.headers.get(RELAY_HEADER).is_some();
        assert!(!is_recorded || self.reply.is_success() || is_relay, "{outcome:?}");
        let expected = match understood {
            Ok(Answer::Receipt(_)) => "recorded",
            Ok(_) => "answered",
            Err(Failure::Refused(_)) => "refused",
            Err(Failure::NotSent(_)) => "not-sent",
            Err(Failure::Unknown(_)) => "unknown",
        };
        assert_eq!(
            is_recorded,
            understood.is_ok() && (operation.purpose.changes() || is_relay),
            "{outcome:?}"
        );
        let text = to_json::answered(understood).print();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["state"], expected);
    }

    /// Whether the response contains this amount, in the provider's encoding.
    fn contains(&self, money: Money, encoding: Encoding) -> bool {
        self.numbers.contains(&number(money, encoding))
    }

    /// Whether this amount is the difference of two numbers of the response.
    fn contains_difference(&self, money: Money, encoding: Encoding) -> bool {
        let difference = number(money, encoding);
        self.numbers
            .iter()
            .any(|whole| self.numbers.iter().any(|part| difference.is_difference(*whole, *part)))
    }
}

/// Whether the answer is of the kind that the purpose requires.
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
        other => panic!("add the answer of {other:?} here"),
    }
}

/// The provider's encoding of amounts, which is that of a payment's amount.
fn encoding(provider: &Provider) -> Encoding {
    let location =
        provider.payment.fields.iter().find(|field| field.name == name::AMOUNT).map(|field| field.location);
    let Some(Location::Body(_, encoding)) = location else {
        panic!("{}: the amount is not in the body", provider.id)
    };
    encoding
}

/// An amount in the provider's encoding. It must have a currency.
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
                // In some lists the names are identifiers.
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
