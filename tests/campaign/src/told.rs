//! What clients were told: every request that they sent with a key, and every claim that they received.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use remit_core::Outcome;

/// A claim about a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Claim {
    /// It is recorded, perhaps under this identifier.
    Recorded(Option<String>),
    /// It is not recorded: refused, not sent, or absent.
    Not(String),
    /// It is not known.
    Unknown(String),
}

impl Claim {
    pub(crate) fn of(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Recorded(receipt) => Self::Recorded(receipt.payment_id.clone()),
            Outcome::Refused(problem) => {
                Self::Not(format!("refused: {}", problem.words.clone().unwrap_or_default()))
            }
            Outcome::NotSent(reason) => {
                Self::Not(format!("not sent: {}", reason.words.clone().unwrap_or_default()))
            }
            Outcome::Unknown(reason) => Self::Unknown(reason.words.clone().unwrap_or_default()),
        }
    }
}

/// Who received a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// A client, from the response to its request.
    Request,
    /// A client that withdrew a key.
    Withdrawal,
    /// A person, from a form.
    Form,
}

/// A question about a wish under a key, and its answer if one arrived.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) wish: usize,
    pub(crate) key: String,
    pub(crate) source: Source,
    pub(crate) asked: Instant,
    pub(crate) answer: Option<(Instant, Claim)>,
}

/// Everything that clients were told. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Record(Arc<Mutex<Vec<Told>>>);

impl Record {
    fn all_mut(&self) -> MutexGuard<'_, Vec<Told>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn all(&self) -> Vec<Told> {
        self.all_mut().clone()
    }

    /// Notes a question, and returns its number.
    pub(crate) fn ask(&self, wish: usize, key: &str, source: Source) -> usize {
        let told = Told { wish, key: key.to_owned(), source, asked: Instant::now(), answer: None };
        let mut all = self.all_mut();
        all.push(told);
        all.len() - 1
    }

    /// Notes the answer to a question.
    pub(crate) fn answer(&self, question: usize, claim: Claim) {
        if let Some(told) = self.all_mut().get_mut(question) {
            told.answer = Some((Instant::now(), claim));
        }
    }

    /// Notes a claim that nobody asked for.
    pub(crate) fn tell(&self, wish: usize, key: &str, claim: Claim) {
        let question = self.ask(wish, key, Source::Form);
        self.answer(question, claim);
    }
}
