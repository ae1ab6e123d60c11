//! What the seed of a run decides.

use std::collections::VecDeque;
use std::time::Duration;

use remit_core::{Provider, Purpose};
use remit_relay::POINTS;

use crate::crash::{Crash, Failure};
use crate::fault::{Fault, Outage, Planned};
use crate::form::Person;
use crate::plain::Plain;
use crate::proxy::Faults;

/// A client and how it behaves.
#[derive(Debug, Clone)]
pub(crate) enum Client {
    Plain(Plain),
    Form(Person),
}

/// A wish, as the plan describes it.
#[derive(Debug, Clone)]
pub(crate) struct WishPlan {
    pub(crate) purpose: Purpose,
    /// Whether it equals the first wish in everything that a provider shows.
    pub(crate) is_equal: bool,
    pub(crate) minor: i64,
    pub(crate) note: Option<String>,
    pub(crate) client: Client,
}

/// A payment that somebody else records directly at the provider.
#[derive(Debug, Clone)]
pub(crate) struct Other {
    /// How long after the first change has arrived.
    pub(crate) after: Duration,
    /// Whether its amount is that of the first wish.
    pub(crate) is_similar: bool,
    pub(crate) note: Option<String>,
}

/// A time in which nobody can write the relays' store.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stall {
    pub(crate) after: Duration,
    pub(crate) lasts: Duration,
}

/// The plan of a run.
pub(crate) struct Plan {
    /// `None` if no provider has the operation.
    pub(crate) provider: Option<&'static Provider>,
    /// Which of the unpaid invoices is paid.
    pub(crate) invoice: usize,
    /// Whether the connection names the currency.
    pub(crate) has_currency: bool,
    pub(crate) relays: usize,
    pub(crate) wishes: Vec<WishPlan>,
    pub(crate) other: Option<Other>,
    /// Whether a payment that equals the first wish was recorded long before.
    pub(crate) has_earlier: bool,
    pub(crate) faults: Faults,
    pub(crate) failures: Vec<Failure>,
    pub(crate) stall: Option<Stall>,
    pub(crate) kind: Kind,
}

/// What the relays of a run are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Threads, which end where they wait.
    Threads,
    /// Programs, which are killed.
    Programs,
    /// A program, which loses what it has not synced when it is killed.
    Powered,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Threads => "threads",
            Self::Programs => "programs",
            Self::Powered => "a program that loses power",
        }
    }
}

impl Plan {
    /// The plan of a seed. With `programs`, the relays are programs; without, only those of every twentieth seed.
    pub(crate) fn new(seed: u64, programs: bool) -> Self {
        let random = &mut fastrand::Rng::with_seed(seed);
        let purpose = match random.u8(..100) {
            0..60 => Purpose::RecordPayment,
            60..84 => Purpose::DeletePayment,
            _ => Purpose::AddInvoice,
        };
        let having = Provider::ALL.iter().copied().filter(|provider| provider.operation(purpose).is_some());
        let having: Vec<_> = having.collect();
        let provider = having.get(random.usize(..having.len().max(1))).copied();
        let kind = match (programs || seed.is_multiple_of(20), random.bool()) {
            (false, _) => Kind::Threads,
            (true, false) => Kind::Programs,
            (true, true) => Kind::Powered,
        };
        let relays = random.choice([1, 1, 1, 2, 2, 3]).unwrap_or(1);
        let relays = if kind == Kind::Powered { 1 } else { relays };
        let count = random.choice([1, 1, 1, 2, 2, 3]).unwrap_or(1);
        let mut wishes: Vec<WishPlan> = Vec::new();
        for _ in 0..count {
            // Equal wishes are those of plain clients: a form that compares lists may take an equal payment for its own.
            let is_plain = |wish: &WishPlan| matches!(wish.client, Client::Plain(_));
            let is_equal = random.bool() && wishes.first().is_some_and(is_plain);
            let purpose = if !wishes.is_empty() && !is_equal && random.u8(..3) == 0 {
                Purpose::RecordPayment
            } else {
                purpose
            };
            wishes.push(wish(random, purpose, is_equal, &wishes));
        }
        let other = (purpose == Purpose::RecordPayment && random.u8(..5) < 2).then(|| Other {
            after: Duration::from_millis(random.u64(0..900)),
            is_similar: random.u8(..4) > 0,
            note: random.bool().then(|| "by another clerk".to_owned()),
        });
        Self {
            provider,
            invoice: random.usize(..16),
            has_currency: random.bool(),
            relays,
            other,
            has_earlier: purpose == Purpose::RecordPayment && random.u8(..3) == 0,
            faults: faults(random),
            failures: failures(random, relays),
            kind,
            // The campaign itself would sync the store.
            stall: (random.u8(..8) == 0 && kind != Kind::Powered).then(|| Stall {
                after: Duration::from_millis(random.u64(0..1500)),
                lasts: Duration::from_millis(random.u64(100..1600)),
            }),
            wishes,
        }
    }
}

