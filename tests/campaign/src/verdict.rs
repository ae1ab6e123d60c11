//! Compares what clients were told, and what the keys say in the end, with the books.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use anyhow::Result;
use remit_core::{Purpose, name};

use crate::books::{Books, Row};
use crate::proxy::Change;
use crate::store::Intent;
use crate::told::{Claim, Source, Told};
use crate::wish::{Target, Wish};

/// How long an answer may be on its way. A request of the same key that reached the provider later may have begun after it.
const ON_ITS_WAY: Duration = Duration::from_millis(400);

/// How a wish ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum End {
    /// Recorded once, by the provider's own answer.
    Recorded,
    /// Known not to be recorded: refused, or nothing was sent.
    Not,
    /// Its outcome was unknown, and it was found.
    Settled,
    /// Its outcome was unknown, and it was not found.
    Absent,
    /// Its outcome is unknown, and the provider's records do not tell.
    Person,
}

impl End {
    pub(crate) const ALL: [Self; 5] = [Self::Recorded, Self::Not, Self::Settled, Self::Absent, Self::Person];
}

/// Everything that is known after a run.
pub(crate) struct Evidence<'a> {
    pub(crate) wishes: &'a [Wish],
    pub(crate) told: &'a [Told],
    pub(crate) changes: &'a [Change],
    pub(crate) intents: &'a [Intent],
    /// What each key says in the end.
    pub(crate) finals: &'a BTreeMap<String, Claim>,
    pub(crate) books: &'a Books,
    /// The payments that had been recorded before the run.
    pub(crate) earlier: &'a BTreeSet<String>,
    /// Whether a list was answered without listing the payments, so that the earlier ones are not known.
    pub(crate) has_hidden_list: bool,
}

/// What is wrong, in words.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) doubles: Vec<String>,
    pub(crate) losses: Vec<String>,
    pub(crate) wrong: Vec<String>,
    /// How each wish ended.
    pub(crate) ends: BTreeMap<usize, End>,
}

impl Verdict {
    pub(crate) fn is_clean(&self) -> bool {
        self.doubles.is_empty() && self.losses.is_empty() && self.wrong.is_empty()
    }
}

/// Judges a run.
pub(crate) fn judge(evidence: &Evidence<'_>) -> Result<Verdict> {
    let payments = evidence.books.payments()?;
    let mut done: Vec<Vec<String>> = Vec::new();
    for wish in evidence.wishes {
        done.push(match &wish.target {
            Target::Payment { paid_at } => {
                payments.iter().filter(|row| row.paid_at == *paid_at).map(|row| row.id.clone()).collect()
            }
            Target::Removal { id } if payments.iter().any(|row| row.id == *id) => Vec::new(),
            Target::Removal { id } => vec![id.clone()],
            Target::Invoice { number } => evidence.books.invoices(number)?,
        });
    }
    let mut verdict = Verdict::default();
    let groups: BTreeSet<_> = evidence.wishes.iter().map(|wish| wish.group).collect();
    for group in groups {
        let of_group = evidence.wishes.iter().zip(&done).enumerate();
        let of_group = of_group.filter(|(_, (wish, _))| wish.group == group);
        let wishes = of_group.map(|(at, (wish, done))| (at, wish, done.as_slice())).collect();
        Group { evidence, wishes, payments: &payments }.judge(&mut verdict);
    }
    Ok(verdict)
}

/// The wishes that share a target or a key, each with the records that it made.
struct Group<'a> {
    evidence: &'a Evidence<'a>,
    wishes: Vec<(usize, &'a Wish, &'a [String])>,
    payments: &'a [Row],
}

