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
    // One text a line, which a test of the locales holds.
    let lines = fs::read_to_string(source)?;
    let lines = lines.lines().map(str::trim);
    let kept: Vec<_> =
        lines.filter(|line| is_form || !OF_A_FORM.iter().any(|key| line.starts_with(key))).collect();
    let text = kept.concat();
    // The comma after what is now the last.
    let text = text.strip_suffix(",}").map_or(text.clone(), |text| format!("{text}}}"));
    fs::write(Path::new(&variable("OUT_DIR")?).join("english.json"), text)
}
