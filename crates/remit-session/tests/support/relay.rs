//! A server in front of the books: the provider itself, a relay that keeps no keys, or one that sends each key at most once.

use std::collections::BTreeMap;

use remit_core::wire::{Headers, Method, Response};
use remit_core::{Cause, DEADLINE_HEADER, KEY_HEADER, Outcome, REPLAYED_HEADER, Reason, Receipt};
use remit_session::{Call, Mode};

use super::Books;
use super::random::Random;

/// What answers at the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Provider,
    /// A relay that ignores keys. It refuses a question about one, and says that it has not sent the question.
    Forgetful,
    Relay,
}

/// What a relay knows about a key.
#[derive(Debug, Clone)]
enum State {
    /// Its request has arrived, and has no outcome yet.
    Pending,
    /// The provider has answered, and has recorded the payment or not.
    Answered(Response, Option<String>),
    /// It was not sent, and may be sent with the next request, after so many attempts.
    NotSent(u8),
    /// The provider's answer was lost; what is true is here, and the relay does not know it yet.
    Unknown(Option<String>),
    /// The relay has looked.
    Settled(Option<String>),
}

#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) kind: Kind,
    /// The payload and the state of each key that has arrived.
    keys: BTreeMap<String, (String, State)>,
    pub(crate) replays: u64,
}

/// The key of a request, without its quotation marks.
pub(crate) fn key_of(call: &Call) -> Option<String> {
    let key = call.request.headers.get(KEY_HEADER)?;
    let key = key.strip_prefix('"').and_then(|key| key.strip_suffix('"')).unwrap();
    assert!((16..=64).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()), "{key}");
    Some(key.to_owned())
}

/// What a request asks for.
pub(crate) fn payload(call: &Call) -> String {
    format!("{} {} {}", call.request.method.name(), call.url, call.request.body)
}

impl Server {
    pub(crate) fn new(random: &mut Random) -> Self {
        let kind = match random.below(4) {
            0 => Kind::Provider,
            1 => Kind::Forgetful,
            _ => Kind::Relay,
        };
        Self { kind, keys: BTreeMap::new(), replays: 0 }
    }

    /// A request arrives, and its outcome takes its time.
    pub(crate) fn arrive(&mut self, call: &Call) {
        if let (Kind::Relay, Some(key)) = (self.kind, key_of(call))
            && self.keys.get(&key).is_none_or(|(_, state)| replay(state).is_none())
        {
            self.keys.insert(key, (payload(call), State::Pending));
        }
    }

    /// The relay has given up on a request that had arrived, and has not reached the provider with it.
    pub(crate) fn give_up(&mut self, call: &Call) {
        if let Some((_, state)) = key_of(call).and_then(|key| self.keys.get_mut(&key))
            && matches!(state, State::Pending)
        {
            *state = State::Unknown(None);
        }
    }

    /// The relay does not forward a request, and says so.
    pub(crate) fn refuse(&mut self, call: &Call, random: &mut Random) -> Response {
        let (status, cause) =
            if random.one_in(3) { (401, Cause::Session) } else { (502, Cause::Unreachable) };
        // A request without a session is refused before its key is read.
        if let (Kind::Relay, Some(key), Cause::Unreachable) = (self.kind, key_of(call), cause) {
            let state = self.keys.get(&key).map(|(_, state)| state);
            if let Some(replay) = state.and_then(replay) {
                self.replays += 1;
                return with_deadline(replay);
            }
            let attempts = if let Some(State::NotSent(attempts)) = state { *attempts } else { 0 };
            self.keys.insert(key, (payload(call), State::NotSent(attempts + 1)));
        }
        with_deadline(Outcome::NotSent(Reason::of(cause)).relay_reply(status).unwrap())
    }

    /// The relay looks for what it does not know.
    pub(crate) fn settle(&mut self) {
        for (_, state) in self.keys.values_mut() {
            if let State::Unknown(truth) = state {
                *state = State::Settled(truth.clone());
            }
        }
    }

