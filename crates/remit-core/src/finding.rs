//! What a check has to say: issues that refuse a draft, and notices of what was changed or is worth knowing.
//!
//! A finding is data: a field, a stable code and parameters. Sentences come from [`crate::message`].

use core::fmt;

use crate::currency::Currency;
use crate::digits;
use crate::instant::Instant;
use crate::money::Money;

/// A parameter of a finding's sentence.
#[derive(Debug, Clone, PartialEq)]
pub enum Param {
    /// A word or a value as it was given.
    Text(String),
    /// A count or a bound.
    Integer(i64),
    /// An amount.
    Money(Money),
    /// A moment.
    Instant(Instant),
    /// The name of another field; shown by its label.
    Field(&'static str),
}

impl Param {
    /// Appends it as it is: an amount with its currency, a moment as RFC 3339.
    pub fn print(&self, out: &mut String) {
        match self {
            Self::Text(text) => out.push_str(text),
            Self::Integer(integer) => {
                out.push_str(if *integer < 0 { "-" } else { "" });
                digits::push(out, integer.unsigned_abs(), 1);
            }
            Self::Money(money) => {
                if money.currency() != Currency::UNSTATED {
                    out.push_str(money.currency().code());
                    out.push(' ');
                }
                money.print(out);
            }
            Self::Instant(instant) => instant.print(out),
            Self::Field(name) => out.push_str(name),
        }
    }
}

impl fmt::Display for Param {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.print(&mut text);
        f.write_str(&text)
    }
}

/// The parameters of a finding, by name.
pub type Params = Vec<(&'static str, Param)>;

/// One thing to say about one field.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding<C> {
    /// The field's name, as in the draft.
    pub field: &'static str,
    /// What it is, for programs.
    pub code: C,
    /// What the sentence needs.
    pub params: Params,
}

/// A reason to refuse a draft.
pub type Issue = Finding<Code>;

/// Something that was changed on the way, or is worth knowing before sending. Not a refusal.
pub type Notice = Finding<NoticeCode>;

