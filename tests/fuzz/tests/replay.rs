//! Replays the corpus and the seeds from the vectors.

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

/// The largest size of the corpus in bytes. It is part of the repository.
const MAX_CORPUS_BYTES: usize = 300_000;

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
    assert!(seeds.len() > 10, "the vectors contain too few seeds for {name}");
    for seed in seeds {
        (target.check)(seed.as_bytes());
    }
    for (path, bytes) in kept(target) {
        eprintln!("{}", path.display());
        (target.check)(&bytes);
    }
}

#[test]
fn amount_holds_for_the_corpus_and_the_seeds() {
    replay("amount");
}

#[test]
fn moment_holds_for_the_corpus_and_the_seeds() {
    replay("moment");
}

#[test]
fn json_holds_for_the_corpus_and_the_seeds() {
    replay("json");
}

#[test]
fn xml_holds_for_the_corpus_and_the_seeds() {
    replay("xml");
}

#[test]
fn answer_holds_for_the_corpus_and_the_seeds() {
    replay("answer");
}

#[test]
fn request_holds_for_the_corpus_and_the_seeds() {
    replay("request");
}

#[test]
fn every_target_has_a_corpus_and_the_total_size_is_limited() {
    let directories = fs::read_dir(corpus()).unwrap().map(|entry| entry.unwrap().file_name());
    let directories: BTreeSet<_> = directories.map(|name| name.into_string().unwrap()).collect();
    let targets = Target::ALL.iter().map(|target| target.name.to_owned());
    assert_eq!(directories, targets.collect());
    let mut size = 0;
    for target in &Target::ALL {
        let kept = kept(target);
        assert!(!kept.is_empty(), "the corpus of {} is empty", target.name);
        size += kept.iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
    }
    assert!(size < MAX_CORPUS_BYTES, "the corpus has {size} bytes: reduce it with cargo xtask fuzz --keep");
}
