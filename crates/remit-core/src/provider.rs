//! The providers: one page each, and the list of them.

use crate::auth::Scheme;
use crate::check::Values;
use crate::currency::Currency;
use crate::draft::Draft;
use crate::finding::{Code, Notice, Rejection};
use crate::known::Known;
use crate::operation::{Operation, Purpose};
use crate::outcome::Outcome;
use crate::payment::{Payment, name};
use crate::wire::{Reply, Request};

/// A provider, as its page declares it.
#[derive(Debug, Clone, Copy)]
pub struct Provider {
    /// The identifier, such as `clockify`.
    pub id: &'static str,
    /// The name that people know.
    pub name: &'static str,
    /// Recording a payment.
    pub payment: Operation,
    /// Everything else that it can be asked for: with the feature `form` what a form has a use for, with `complete` all.
    pub others: &'static [Operation],
    /// The ways to sign in, the preferred one first.
    pub auth: &'static [Scheme],
    /// The provider's side of the wire.
    #[cfg(feature = "emulate")]
    pub emulation: crate::emulate::Emulation,
}

/// A draft that passed: what it is, what was noticed, and the request that records it.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// What is the same for every provider.
    pub payment: Payment,
    /// Every field's value.
    pub values: Values<'static>,
    /// What was changed on the way, or is worth knowing.
    pub notices: Vec<Notice>,
    /// The request, without credentials.
    pub request: Request,
}

impl Provider {
    /// The provider of this identifier.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        Self::ALL.iter().copied().find(|provider| provider.id == id)
    }

    /// Every operation: recording a payment first.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        core::iter::once(&self.payment).chain(self.others)
    }

    /// The operation for a purpose, where the provider has one.
    #[must_use]
    pub fn operation(&self, purpose: Purpose) -> Option<&Operation> {
        self.operations().find(|operation| operation.purpose == purpose)
    }

    /// Checks a payment's draft: every field, the rules across them, and what the caller knows.
    ///
    /// # Errors
    /// [`Rejection`] with every issue at once.
    ///
    /// ```
    /// use remit_core::{Draft, Known, Provider};
    ///
    /// let clockify = Provider::find("clockify").ok_or("no such provider")?;
    /// let draft = Draft::new()
    ///     .with("workspaceId", "64a687e29ae1f428e7ebe303")
    ///     .with("invoiceId", "78a687e29ae1f428e7ebe303")
    ///     .with("currency", "USD")
    ///     .with("amount", "1250.00")
    ///     .with("paidAt", "2026-11-19T10:00:00Z");
    /// let checked = clockify.check(&draft, &Known::default())?;
    /// assert_eq!(checked.request.body, r#"{"paymentDate":"2026-11-19T10:00:00Z","amount":125000}"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn check(&self, draft: &Draft, known: &Known) -> Result<Checked, Rejection> {
        let (values, notices) = self.payment.parse(draft, known)?;
        self.checked(values, notices)
    }

    /// Reads a payment's request back, as the provider would.
    ///
    /// # Errors
    /// [`Rejection`] when the request is not one that [`Provider::check`] could have made.
    pub fn read(&self, request: &Request, known: &Known) -> Result<Checked, Rejection> {
        let (values, notices) = self.payment.read(request, known)?;
        self.checked(values, notices)
    }

    fn checked(&self, values: Values<'_>, notices: Vec<Notice>) -> Result<Checked, Rejection> {
        let payment =
            Payment::of(&values).ok_or_else(|| Rejection::of(name::AMOUNT, Code::Required, Vec::new()))?;
        let request = self.payment.request(&values);
        Ok(Checked { payment, values: values.into_owned(), notices, request })
    }

    /// What an answer to a payment's request means, be it the provider's or a relay's.
    #[must_use]
    pub fn receipt(&self, reply: &Reply, currency: Currency) -> Outcome {
        self.payment.outcome(reply, currency)
    }
}

