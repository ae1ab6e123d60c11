//! A form with a person in front of it: a session, driven without a browser.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use remit_core::wire::Response;
use remit_core::{Invoice, Offset, Outcome, Provider, Zone, name};
use remit_session::{
    Announcement, Call, CheckResult, Effect, Event, Mode, Now, Options, Phase, Session, Stage, StoredIntent,
};
use tokio::sync::mpsc;

use crate::told::Claim;
use crate::world::{CONNECTION, World};

/// The address that the form knows. The driver picks a relay for each request, as a load balancer does.
const ADDRESS: &str = "http://relay.invalid";
/// The form's clock is so much faster than the relay's. A form waits for at least five seconds more than the relay.
const SPEED: u32 = 2;
/// How long the person stays.
const PATIENCE: Duration = Duration::from_secs(6);

/// How the person behaves.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) seed: u64,
    pub(crate) begins: Duration,
    /// How often the person tries again a payment that was not sent or is not recorded.
    pub(crate) retries: u32,
    /// How often the person asks to look for an unknown payment.
    pub(crate) checks: u32,
    /// Whether the person confirms twice.
    pub(crate) is_hasty: bool,
    /// When the page is reloaded, if it is.
    pub(crate) reload: Option<Duration>,
}

impl Person {
    /// Plays the person.
    ///
    /// # Errors
    /// If the form does not accept the wish.
    pub(crate) async fn play(
        self,
        world: World,
        provider: &'static Provider,
        wish: usize,
        key: String,
    ) -> Result<()> {
        tokio::time::sleep(self.begins).await;
        let (events, mut arriving) = mpsc::unbounded_channel();
        let mut form = Form {
            random: fastrand::Rng::with_seed(self.seed),
            session: Session::new(Options::new(provider), "unused", Now::default()),
            provider,
            world,
            wish,
            key,
            life: 0,
            begun: Instant::now(),
            store: BTreeMap::new(),
            events,
        };
        form.load()?;
        let mut reload = self.reload;
        let (mut retries, mut checks) = (self.retries, self.checks);
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            // A person who has read that the payment is recorded does not enter it again.
            let has_ended =
                matches!(form.session.phase(), Phase::Done(_, Outcome::Recorded(_) | Outcome::Refused(_)));
            if !has_ended && reload.is_some_and(|after| form.begun.elapsed() > after) {
                reload = None;
                form.load()?;
                continue;
            }
            let mut presses = Vec::new();
            match form.session.phase().clone() {
                Phase::Editing => presses.push(Event::Submit),
                Phase::Review(_) => {
                    presses.push(Event::Confirm);
                    if self.is_hasty {
                        presses.push(Event::Confirm);
                    }
                }
                Phase::Sending(..) | Phase::HandedOver(_) => {}
                Phase::Done(_, Outcome::Recorded(_) | Outcome::Refused(_)) => return Ok(()),
                Phase::Done(_, Outcome::NotSent(_)) if retries == 0 => return Ok(()),
                Phase::Done(_, Outcome::NotSent(_)) => {
                    retries -= 1;
                    form.pause(250).await;
                    presses.push(Event::Retry);
                }
                Phase::Done(intent, Outcome::Unknown(_)) => match form.session.check().result.clone() {
                    Some(CheckResult::Busy) => {}
                    Some(CheckResult::NotRecorded) => {
                        let claim = Claim::Not("the form found no such payment".to_owned());
                        form.world.log.add(format!("form of wish {wish}: {}: {claim:?}", intent.id));
                        form.world.record.tell(wish, &intent.id, claim);
                        if retries == 0 {
                            return Ok(());
                        }
                        retries -= 1;
                        presses.push(Event::Edit);
                    }
                    _ if checks == 0 => return Ok(()),
                    _ => {
                        checks -= 1;
                        form.pause(300).await;
                        presses.push(Event::CheckAgain);
                    }
                },
            }
            let was_editing = matches!(form.session.phase(), Phase::Editing);
            for press in presses {
                form.handle(press)?;
            }
            if was_editing && matches!(form.session.phase(), Phase::Editing) {
                bail!("the form does not accept the wish: {:?}", form.session.errors());
            }
            if let Ok(Some((life, event))) =
                tokio::time::timeout(Duration::from_millis(30), arriving.recv()).await
                && life == form.life
            {
                form.handle(event)?;
            }
        }
        Ok(())
    }
}

/// The driver of a session.
struct Form {
    random: fastrand::Rng,
    session: Session,
    provider: &'static Provider,
    world: World,
    wish: usize,
    key: String,
    /// A reload begins another life.
    life: u32,
    begun: Instant,
    store: BTreeMap<String, StoredIntent>,
    events: mpsc::UnboundedSender<(u32, Event)>,
}

