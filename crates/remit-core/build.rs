//! Generates the table of English texts. Builds without the feature `form` omit the texts of a form, and builds without the
//! feature `files` the sentences about files of rows.

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs, io};

/// The groups of texts that only a form uses.
const FORM_GROUPS: [&str; 4] = ["ui", "hint", "problem", "cause"];

/// The issues that only a reader of files reports begin with one of these.
const FILE_ISSUES: [&str; 7] =
    ["column_", "encoding_", "file_", "number_split", "row_", "separator_", "stray_quote"];

fn main() -> io::Result<()> {
    let variable = |name| env::var(name).map_err(io::Error::other);
    // A copy of www/locales/en.json, so that the package builds alone; `cargo xtask codegen` keeps the two equal.
    let source = Path::new(&variable("CARGO_MANIFEST_DIR")?).join("en.json");
    println!("cargo::rerun-if-changed={}", source.display());
    let is_form = env::var_os("CARGO_FEATURE_FORM").is_some();
    let has_files = env::var_os("CARGO_FEATURE_FILES").is_some();
    let is_of_files = |group, name: &str| {
        group == "issue" && FILE_ISSUES.iter().any(|beginning| name.starts_with(beginning))
    };
    // The tests in `tests/locales.rs` ensure one text per line. No text has an escape that JSON and Rust read
    // differently.
    let lines = fs::read_to_string(source)?;
    let lines = lines.lines().map(|line| line.trim().trim_end_matches(','));
    let texts = lines
        .filter_map(|line| line.strip_prefix('"')?.split_once("\": "))
        .filter_map(|(key, text)| Some((key.split_once('.')?, text)))
        .filter(|((group, _), _)| is_form || !FORM_GROUPS.contains(group))
        .filter(|((group, name), _)| has_files || !is_of_files(*group, name));
    let mut groups: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
    for ((group, name), text) in texts {
        groups.entry(group).or_default().insert(name, text);
    }
    let mut out = "&[\n".to_owned();
    for (group, texts) in groups {
        let texts = texts.iter().map(|(name, text)| format!("({name:?}, {text}), "));
        out += &format!("({group:?}, &[{}]),\n", texts.collect::<String>());
    }
    fs::write(Path::new(&variable("OUT_DIR")?).join("english.rs"), out + "]\n")
}