/// Declares an operation and the struct that holds it once it has been checked.
///
/// One line a field: what it is, its name in Rust and in a draft, its type, when it applies, and its place on the wire.
/// For
///
/// ```text
/// operation! {
///     /// A payment recorded against an invoice.
///     Payment = RecordPayment, Post "/invoices/{invoiceId}/payments", Body::Json, agree, receipt {
///         /// The invoice.
///         invoice_id "invoiceId": RowId => Place::Route;
///         /// Needed for a cheque.
///         number "chequeNumber": Option<Line> where needed if "method" = "cheque" => Place::Body("number", Encoding::Text);
///     }
/// }
/// ```
///
/// it writes `pub struct Payment` with a private field and a getter for each line, `Payment::OPERATION` with the table
/// of fields, and `Payment::parse(&Draft, &Known)`, which is the only way to make one.
macro_rules! operation {
    (
        $(#[doc = $doc:literal])*
        $name:ident = $purpose:ident, $method:ident $route:literal, $body:expr, $agree:path, $answer:path {
            $(
                $(#[doc = $about:literal])*
                $field:ident $key:literal: $slot:ty
                $(where $mode:ident if $on:literal = $is:literal)? $([unless $other:literal])? => $place:expr;
            )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name { $($field: <$slot as $crate::field::Slot>::Held,)* }

        impl $name {
            /// The route, the body and the fields.
            pub const OPERATION: $crate::operation::Operation = $crate::operation::Operation {
                purpose: $crate::operation::Purpose::$purpose,
                method: $crate::wire::Method::$method,
                route: $route,
                body: $body,
                fields: &[$($crate::field::Field {
                    name: $key,
                    kind: <$slot as $crate::field::Slot>::KIND,
                    required: <$slot as $crate::field::Slot>::REQUIRED $(|| matches!(stringify!($mode).as_bytes(), b"needed"))?,
                    when: when!($($on, $is)? $(; $other)?),
                    place: $place,
                    about: $crate::field::Field::about(concat!($($about, "\n"),*)),
                },)*],
                agree: $agree,
                answer: $answer,
            };

            /// Checks a draft.
            ///
            /// # Errors
            /// Every issue at once.
            pub fn parse(
                draft: &$crate::Draft,
                known: &$crate::Known,
            ) -> Result<(Self, Vec<$crate::Notice>), $crate::Rejection> {
                let (values, notices) = Self::OPERATION.parse(draft, known)?;
                let taken = Self::take(values.into_values());
                let taken = taken.ok_or_else(|| $crate::Rejection::of("", $crate::Code::Required, Vec::new()))?;
                Ok((taken, notices))
            }

            #[allow(unused_mut, unused_variables, reason = "an operation may have no fields")]
            fn take<'a>(mut values: impl Iterator<Item = Option<$crate::Value<'a>>>) -> Option<Self> {
                Some(Self { $($field: <$slot as $crate::field::Slot>::take(values.next()?)?,)* })
            }

            /// The request that asks for it, without credentials.
            #[must_use]
            pub fn request(&self) -> $crate::wire::Request {
                let values = vec![$(<$slot as $crate::field::Slot>::give(&self.$field),)*];
                Self::OPERATION.request(&$crate::check::Values::new(Self::OPERATION.fields, values))
            }

            $($(#[doc = $about])* #[must_use] pub fn $field(&self) -> &<$slot as $crate::field::Slot>::Held { &self.$field })*
        }
    };
}

/// The operations beside recording a payment: none where only payments are checked.
macro_rules! others {
    ($($operation:tt)*) => {
        if cfg!(feature = "form") { &[$($operation)*] } else { &[] }
    };
}

macro_rules! when {
    () => {
        $crate::field::When::Always
    };
    ($on:literal, $is:literal) => {
        $crate::field::When::Equals($on, $is)
    };
    (; $other:literal) => {
        $crate::field::When::Absent($other)
    };
}

macro_rules! providers {
    ($($page:ident)*) => {
        $(pub mod $page;)*

        impl Provider {
            /// Every provider.
            pub const ALL: &'static [&'static Self] = &[$(&$page::PROVIDER),*];
        }
    };
}

providers! { clockify dayzero harvest harvest_v2 ivvy }