impl Plan {
    /// The plan, for the log.
    pub(crate) fn describe(&self) -> String {
        let provider = self.provider.map_or("no provider", |provider| provider.id);
        let lines = self.wishes.iter().enumerate().map(|(at, wish)| format!("  wish {at}: {wish:?}"));
        let mut lines: Vec<_> = lines.collect();
        lines.extend(self.failures.iter().map(|failure| format!("  {failure:?}")));
        lines.extend(self.has_earlier.then(|| "  an equal payment was recorded before".to_owned()));
        lines.extend(self.other.iter().map(|other| format!("  {other:?}")));
        let Faults { before, changes, after, outage } = &self.faults;
        for (what, faults) in [("lists before", before), ("changes", changes), ("lists afterwards", after)] {
            let faults =
                faults.iter().map(|planned| format!("{} ({:?})", planned.fault.name(), planned.wait));
            lines.push(format!("  {what}: {}", faults.collect::<Vec<_>>().join(", ")));
        }
        lines.extend(self.stall.iter().map(|stall| format!("  {stall:?}")));
        lines.extend(outage.iter().map(|outage| format!("  {outage:?}")));
        let (relays, currency) = (self.relays, self.has_currency);
        format!(
            "{provider}, {relays} relays ({:?}), currency configured: {currency}\n{}",
            self.kind,
            lines.join("\n")
        )
    }
}

fn wish(random: &mut fastrand::Rng, purpose: Purpose, is_equal: bool, earlier: &[WishPlan]) -> WishPlan {
    let seed = random.u64(..);
    let begins = Duration::from_millis(if earlier.is_empty() { 0 } else { random.u64(0..1200) });
    let client = if purpose != Purpose::DeletePayment && !is_equal && random.u8(..10) < 3 {
        Client::Form(Person {
            seed,
            begins,
            retries: random.u32(0..3),
            checks: random.u32(0..8),
            is_hasty: random.bool(),
            reload: (random.u8(..4) == 0).then(|| Duration::from_millis(random.u64(5..1500))),
        })
    } else {
        Client::Plain(Plain {
            seed,
            begins,
            timeout: Duration::from_millis(random.choice([120, 300, 700, 1300, 3000]).unwrap_or(1000)),
            tries: random.u32(1..8),
            pause: random.choice([5, 100, 400, 900]).unwrap_or(100),
            is_twin: random.u8(..4) == 0,
            withdraws: random.u8(..10) == 0,
            begins_anew: random.u8(..3) == 0,
            // The run replaces the number by that of the wish.
            misuse: (purpose == Purpose::RecordPayment && random.u8(..10) == 0).then_some(0),
        })
    };
    let first = earlier.first().filter(|_| is_equal);
    let own = random.u8(..3) > 0;
    let note = own.then(|| format!("campaign {:04x}", random.u16(..)));
    WishPlan {
        purpose,
        is_equal,
        minor: first.map_or_else(|| random.i64(100..2000), |first| first.minor),
        note: first.map_or(note, |first| first.note.clone()),
        client,
    }
}

fn faults(random: &mut fastrand::Rng) -> Faults {
    let mut list = |counts: &[usize]| -> VecDeque<Planned> {
        let count = random.choice(counts.iter().copied()).unwrap_or(0);
        (0..count)
            .map(|_| {
                let fault = if random.u8(..4) == 0 { Fault::None } else { Fault::of_list(random) };
                Planned::new(fault, random)
            })
            .collect()
    };
    let (before, after) = (list(&[0, 0, 0, 1, 2]), list(&[0, 0, 1, 2, 4]));
    let changes = (0..random.usize(1..4))
        .map(|_| {
            let fault = if random.u8(..6) == 0 { Fault::None } else { Fault::of_change(random) };
            Planned::new(fault, random)
        })
        .collect();
    let outage = (random.u8(..6) == 0).then(|| Outage {
        after: random.usize(0..5),
        lasts: Duration::from_millis(random.u64(30..900)),
        refuses: random.bool(),
    });
    Faults { before, changes, after, outage }
}

fn failures(random: &mut fastrand::Rng, relays: usize) -> Vec<Failure> {
    let count = random.choice([0, 0, 1, 1, 2]).unwrap_or(0);
    (0..count)
        .map(|_| {
            let (point, nth) = (random.choice(POINTS).unwrap_or("sending"), random.u32(1..3));
            let crash = match random.u8(..8) {
                0..2 => Crash::After(Duration::from_millis(random.u64(10..1500))),
                2 => Crash::Pause(point, 1, Duration::from_millis(random.u64(300..2500))),
                _ => Crash::At(point, nth),
            };
            Failure {
                relay: random.usize(..relays),
                crash,
                outage: Duration::from_millis(random.u64(0..300)),
            }
        })
        .collect()
}
