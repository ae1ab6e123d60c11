//! What the form says about a payment: the review, and every outcome. No other place makes a statement about money.

use remit_core::schema::field::Kind;
use remit_core::{Cause, Outcome, Problem, ProblemCode, Provider, Purpose, Reason, Receipt, RecordedPayment};

use crate::event::Event;
use crate::intent::Intent;
use crate::phase::{CheckResult, Phase};
use crate::question::is_news;
use crate::session::Session;
use crate::text::{RETRY_AFTER, UiText, problem_key};

/// A page of the form about one payment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Said {
    /// The heading.
    pub title: String,
    /// What happened, in sentences.
    pub sentences: Vec<String>,
    /// The details from the provider or the relay.
    pub words: Option<String>,
    /// Labels and values.
    pub rows: Vec<(String, String)>,
    /// What is worth knowing before confirming.
    pub notices: Vec<String>,
}

/// What the person can do about an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Starts a new payment after a recorded one.
    Another,
    /// Corrects a refused payment.
    Correct,
    /// Reviews a payment that was not sent once more.
    Retry,
    /// Changes the values of a payment that was not sent.
    Change,
    /// Looks for a payment whose outcome is unknown.
    CheckAgain,
    /// Says that the similar payment is the one that was sent.
    Mine,
    /// Goes back to the values of a payment that was not recorded after all.
    Back,
    /// Says that the outcome has been looked into, and starts a new payment.
    Looked,
}

impl Action {
    /// The event of the action.
    #[must_use]
    pub fn event(self) -> Event {
        match self {
            Self::Another | Self::Looked => Event::StartOver,
            Self::Correct | Self::Change | Self::Back => Event::Edit,
            Self::Retry => Event::Retry,
            Self::CheckAgain => Event::CheckAgain,
            Self::Mine => Event::Mine,
        }
    }

    /// The label.
    #[must_use]
    pub fn text(self) -> UiText {
        match self {
            Self::Another => UiText::Another,
            Self::Correct => UiText::Correct,
            Self::Retry => UiText::TryAgain,
            Self::Change => UiText::Change,
            Self::CheckAgain => UiText::CheckAgain,
            Self::Mine => UiText::SimilarYes,
            Self::Back => UiText::Back,
            Self::Looked => UiText::Looked,
        }
    }
}

impl Session {
    /// The review, or the outcome; `None` while the person fills in the form.
    #[must_use]
    pub fn said(&self) -> Option<Said> {
        match &self.phase {
            Phase::Editing => None,
            Phase::Review(intent) | Phase::Sending(intent, _) | Phase::HandedOver(intent) => {
                Some(self.review_of(intent))
            }
            Phase::Done(intent, Outcome::Recorded(receipt)) => Some(self.recorded(intent, receipt)),
            Phase::Done(intent, Outcome::Refused(problem)) => Some(self.refused(intent, problem)),
            Phase::Done(intent, Outcome::NotSent(reason)) => Some(self.not_sent(intent, reason)),
            Phase::Done(intent, Outcome::Unknown(reason)) => Some(self.unknown(intent, reason)),
        }
    }

    /// What the person can do now about an outcome, the most likely first.
    #[must_use]
    pub fn actions(&self) -> Vec<Action> {
        let Phase::Done(intent, outcome) = &self.phase else { return Vec::new() };
        match outcome {
            Outcome::Recorded(_) => vec![Action::Another],
            Outcome::Refused(_) => vec![Action::Correct],
            Outcome::NotSent(_) => vec![Action::Retry, Action::Change],
            Outcome::Unknown(_) if self.check.elsewhere => Vec::new(),
            Outcome::Unknown(_) => {
                let can_check = self.check.keyed
                    || intent.passed.payment.is_some()
                        && intent.provider.operation(Purpose::ListPayments).is_some();
                let mine = matches!(self.check.result, Some(CheckResult::Similar(_)));
                let back = self.check.result == Some(CheckResult::NotRecorded);
                [
                    mine.then_some(Action::Mine),
                    can_check.then_some(Action::CheckAgain),
                    back.then_some(Action::Back),
                    Some(Action::Looked),
                ]
                .into_iter()
                .flatten()
                .collect()
            }
        }
    }

    /// Why nothing can be recorded at the moment: the page's options are invalid.
    #[must_use]
    pub fn blocked(&self) -> Option<String> {
        (!self.blocked.is_empty()).then(|| self.ui(UiText::Blocked))
    }

    /// The result of the last check of an unknown outcome, as a sentence.
    #[must_use]
    pub fn check_sentence(&self) -> Option<String> {
        let Phase::Done(intent, Outcome::Unknown(_)) = &self.phase else { return None };
        let result = self.check.result.as_ref()?;
        let details =
            if let CheckResult::Similar(payment) = result { self.details(payment) } else { String::new() };
        Some(self.ui_with(result.text(), &[("provider", intent.provider.name), ("details", &details)]))
    }

    /// Why a form around this one should not be submitted now; empty if nothing is entered or the payment is recorded.
    #[must_use]
    pub fn problem(&self) -> String {
        match &self.phase {
            Phase::Sending(..) | Phase::HandedOver(_) => self.ui(UiText::Pending),
            Phase::Done(_, Outcome::Unknown(_)) => self.ui(UiText::Unresolved),
            _ if self.is_at_work() => self.ui(UiText::Pending),
            Phase::Done(_, Outcome::Recorded(_)) => String::new(),
            Phase::Editing if !self.is_dirty() => String::new(),
            _ => self.ui(UiText::Unsaved),
        }
    }

