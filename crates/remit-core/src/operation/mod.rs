//! One operation of a provider: a route, a body and the fields that fill them.
//!
//! Requests are written from it and read back by it ([`request`]), so both sides of the wire follow one declaration.

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

/// An operation, as its provider's page declares it.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// What it is for.
    pub purpose: Purpose,
    /// The method.
    pub method: Method,
    /// The path with its query; `{name}` stands for a field.
    pub route: &'static str,
    /// The body.
    pub body: Body,
    /// The fields, in the order of the form and of the body.
    pub fields: &'static [Field],
    /// The rules across fields and what the caller knows.
    pub rules: Rules,
    /// Reads the provider's answer.
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

    /// Checks texts that somebody holds already, without a draft made of them. `others` are the names of what was
    /// entered beside the fields.
    ///
    /// # Errors
    /// [`Rejection`] with every issue at once.
    pub fn parse_texts<'a>(
        &self,
        texts: &[Option<&'a str>],
        others: &[&str],
        context: &Context,
    ) -> Result<(Values<'a>, Vec<Notice>), Rejection> {
        let mut found = Findings::default();
        let values = check_texts(
            self.fields,
            self.rules,
            EnteredTexts::new(self.fields, texts),
            others,
            context,
            &mut found,
        );
        let notices = found.settle()?;
        Ok((values, notices))
    }

    /// [`Operation::parse_texts`] without the notices, for whoever looks at them seldom.
    ///
    /// # Errors
    /// [`Rejection`] with every issue at once, and no notice.
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

    /// The field that the provider calls `name` on its wire.
    #[must_use]
    pub fn field_on_wire(&self, name: &str) -> Option<&'static str> {
        let named = |field: &&Field| match field.location {
            Location::Body(known, _) | Location::Query(known, _) => known == name,
            Location::Header(known) => known.eq_ignore_ascii_case(name),
            Location::Route | Location::Unsent => false,
        };
        self.fields.iter().find(named).map(|field| field.name)
    }

    /// What the provider calls a field on its wire.
    #[must_use]
    pub fn wire_name(&self, field: &str) -> Option<&'static str> {
        self.fields.iter().find(|f| f.name == field)?.wire_name()
    }

    /// What an answer means, be it the provider's or a relay's. Amounts without a currency of their own are in
    /// `currency`.
    ///
    /// # Errors
    /// [`Failure`] when it is not the answer that was asked for: a refusal, or nothing that can be understood.
    pub fn understand(&self, reply: &Response, currency: Currency) -> Result<Answer, Failure> {
        match Failure::of_relay(reply) {
            Some(failure) => Err(failure),
            None => (self.answer)(reply, currency),
        }
    }

    /// What became of a change, by its answer. An invoice that was added is recorded under its identifier.
    #[must_use]
    pub fn outcome(&self, reply: &Response, currency: Currency) -> Outcome {
        match self.understand(reply, currency) {
            Ok(Answer::Receipt(receipt)) => Outcome::Recorded(receipt),
            Ok(Answer::Invoice(invoice)) if self.purpose.changes() => Outcome::Recorded(Receipt {
                payment_id: Some(invoice.id),
                raw: reply.body.clone(),
                ..Receipt::default()
            }),
            Ok(_) => Failure::unreadable(reply).into(),
            Err(failure) => failure.into(),
        }
    }
}
