//! One run: a sandbox, a faulty network, relays that crash, and clients that insist.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use remit_core::{Currency, Provider, Purpose};
use remit_sandbox::Sandbox;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::books::Books;
use crate::fault::Fault;
use crate::fleet::Fleet;
use crate::log::Log;
use crate::other;
use crate::plan::{Client, Kind, Plan};
use crate::power::{Library, Power};
use crate::proxy::Proxy;
use crate::setup::{ProgramSetup, Setup};
use crate::store::Place;
use crate::table::Entry;
use crate::told::{Claim, Record};
use crate::verdict::{Evidence, Verdict, judge};
use crate::wish::{Values, Wish, currency};
use crate::world::{CONNECTION, World};

/// How long the relays may take to settle everything once the network works again: a deadline of a second, the quiet time, and
/// a pause that the provider asked for.
const SETTLES: Duration = Duration::from_secs(6);
/// How long a relay waits for the provider, in seconds.
const DEADLINE: u64 = 1;
/// The seconds at which the payments of others were made.
const OTHERS: usize = 40;
const SEEDED: usize = 50;
const EARLIER: usize = 55;

/// What came of a run.
pub(crate) struct Report {
    pub(crate) seed: u64,
    pub(crate) verdict: Verdict,
    pub(crate) entries: Vec<Entry>,
    pub(crate) log: Log,
}

/// A sandbox that is being served.
struct Provided {
    address: SocketAddr,
    books: Books,
    /// Dropping it stops the sandbox.
    _stop: oneshot::Sender<()>,
}

impl Provided {
    async fn start(folder: &Path, provider: &'static Provider) -> Result<Self> {
        let file = folder.join("books.db");
        let sandbox = Sandbox::open(Some(&file))?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(remit_sandbox::serve(listener, sandbox, async {
            let _ = stopped.await;
        }));
        Ok(Self { address, books: Books::new(&file, provider.id), _stop: stop })
    }
}

/// Plays a run. `place` is the relays' store, if it is not a file.
///
/// # Errors
/// If the run cannot be played.
pub(crate) async fn play(
    seed: u64,
    programs: bool,
    place: Option<&Place>,
    library: &Library,
) -> Result<Report> {
    let log = Log::new();
    let plan = Plan::new(seed, programs);
    let folder = folder()?;
    let provider = plan.provider.context("no provider has the operation")?;
    log.add(format!("seed {seed}: {}", plan.describe()));
    let provided = Provided::start(folder.path(), provider).await?;
    let Wishes { wishes, other, currency } = make(&plan, provider, &provided).await?;
    let earlier = provided.books.payments()?.into_iter().map(|row| row.id).collect();
    let marks = wishes.iter().map(|wish| wish.mark.clone()).collect();
    let proxy = Proxy::start(provider, provided.address, plan.faults.clone(), marks, log.clone())?;
    let power = if plan.kind == Kind::Powered { Power::new(folder.path(), library)? } else { None };
    let place = match (place, &power) {
        (_, Some(power)) => Place::File(power.volatile.join("store.db")),
        (Some(place), None) => place.clone(),
        (None, None) => Place::File(folder.path().join("store.db")),
    };
    place.clear().await?;
    let program =
        (plan.kind != Kind::Threads).then(|| ProgramSetup { folder: folder.path().to_owned(), power });
    let setup = Setup { program, ..setup(&plan, provider, proxy.address, currency, &place.address()) };
    let fleet = Fleet::start(&setup, &plan, seed, &log).await?;
    let world = World {
        wishes: wishes.into(),
        addresses: fleet.addresses.clone(),
        record: Record::default(),
        log: log.clone(),
    };

    let mut clients = JoinSet::new();
    for (at, planned) in plan.wishes.iter().enumerate() {
        let (world, key) = (world.clone(), format!("{seed:x}-{at}"));
        match planned.client.clone() {
            Client::Plain(mut client) => {
                // The misuse of the n-th wish comes after all wishes.
                let misuses = world.wishes.iter().enumerate().filter(|(_, wish)| wish.is_misuse);
                let mut misuses = misuses.filter(|(_, wish)| wish.group == at).map(|(at, _)| at);
                client.misuse = client.misuse.and_then(|_| misuses.next());
                clients.spawn(async move {
                    client.play(world, at, key).await;
                    anyhow::Ok(())
                });
            }
            Client::Form(person) => {
                clients.spawn(person.play(world, provider, at, key));
            }
        }
    }
    if let Some(stall) = plan.stall {
        let (place, log) = (place.clone(), log.clone());
        clients.spawn(async move {
            tokio::time::sleep(stall.after).await;
            log.add("nobody can write the store");
            place.stall(stall.lasts).await?;
            log.add("the store can be written again");
            anyhow::Ok(())
        });
    }
    if let (Some(planned), Some(wish)) = (&plan.other, &other) {
        let arrives = tokio::time::timeout(Duration::from_secs(2), proxy.changed()).await;
        if arrives.is_ok() {
            tokio::time::sleep(planned.after).await;
            other::record(provider, provided.address, wish).await?;
            log.add("somebody else recorded a payment");
        }
    }
    while let Some(client) = clients.join_next().await {
        client??;
    }
    proxy.calm();
    log.add("the network works again");
    settle(&place, &world, &log).await?;
    let intents = place.intents().await?;
    for intent in &intents {
        log.add(format!("{intent:?}"));
    }
    let told = world.record.all();
    let finals = ask_finally(&world, &told).await?;
    fleet.end().await?;
    let changes = proxy.changes();
    for row in provided.books.payments()? {
        log.add(format!("{row:?}"));
    }
    let evidence = Evidence {
        wishes: &world.wishes,
        told: &told,
        changes: &changes,
        intents: &intents,
        finals: &finals,
        books: &provided.books,
        earlier: &earlier,
        has_hidden_list: proxy.has_hidden_list(),
    };
    let verdict = judge(&evidence)?;
    let crash = plan.failures.first().map(|failure| failure.crash.name());
    let entries = verdict.ends.iter().filter_map(|(at, end)| {
        let change = changes.iter().rev().find(|change| change.wish == *at);
        Some(Entry {
            purpose: world.wishes.get(*at)?.operation.purpose,
            end: *end,
            change: change.map_or(Fault::Unsent, |change| change.fault).name(),
            before: plan.faults.before.front().map_or(Fault::None, |planned| planned.fault).name(),
            after: plan.faults.after.front().map_or(Fault::None, |planned| planned.fault).name(),
            outage: plan.faults.outage.map_or("none", |outage| outage.name()),
            crash: crash.unwrap_or("none"),
            relays: plan.kind.name(),
            store: if plan.stall.is_some() { "locked for a while" } else { "none" },
        })
    });
    let entries = entries.collect();
    Ok(Report { seed, verdict, entries, log })
}