impl Group<'_> {
    fn judge(&self, verdict: &mut Verdict) {
        let is_removal =
            self.wishes.iter().any(|(_, wish, _)| wish.operation.purpose == Purpose::DeletePayment);
        let told: Vec<_> = self.evidence.told.iter().filter(|told| self.wish(told.wish).is_some()).collect();
        let keys: BTreeSet<_> = told.iter().map(|told| told.key.as_str()).collect();
        let intents: Vec<_> =
            self.evidence.intents.iter().filter(|intent| keys.contains(intent.key.as_str())).collect();
        let records: BTreeSet<_> = self.wishes.iter().flat_map(|(.., done)| done.iter()).collect();
        let first = self.wishes.first().map_or(0, |(at, ..)| *at);
        if records.len() > 1 {
            verdict.doubles.push(format!("wish {first} is recorded as {records:?}"));
        }

        // Claims to the clients.
        for told in &told {
            let Some((at, claim)) = &told.answer else { continue };
            match claim {
                Claim::Recorded(id) => {
                    let of_wish = self.wish(told.wish).map_or(&[][..], |(.., done)| *done);
                    // Which of several requests a withdrawn key had is not known.
                    let known: Vec<_> = if told.source == Source::Withdrawal {
                        records.iter().map(|id| id.as_str()).collect()
                    } else {
                        of_wish.iter().map(String::as_str).collect()
                    };
                    let what = format!("wish {} under {}", told.wish, told.key);
                    if known.is_empty() {
                        verdict.losses.push(format!("{what}: told recorded, and is not"));
                    } else if let Some(id) =
                        id.as_ref().filter(|id| !is_removal && !known.contains(&id.as_str()))
                    {
                        verdict.wrong.push(format!("{what}: told recorded as {id}, and is {known:?}"));
                    }
                }
                Claim::Not(why) if !is_removal => {
                    if let Some(contradiction) = self.contradiction(told, *at, &records) {
                        let what = format!("wish {} under {}", told.wish, told.key);
                        verdict.wrong.push(format!("{what}: told `{why}`, {contradiction}"));
                    }
                }
                Claim::Not(_) | Claim::Unknown(_) => {}
            }
        }

        // The state of each key.
        let mut claiming = 0;
        let mut is_open = false;
        for intent in &intents {
            let what = format!("{} is {}", intent.key, intent.state);
            let says = self.evidence.finals.get(&intent.key);
            let agrees = match intent.state.as_str() {
                "recorded" | "settled" => {
                    claiming += 1;
                    matches!(says, Some(Claim::Recorded(_)))
                }
                "refused" | "not_sent" | "absent" => matches!(says, Some(Claim::Not(_))),
                "person" => {
                    is_open = true;
                    if let Some(reason) = self.is_wrongly_left(intent, &records) {
                        verdict.wrong.push(format!("{what}, {reason}"));
                    }
                    matches!(says, Some(Claim::Unknown(_)))
                }
                _ => {
                    is_open = true;
                    verdict.wrong.push(format!("{what} although the network works again"));
                    true
                }
            };
            if !agrees {
                verdict.wrong.push(format!("{what}, and its key says {says:?}"));
            }
            if let Some(id) = intent.payment.as_ref().filter(|id| !is_removal && !records.contains(id)) {
                verdict.wrong.push(format!("{what} and claims {id}, which is another's"));
            }
        }
        if claiming > 0 && records.is_empty() {
            verdict.losses.push(format!("wish {first}: {intents:?}, and nothing is recorded"));
        }
        if claiming > 1 && !is_removal {
            verdict.wrong.push(format!("wish {first}: two keys claim one record: {intents:?}"));
        }
        if claiming == 0 && !is_open && !records.is_empty() {
            verdict
                .wrong
                .push(format!("wish {first} is recorded as {records:?}, and no key says so: {intents:?}"));
        }

        for (at, wish, _) in &self.wishes {
            if !wish.is_misuse {
                let keys: BTreeSet<_> =
                    told.iter().filter(|told| told.wish == *at).map(|told| told.key.as_str()).collect();
                let ends = intents.iter().filter(|intent| keys.contains(intent.key.as_str()));
                verdict.ends.insert(*at, ends.map(|intent| end(intent)).min_by_key(rank).unwrap_or(End::Not));
            }
        }
    }

    fn wish(&self, at: usize) -> Option<&(usize, &Wish, &[String])> {
        self.wishes.iter().find(|(known, ..)| *known == at)
    }

    /// Why a claim that nothing is recorded is wrong, if it is.
    fn contradiction(&self, told: &Told, at: Instant, records: &BTreeSet<&String>) -> Option<String> {
        if records.is_empty() {
            return None;
        }
        let is_of_key = |change: &&Change| {
            change.fault.passes()
                && (told.source == Source::Withdrawal || change.wish == told.wish)
                && self.wish(change.wish).is_some_and(|(.., done)| !done.is_empty())
                && self.key_of(change) == Some(told.key.as_str())
        };
        for change in self.evidence.changes.iter().filter(is_of_key) {
            let slack = if told.source == Source::Withdrawal { Duration::ZERO } else { ON_ITS_WAY };
            if change.at + slack < at {
                return Some(format!("{:?} after it was sent", at - change.at));
            }
            let may_begin_later = self.evidence.told.iter().any(|other| {
                other.key == told.key
                    && other.source == Source::Request
                    && other.asked != told.asked
                    && other.asked <= change.at
                    && other.answer.as_ref().is_none_or(|(answered, _)| *answered > at)
            });
            if at < change.at && (told.source == Source::Withdrawal || !may_begin_later) {
                return Some(format!("{:?} before it was sent", change.at - at));
            }
        }
        None
    }

    /// The key under which a change was sent: clients use one after the other.
    fn key_of(&self, change: &Change) -> Option<&str> {
        let told = self.evidence.told.iter().filter(|told| {
            told.wish == change.wish && told.source == Source::Request && told.asked <= change.at
        });
        told.max_by_key(|told| told.asked).map(|told| told.key.as_str())
    }

    /// Why an intent should not have been left to a person, if so.
    fn is_wrongly_left(&self, intent: &Intent, records: &BTreeSet<&String>) -> Option<&'static str> {
        let of_key = self.evidence.told.iter().find(|told| told.key == intent.key);
        let (_, wish, _) = of_key.and_then(|told| self.wish(told.wish))?;
        match wish.operation.purpose {
            Purpose::RecordPayment if records.is_empty() => {
                // A payment that could be the one that was sent, as far as a provider's list shows.
                let knows_earlier = !self.evidence.has_hidden_list;
                let is_possible = |row: &&Row| {
                    row.invoice == wish.invoice
                        && (row.minor == wish.minor || wish.draft.get(name::TRANSACTION).is_some())
                        && !(knows_earlier && self.evidence.earlier.contains(&row.id))
                };
                let has_similar = self.payments.iter().any(|row| is_possible(&row));
                (!has_similar).then_some("and no payment of the invoice is similar")
            }
            Purpose::RecordPayment => {
                let can_be_told = wish.is_marked && !self.evidence.has_hidden_list;
                can_be_told.then_some("and a value tells its payment from every other")
            }
            Purpose::DeletePayment => Some("and the list shows whether the payment is gone"),
            _ => {
                let can_be_told = !self.evidence.has_hidden_list;
                can_be_told.then_some("and the list of invoices shows its number")
            }
        }
    }
}

