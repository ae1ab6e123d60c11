//! What was found once is tried again, and what the vectors hold is tried with it.

#![allow(
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use fuzz::{Target, seeds};

/// How much all of the corpus may weigh, in bytes: everybody loads it.
const HEAVIEST: usize = 300_000;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn kept(target: &Target) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = fs::read_dir(corpus().join(target.name)).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

fn replay(name: &str) {
    let target = Target::find(name).unwrap();
    let seeds = seeds::of(target).unwrap();
    assert!(seeds.len() > 10, "the vectors have lost what {name} begins with");
    for seed in seeds {
        (target.check)(seed.as_bytes());
    }
    for (path, bytes) in kept(target) {
        eprintln!("{}", path.display());
        (target.check)(&bytes);
    }
}

#[test]
fn an_amount_that_was_misread_once_would_be_misread_again() {
    replay("amount");
}

#[test]
fn a_moment_that_was_misread_once_would_be_misread_again() {
    replay("moment");
}

#[test]
fn json_that_was_misread_once_would_be_misread_again() {
    replay("json");
}

#[test]
fn xml_that_was_misread_once_would_be_misread_again() {
    replay("xml");
}

#[test]
fn an_answer_that_was_misread_once_would_be_misread_again() {
    replay("answer");
}

#[test]
fn a_request_that_was_misread_once_would_be_misread_again() {
    replay("request");
}

#[test]
fn a_corpus_would_be_kept_for_nothing_or_weigh_more_than_it_is_worth() {
    let directories = fs::read_dir(corpus()).unwrap().map(|entry| entry.unwrap().file_name());
    let directories: BTreeSet<_> = directories.map(|name| name.into_string().unwrap()).collect();
    let targets = Target::ALL.iter().map(|target| target.name.to_owned());
    assert_eq!(directories, targets.collect());
    let mut weight = 0;
    for target in &Target::ALL {
        let kept = kept(target);
        assert!(!kept.is_empty(), "nothing is kept for {}", target.name);
        weight += kept.iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
    }
    assert!(weight < HEAVIEST, "{weight} bytes are kept: cargo xtask fuzz --keep keeps what is needed");
}