/// A folder for the databases: in memory where there is one, because no run tests the disk.
fn folder() -> Result<tempfile::TempDir> {
    let memory = Path::new("/dev/shm");
    Ok(if memory.is_dir() { tempfile::tempdir_in(memory)? } else { tempfile::tempdir()? })
}

/// The wishes of a plan, and the payment that somebody else records.
struct Wishes {
    wishes: Vec<Wish>,
    other: Option<Wish>,
    currency: Currency,
}

async fn make(plan: &Plan, provider: &'static Provider, provided: &Provided) -> Result<Wishes> {
    let unpaid = provided.books.unpaid()?;
    let transactions = provided.books.transactions()?;
    // A payment needs a bank transaction in the invoice's currency, where the provider has them.
    let is_payable =
        |code: &str| transactions.is_empty() || transactions.iter().any(|one| one.currency == code);
    let payable: Vec<_> = unpaid.iter().filter(|invoice| is_payable(&invoice.currency)).collect();
    let invoice = payable.get(plan.invoice.checked_rem(payable.len()).unwrap_or(0)).context("no invoice")?;
    let mut of_currency = transactions.iter().filter(|one| one.currency == invoice.currency);
    let transaction = of_currency.next().map_or("", |one| one.id.as_str());
    let another = of_currency.next().map_or("", |one| one.id.as_str());
    let currency = currency(&invoice.currency)?;
    let values = Values {
        invoice: &invoice.id,
        currency,
        minor: 0,
        second: 0,
        note: None,
        receipt: "R-1",
        transaction,
    };
    let mut wishes: Vec<Wish> = Vec::new();
    let mut misuses = Vec::new();
    for (at, planned) in plan.wishes.iter().enumerate() {
        let operation = provider.operation(planned.purpose).context("no such operation")?;
        let receipt = if planned.is_equal { "R-0".to_owned() } else { format!("R-{at}") };
        let of_payment = Values {
            minor: planned.minor,
            second: at + 1,
            note: planned.note.as_deref(),
            receipt: &receipt,
            ..values.clone()
        };
        if at == 0 && plan.has_earlier {
            let earlier = Wish::payment(provider, at, &Values { second: EARLIER, ..of_payment.clone() })?;
            other::record(provider, provided.address, &earlier).await?;
        }
        let wish = match planned.purpose {
            Purpose::RecordPayment => Wish::payment(provider, at, &of_payment)?,
            Purpose::DeletePayment if planned.is_equal => wishes.first().cloned().context("no first wish")?,
            Purpose::DeletePayment => {
                let seeded = Values { second: SEEDED + at, ..of_payment };
                let seeded = Wish::payment(provider, at, &seeded)?;
                other::record(provider, provided.address, &seeded).await?;
                let payments = provided.books.payments()?;
                let payment = payments.last().context("no payment is recorded")?;
                Wish::removal(provider, operation, at, &invoice.id, &payment.id)?
            }
            _ => Wish::invoice(provider, operation, at, &format!("C-{at}-{}", plan.invoice), currency)?,
        };
        if matches!(&planned.client, Client::Plain(client) if client.misuse.is_some())
            && planned.purpose == Purpose::RecordPayment
        {
            let values = Values {
                minor: planned.minor + 1,
                second: at + 21,
                note: planned.note.as_deref(),
                receipt: &receipt,
                ..values.clone()
            };
            misuses.push(Wish { is_misuse: true, ..Wish::payment(provider, at, &values)? });
        }
        wishes.push(wish);
    }
    wishes.extend(misuses);
    let first = plan.wishes.first().map_or(0, |wish| wish.minor);
    let other = plan.other.as_ref().map(|other| {
        let minor = if other.is_similar { first } else { first + 7 };
        // Nobody uses the same receipt or bank transaction twice.
        let values = Values {
            minor,
            second: OTHERS,
            note: other.note.as_deref(),
            receipt: "R-99",
            transaction: another,
            ..values.clone()
        };
        Wish::payment(provider, usize::MAX, &values)
    });
    Ok(Wishes { wishes, other: other.transpose()?, currency })
}

