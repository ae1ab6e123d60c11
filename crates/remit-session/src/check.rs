//! Settling an unknown outcome by asking and looking, never by sending again; and finding one in the store.

use std::sync::Arc;

use remit_core::operation::reconcile::{Match, compare};
use remit_core::provider::lookup::{Lookup, Progress};
use remit_core::wire::{Method, Response};
use remit_core::{Cause, Failure, Outcome, RELAY_HEADER, Reason, Receipt, RecordedPayment, name};

use crate::announcement::Announcement;
use crate::call::{Completion, Mode, Task};
use crate::effect::Effect;
use crate::intent::Intent;
use crate::phase::{Check, CheckResult, Phase};
use crate::session::{READ_TIMEOUT, Session};
use crate::stored::{State, StoredIntent};

impl Session {
    /// Asks the relay about an unknown outcome, and looks for the payment in the provider's list.
    pub(crate) fn check_again(&mut self) {
        let Phase::Done(intent, Outcome::Unknown(_)) = &self.phase else { return };
        if self.check.result == Some(CheckResult::Busy) || self.check.elsewhere {
            return;
        }
        let scope = intent.scope();
        self.check.result = Some(CheckResult::Busy);
        self.at_work = self.at_work.saturating_add(1);
        // While it looks, no other form of this origin may record a payment that looks the same.
        self.check.awaits_claim = true;
        self.effects.push(Effect::Claim(scope));
    }

    /// The claim for a check has been decided.
    pub(crate) fn claimed_for_check(&mut self, granted: bool, stored: &[StoredIntent]) {
        let Phase::Done(intent, Outcome::Unknown(_)) = &self.phase else { return };
        if !core::mem::take(&mut self.check.awaits_claim) {
            return;
        }
        let intent = intent.clone();
        if !granted {
            return self.end_check(CheckResult::Failed);
        }
        self.check.is_open = stored.iter().any(|stored| stored.id == intent.id);
        if !self.check.keyed {
            return self.look_for(intent);
        }
        // The relay says what became of the key, and from now on sends nothing under it: an answer that nothing was sent is
        // final even if the request is still on its way.
        let path = ["/_intents/", &intent.id].concat();
        self.probe(&intent.clone(), Method::Delete, path, Mode::Full, Task::Key(intent));
    }

    /// The relay has said what became of the key, or not. Only its own words count: a server that keeps no keys answers too.
    pub(crate) fn asked(&mut self, intent: Arc<Intent>, response: Result<Response, Failure>) {
        let said = response
            .ok()
            .filter(|response| response.status == 200 && response.headers.get(RELAY_HEADER).is_some());
        match said.map(|response| intent.operation.outcome(&response, intent.currency())) {
            Some(Outcome::Recorded(receipt)) => self.complete(Completion { intent, receipt }),
            Some(Outcome::NotSent(_)) => self.release_check(&intent, CheckResult::NotRecorded),
            _ => self.look_for(intent),
        }
    }

    /// Looks for the payment in the provider's list.
    fn look_for(&mut self, intent: Arc<Intent>) {
        let lookup = intent.passed.payment.as_ref();
        let lookup = lookup.and_then(|_| Lookup::new(intent.provider, &intent.draft(), intent.currency()));
        let Some(lookup) = lookup else {
            return self.release_check(&intent, CheckResult::Unclear);
        };
        let caller = self.caller_of(&intent);
        self.look(&caller, lookup, READ_TIMEOUT, |lookup| Task::Reconcile(intent, lookup));
    }

    fn release_check(&mut self, intent: &Intent, result: CheckResult) {
        self.effects.push(Effect::Release(intent.scope()));
        self.end_check(result);
    }

    fn end_check(&mut self, result: CheckResult) {
        self.at_work = self.at_work.saturating_sub(1);
        if result == CheckResult::NotYet {
            self.effects.push(Effect::Wake(self.left_to_wait()));
        }
        self.check.result = Some(result);
    }

    /// A page of that list has arrived, or not.
    pub(crate) fn reconciled(
        &mut self,
        intent: Arc<Intent>,
        lookup: Lookup,
        response: Result<Response, Failure>,
    ) {
        let listed = match lookup.read(response) {
            Progress::More(lookup) => {
                let caller = self.caller_of(&intent);
                return self.look(&caller, lookup, READ_TIMEOUT, |lookup| Task::Reconcile(intent, lookup));
            }
            Progress::Done(listed) => listed,
        };
        let result = match listed {
            Err(_) => CheckResult::Failed,
            Ok(after) => {
                let after = comparable(&intent, after);
                let before = self.check.before.as_deref();
                let found = intent.passed.payment.as_ref().map(|payment| compare(payment, before, &after));
                match found {
                    Some(Match::Recorded(id)) if self.check.is_open => return self.found(intent, id),
                    // If the intent has been settled in another tab, a payment that was recorded since may look the same.
                    Some(Match::Recorded(id) | Match::Similar(id)) => {
                        let similar = after.into_iter().find(|payment| payment.id == id);
                        similar.map_or(CheckResult::Unclear, CheckResult::Similar)
                    }
                    Some(Match::NotRecorded) if self.left_to_wait() == 0 => CheckResult::NotRecorded,
                    Some(Match::NotRecorded) => CheckResult::NotYet,
                    Some(Match::Unclear) | None => CheckResult::Unclear,
                }
            }
        };
        self.release_check(&intent, result);
    }