    /// Serves a request. Returns the identifier of a payment that was recorded now.
    pub(crate) fn serve(
        &mut self,
        call: &Call,
        books: &mut Books,
        random: &mut Random,
    ) -> (Response, Option<String>) {
        let is_change = call.request.method != Method::Get;
        if call.mode == Mode::Reach {
            return books.serve(call);
        }
        if self.kind == Kind::Provider {
            assert_eq!(key_of(call), None, "a provider need not accept the header");
            assert!(!call.request.path.starts_with("/_intents/"), "a provider is not asked about a key");
            return books.serve(call);
        }
        if let Some(key) = call.request.path.strip_prefix("/_intents/") {
            assert_eq!(call.request.method, Method::Delete);
            return (with_deadline(self.withdraw(key)), None);
        }
        let key = key_of(call);
        assert_eq!(key.is_some(), is_change, "a relay receives a key with every change");
        let (Kind::Relay, Some(key)) = (self.kind, key) else {
            let (response, recorded) = books.serve(call);
            return (with_deadline(response), recorded);
        };
        if let Some((known, state)) = self.keys.get(&key) {
            assert!(known.is_empty() || *known == payload(call), "one key for two payloads");
            if let Some(replay) = replay(state) {
                self.replays += 1;
                return (with_deadline(replay), None);
            }
        }
        let (response, recorded) = books.serve(call);
        let is_lost = random.one_in(5);
        let state = if is_lost {
            State::Unknown(recorded.clone())
        } else {
            State::Answered(response.clone(), recorded.clone())
        };
        self.keys.insert(key, (payload(call), state));
        (with_deadline(if is_lost { unknown(504) } else { response }), recorded)
    }

    /// Whether the relay sends nothing under a key any more, even if a request is still on its way.
    pub(crate) fn is_withdrawn(&self, key: &str) -> bool {
        matches!(self.keys.get(key), Some((_, State::Settled(None))))
    }

    /// The relay's answer to a question about a key, under which it sends nothing from now on.
    fn withdraw(&mut self, key: &str) -> Response {
        if self.kind != Kind::Relay {
            return Outcome::NotSent(Reason::of(Cause::Relay)).relay_reply(404).unwrap();
        }
        let (_, state) = self.keys.entry(key.to_owned()).or_insert((String::new(), State::Settled(None)));
        if matches!(state, State::NotSent(_)) {
            *state = State::Settled(None);
        }
        match state {
            State::Answered(_, Some(id)) | State::Settled(Some(id)) => recorded(id),
            State::Answered(_, None) | State::Settled(None) => not_sent(200),
            _ => unknown(200),
        }
    }
}

/// The answer to another request with a key; `None` if it may be sent.
fn replay(state: &State) -> Option<Response> {
    let mut response = match state {
        State::Answered(response, _) => response.clone(),
        State::Unknown(_) => unknown(504),
        State::Settled(Some(id)) => recorded(id),
        State::Settled(None) => not_sent(409),
        State::NotSent(3..) => not_sent(503),
        // Only the request itself arrives a second time here.
        State::Pending | State::NotSent(_) => return None,
    };
    response.headers.set(REPLAYED_HEADER, "true");
    Some(response)
}

fn not_sent(status: u16) -> Response {
    Outcome::NotSent(Reason::of(Cause::Relay)).relay_reply(status).unwrap()
}

fn recorded(id: &str) -> Response {
    let receipt = Receipt { payment_id: Some(id.to_owned()), ..Receipt::default() };
    Outcome::Recorded(receipt).relay_reply(200).unwrap()
}

fn unknown(status: u16) -> Response {
    Outcome::Unknown(Reason::of(Cause::Lost)).relay_reply(status).unwrap()
}

fn with_deadline(mut response: Response) -> Response {
    let headers: Headers = response.headers.iter().chain([(DEADLINE_HEADER, "30")]).collect();
    response.headers = headers;
    response
}
