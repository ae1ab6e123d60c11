//! Sending a payment once, and finishing with an outcome.

use std::sync::Arc;

use remit_core::operation::reconcile::{Match, compare, twins};
use remit_core::provider::lookup::{Lookup, Progress};
use remit_core::wire::{Headers, Method, Request, Response};
use remit_core::{
    Answer, Cause, Failure, Outcome, Purpose, REPLAYED_HEADER, Reason, Receipt, RecordedPayment,
};

use crate::announcement::Announcement;
use crate::call::{Completion, Mode, Task};
use crate::caller::{Caller, request};
use crate::effect::Effect;
use crate::intent::Intent;
use crate::phase::{Check, Phase, Stage};
use crate::session::{READ_TIMEOUT, REFRESH_TIMEOUT, Session};
use crate::stored::{State, StoredIntent};

impl Session {
    /// The person confirmed the review. The phase changes at once, so a second confirmation does nothing.
    pub(crate) fn confirm(&mut self) {
        let Phase::Review(intent) = &self.phase else { return };
        if self.is_disabled() {
            return;
        }
        let intent = intent.clone();
        if !self.online {
            return self.finish(intent, Outcome::NotSent(Reason::of(Cause::Offline)));
        }
        self.check = Check { sent: self.now.elapsed, ..Check::default() };
        self.effects.push(Effect::Claim(intent.scope()));
        self.phase = Phase::Sending(intent, Stage::Claiming);
    }

    /// Other tabs have answered. From now on, no other form stores an intent of this invoice.
    pub(crate) fn claimed(&mut self, granted: bool, stored: &[StoredIntent]) {
        let Phase::Sending(intent, Stage::Claiming) = &self.phase else {
            return self.claimed_for_check(granted, stored);
        };
        let intent = intent.clone();
        if !granted {
            return self.finish(intent, Outcome::NotSent(Reason::of(Cause::Elsewhere)));
        }
        if self.gives_way(stored, &intent) {
            return;
        }
        self.phase = Phase::Sending(intent.clone(), Stage::Offered);
        self.announce(Announcement::Submit(intent));
    }

    /// The page sends the payment itself.
    pub(crate) fn taken_over(&mut self) {
        let Phase::Sending(intent, Stage::Offered) = &self.phase else { return };
        let intent = intent.clone();
        self.store(&intent, State::HandedOver, None);
        self.phase = Phase::HandedOver(intent);
    }

    /// The page leaves the payment to the form.
    pub(crate) fn not_taken(&mut self) {
        let Phase::Sending(intent, Stage::Offered) = &self.phase else { return };
        let intent = intent.clone();
        let caller = self.caller_of(&intent);
        self.phase = Phase::Sending(intent.clone(), Stage::Listing);
        let lookup = intent.passed.payment.as_ref();
        let lookup = lookup.and_then(|_| Lookup::new(intent.provider, &intent.draft(), intent.currency()));
        match lookup {
            Some(lookup) => self.look(&caller, lookup, READ_TIMEOUT, Task::Before),
            None => self.listed_before(Err(Failure::NotSent(Reason::of(Cause::Stopped)))),
        }
    }

    /// If a payment of the same invoice is open, it is shown in place of the new one, whose values stay entered.
    fn gives_way(&mut self, stored: &[StoredIntent], intent: &Intent) -> bool {
        let scope = intent.scope();
        let open = stored.iter().find(|stored| stored.scope == scope && stored.id != intent.id);
        let gives_way = open.is_some_and(|open| self.restore(open, false));
        if gives_way {
            self.effects.push(Effect::Release(scope));
        }
        gives_way
    }

    /// Requests the next page of a list.
    pub(crate) fn look(
        &mut self,
        caller: &Caller,
        lookup: Lookup,
        timeout: u32,
        task: impl FnOnce(Lookup) -> Task,
    ) {
        if let Some(request) = lookup.request() {
            self.call(caller, request, timeout, task(lookup));
        }
    }

