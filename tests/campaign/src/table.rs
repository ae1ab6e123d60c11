//! The table of a campaign: faults × operations × ends.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use remit_core::Purpose;

use crate::verdict::End;

/// How a wish ended, and what had happened to it.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) purpose: Purpose,
    pub(crate) end: End,
    /// The fault of its last request to the provider.
    pub(crate) change: &'static str,
    /// The first fault of a list before the first change of the run.
    pub(crate) before: &'static str,
    /// The first fault of a list after it.
    pub(crate) after: &'static str,
    pub(crate) outage: &'static str,
    pub(crate) crash: &'static str,
    pub(crate) store: &'static str,
    pub(crate) relays: &'static str,
}

/// What an entry is counted under.
type Label = fn(&Entry) -> &'static str;

type Counts = BTreeMap<(&'static str, &'static str), [usize; 5]>;

/// Prints the table.
pub(crate) fn print(entries: &[Entry]) -> String {
    let sections: [(&str, Label); 7] = [
        ("the request", |entry| entry.change),
        ("a list before", |entry| entry.before),
        ("a list afterwards", |entry| entry.after),
        ("the network", |entry| entry.outage),
        ("a relay crashes at", |entry| entry.crash),
        ("the store", |entry| entry.store),
        ("the relays are", |entry| entry.relays),
    ];
    let mut text = String::new();
    for (title, label) in sections {
        let mut counts = Counts::new();
        for entry in entries {
            let row = counts.entry((label(entry), entry.purpose.as_str())).or_default();
            let at = End::ALL.iter().position(|end| *end == entry.end).unwrap_or(0);
            if let Some(count) = row.get_mut(at) {
                *count += 1;
            }
        }
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{title:<40} {:<15} {:>8} {:>8} {:>8} {:>8} {:>8}",
            "operation", "recorded", "not", "settled", "absent", "person"
        );
        for ((label, purpose), row) in counts {
            let [recorded, not, settled, absent, person] = row;
            let _ = writeln!(
                text,
                "  {label:<38} {purpose:<15} {recorded:>8} {not:>8} {settled:>8} {absent:>8} {person:>8}"
            );
        }
        text.push('\n');
    }
    text
}
