//! The part of the model between the tabs and the server: what is executed, answered, lost or late.

use remit_core::REPLAYED_HEADER;
use remit_core::wire::{Method, Response};
use remit_session::{CheckResult, Event, Mode};

use super::World;
use super::support::relay::{Kind, key_of};

impl World {
    /// The server executes a request, unless it has done so.
    fn execute(&mut self, at: usize) -> Response {
        let flight = &mut self.flights[at];
        let (mut response, recorded) = self.server.serve(&flight.call, &mut self.books, &mut self.random);
        if let Some(id) = flight.intent.take() {
            let truth = self.truth.entry(id).or_default();
            truth.in_flight -= 1;
            assert!(truth.recorded.is_none() || recorded.is_none(), "recorded twice");
            truth.recorded = truth.recorded.take().or(recorded);
            // The browser, or a proxy, sends the request again by itself.
            if self.server.kind == Kind::Relay && self.random.one_in(4) {
                let again;
                (response, again) = self.server.serve(&flight.call, &mut self.books, &mut self.random);
                assert_eq!(again, None, "recorded twice");
            }
        }
        response
    }

    /// A request ends on its way to the server.
    fn vanish(&mut self, at: usize) {
        if let Some(id) = self.flights[at].intent.take() {
            self.truth.entry(id).or_default().in_flight -= 1;
        }
    }

    fn answer(&mut self, at: usize, response: Result<Response, String>) {
        let flight = &mut self.flights[at];
        flight.is_answered = true;
        let (tab, life, call) = (flight.tab, flight.life, flight.call.id);
        if let (Ok(response), Method::Post) = (&response, flight.call.request.method)
            && response.headers.get(REPLAYED_HEADER).is_some()
            && let Some(id) = key_of(&flight.call)
        {
            self.truth.entry(id).or_default().is_used_up = true;
        }
        let was_asked = flight.call.request.path.starts_with("/_intents/");
        if self.tabs[tab].life == life {
            self.event(tab, Event::Answered { call, response });
            let result = &self.tabs[tab].session.check().result;
            self.counts.told += u64::from(was_asked && *result == Some(CheckResult::NotRecorded));
        }
    }

    /// The browser decides a claim.
    fn decide(&mut self) {
        let (tab, life, scope) = self.claims.swap_remove(self.random.below(self.claims.len()));
        if self.tabs[tab].life != life {
            return;
        }
        let granted = !self.claimed_by_others(tab).contains(&scope);
        if granted {
            self.tabs[tab].claims.insert(scope);
        }
        let stored = self.store.values().cloned().collect();
        self.event(tab, Event::Claimed { granted, stored });
    }

    /// Something happens on the network.
    pub(crate) fn network(&mut self) {
        if !self.claims.is_empty() && self.random.one_in(2) {
            return self.decide();
        }
        if !self.news.is_empty() && self.random.one_in(2) {
            let tab = self.news.swap_remove(self.random.below(self.news.len()));
            self.news.retain(|other| *other != tab);
            return self.stored(tab);
        }
        if self.flights.is_empty() {
            return;
        }
        if self.random.one_in(8) {
            self.server.settle();
        }
        let at = self.random.below(self.flights.len());
        let lost = || Err("lost".to_owned());
        match self.random.below(11) {
            // Executed and answered.
            0..=5 if !self.flights[at].is_answered => {
                let response = self.execute(at);
                self.answer(at, Ok(response));
            }
            // Executed, and the response is lost.
            6 if !self.flights[at].is_answered => {
                self.execute(at);
                self.answer(at, lost());
            }
            // The client gives up first; it may be executed later, before the deadline.
            7 if !self.flights[at].is_answered => {
                if self.random.one_in(2) {
                    self.server.arrive(&self.flights[at].call);
                }
                self.answer(at, lost());
            }
            // A relay's answer says that nothing was sent.
            8 if !self.flights[at].is_answered
                && self.server.kind != Kind::Provider
                && self.flights[at].call.mode == Mode::Full =>
            {
                self.vanish(at);
                let response = self.server.refuse(&self.flights[at].call, &mut self.random);
                self.answer(at, Ok(response));
            }
            // The server was never reached.
            8 | 10 if !self.flights[at].is_answered => {
                self.vanish(at);
                self.answer(at, lost());
            }
            // Executed late.
            9 if self.flights[at].is_answered => {
                self.execute(at);
            }
            _ => {}
        }
        self.flights.retain(|flight| !flight.is_answered || flight.intent.is_some());
    }

    /// Time passes. Nothing is executed after the deadline: the relay has given up.
    pub(crate) fn wait(&mut self, milliseconds: u64) {
        self.elapsed += milliseconds;
        let (elapsed, truth) = (self.elapsed, &mut self.truth);
        let mut late = Vec::new();
        for (at, flight) in self.flights.iter_mut().enumerate() {
            if elapsed - flight.sent >= 35_000 {
                if let Some(id) = flight.intent.take() {
                    truth.entry(id).or_default().in_flight -= 1;
                    self.server.give_up(&flight.call);
                }
                late.push(at);
            }
        }
        for at in late {
            if !self.flights[at].is_answered {
                self.answer(at, Err("timed out".to_owned()));
            }
        }
        self.flights.retain(|flight| !flight.is_answered || flight.intent.is_some());
        for tab in 0..self.tabs.len() {
            self.event(tab, Event::Woke);
        }
    }
}