fn end(intent: &Intent) -> End {
    match intent.state.as_str() {
        "recorded" => End::Recorded,
        "settled" => End::Settled,
        "absent" if intent.was_missing => End::Absent,
        "refused" | "not_sent" | "absent" => End::Not,
        _ => End::Person,
    }
}

/// Of several keys, the one that ended this way counts first.
fn rank(end: &End) -> u8 {
    match end {
        End::Recorded => 0,
        End::Settled => 1,
        End::Person => 2,
        End::Absent => 3,
        End::Not => 4,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use remit_core::Provider;
    use rusqlite::Connection;

    use super::*;
    use crate::fault::Fault;
    use crate::wish::{Values, currency};

    const PROVIDER: &str = "harvest-v2";

    /// Books with these payments, each with its identifier and the second at which it was made.
    fn books(folder: &Path, payments: &[(&str, usize)]) -> Books {
        let file = folder.join("books.db");
        let connection = Connection::open(&file).unwrap();
        let sql = "CREATE TABLE payments (provider, id, invoice_id, amount_minor, paid_at)";
        connection.execute(sql, ()).unwrap();
        for (id, second) in payments {
            let paid_at = format!("2026-11-19T10:00:{second:02}Z");
            let sql = "INSERT INTO payments VALUES (?, ?, '1001', 500, ?)";
            connection.execute(sql, (PROVIDER, id, paid_at)).unwrap();
        }
        Books::new(&file, PROVIDER)
    }

    fn wish(note: Option<&str>) -> Wish {
        let currency = currency("USD").unwrap();
        let (invoice, minor, second) = ("1001", 500, 1);
        let values = Values { invoice, currency, minor, second, note, receipt: "R", transaction: "" };
        Wish::payment(Provider::find(PROVIDER).unwrap(), 0, &values).unwrap()
    }

    fn told(source: Source, asked: Instant, answer: Option<(Instant, Claim)>) -> Told {
        Told { wish: 0, key: "k".to_owned(), source, asked, answer }
    }

    fn not() -> Claim {
        Claim::Not("not sent".to_owned())
    }

    /// Judges one wish whose key is in this state.
    fn verdict(
        payments: &[(&str, usize)],
        note: Option<&str>,
        state: &str,
        told: &[Told],
        changes: &[Change],
    ) -> Verdict {
        let folder = tempfile::tempdir().unwrap();
        let payment = (state == "settled").then(|| "3001".to_owned());
        let intent =
            Intent { key: "k".to_owned(), state: state.to_owned(), payment, was_missing: state == "absent" };
        let says = match state {
            "recorded" | "settled" => Claim::Recorded(None),
            "person" | "unknown" => Claim::Unknown(String::new()),
            _ => not(),
        };
        let evidence = Evidence {
            wishes: &[wish(note)],
            told,
            changes,
            intents: &[intent],
            finals: &[("k".to_owned(), says)].into(),
            books: &books(folder.path(), payments),
            earlier: &["3000".to_owned()].into(),
            has_hidden_list: false,
        };
        judge(&evidence).unwrap()
    }

    fn counts(verdict: &Verdict) -> (usize, usize, usize) {
        (verdict.doubles.len(), verdict.losses.len(), verdict.wrong.len())
    }

    #[test]
    fn a_payment_that_is_recorded_once_and_said_to_be_is_right() {
        let now = Instant::now();
        let recorded = Claim::Recorded(Some("3001".to_owned()));
        let told = [told(Source::Request, now, Some((now, recorded)))];
        let verdict = verdict(&[("3001", 1)], None, "recorded", &told, &[]);
        assert_eq!(counts(&verdict), (0, 0, 0), "{verdict:?}");
        assert_eq!(verdict.ends[&0], End::Recorded);
    }

    #[test]
    fn detects_a_double_a_loss_and_a_claim_to_another_payment() {
        let now = Instant::now();
        let asked = [told(Source::Request, now, None)];
        let double = verdict(&[("3001", 1), ("3002", 1)], None, "recorded", &asked, &[]);
        assert_eq!(counts(&double), (1, 0, 0), "{double:?}");
        let lost = verdict(&[("3009", 2)], None, "recorded", &asked, &[]);
        assert_eq!(counts(&lost), (0, 1, 0), "{lost:?}");
        let others = verdict(&[("3001", 2), ("3002", 1)], Some("n"), "settled", &asked, &[]);
        assert_eq!(counts(&others), (0, 0, 1), "{others:?}");
    }

    #[test]
    fn detects_a_claim_that_nothing_is_recorded() {
        let now = Instant::now();
        let asked = told(Source::Request, now, None);
        let absent = verdict(&[("3001", 1)], None, "absent", std::slice::from_ref(&asked), &[]);
        assert_eq!(counts(&absent), (0, 0, 1), "{absent:?}");

        // An earlier answer was wrong, if the request was sent long before it, or after the key was withdrawn.
        let change = |ms| Change { wish: 0, fault: Fault::None, at: now + Duration::from_millis(ms) };
        let answered = |source, ms| told(source, now, Some((now + Duration::from_millis(ms), not())));
        for (answer, change, wrong) in [
            (answered(Source::Request, 900), change(10), 1),
            (answered(Source::Request, 20), change(10), 0),
            (answered(Source::Withdrawal, 20), change(10), 1),
            (answered(Source::Withdrawal, 20), change(500), 1),
            (answered(Source::Form, 900), change(10), 1),
        ] {
            let told = [asked.clone(), answer];
            let verdict = verdict(&[("3001", 1)], None, "recorded", &told, &[change]);
            assert_eq!(counts(&verdict), (0, 0, wrong), "{told:?}: {verdict:?}");
        }
    }

    #[test]
    fn a_person_may_decide_only_where_the_records_do_not_tell() {
        let asked = [told(Source::Request, Instant::now(), None)];
        for (payments, note, state, wrong) in [
            // No note tells the payment from another one.
            (&[("3001", 1)][..], None, "person", 0),
            (&[("3001", 1)], Some("n"), "person", 1),
            // A similar payment could be the one that was sent.
            (&[("3001", 2)], Some("n"), "person", 0),
            (&[], Some("n"), "person", 1),
            (&[("3000", 2)], Some("n"), "person", 1),
            (&[("3001", 1)], None, "unknown", 1),
        ] {
            let verdict = verdict(payments, note, state, &asked, &[]);
            assert_eq!(counts(&verdict), (0, 0, wrong), "{payments:?} {note:?} {state}: {verdict:?}");
        }
    }
}