impl Form {
    async fn pause(&mut self, longest: u64) {
        tokio::time::sleep(Duration::from_millis(self.random.u64(0..longest))).await;
    }

    fn now(&self) -> Now {
        let elapsed = u64::try_from((self.begun.elapsed() * SPEED).as_millis()).unwrap_or(u64::MAX);
        let wall = remit_core::Instant::read("2026-11-19T15:00:00Z", Zone::Unknown);
        Now { elapsed, wall: wall.ok().map(|read| read.instant), offset: Some(Offset::UTC) }
    }

    /// Loads the page, as for the first time.
    fn load(&mut self) -> Result<()> {
        self.life += 1;
        if self.life > 1 {
            self.world.log.add(format!("form of wish {}: reload", self.wish));
        }
        let wish = self.world.wishes.get(self.wish).context("no such wish")?;
        let mut options = Options::new(self.provider);
        options.base_url = format!("{ADDRESS}/{CONNECTION}");
        options.purpose = wish.operation.purpose;
        options.preset = self.provider.emulation.ids.iter().copied().collect();
        if !wish.invoice.is_empty() {
            options = options.with_invoice(Invoice::new(&wish.invoice, wish.currency));
        }
        let draft: remit_core::Draft = wish
            .draft
            .iter()
            .filter(|(name, _)| options.preset.get(name).is_none() && *name != name::INVOICE)
            .collect();
        self.session = Session::new(options, format!("{}-{}", self.key, self.life), self.now());
        let stored = self.store.values().cloned().collect();
        self.handle(Event::Stored { stored, claimed: Vec::new() })?;
        self.handle(Event::Replaced(draft))
    }

    /// Reports an event to the session, and carries out what it asks for.
    fn handle(&mut self, event: Event) -> Result<()> {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            for effect in self.session.handle(event, self.now()) {
                match effect {
                    Effect::Call(call) => self.call(call),
                    Effect::Claim(_) => {
                        let stored = self.store.values().cloned().collect();
                        events.push_back(Event::Claimed { granted: true, stored });
                    }
                    Effect::Release(_) => {}
                    Effect::Store(stored) => {
                        self.store.insert(stored.id.clone(), stored);
                    }
                    Effect::Forget(id) => {
                        self.store.remove(&id);
                    }
                    Effect::Announce(Announcement::Submit(_)) => events.push_back(Event::NotTaken),
                    Effect::Announce(Announcement::Outcome(intent, outcome)) => {
                        let claim = Claim::of(&outcome);
                        self.world.log.add(format!("form of wish {}: {}: {claim:?}", self.wish, intent.id));
                        self.world.record.tell(self.wish, &intent.id, claim);
                    }
                    Effect::Announce(_) => {}
                    Effect::Wake(ms) => {
                        self.after(Duration::from_millis(ms / u64::from(SPEED) + 1), Event::Woke);
                    }
                }
            }
        }
        Ok(())
    }

    fn after(&self, time: Duration, event: Event) {
        let (events, life) = (self.events.clone(), self.life);
        tokio::spawn(async move {
            tokio::time::sleep(time).await;
            // The form may be gone.
            let _ = events.send((life, event));
        });
    }

    /// Sends a request as a browser would, and reports the result.
    fn call(&mut self, call: Call) {
        let (events, life, world, wish) = (self.events.clone(), self.life, self.world.clone(), self.wish);
        let relay = self.world.addresses.pick(self.random.usize(..));
        let timeout = Duration::from_millis(call.timeout.into()) / SPEED;
        let path = call.url.strip_prefix(ADDRESS).unwrap_or_default().to_owned();
        let intent = match self.session.phase() {
            Phase::Sending(intent, Stage::Posting) if intent.passed.request.body == call.request.body => {
                Some(intent.id.clone())
            }
            _ => None,
        };
        // A form that has not heard from the relay yet sends no key. Its intent has one all the same.
        let key = match call.request.headers.get("Idempotency-Key") {
            Some(key) => Some(key.trim_matches('"').to_owned()),
            None => intent,
        };
        tokio::spawn(async move {
            let response = match key {
                Some(key) => world.send_to(relay, wish, &key, &path, &call.request, timeout).await,
                None => world.exchange(relay, &path, &call.request, timeout).await,
            };
            let response = match (response, call.mode) {
                (Some(_), Mode::Reach) => Ok(Response::new(200, Default::default(), "")),
                (Some(response), Mode::Full) => Ok(response),
                (None, _) => Err("lost".to_owned()),
            };
            let _ = events.send((life, Event::Answered { call: call.id, response }));
        });
    }
}