    /// The amount, the date and the other details that distinguish a recorded payment.
    #[must_use]
    pub fn details(&self, payment: &RecordedPayment) -> String {
        let amount = payment.amount.map(|amount| self.money(amount));
        let day = payment.paid_at.map(|at| self.moment(at));
        let parts = [&amount, &day, &payment.receipt_number, &payment.note, &payment.by];
        let parts: Vec<_> = parts.into_iter().flatten().map(String::as_str).collect();
        parts.join(" · ")
    }

    fn review_of(&self, intent: &Intent) -> Said {
        let passed = &intent.passed;
        let dated = passed.payment.as_ref().is_some_and(|payment| payment.paid_at.is_some());
        let text = if dated { UiText::ReviewSentence } else { UiText::ReviewUndated };
        let rows = passed.values.iter().filter_map(|(field, value)| {
            // A value that the page set is either in the sentence or irrelevant to the person.
            let value = value.filter(|_| !matches!(field.kind, Kind::Currency(_)) && self.asks(field))?;
            Some((self.word("field", field.name), self.shown(value)))
        });
        let notice =
            |notice: &remit_core::Notice| [self.word("field", notice.field), self.notice(notice)].join(": ");
        // One is enough to make a person look. The list of payments shows them all.
        let twins = self.twins.iter().take(1).map(|twin| {
            let params = [("provider", intent.provider.name), ("details", &self.details(twin))];
            self.ui_with(UiText::Twin, &params)
        });
        let news = passed.notices.iter().filter(|notice| is_news(notice)).map(notice);
        Said {
            title: self.ui(UiText::ReviewTitle),
            sentences: vec![self.about(text, intent)],
            rows: rows.collect(),
            notices: twins.chain(news).collect(),
            words: None,
        }
    }

    fn recorded(&self, intent: &Intent, receipt: &Receipt) -> Said {
        let row = |text, value: Option<String>| Some((self.ui(text), value?));
        let rows = [
            row(UiText::PaymentId, receipt.payment_id.clone()),
            row(UiText::NewBalance, receipt.balance.map(|money| self.money(money))),
            row(UiText::PaidInAll, receipt.paid.map(|money| self.money(money))),
            row(UiText::Status, receipt.status.clone()),
        ];
        Said {
            title: self.ui(UiText::RecordedTitle),
            sentences: vec![self.about(UiText::RecordedSentence, intent)],
            rows: rows.into_iter().flatten().collect(),
            ..Said::default()
        }
    }

    fn refused(&self, intent: &Intent, problem: &Problem) -> Said {
        let provider = intent.provider;
        let reason = self.problem_sentence(problem.code, provider);
        let wait = problem.retry_after.map(|seconds| {
            self.options.table.filled("problem", RETRY_AFTER, &[("seconds", &seconds.to_string())])
        });
        let words = problem.words.as_ref().map(|words| match &problem.provider_code {
            Some(code) => [words, " (", code, ")"].concat(),
            None => words.clone(),
        });
        let says =
            |words: String| self.ui_with(UiText::Says, &[("provider", provider.name), ("words", &words)]);
        let sentences = [Some([reason, self.ui(UiText::RefusedSentence)].join(" ")), wait];
        Said {
            title: self.ui(UiText::RefusedTitle),
            sentences: sentences.into_iter().flatten().collect(),
            words: words.map(says),
            ..Said::default()
        }
    }

    fn not_sent(&self, intent: &Intent, reason: &Reason) -> Said {
        Said {
            title: self.ui(UiText::NotSentTitle),
            sentences: vec![self.cause(reason.cause, intent.provider), self.ui(UiText::NotSentSentence)],
            words: self.words(reason),
            ..Said::default()
        }
    }

    fn unknown(&self, intent: &Intent, reason: &Reason) -> Said {
        let cause = if self.check.elsewhere {
            self.ui(UiText::Elsewhere)
        } else if intent.restored {
            self.ui(UiText::Interrupted)
        } else {
            self.cause(reason.cause, intent.provider)
        };
        Said {
            title: self.ui(UiText::UnknownTitle),
            sentences: vec![cause, self.about(UiText::UnknownSentence, intent)],
            words: self.words(reason),
            ..Said::default()
        }
    }

    /// A sentence about a payment, with its amount, invoice, provider and date.
    fn about(&self, text: UiText, intent: &Intent) -> String {
        let payment = intent.passed.payment.as_ref();
        let amount = payment.map(|payment| self.money(payment.amount)).unwrap_or_default();
        let date = payment.and_then(|payment| payment.paid_at).map(|at| self.moment(at)).unwrap_or_default();
        let params = [
            ("amount", amount.as_str()),
            ("invoice", &intent.invoice),
            ("provider", intent.provider.name),
            ("date", &date),
        ];
        self.ui_with(text, &params)
    }

    fn problem_sentence(&self, code: ProblemCode, provider: &Provider) -> String {
        let key = problem_key(code, self.options.purpose);
        self.options.table.filled("problem", key, &[("provider", provider.name)])
    }

    fn cause(&self, cause: Cause, provider: &Provider) -> String {
        self.options.table.filled("cause", cause.as_str(), &[("provider", provider.name)])
    }

    fn words(&self, reason: &Reason) -> Option<String> {
        let words = reason.words.as_ref().filter(|words| !words.is_empty())?;
        Some(self.ui_with(UiText::Words, &[("words", words)]))
    }
}