macro_rules! codes {
    (
        $(#[$doc:meta])*
        $name:ident {
            $($(#[doc = $about:literal])* $variant:ident = $text:literal $({ $($param:ident: $says:literal),* })?,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name { $($(#[doc = $about])* $variant,)* }

        impl $name {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable text of the code.
            #[must_use]
            pub fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// What it means, for the documentation.
            #[cfg(not(target_arch = "wasm32"))]
            #[must_use]
            pub fn about(self) -> &'static str {
                match self { $(Self::$variant => concat!($($about),*).trim_ascii(),)* }
            }

            /// The parameters that it may have, each with what it says.
            #[cfg(not(target_arch = "wasm32"))]
            #[must_use]
            pub fn params(self) -> &'static [(&'static str, &'static str)] {
                match self { $(Self::$variant => &[$($((stringify!($param), $says)),*)?],)* }
            }
        }
    };
}

codes! {
    /// Why a draft is refused. The texts are stable, and so are the parameters of each.
    Code {
        /// The field is needed and empty.
        Required = "required",
        /// Longer than `max` characters.
        TooLong = "too_long" { max: "how many there may be", length: "how many there are" },
        /// A character that cannot be sent: a control character. `code` is its number.
        Character = "character" { code: "its number, such as `U+0007`" },
        /// Not an amount in digits; or, where the currency is not known, more decimals than any currency has.
        AmountMalformed = "amount_malformed",
        /// In exponent notation, infinite or not a number.
        AmountNotation = "amount_notation",
        /// With a currency sign or code in it.
        AmountSign = "amount_sign",
        /// `value` could be read in two ways, such as 1.250.
        AmountAmbiguous = "amount_ambiguous" { value: "what was read" },
        /// More than the `max` decimals of `currency`.
        AmountPrecision = "amount_precision" {
            max: "how many decimals there may be",
            currency: "the code of the currency"
        },
        /// Less than `min`.
        AmountTooSmall = "amount_too_small" { min: "the least" },
        /// More than can be counted.
        AmountTooLarge = "amount_too_large",
        /// Not a date in a form that is understood.
        DateMalformed = "date_malformed",
        /// A day or a time that does not exist.
        DateImpossible = "date_impossible",
        /// Day and month could be exchanged, such as 01/02/2026.
        DateAmbiguous = "date_ambiguous",
        /// A local time without an offset, and the caller gave none.
        DateNeedsOffset = "date_needs_offset",
        /// A local time that the clocks of the time zone were put forward past.
        DateSkipped = "date_skipped",
        /// A local time that comes twice, because the clocks of the time zone were put back.
        DateTwice = "date_twice",
        /// No time zone of that name is known; the caller gave it, not the draft.
        TimeZoneUnknown = "time_zone_unknown",
        /// Before 1900 or after 9999.
        DateOutOfRange = "date_out_of_range",
        /// Not one of the choices; `choices` lists them.
        ChoiceUnknown = "choice_unknown" {
            value: "what was read",
            choices: "the values that there are, separated by commas"
        },
        /// Not an identifier: letters, digits, `-` and `_`, at most `max`.
        IdMalformed = "id_malformed" { max: "how many characters there may be" },
        /// Not a UUID.
        UuidMalformed = "uuid_malformed",
        /// Not a whole number from `min` to `max`.
        IntegerMalformed = "integer_malformed" { min: "the least", max: "the most" },
        /// Not a list of whole numbers separated by commas.
        ListMalformed = "list_malformed",
        /// Not a percentage from 0 to `max` with at most `decimals` decimals.
        PercentageMalformed = "percentage_malformed" {
            max: "the most",
            decimals: "how many decimals there may be"
        },
        /// Not a currency of ISO 4217.
        CurrencyUnknown = "currency_unknown",
        /// A code of ISO 4217 that has no minor unit.
        CurrencyNoMinorUnit = "currency_no_minor_unit",
        /// The provider does not take it; `allowed` says which it takes.
        CurrencyUnsupported = "currency_unsupported" {
            currency: "its code",
            allowed: "the codes that are taken, separated by commas; empty where the list is long"
        },
        /// Not the currency of the invoice, `expected`.
        CurrencyMismatch = "currency_mismatch" { expected: "the code of the currency" },
        /// Not the invoice that was given, `expected`.
        InvoiceMismatch = "invoice_mismatch" { expected: "the identifier of the invoice" },
        /// The invoice takes no payment in its `state`.
        InvoiceState = "invoice_state" { state: "`draft`, `open`, `partial`, `paid` or `void`" },
        /// On a day before that of the date `other`.
        DateOrder = "date_order" { other: "the name of that field" },
        /// More than the `outstanding` amount of the invoice, and the provider refuses overpayment.
        OverOutstanding = "over_outstanding" { outstanding: "what is still to be paid" },
        /// More than what is `unallocated` on the bank transaction.
        OverUnallocated = "over_unallocated" { unallocated: "what is left" },
        /// The bank transaction is money that went out.
        TransactionNotIncome = "transaction_not_income",
        /// Not a member of the request that the provider knows.
        MemberUnknown = "member_unknown" { value: "its name" },
        /// A member of the request has the wrong type.
        MemberType = "member_type" { value: "its name" },
    }
}

codes! {
    /// What is told beside a payment that is accepted.
    NoticeCode {
        /// White space around the value was dropped.
        Trimmed = "trimmed",
        /// Digits of another script were mapped to ASCII.
        DigitsMapped = "digits_mapped" { value: "what was read, of an amount" },
        /// Grouping or a decimal comma was read; the amount is `value`.
        AmountRead = "amount_read" { value: "the amount" },
        /// Lower-cased, as the provider writes it.
        LowerCased = "lower_cased",
        /// Line breaks were made uniform.
        LineBreaks = "line_breaks",
        /// Converted to UTC: `value`.
        ConvertedToUtc = "converted_to_utc" { value: "the moment" },
        /// Had no zone and was read as UTC.
        ReadAsUtc = "read_as_utc" { value: "the moment" },
        /// A date without a time: recorded at `value`, the same day nearly wherever it is read.
        DayOnly = "day_only" { value: "the moment" },
        /// Parts of a second were dropped.
        FractionDropped = "fraction_dropped" { value: "the moment" },
        /// Not sent, because of `other`.
        NotUsed = "not_used" { other: "the name of the other field" },
        /// Not a field of this provider; not sent.
        NotAField = "not_a_field" { value: "its name" },
        /// More than the invoice's balance, by `excess`; the provider allows it.
        OverBalance = "over_balance" { excess: "how much more it is", balance: "what is still to be paid" },
        /// A fee that the payment includes, and more than all of its `amount`.
        FeeOverAmount = "fee_over_amount" { amount: "the whole payment" },
        /// In the future.
        InFuture = "in_future" { value: "the moment" },
        /// Before the invoice was `issued`.
        BeforeInvoice = "before_invoice" { issued: "when that was" },
        /// The invoice is in a `state` in which it is seldom paid: a draft, or paid in full.
        InvoiceState = "invoice_state" { state: "`draft`, `open`, `partial`, `paid` or `void`" },
    }
}

/// When a form may say that something is wrong: derived from the rule, so that nobody is scolded while typing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timing {
    /// While typing: more typing cannot mend it.
    Typing,
    /// When the field is left.
    Leaving,
    /// When the form is submitted.
    Submitting,
}

impl Code {
    /// When a form may say so.
    #[must_use]
    pub fn timing(self) -> Timing {
        match self {
            Self::TooLong | Self::Character => Timing::Typing,
            Self::Required => Timing::Submitting,
            _ => Timing::Leaving,
        }
    }
}

/// Collects what a check finds.
#[derive(Debug, Default)]
pub struct Findings {
    issues: Vec<Issue>,
    notices: Vec<Notice>,
    is_quiet: bool,
}

impl Findings {
    /// Collects issues alone, for somebody who has no use for notices yet.
    pub(crate) fn quiet() -> Self {
        Self { is_quiet: true, ..Self::default() }
    }

    /// Adds a reason to refuse.
    pub fn issue(&mut self, field: &'static str, code: Code, params: Params) {
        self.issues.push(Issue { field, code, params });
    }

    /// Adds something to tell.
    pub fn notice<const N: usize>(
        &mut self,
        field: &'static str,
        code: NoticeCode,
        params: [(&'static str, Param); N],
    ) {
        if !self.is_quiet {
            self.notices.push(Notice { field, code, params: params.into() });
        }
    }

    /// How many reasons to refuse there are.
    #[must_use]
    pub fn issues(&self) -> usize {
        self.issues.len()
    }

    /// Takes back the issues of these fields.
    pub(crate) fn forget(&mut self, fields: &[&str]) {
        self.issues.retain(|issue| !fields.contains(&issue.field));
    }

    /// Adds what another check has found.
    pub(crate) fn append(&mut self, other: Self) {
        self.issues.extend(other.issues);
        self.notices.extend(other.notices);
    }

    /// Puts the issues in the order of a form. What is of no field comes last.
    pub(crate) fn sort(&mut self, place: impl Fn(&str) -> Option<usize>) {
        self.issues.sort_by_key(|issue| place(issue.field).unwrap_or(usize::MAX));
    }

    /// Makes a text of each amount in the issues.
    pub(crate) fn reword(&mut self, text: impl Fn(&str, Money) -> String) {
        for issue in &mut self.issues {
            for (_, param) in &mut issue.params {
                if let Param::Money(money) = param {
                    *param = Param::Text(text(issue.field, *money));
                }
            }
        }
    }

    /// The notices when there is no issue, else the rejection.
    ///
    /// # Errors
    /// [`Rejection`] with every issue.
    pub fn settle(self) -> Result<Vec<Notice>, Rejection> {
        let mut issues = self.issues.into_iter();
        match issues.next() {
            None => Ok(self.notices),
            Some(first) => Err(Rejection { first, rest: issues.collect(), notices: self.notices }),
        }
    }
}

/// A draft refused before anything was sent: every issue at once, and at least one.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejection {
    first: Issue,
    rest: Vec<Issue>,
    notices: Vec<Notice>,
}

impl Rejection {
    /// A rejection for one reason.
    #[must_use]
    pub fn of(field: &'static str, code: Code, params: Params) -> Self {
        Self { first: Issue { field, code, params }, rest: Vec::new(), notices: Vec::new() }
    }

    /// The issues, in the order of the form.
    pub fn issues(&self) -> impl Iterator<Item = &Issue> {
        core::iter::once(&self.first).chain(&self.rest)
    }

    /// What was noticed beside the issues.
    #[must_use]
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }
}

impl fmt::Display for Rejection {
    /// One sentence an issue, in English.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let table = crate::message::Table::english();
        for (at, issue) in self.issues().enumerate() {
            if at > 0 {
                f.write_str(" ")?;
            }
            f.write_str(&table.issue(issue))?;
        }
        Ok(())
    }
}

impl core::error::Error for Rejection {}