fn setup(
    plan: &Plan,
    provider: &'static Provider,
    proxy: SocketAddr,
    currency: Currency,
    store: &str,
) -> Setup {
    let purposes: BTreeSet<_> =
        provider.all_operations().map(|operation| format!("{:?}", operation.purpose.as_str())).collect();
    let purposes: Vec<_> = purposes.into_iter().collect();
    let mut toml = format!(
        "sandbox = true\nstore = {store:?}\ntimeout_seconds = {DEADLINE}\nconnect_timeout_seconds = 1\n[connections.{CONNECTION}]\n\
         provider = \"{}\"\nbase_url = \"http://{proxy}{}\"\noperations = [{}]\n",
        provider.id,
        provider.emulation.base,
        purposes.join(", ")
    );
    if plan.has_currency {
        toml.push_str(&format!("currency = \"{}\"\n", currency.code()));
    }
    toml.push_str(&format!("[connections.{CONNECTION}.secrets]\n"));
    let credentials = provider.emulation.credentials.first().copied().unwrap_or_default();
    for (name, _) in credentials {
        toml.push_str(&format!("{name} = {{ env = \"{name}\" }}\n"));
    }
    let secrets = credentials.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Setup { toml, secrets, program: None }
}

/// Waits until no key is open any more.
async fn settle(place: &Place, world: &World, log: &Log) -> Result<()> {
    // A request whose client has gone may still be on its way through a relay, for as long as the deadline.
    let abandoned = world.record.all().into_iter().filter(|told| told.answer.is_none());
    if let Some(last) = abandoned.map(|told| told.asked).max() {
        let end = last + Duration::from_secs(DEADLINE) + Duration::from_millis(100);
        tokio::time::sleep_until(end.into()).await;
    }
    let begun = Instant::now();
    while begun.elapsed() < SETTLES {
        let is_open = |state: &str| matches!(state, "prepared" | "sending" | "unknown");
        if !place.intents().await?.iter().any(|intent| is_open(&intent.state)) {
            log.add("everything is settled");
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    log.add("not everything is settled");
    Ok(())
}

/// Asks what each key says, through a relay.
async fn ask_finally(world: &World, told: &[crate::told::Told]) -> Result<BTreeMap<String, Claim>> {
    let keys: BTreeMap<_, _> = told.iter().map(|told| (told.key.clone(), told.wish)).collect();
    let mut finals = BTreeMap::new();
    for (key, wish) in keys {
        let mut tries = 0;
        let claim = loop {
            let relay = world.addresses.running();
            if let Some(claim) = world.withdraw(relay, wish, &key, Duration::from_secs(3)).await {
                break claim;
            }
            tries += 1;
            anyhow::ensure!(tries < 100, "no relay answers in the end");
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        finals.insert(key, claim);
    }
    Ok(finals)
}
