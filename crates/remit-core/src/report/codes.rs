//! The stable codes of issues and notices.

use crate::money::currency::CurrencyError;
use crate::money::reading::{AmountChange, AmountError};
use crate::text::named::named;
use crate::time::reading::{MomentChange, MomentError};

macro_rules! codes {
    (
        $(#[$doc:meta])*
        $name:ident {
            $($(#[doc = $about:literal])* $variant:ident = $text:literal $({ $($param:ident: $meaning:literal),* })?,)*
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
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The meaning of the code, for the documentation.
            #[cfg(not(target_arch = "wasm32"))]
            #[must_use]
            pub fn about(self) -> &'static str {
                match self { $(Self::$variant => concat!($($about),*).trim_ascii(),)* }
            }

            /// The parameters that the code can have, each with its meaning.
            #[cfg(not(target_arch = "wasm32"))]
            #[must_use]
            pub fn params(self) -> &'static [(&'static str, &'static str)] {
                match self { $(Self::$variant => &[$($((stringify!($param), $meaning)),*)?],)* }
            }
        }
    };
}

codes! {
    /// The code of an issue, which refuses a draft. The texts and the parameters of each code are stable.
    Code {
        /// The field is required and empty.
        Required = "required",
        /// Longer than `max` characters.
        TooLong = "too_long" { max: "the maximum number of characters", length: "the actual number of characters" },
        /// Contains a control character. `code` is its code point.
        Character = "character" { code: "the code point, such as `U+0007`" },
        /// Not an amount in digits; or, if the currency is not known, more decimals than any currency has.
        AmountMalformed = "amount_malformed",
        /// In exponent notation, infinite or not a number.
        AmountNotation = "amount_notation",
        /// Contains a currency sign or code.
        AmountSign = "amount_sign",
        /// `value` could be read in two ways, such as 1.250.
        AmountAmbiguous = "amount_ambiguous" { value: "the text" },
        /// More than the `max` decimals of `currency`.
        AmountPrecision = "amount_precision" {
            max: "the maximum number of decimals",
            currency: "the currency code"
        },
        /// Less than `min`.
        AmountTooSmall = "amount_too_small" { min: "the minimum" },
        /// More than 64 bits of minor units.
        AmountTooLarge = "amount_too_large",
        /// Not a date in a supported format.
        DateMalformed = "date_malformed",
        /// A day or a time that does not exist.
        DateImpossible = "date_impossible",
        /// Day and month could be swapped, as in 01/02/2026.
        DateAmbiguous = "date_ambiguous",
        /// A local time without an offset, and the caller passed no time zone.
        DateNeedsOffset = "date_needs_offset",
        /// A local time that is skipped when the clocks go forward.
        DateSkipped = "date_skipped",
        /// A local time that occurs twice when the clocks go back.
        DateTwice = "date_twice",
        /// The caller passed a time zone that is not known.
        TimeZoneUnknown = "time_zone_unknown",
        /// Before 1900 or after 9999.
        DateOutOfRange = "date_out_of_range",
        /// Not one of the values in `choices`.
        ChoiceUnknown = "choice_unknown" {
            value: "the text",
            choices: "the allowed values, separated by commas"
        },
        /// Not an identifier of at most `max` letters, digits, `-` and `_`.
        IdMalformed = "id_malformed" { max: "the maximum number of characters" },
        /// Not a UUID.
        UuidMalformed = "uuid_malformed",
        /// Not a whole number from `min` to `max`.
        IntegerMalformed = "integer_malformed" { min: "the minimum", max: "the maximum" },
        /// Not a list of whole numbers separated by commas.
        ListMalformed = "list_malformed",
        /// Not a percentage from 0 to `max` with at most `decimals` decimals.
        PercentageMalformed = "percentage_malformed" {
            max: "the maximum",
            decimals: "the maximum number of decimals"
        },
        /// Not an ISO 4217 currency code.
        CurrencyUnknown = "currency_unknown",
        /// An ISO 4217 code without a minor unit.
        CurrencyNoMinorUnit = "currency_no_minor_unit",
        /// The provider does not accept the currency. `allowed` lists the currencies that it accepts.
        CurrencyUnsupported = "currency_unsupported" {
            currency: "the currency code",
            allowed: "the accepted codes, separated by commas; empty if there are many"
        },
        /// Not the currency of the invoice, `expected`.
        CurrencyMismatch = "currency_mismatch" { expected: "the currency code" },
        /// Not the invoice that the caller passed, `expected`.
        InvoiceMismatch = "invoice_mismatch" { expected: "the identifier of the invoice" },
        /// The invoice does not accept payments in its `state`.
        InvoiceState = "invoice_state" { state: "`draft`, `open`, `partial`, `paid` or `void`" },
        /// On a day before the date in the field `other`.
        DateOrder = "date_order" { other: "the name of the other field" },
        /// More than the `outstanding` amount of the invoice, and the provider refuses overpayments.
        OverOutstanding = "over_outstanding" { outstanding: "the outstanding amount" },
        /// More than the `unallocated` amount of the bank transaction.
        OverUnallocated = "over_unallocated" { unallocated: "the unallocated amount" },
        /// The bank transaction is outgoing.
        TransactionNotIncome = "transaction_not_income",
        /// The request has a member that the operation does not have.
        MemberUnknown = "member_unknown" { value: "the name of the member" },
        /// A member of the request has the wrong type.
        MemberType = "member_type" { value: "its name" },
        /// JavaScript does not hold the number exactly: an integer of 2⁵³ or more, a decimal with more than 15 digits, or a number
        /// that is not finite.
        NumberInexact = "number_inexact" { value: "the name of the field or option" },
        /// There is no such option.
        OptionUnknown = "option_unknown" {
            option: "the path of the option",
            expected: "the nearest name, or all names if none is near, separated by commas"
        },
        /// The draft, such as a `FormData`, has several values for the field.
        FieldTwice = "field_twice" { value: "the name of the field" },
        /// The file is not text in UTF-8, or in UTF-16 with a byte order mark.
        EncodingUnsupported = "encoding_unsupported" {
            line: "the line of the first byte that is not text",
            column: "the column, in characters"
        },
        /// The cells are not separated by commas, semicolons or tabs.
        SeparatorUnsupported = "separator_unsupported" { value: "the separator" },
        /// The first line contains none of the column names.
        FileNoHeader = "file_no_header" { expected: "the names of the columns, separated by commas" },
        /// The header is not the first line.
        FileLinesBeforeHeader = "file_lines_before_header" { line: "the line of the header" },
        /// A field has two columns.
        ColumnTwice = "column_twice" { value: "the name of the second column", column: "the number of the second column" },
        /// A column's name differs from that of a missing column only in case, spaces or punctuation.
        ColumnUnknown = "column_unknown" {
            value: "the name of the column",
            expected: "the name of the missing column",
            column: "the number of the column"
        },
        /// The file does not have a column that the options name.
        ColumnMissing = "column_missing" { value: "the name of the column", option: "the option that contains the name" },
        /// A quotation mark is not closed, or is closed only after lines that are valid payments. No row from here on is read.
        FileUnclosedQuote = "file_unclosed_quote" {
            line: "the line of the quotation mark",
            column: "the column, in characters"
        },
        /// Text follows a closing quotation mark. No row from here on is read.
        FileTextAfterQuote = "file_text_after_quote" {
            line: "the line of the text",
            column: "the column, in characters"
        },
        /// A quotation mark in a cell that does not begin with one. If only spaces precede it, no row from here on is read.
        StrayQuote = "stray_quote" {
            line: "the line of the quotation mark",
            column: "the column, in characters"
        },
        /// A character that ends a line, or the text, only in some programs.
        RowCharacter = "row_character" {
            code: "the character's code point, such as `U+000D`",
            line: "the line of the character",
            column: "the column, in characters"
        },
        /// A row has fewer cells than the header, and a required cell is missing.
        RowTooShort = "row_too_short" {
            line: "the line of the row",
            cells: "the number of cells of the row",
            expected: "the number of columns of the header"
        },
        /// A row has more cells than the header.
        RowTooLong = "row_too_long" {
            line: "the line of the row",
            cells: "the number of cells of the row",
            expected: "the number of columns of the header"
        },
        /// A row ends with a separator, and the header does not.
        RowTrailingSeparator = "row_trailing_separator" { line: "the line of the row" },
        /// The file ends in the row, before its last cell.
        RowCut = "row_cut" {
            line: "the line of the row",
            cells: "the number of cells of the row",
            expected: "the number of columns of the header"
        },
        /// A number without quotation marks may continue after the comma: with `value`, the row is a valid payment too.
        NumberSplit = "number_split" {
            value: "the number with the following cells",
            line: "the line of the number",
            column: "the column, in characters"
        },
        /// The bytes of the file have changed since it was checked.
        FileChanged = "file_changed",
    }
}

codes! {
    /// The code of a notice about an accepted value.
    NoticeCode {
        /// Leading and trailing whitespace was removed.
        Trimmed = "trimmed",
        /// Digits of another script were converted to ASCII.
        DigitsMapped = "digits_mapped" { value: "the amount, if the field is an amount" },
        /// Grouping or a decimal comma was read; the amount is `value`.
        AmountRead = "amount_read" { value: "the amount" },
        /// Converted to lower case, as the provider writes it.
        LowerCased = "lower_cased",
        /// Line breaks were normalised.
        LineBreaks = "line_breaks",
        /// Converted to UTC: `value`.
        ConvertedToUtc = "converted_to_utc" { value: "the moment" },
        /// Had no time zone and was read as UTC.
        ReadAsUtc = "read_as_utc" { value: "the moment" },
        /// A date without a time: recorded as `value`, which falls on the same day in nearly every time zone.
        DayOnly = "day_only" { value: "the moment" },
        /// In UTC, the moment `value` is on another day than in the time zone of the options.
        OtherDay = "other_day" { value: "the moment" },
        /// Parts of a second were dropped.
        FractionDropped = "fraction_dropped" { value: "the moment" },
        /// Not sent, because of the field `other`.
        NotUsed = "not_used" { other: "the name of the other field" },
        /// Not a field of this provider; not sent.
        NotAField = "not_a_field" { value: "the name" },
        /// More than the invoice's balance, by `excess`; accepted.
        OverBalance = "over_balance" { excess: "the excess", balance: "the balance" },
        /// The fee that the payment includes exceeds its `amount`.
        FeeOverAmount = "fee_over_amount" { amount: "the amount of the payment" },
        /// In the future.
        InFuture = "in_future" { value: "the moment" },
        /// Before the invoice was `issued`.
        BeforeInvoice = "before_invoice" { issued: "the date of issue" },
        /// The invoice is in a `state` in which payments are unusual: a draft, or paid in full.
        InvoiceState = "invoice_state" { state: "`draft`, `open`, `partial`, `paid` or `void`" },
    }
}

/// When a form may show an issue, so the form does not complain mid-typing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timing {
    /// While typing: more typing cannot resolve the issue.
    Typing,
    /// When the field is left.
    Leaving,
    /// When the form is submitted.
    Submitting,
}

