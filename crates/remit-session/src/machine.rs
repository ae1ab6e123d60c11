//! Phase × event → phase and effects.

use std::sync::Arc;

use remit_core::provider::lookup::{Lookup, Progress};
use remit_core::wire::Response;
use remit_core::{Draft, Failure, Outcome};

use crate::announcement::Announcement;
use crate::call::Task;
use crate::clock::Now;
use crate::effect::Effect;
use crate::entry::Entry;
use crate::event::Event;
use crate::intent::Intent;
use crate::options::Options;
use crate::phase::{CheckResult, Phase};
use crate::session::{READ_TIMEOUT, Session};

impl Session {
    /// Applies an event and returns what is to be done, in this order.
    pub fn handle(&mut self, event: Event, now: Now) -> Vec<Effect> {
        self.now = now;
        match event {
            // Entered values belong to the next payment. They change the reviewed one, but not one that is on its way.
            Event::Entered { .. } | Event::Suggested(_) | Event::Chosen(_) if self.is_settling() => {}
            Event::Entered { field, text, unfinished } => self.enter(field, text, unfinished),
            Event::Left(name) => self.leave(name),
            Event::Suggested(field) => self.fill(field),
            Event::Chosen(id) => self.choose(&id),
            Event::Submit => self.submit(),
            Event::Confirm => self.confirm(),
            Event::Edit => self.edit(),
            Event::Retry => self.retry(),
            Event::StartOver => self.start_over(),
            Event::CheckAgain => self.check_again(),
            Event::Mine => self.mine(),
            Event::ListToggled => self.toggle_list(),
            Event::RemovalAsked(payment) => self.ask_removal(payment),
            Event::RemovalCancelled => self.cancel_removal(),
            Event::RemovalConfirmed => self.remove(),
            Event::Configured(options) => self.configure(*options),
            Event::Blocked(why) => self.blocked = why,
            Event::Replaced(draft) => self.replace(draft),
            Event::Returned(draft) => {
                self.replace(draft);
                self.entry.touched = true;
            }
            Event::Reset => self.reset(),
            Event::Validate => self.validate(),
            Event::TakenOver => self.taken_over(),
            Event::NotTaken => self.not_taken(),
            Event::Settled(response) => self.settle(response.as_ref()),
            Event::Answered { call, response } => self.receive(call, response),
            Event::Claimed { granted, stored } => self.claimed(granted, &stored),
            Event::Stored { stored, claimed } => self.stored(stored, claimed),
            Event::Online(online) => self.online = online,
            Event::Woke => self.woke(),
        }
        self.follow_invoice();
        self.follow_transactions();
        core::mem::take(&mut self.effects)
    }

    /// Whether the form is about a payment that is on its way or recorded, and asks for nothing.
    fn is_settling(&self) -> bool {
        self.phase.is_open() || matches!(self.phase, Phase::Done(_, Outcome::Recorded(_)))
    }

    /// Continues what a call was for.
    pub(crate) fn answered(&mut self, task: Task, response: Result<Response, Failure>) {
        match task {
            Task::Twins(intent, lookup) => self.compared(intent, lookup, response),
            Task::Before(lookup) => match lookup.read(response) {
                Progress::More(lookup) => {
                    let Some(intent) = self.phase.intent().cloned() else { return };
                    let caller = self.caller_of(&intent);
                    self.look(&caller, lookup, READ_TIMEOUT, Task::Before);
                }
                Progress::Done(listed) => self.listed_before(listed),
            },
            Task::Reach(was_asked) => self.probed(was_asked, response.is_ok()),
            Task::Origin(was_asked) => self.accepted(was_asked, response.is_ok()),
            Task::Create => self.created(response),
            Task::Number(completion, lookup) => self.numbered(completion, lookup, response),
            Task::Balance(completion) => self.balanced(*completion, response),
            Task::Key(intent) => self.asked(intent, response),
            Task::Reconcile(intent, lookup) => self.reconciled(intent, lookup, response),
            Task::Payments(of, lookup) => self.listed(of, lookup, response),
            Task::Remove(of, payment) => self.removed(of, payment, response),
            Task::BalanceAfterRemoval(of, payment, receipt) => {
                self.removal_balanced(of, payment, receipt, response);
            }
            Task::Invoice(key) => self.invoice_read(&key, response),
            Task::Transactions(key) => self.transactions_read(&key, response),
            Task::Allocations(key) => self.allocations_read(&key, response),
        }
    }

    /// Opens the review, or shows the issues.
    pub(crate) fn submit(&mut self) {
        if !matches!(self.phase, Phase::Editing) || self.is_disabled() {
            return;
        }
        if self.reading.is_busy() && self.currency().is_none() {
            self.reading.then_submit();
            return;
        }
        self.judge();
        match self.intent() {
            Ok(intent) => self.review(intent),
            Err(_) => self.validate(),
        }
    }

