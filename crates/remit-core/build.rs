//! Writes the English sentences that a build has a use for: what stands around a form is left out of the validator.

use std::path::Path;
use std::{env, fs, io};

/// Beginnings of the keys that only a form has a use for.
const OF_A_FORM: [&str; 4] = ["\"ui.", "\"hint.", "\"problem.", "\"cause."];

fn main() -> io::Result<()> {
    let variable = |name| env::var(name).map_err(io::Error::other);
    let source = Path::new(&variable("CARGO_MANIFEST_DIR")?).join("../../www/locales/en.json");
    println!("cargo::rerun-if-changed={}", source.display());
    let is_form = env::var_os("CARGO_FEATURE_FORM").is_some();
    // One text a line, which a test of the locales holds, and none with an escape that Rust has otherwise.
    let lines = fs::read_to_string(source)?;
    let lines = lines.lines().map(|line| line.trim().trim_end_matches(','));
    let mut texts: Vec<_> = lines
        .filter_map(|line| line.split_once("\": "))
        .filter(|(key, _)| is_form || !OF_A_FORM.iter().any(|start| key.starts_with(start)))
        .collect();
    texts.sort_unstable();
    let texts = texts.iter().map(|(key, text)| format!("({key}\",{text}),\n"));
    let text = format!("&[\n{}]\n", texts.collect::<String>());
    fs::write(Path::new(&variable("OUT_DIR")?).join("english.rs"), text)
}