    /// The person says that the similar payment is the one that was sent.
    pub(crate) fn mine(&mut self) {
        let Phase::Done(intent, Outcome::Unknown(_)) = &self.phase else { return };
        let Some(CheckResult::Similar(payment)) = &self.check.result else { return };
        let (intent, id) = (intent.clone(), payment.id.clone());
        self.check.result = Some(CheckResult::Busy);
        self.at_work = self.at_work.saturating_add(1);
        self.found(intent, id);
    }

    /// The payment is recorded under this identifier.
    fn found(&mut self, intent: Arc<Intent>, id: String) {
        let receipt = Receipt { payment_id: Some(id), ..Receipt::default() };
        self.complete(Completion { intent, receipt });
    }

    /// Milliseconds until the payment's request can no longer be pending.
    fn left_to_wait(&self) -> u64 {
        let passed = self.now.elapsed.saturating_sub(self.check.sent);
        let base_url = self.phase.intent().map_or("", |intent| &intent.base_url);
        u64::from(self.send_timeout(base_url)).saturating_sub(passed)
    }

    /// The time of an [`Effect::Wake`] has come: a payment that was not listed yet is looked for again.
    pub(crate) fn woke(&mut self) {
        if self.check.result == Some(CheckResult::NotYet) && self.left_to_wait() == 0 {
            self.check_again();
        }
    }

    /// The person has looked: the unknown outcome counts as settled.
    pub(crate) fn forget(&mut self, intent: &Intent) {
        self.known.0.retain(|stored| stored.id != intent.id);
        self.effects.push(Effect::Forget(intent.id.clone()));
    }

    /// What the store holds, at the beginning or after another tab has changed it.
    pub(crate) fn stored(&mut self, stored: Vec<StoredIntent>, claimed: Vec<String>) {
        self.known = (stored, claimed);
        self.adopt();
    }

    /// Shows an open intent of the form's invoice that the store holds. Never leaves an open phase of this session's own.
    pub(crate) fn adopt(&mut self) {
        if let Phase::Done(intent, Outcome::Unknown(_)) = &self.phase {
            if !intent.restored || self.at_work > 0 {
                return;
            }
            let (id, scope) = (intent.id.clone(), intent.scope());
            let still = self.known.0.iter().find(|stored| stored.id == id).cloned();
            match still {
                // Another tab has settled it, or the page now shows another invoice.
                None => self.phase = Phase::Editing,
                Some(stored) if !self.concerns(&stored) => self.phase = Phase::Editing,
                Some(_) => {
                    let elsewhere = self.known.1.contains(&scope);
                    if self.check.elsewhere && !elsewhere {
                        // The other tab has stopped sending it just now.
                        self.check.sent = self.now.elapsed;
                    }
                    self.check.elsewhere = elsewhere;
                    return;
                }
            }
        }
        let is_idle = match &self.phase {
            Phase::Editing | Phase::Review(_) => true,
            Phase::Done(_, outcome) => matches!(outcome, Outcome::Refused(_) | Outcome::NotSent(_)),
            Phase::Sending(..) | Phase::HandedOver(_) => false,
        };
        if !is_idle {
            return;
        }
        let open = self.known.0.iter().find(|stored| self.concerns(stored)).cloned();
        if let Some(open) = open {
            let elsewhere = self.known.1.contains(&open.scope);
            self.restore(&open, elsewhere);
        }
    }

    /// Whether a stored intent is about this form's invoice, at this form's address.
    fn concerns(&self, stored: &StoredIntent) -> bool {
        let Some(intent) = stored.intent() else { return false };
        let is_offered = self.options.providers.iter().any(|provider| provider.id == intent.provider.id);
        let wanted = self.options.preset.get(name::INVOICE);
        let invoice = intent.passed.values.text(name::INVOICE).unwrap_or_default();
        is_offered
            && intent.operation.purpose == self.options.purpose
            && intent.base_url == self.address(intent.provider)
            && wanted.is_none_or(|wanted| wanted.trim().eq_ignore_ascii_case(&invoice))
    }

    /// Shows an intent from the store. Returns whether it could be read.
    pub(crate) fn restore(&mut self, stored: &StoredIntent, elsewhere: bool) -> bool {
        let Some(intent) = stored.intent().map(Arc::new) else { return false };
        if stored.state == State::Recorded {
            if elsewhere {
                // The tab that recorded it is still there, and tells its own page.
                return false;
            }
            self.forget(&intent);
            self.changes = self.changes.wrapping_add(1);
            let receipt = Receipt { payment_id: stored.payment_id.clone(), ..Receipt::default() };
            self.phase = Phase::Done(intent.clone(), Outcome::Recorded(receipt.clone()));
            self.announce(Announcement::Outcome(intent, Outcome::Recorded(receipt)));
            return true;
        }
        let before = stored.payments_before();
        let keyed = stored.keyed;
        self.check = Check { before, sent: self.now.elapsed, keyed, elsewhere, ..Check::default() };
        let outcome = Outcome::Unknown(Reason::of(Cause::Lost));
        self.phase = Phase::Done(intent.clone(), outcome.clone());
        self.announce(Announcement::Outcome(intent, outcome));
        true
    }
}

/// The list as it can be compared with the intent: the notes of a restored intent are not known.
fn comparable(intent: &Intent, mut after: Vec<RecordedPayment>) -> Vec<RecordedPayment> {
    if intent.restored {
        for payment in &mut after {
            payment.note = None;
        }
    }
    after
}