impl Code {
    /// When a form may show an issue with this code.
    #[must_use]
    pub fn timing(self) -> Timing {
        match self {
            Self::TooLong | Self::Character => Timing::Typing,
            Self::Required => Timing::Submitting,
            _ => Timing::Leaving,
        }
    }
}

named!(Code, "the code of an issue");
named!(NoticeCode, "the code of a notice");

impl From<CurrencyError> for Code {
    fn from(error: CurrencyError) -> Self {
        match error {
            CurrencyError::Unknown => Self::CurrencyUnknown,
            CurrencyError::NoMinorUnit => Self::CurrencyNoMinorUnit,
        }
    }
}

impl From<AmountError> for Code {
    fn from(error: AmountError) -> Self {
        match error {
            AmountError::Malformed => Self::AmountMalformed,
            AmountError::Notation => Self::AmountNotation,
            AmountError::Sign => Self::AmountSign,
            AmountError::Ambiguous => Self::AmountAmbiguous,
            AmountError::Character => Self::Character,
            AmountError::Precision => Self::AmountPrecision,
            AmountError::TooLarge => Self::AmountTooLarge,
        }
    }
}

impl From<MomentError> for Code {
    fn from(error: MomentError) -> Self {
        match error {
            MomentError::Malformed => Self::DateMalformed,
            MomentError::Impossible => Self::DateImpossible,
            MomentError::Ambiguous => Self::DateAmbiguous,
            MomentError::NeedsOffset => Self::DateNeedsOffset,
            MomentError::Skipped => Self::DateSkipped,
            MomentError::Twice => Self::DateTwice,
            MomentError::OutOfRange => Self::DateOutOfRange,
        }
    }
}

impl From<AmountChange> for NoticeCode {
    fn from(change: AmountChange) -> Self {
        match change {
            AmountChange::DigitsMapped => Self::DigitsMapped,
            AmountChange::Rewritten => Self::AmountRead,
        }
    }
}

impl From<MomentChange> for NoticeCode {
    fn from(change: MomentChange) -> Self {
        match change {
            MomentChange::ConvertedToUtc => Self::ConvertedToUtc,
            MomentChange::ReadAsUtc => Self::ReadAsUtc,
            MomentChange::DayOnly => Self::DayOnly,
        }
    }
}
