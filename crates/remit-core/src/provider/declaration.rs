//! The types and macros that a provider's page uses to declare the provider and its operations.

use alloc::vec::Vec;

use crate::check::context::Context;
use crate::check::draft::Draft;
use crate::money::currency::Currency;
use crate::operation::Operation;
use crate::operation::auth::Scheme;
use crate::operation::outcome::Outcome;
use crate::operation::purpose::Purpose;
use crate::payment::Payment;
use crate::report::codes::Code;
use crate::report::finding::Notice;
use crate::report::rejection::Rejection;
use crate::schema::name;
use crate::schema::values::Values;
use crate::wire::{Request, Response};

/// The declaration of a provider, on its page.
#[derive(Debug, Clone, Copy)]
pub struct Provider {
    /// The identifier, such as `clockify`.
    pub id: &'static str,
    /// The display name.
    pub name: &'static str,
    /// Recording a payment.
    pub payment: Operation,
    /// The other operations: with the feature `form` those that a form uses, with `complete` all.
    pub operations: &'static [Operation],
    /// The authentication schemes, the preferred one first.
    pub auth: &'static [Scheme],
    /// The published rate limit.
    #[cfg(feature = "complete")]
    pub throttle: Option<crate::provider::throttle::Throttle>,
    /// The documented addresses of the provider's API. A browser build does not need them: the page names the address.
    #[cfg(feature = "complete")]
    pub bases: &'static [crate::provider::base::Base],
    /// The provider's side of the wire.
    #[cfg(feature = "emulate")]
    pub emulation: crate::emulate::Emulation,
}

/// A draft that passed its check: the payment, the notices, and the request that records it.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// The part of the payment that all providers have in common.
    pub payment: Payment,
    /// The value of every field.
    pub values: Values<'static>,
    /// The notices.
    pub notices: Vec<Notice>,
    /// The request, without credentials.
    pub request: Request,
}

impl Provider {
    /// Every operation, with recording a payment first.
    pub fn all_operations(&self) -> impl Iterator<Item = &Operation> {
        core::iter::once(&self.payment).chain(self.operations)
    }

    /// The first operation with this purpose, if the provider has one.
    #[must_use]
    pub fn operation(&self, purpose: Purpose) -> Option<&Operation> {
        self.all_operations().find(|operation| operation.purpose == purpose)
    }

    /// The address of the provider's API, if it has exactly one.
    #[cfg(feature = "complete")]
    #[must_use]
    pub fn only_base(&self) -> Option<crate::provider::base::Base> {
        match self.bases {
            [base] if base.is_complete() => Some(*base),
            _ => None,
        }
    }

    /// Checks a payment's draft: every field, and the rules across fields and the context.
    ///
    /// # Errors
    /// [`Rejection`] with every issue at once.
    ///
    /// ```
    /// use remit_core::{Context, Draft, Provider};
    ///
    /// let clockify = Provider::find("clockify").ok_or("no such provider")?;
    /// let draft = Draft::new()
    ///     .with("workspaceId", "64a687e29ae1f428e7ebe303")
    ///     .with("invoiceId", "78a687e29ae1f428e7ebe303")
    ///     .with("currency", "USD")
    ///     .with("amount", "1250.00")
    ///     .with("paidAt", "2026-11-19T10:00:00Z");
    /// let checked = clockify.check(&draft, &Context::default())?;
    /// assert_eq!(checked.request.body, r#"{"paymentDate":"2026-11-19T10:00:00Z","amount":125000}"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn check(&self, draft: &Draft, context: &Context) -> Result<Checked, Rejection> {
        let (values, notices) = self.payment.parse(draft, context)?;
        self.checked(values, notices)
    }

    /// Reads a payment's request, as the provider would.
    ///
    /// # Errors
    /// [`Rejection`] if [`Provider::check`] could not have made the request.
    pub fn read(&self, request: &Request, context: &Context) -> Result<Checked, Rejection> {
        let (values, notices) = self.payment.read(request, context)?;
        self.checked(values, notices)
    }

    fn checked(&self, values: Values<'_>, notices: Vec<Notice>) -> Result<Checked, Rejection> {
        let payment =
            Payment::of(&values).ok_or_else(|| Rejection::of(name::AMOUNT, Code::Required, Vec::new()))?;
        let request = self.payment.request(&values);
        Ok(Checked { payment, values: values.into_owned(), notices, request })
    }

    /// Reads the response to a payment's request, from the provider or from a relay.
    #[must_use]
    pub fn receipt(&self, response: &Response, currency: Currency) -> Outcome {
        self.payment.outcome(response, currency)
    }
}