    /// The list from before sending has arrived, or not.
    pub(crate) fn listed_before(&mut self, listed: Result<Vec<RecordedPayment>, Failure>) {
        let Phase::Sending(intent, Stage::Listing) = &self.phase else { return };
        let intent = intent.clone();
        if let Err(Failure::NotSent(reason)) = &listed
            && matches!(reason.cause, Cause::Unreachable | Cause::Session)
        {
            let reason = reason.clone();
            return self.finish(intent, Outcome::NotSent(reason));
        }
        // If the list failed without a response, the server may be reachable and only block the page from reading it.
        let responded = match &listed {
            Ok(_) | Err(Failure::Refused(_)) => true,
            Err(Failure::Unknown(reason)) => reason.cause != Cause::Lost,
            Err(Failure::NotSent(_)) => false,
        };
        let was_asked = matches!(&listed, Err(Failure::Unknown(_)));
        if let (Ok(listed), Some(payment)) = (&listed, &intent.passed.payment) {
            let same: Vec<_> = twins(payment, listed).cloned().collect();
            if same.iter().any(|twin| self.twins.iter().all(|known| known.id != twin.id)) {
                // The person has not seen this one: it has arrived since the review opened.
                self.twins = same;
                self.effects.push(Effect::Release(intent.scope()));
                return self.review(intent);
            }
        }
        self.check.before = listed.ok();
        if responded || intent.base_url.is_empty() {
            return self.post(intent);
        }
        self.phase = Phase::Sending(intent.clone(), Stage::Probing);
        self.probe(&intent, Method::Get, String::new(), Mode::Reach, Task::Reach(was_asked));
    }

    /// Sends a request without a body or a provider's credentials to the intent's address.
    pub(crate) fn probe(&mut self, intent: &Intent, method: Method, path: String, mode: Mode, task: Task) {
        let request = Request { method, path, headers: Headers::default(), body: String::new() };
        self.send(&intent.base_url, request, READ_TIMEOUT, mode, task);
    }

    /// A probe has been answered, or not.
    pub(crate) fn probed(&mut self, was_asked: bool, is_reachable: bool) {
        let Phase::Sending(intent, Stage::Probing) = &self.phase else { return };
        let intent = intent.clone();
        if !is_reachable {
            return self.finish(intent, Outcome::NotSent(Reason::of(Cause::Unreachable)));
        }
        // A server that answers, but whose list this page could not read, may refuse this page's origin: then the browser
        // would not send the payment either. And a relay must be known as one before it receives the payment. A page that
        // has credentials calls a provider.
        let is_known = self.is_relay(&intent.base_url) || self.caller_of(&intent).has_credentials();
        if was_asked || !is_known {
            self.probe(&intent, Method::Get, String::new(), Mode::Full, Task::Origin(was_asked));
        } else {
            self.post(intent);
        }
    }

    /// Whether the server accepts this page's requests. A provider without a list need not answer at its base URL.
    pub(crate) fn accepted(&mut self, was_asked: bool, is_accepted: bool) {
        let Phase::Sending(intent, Stage::Probing) = &self.phase else { return };
        let intent = intent.clone();
        if is_accepted || !was_asked {
            return self.post(intent);
        }
        self.finish(intent, Outcome::NotSent(Reason::of(Cause::Origin)));
    }

    /// Sends the request that records the payment: the only place that does.
    fn post(&mut self, intent: Arc<Intent>) {
        self.phase = Phase::Sending(intent.clone(), Stage::Posting);
        self.check.sent = self.now.elapsed;
        self.check.keyed = self.is_relay(&intent.base_url);
        let before = self.check.before.clone();
        self.store(&intent, State::Sending, before.as_deref());
        let caller = self.caller_of(&intent);
        self.change(&caller, intent.passed.request.clone(), &intent.id, Task::Create);
    }

    /// The response to that request has arrived, or not.
    pub(crate) fn created(&mut self, response: Result<Response, Failure>) {
        let Phase::Sending(intent, Stage::Posting) = &self.phase else { return };
        let intent = intent.clone();
        let mut is_used_up = false;
        let outcome = match response {
            Ok(response) => {
                // The relay repeats what it has answered before, or the key is another request's: it will not send this one.
                is_used_up = response.status == 422 || response.headers.get(REPLAYED_HEADER).is_some();
                intent.operation.outcome(&response, intent.currency())
            }
            Err(failure) => failure.into(),
        };
        match outcome {
            Outcome::Recorded(receipt) => {
                self.phase = Phase::Sending(intent.clone(), Stage::Completing);
                self.store_recorded(&intent, &receipt);
                self.complete(Completion { intent, receipt });
            }
            outcome => self.finish(intent, outcome),
        }
        if is_used_up {
            self.unsent = None;
        }
    }

    /// The response to a payment that the page sent itself, or `None` if no response arrived.
    pub(crate) fn settle(&mut self, response: Option<&Response>) {
        let (Phase::HandedOver(intent) | Phase::Sending(intent, Stage::Offered)) = &self.phase else {
            return;
        };
        let intent = intent.clone();
        let outcome = match response {
            Some(response) => intent.operation.outcome(response, intent.currency()),
            None => Outcome::Unknown(Reason::of(Cause::Lost)),
        };
        self.finish(intent, outcome);
    }

