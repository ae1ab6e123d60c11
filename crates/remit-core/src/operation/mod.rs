//! An operation of a provider: a route, a body and their fields.
//!
//! Requests are both written and read by the same declaration ([`request`]), so both sides of the wire agree.

pub mod answer;
pub mod auth;
pub mod body;
pub(crate) mod codec;
pub mod outcome;
pub mod purpose;
pub mod reconcile;
pub mod request;

use alloc::vec::Vec;

use crate::check::context::Context;
use crate::check::draft::Draft;
use crate::check::interpreter::{EnteredTexts, check, check_texts};
use crate::check::rules::Rules;
use crate::money::currency::Currency;
use crate::operation::answer::Answer;
use crate::operation::body::Body;
use crate::operation::outcome::{Failure, Outcome, Receipt};
use crate::operation::purpose::Purpose;
use crate::report::finding::Notice;
use crate::report::rejection::{Findings, Rejection};
use crate::schema::field::{Field, Location};
use crate::schema::values::Values;
use crate::wire::{Method, Response};

/// The declaration of an operation, on its provider's page.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// The purpose, the same for all providers.
    pub purpose: Purpose,
    /// The method.
    pub method: Method,
    /// The path with its query; `{name}` is a placeholder for a field.
    pub route: &'static str,
    /// The format of the body.
    pub body: Body,
    /// The fields, in the order of the form and of the body.
    pub fields: &'static [Field],
    /// The rules across fields and the context.
    pub rules: Rules,
    /// Reads the provider's response.
    pub(crate) answer: fn(&Response, Currency) -> Result<Answer, Failure>,
}

impl Operation {
    /// Checks a draft.
    ///
    /// # Errors
    /// [`Rejection`] with every issue at once.
    pub fn parse<'a>(
        &self,
        draft: &'a Draft,
        context: &Context,
    ) -> Result<(Values<'a>, Vec<Notice>), Rejection> {
        let (values, found) = check(self.fields, self.rules, draft, context);
        let notices = found.settle()?;
        Ok((values, notices))
    }

    /// Checks texts directly, without copying them into a draft. `unknown` has the names of entries that are not
    /// fields.
    ///
    /// # Errors
    /// [`Rejection`] with every issue at once.
    pub fn parse_texts<'a>(
        &self,
        texts: &[Option<&'a str>],
        unknown: &[&str],
        context: &Context,
    ) -> Result<(Values<'a>, Vec<Notice>), Rejection> {
        let mut found = Findings::default();
        let values = check_texts(
            self.fields,
            self.rules,
            EnteredTexts::new(self.fields, texts),
            unknown,
            context,
            &mut found,
        );
        let notices = found.settle()?;
        Ok((values, notices))
    }

    /// Checks texts like [`Operation::parse_texts`], without collecting notices.
    ///
    /// # Errors
    /// [`Rejection`] with every issue at once, and no notices.
    pub fn values<'a>(&self, texts: &[Option<&'a str>], context: &Context) -> Result<Values<'a>, Rejection> {
        let mut found = Findings::quiet();
        let values = check_texts(
            self.fields,
            self.rules,
            EnteredTexts::new(self.fields, texts),
            &[],
            context,
            &mut found,
        );
        found.settle().map(|_| values)
    }

    /// The field whose name on the provider's wire is `name`.
    #[must_use]
    pub fn field_on_wire(&self, name: &str) -> Option<&'static str> {
        let named = |field: &&Field| match field.location {
            Location::Body(known, _) | Location::Query(known, _) => known == name,
            Location::Header(known) => known.eq_ignore_ascii_case(name),
            Location::Route | Location::Unsent => false,
        };
        self.fields.iter().find(named).map(|field| field.name)
    }

    /// The name of a field on the provider's wire.
    #[must_use]
    pub fn wire_name(&self, field: &str) -> Option<&'static str> {
        self.fields.iter().find(|f| f.name == field)?.wire_name()
    }

    /// Reads a response, from the provider or from a relay. Amounts without a currency of their own are in `currency`.
    ///
    /// # Errors
    /// [`Failure`] if the response is a refusal, or cannot be read as this operation's answer.
    pub fn understand(&self, response: &Response, currency: Currency) -> Result<Answer, Failure> {
        match Failure::of_relay(response) {
            Some(read) => read.map(Answer::Receipt),
            None => (self.answer)(response, currency),
        }
    }

    /// Reads the outcome of a change from the response. An added invoice is recorded under its identifier.
    #[must_use]
    pub fn outcome(&self, response: &Response, currency: Currency) -> Outcome {
        match self.understand(response, currency) {
            Ok(Answer::Receipt(receipt)) => Outcome::Recorded(receipt),
            Ok(Answer::Invoice(invoice)) if self.purpose.changes() => Outcome::Recorded(Receipt {
                payment_id: Some(invoice.id),
                raw: response.body.clone(),
                ..Receipt::default()
            }),
            Ok(_) => Failure::unreadable(response).into(),
            Err(failure) => failure.into(),
        }
    }
}