/// Declares an operation and the struct of its checked values.
///
/// Each field is one line: its documentation, its name in Rust and in a draft, its type, when it applies, and its
/// location on the wire. For
///
/// ```text
/// operation! {
///     /// A payment recorded against an invoice.
///     Payment = RecordPayment, Post "/invoices/{invoiceId}/payments", Body::Json, rules, receipt {
///         /// The invoice.
///         invoice_id "invoiceId": RowId => Location::Route;
///         /// Needed for a cheque.
///         number "chequeNumber": Option<Line> where needed if "method" = "cheque" => Location::Body("number", Encoding::Text);
///     }
/// }
/// ```
///
/// the macro generates `pub struct Payment` with a private field and a getter for each line, `Payment::OPERATION` with
/// the table of fields, and `Payment::parse(&Draft, &Context)`, the only way to make a `Payment`.
macro_rules! operation {
    (
        $(#[doc = $doc:literal])*
        $name:ident = $purpose:ident, $method:ident $route:literal, $body:expr, $rules:path, $answer:path {
            $(
                $(#[doc = $about:literal])*
                $field:ident $key:literal: $type:ty
                $(where $mode:ident if $on:literal = $is:literal)? $([unless $other:literal])? => $location:expr;
            )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name { $($field: <$type as $crate::schema::field_type::FieldType>::Held,)* }

        impl $name {
            /// The route, the body and the fields.
            pub const OPERATION: $crate::operation::Operation = $crate::operation::Operation {
                purpose: $crate::operation::purpose::Purpose::$purpose,
                method: $crate::wire::Method::$method,
                route: $route,
                body: $body,
                fields: &[$($crate::schema::field::Field {
                    name: $key,
                    kind: <$type as $crate::schema::field_type::FieldType>::KIND,
                    required: <$type as $crate::schema::field_type::FieldType>::REQUIRED $(|| matches!(stringify!($mode).as_bytes(), b"needed"))?,
                    when: when!($($on, $is)? $(; $other)?),
                    location: $location,
                    about: $crate::schema::field::Field::about(concat!($($about, "\n"),*)),
                },)*],
                rules: $rules,
                answer: $answer,
            };

            /// Checks a draft.
            ///
            /// # Errors
            /// [`Rejection`](crate::Rejection) with every issue at once.
            pub fn parse(
                draft: &$crate::check::draft::Draft,
                context: &$crate::check::context::Context,
            ) -> Result<(Self, alloc::vec::Vec<$crate::report::finding::Notice>), $crate::report::rejection::Rejection> {
                let (values, notices) = Self::OPERATION.parse(draft, context)?;
                let taken = Self::take(values.into_values());
                let taken = taken.ok_or_else(|| $crate::report::rejection::Rejection::of("", $crate::report::codes::Code::Required, alloc::vec::Vec::new()))?;
                Ok((taken, notices))
            }

            #[allow(unused_mut, unused_variables, reason = "an operation may have no fields")]
            fn take<'a>(mut values: impl Iterator<Item = Option<$crate::schema::value::Value<'a>>>) -> Option<Self> {
                Some(Self { $($field: <$type as $crate::schema::field_type::FieldType>::take(values.next()?)?,)* })
            }

            /// The operation's request, without credentials.
            #[must_use]
            pub fn request(&self) -> $crate::wire::Request {
                let values = alloc::vec![$(<$type as $crate::schema::field_type::FieldType>::give(&self.$field),)*];
                Self::OPERATION.request(&$crate::schema::values::Values::new(Self::OPERATION.fields, values))
            }

            $($(#[doc = $about])* #[must_use] pub fn $field(&self) -> &<$type as $crate::schema::field_type::FieldType>::Held { &self.$field })*
        }
    };
}

/// The operations besides recording a payment: none without the feature `form`.
macro_rules! operations {
    ($($operation:tt)*) => {
        if cfg!(feature = "form") { &[$($operation)*] } else { &[] }
    };
}

macro_rules! when {
    () => {
        $crate::schema::field::When::Always
    };
    ($on:literal, $is:literal) => {
        $crate::schema::field::When::Equals($on, $is)
    };
    (; $other:literal) => {
        $crate::schema::field::When::Absent($other)
    };
}