    /// Looks up what the provider's response omitted: the payment's identifier, and the invoice's new balance. A value that
    /// cannot be loaded stays absent; the payment is recorded either way.
    pub(crate) fn complete(&mut self, completion: Completion) {
        let intent = completion.intent.clone();
        let needs_number = completion.receipt.payment_id.is_none() && self.check.before.is_some();
        let lookup = needs_number
            .then(|| Lookup::new(intent.provider, &intent.draft(), intent.currency()))
            .flatten()
            .filter(|_| intent.passed.payment.is_some());
        match lookup {
            Some(lookup) => {
                let caller = self.caller_of(&intent);
                self.look(&caller, lookup, REFRESH_TIMEOUT, |lookup| {
                    Task::Number(Box::new(completion), lookup)
                });
            }
            None => self.look_up_balance(completion),
        }
    }

    /// A page of the list in which the recorded payment's identifier is looked up.
    pub(crate) fn numbered(
        &mut self,
        mut completion: Box<Completion>,
        lookup: Lookup,
        response: Result<Response, Failure>,
    ) {
        let intent = completion.intent.clone();
        match lookup.read(response) {
            Progress::More(lookup) => {
                let caller = self.caller_of(&intent);
                self.look(&caller, lookup, REFRESH_TIMEOUT, |lookup| Task::Number(completion, lookup));
            }
            Progress::Done(listed) => {
                if let (Some(payment), Ok(after)) = (&intent.passed.payment, listed)
                    && let Match::Recorded(id) | Match::Similar(id) =
                        compare(payment, self.check.before.as_deref(), &after)
                {
                    completion.receipt.payment_id = Some(id);
                }
                self.look_up_balance(*completion);
            }
        }
    }

    fn look_up_balance(&mut self, completion: Completion) {
        let intent = completion.intent.clone();
        let lacks_balance = completion.receipt.balance.is_none() && intent.passed.payment.is_some();
        let shown =
            lacks_balance.then(|| request(intent.provider, Purpose::GetInvoice, &intent.draft())).flatten();
        match shown {
            Some(request) => {
                let caller = self.caller_of(&intent);
                self.call(&caller, request, REFRESH_TIMEOUT, Task::Balance(Box::new(completion)));
            }
            None => self.completed(completion),
        }
    }

    /// The invoice after the payment, or not.
    pub(crate) fn balanced(&mut self, mut completion: Completion, response: Result<Response, Failure>) {
        let intent = &completion.intent;
        let shown = intent.provider.operation(Purpose::GetInvoice);
        let answer = shown.and_then(|shown| shown.understand(&response.ok()?, intent.currency()).ok());
        if let Some(Answer::Invoice(invoice)) = answer {
            completion.receipt.balance = invoice.balance;
        }
        self.completed(completion);
    }

    /// The payment is recorded, and its receipt is complete.
    fn completed(&mut self, Completion { intent, receipt }: Completion) {
        if matches!(self.phase, Phase::Done(..)) {
            // It was found by a check.
            self.at_work = self.at_work.saturating_sub(1);
        }
        self.finish(intent, Outcome::Recorded(receipt));
    }

    /// Ends the sending with an outcome. Only an unknown one stays in the store.
    pub(crate) fn finish(&mut self, intent: Arc<Intent>, outcome: Outcome) {
        if matches!(outcome, Outcome::Unknown(_)) {
            let before = self.check.before.clone();
            self.store(&intent, State::Unknown, before.as_deref());
        } else {
            self.forget(&intent);
        }
        self.effects.push(Effect::Release(intent.scope()));
        self.unsent = matches!(outcome, Outcome::NotSent(_)).then(|| intent.clone());
        if matches!(outcome, Outcome::Recorded(_)) {
            self.changes = self.changes.wrapping_add(1);
            self.entry.touched = false;
        }
        self.phase = Phase::Done(intent.clone(), outcome.clone());
        self.announce(Announcement::Outcome(intent, outcome));
    }

    pub(crate) fn store(&mut self, intent: &Intent, state: State, before: Option<&[RecordedPayment]>) {
        let mut stored = StoredIntent::of(intent, state, before);
        stored.keyed = self.check.keyed;
        self.effects.push(Effect::Store(stored));
    }

    fn store_recorded(&mut self, intent: &Intent, receipt: &Receipt) {
        let mut stored = StoredIntent::of(intent, State::Recorded, None);
        stored.payment_id.clone_from(&receipt.payment_id);
        self.effects.push(Effect::Store(stored));
    }

    pub(crate) fn announce(&mut self, announcement: Announcement) {
        self.effects.push(Effect::Announce(announcement));
    }
}