    /// Shows the review, and looks for an equal payment that is already recorded.
    pub(crate) fn review(&mut self, intent: Arc<Intent>) {
        self.review_shown = self.now.elapsed;
        self.phase = Phase::Review(intent.clone());
        let is_payment = intent.passed.payment.is_some() && !intent.base_url.is_empty();
        let lookup =
            is_payment.then(|| Lookup::new(intent.provider, &intent.draft(), intent.currency())).flatten();
        if let Some(lookup) = lookup {
            let caller = self.caller_of(&intent);
            self.look(&caller, lookup, READ_TIMEOUT, |lookup| Task::Twins(intent, lookup));
        }
    }

    /// The payments that are already recorded have arrived, or not.
    fn compared(&mut self, intent: Arc<Intent>, lookup: Lookup, response: Result<Response, Failure>) {
        if !matches!(&self.phase, Phase::Review(now) if now.id == intent.id) {
            return;
        }
        match lookup.read(response) {
            Progress::More(lookup) => {
                let caller = self.caller_of(&intent);
                self.look(&caller, lookup, READ_TIMEOUT, |lookup| Task::Twins(intent, lookup));
            }
            Progress::Done(listed) => {
                if let (Ok(listed), Some(payment)) = (listed, &intent.passed.payment) {
                    self.twins = remit_core::operation::reconcile::twins(payment, &listed).cloned().collect();
                }
            }
        }
    }

    /// Shows every issue, and tells the page.
    fn validate(&mut self) {
        if !matches!(self.phase, Phase::Editing) {
            return;
        }
        self.judge();
        if let Err(rejection) = &self.verdict {
            let issues = rejection.issues().map(|issue| (issue.clone(), self.issue(issue))).collect();
            self.entry.submitted = true;
            self.announce(Announcement::Invalid(self.provider(), issues));
        }
    }

    /// Returns to the form and keeps the entered values. A refusal is shown at its field.
    fn edit(&mut self) {
        match &self.phase {
            Phase::Review(_) | Phase::Done(_, Outcome::NotSent(_)) => {}
            Phase::Done(_, Outcome::Refused(problem)) => self.entry.refused = Some(problem.clone()),
            Phase::Done(intent, Outcome::Unknown(_))
                if self.check.result == Some(CheckResult::NotRecorded) =>
            {
                let intent = intent.clone();
                self.forget(&intent);
            }
            _ => return,
        }
        self.open_form();
    }

    fn open_form(&mut self) {
        self.twins = Vec::new();
        self.phase = Phase::Editing;
        self.judge();
        // Another tab may have left another payment open.
        self.adopt();
    }

    /// Back to the review of a payment that was not sent. It keeps its key, unless the key is used up.
    fn retry(&mut self) {
        let Phase::Done(intent, Outcome::NotSent(_)) = &self.phase else { return };
        let mut intent = (**intent).clone();
        if self.unsent.is_none() {
            intent.id = self.next_id();
        }
        self.review(Arc::new(intent));
    }

    /// A new payment, because the person asked for it.
    fn start_over(&mut self) {
        match &self.phase {
            Phase::Done(intent, Outcome::Unknown(_)) if self.check.result != Some(CheckResult::Busy) => {
                let intent = intent.clone();
                self.forget(&intent);
                if !intent.restored {
                    self.clear();
                }
            }
            Phase::Done(_, Outcome::Recorded(_)) => self.clear(),
            _ => return,
        }
        self.open_form();
        self.announce_change();
    }

    /// Clears the form because the page asked for it. A payment that is pending, and an outcome that the person has not
    /// acknowledged, stay.
    fn reset(&mut self) {
        if self.is_settling() {
            return;
        }
        self.clear();
        self.open_form();
    }

    fn clear(&mut self) {
        self.entry = Entry::new(self.entry.provider);
    }

    /// Applies changed options. If they change the reviewed payment, the form returns to editing: the person has not reviewed
    /// the new one.
    fn configure(&mut self, options: Options) {
        self.blocked = String::new();
        self.replace_options(options);
        self.recheck();
        self.adopt();
    }

    /// Replaces all entered values. The page made the change itself, so it is not told.
    fn replace(&mut self, draft: Draft) {
        self.entry.draft = draft;
        self.entry.typed = Draft::new();
        self.entry.unfinished.clear();
        self.entry.refused = None;
        self.recheck();
    }

    /// Returns the form to editing if the payment that it shows is no longer the one that would be sent.
    pub(crate) fn recheck(&mut self) {
        self.judge();
        let shown = match &self.phase {
            Phase::Review(intent) | Phase::Done(intent, Outcome::NotSent(_) | Outcome::Refused(_)) => {
                intent.clone()
            }
            _ => return,
        };
        if !self.intent().is_ok_and(|now| now.is_same(&shown)) {
            self.open_form();
        }
    }
}
