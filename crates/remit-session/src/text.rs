//! The form's own texts, by key. The compiler rejects a text that is not listed and reports one that is never shown.

use remit_core::{ProblemCode, Purpose};

/// Declares the keys of the group `ui`. A text that reads differently for an invoice has a second key, after `/`.
macro_rules! ui_texts {
    ($($text:ident = $key:literal $(/ $for_invoice:literal)?),* $(,)?) => {
        /// A text of the group `ui`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum UiText {
            $(#[doc = concat!("`ui.", $key, "`")] $text),*
        }

        impl UiText {
            /// Every text.
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$text),*];

            /// The key within the group `ui`.
            fn as_str(self) -> &'static str {
                match self {
                    $(Self::$text => $key),*
                }
            }

            /// The key of the text that replaces this one when an invoice is added.
            fn for_invoice(self) -> Option<&'static str> {
                match self {
                    $($(Self::$text => Some($for_invoice),)?)*
                    _ => None,
                }
            }
        }
    };
}

ui_texts! {
    Title = "title" / "invoice_title",
    Provider = "provider",
    Invoice = "invoice",
    Balance = "balance",
    Optional = "optional",
    Choose = "choose",
    Today = "today",
    PayBalance = "pay_balance",
    Unallocated = "unallocated",
    Count = "count",
    Review = "review" / "invoice_review",
    ProblemTitle = "problem_title",
    ReviewTitle = "review_title" / "invoice_review_title",
    ReviewSentence = "review_sentence",
    ReviewUndated = "review_undated" / "invoice_review_undated",
    Record = "record" / "invoice_record",
    Recording = "recording" / "invoice_recording",
    Change = "change",
    RecordedTitle = "recorded_title" / "invoice_recorded_title",
    RecordedSentence = "recorded_sentence" / "invoice_recorded_sentence",
    PaymentId = "payment_id" / "invoice_payment_id",
    NewBalance = "new_balance",
    PaidInAll = "paid_in_all",
    Status = "status",
    Another = "another" / "invoice_another",
    RefusedTitle = "refused_title" / "invoice_refused_title",
    RefusedSentence = "refused_sentence" / "invoice_refused_sentence",
    Says = "says",
    Words = "words",
    Correct = "correct",
    NotSentTitle = "not_sent_title" / "invoice_not_sent_title",
    NotSentSentence = "not_sent_sentence" / "invoice_not_sent_sentence",
    TryAgain = "try_again",
    UnknownTitle = "unknown_title" / "invoice_unknown_title",
    UnknownSentence = "unknown_sentence" / "invoice_unknown_sentence",
    Looked = "looked" / "invoice_looked",
    CheckAgain = "check_again",
    CheckBusy = "check_busy",
    NotThere = "not_there",
    NotThereLate = "not_there_late" / "invoice_not_there_late",
    CannotTell = "cannot_tell" / "invoice_cannot_tell",
    Similar = "similar",
    SimilarYes = "similar_yes",
    Interrupted = "interrupted",
    Elsewhere = "elsewhere",
    Twin = "twin",
    ReadingInvoice = "reading_invoice",
    CouldNotLook = "could_not_look" / "invoice_could_not_look",
    Back = "back",
    Payments = "payments",
    NoPayments = "no_payments",
    PaymentsFailed = "payments_failed",
    Remove = "remove",
    RemoveOne = "remove_one",
    RemoveQuestion = "remove_question",
    RemoveYes = "remove_yes",
    RemoveNo = "remove_no",
    RemoveBusy = "remove_busy",
    RemoveDone = "remove_done",
    RemoveRefused = "remove_refused",
    RemoveUnknown = "remove_unknown",
    Blocked = "blocked",
    Unsaved = "unsaved",
    Pending = "pending",
    Unresolved = "unresolved",
}

impl UiText {
    /// The key within the group `ui` for a form with this purpose.
    #[must_use]
    pub fn key(self, purpose: Purpose) -> &'static str {
        let for_invoice = self.for_invoice().filter(|_| purpose == Purpose::AddInvoice);
        for_invoice.unwrap_or_else(|| self.as_str())
    }
}

/// The key within the group `problem` for how long to wait before another attempt.
pub(crate) const RETRY_AFTER: &str = "retry_after";

/// The key within the group `problem` for a refusal.
pub(crate) fn problem_key(code: ProblemCode, purpose: Purpose) -> &'static str {
    if purpose != Purpose::AddInvoice {
        return code.as_str();
    }
    match code {
        ProblemCode::Invalid => "invoice_invalid",
        ProblemCode::Forbidden => "invoice_forbidden",
        ProblemCode::NotFound => "invoice_not_found",
        ProblemCode::Conflict => "invoice_conflict",
        _ => code.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use remit_core::wire::json::Json;
    use remit_core::{ProblemCode, Purpose};

    use super::{RETRY_AFTER, UiText, problem_key};

    const PURPOSES: [Purpose; 2] = [Purpose::RecordPayment, Purpose::AddInvoice];

    /// The keys of a group of the English table, without the group.
    fn english(group: &str) -> BTreeSet<String> {
        let table = Json::parse(include_str!("../../../www/locales/en.json"));
        let Ok(Json::Object(members)) = table else { panic!("www/locales/en.json is not a JSON object") };
        let prefix = format!("{group}.");
        members.iter().filter_map(|(key, _)| key.strip_prefix(&prefix)).map(str::to_owned).collect()
    }

    fn set(keys: impl Iterator<Item = &'static str>) -> BTreeSet<String> {
        keys.map(str::to_owned).collect()
    }

    #[test]
    fn the_english_table_has_exactly_the_listed_texts_of_the_form() {
        let listed = UiText::ALL.iter().flat_map(|text| PURPOSES.map(|purpose| text.key(purpose)));
        let keys = set(UiText::ALL.iter().map(|text| text.as_str()));
        assert_eq!(keys.len(), UiText::ALL.len(), "two texts have the same key");
        assert_eq!(set(listed), english("ui"));
    }

    #[test]
    fn a_text_for_an_invoice_has_the_same_key_with_a_prefix() {
        for text in UiText::ALL {
            let key = text.key(Purpose::AddInvoice);
            let own = format!("invoice_{}", text.as_str());
            assert!(key == text.as_str() || key == own, "{key}");
            assert_eq!(key == own, english("ui").contains(&own), "{key}");
        }
    }

    #[test]
    fn the_english_table_has_exactly_the_sentences_for_refusals() {
        let refusals =
            ProblemCode::ALL.iter().flat_map(|code| PURPOSES.map(|purpose| problem_key(*code, purpose)));
        assert_eq!(set(refusals.chain([RETRY_AFTER])), english("problem"));
    }
}
