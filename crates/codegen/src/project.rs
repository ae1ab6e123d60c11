//! Finds the project's root, and replaces the generated part of a file.

use std::path::Path;

use anyhow::{Context as _, Result};

/// The root of the project.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().and_then(Path::parent).unwrap_or(here)
}

/// Replaces the text between the line that starts with `begin` and `end`.
pub(crate) fn between(text: &str, begin: &str, end: &str, new: &str) -> Result<String> {
    let missing = || format!("the file has no line that starts with `{begin}`, or no `{end}` after it");
    let (head, rest) = text.split_once(begin).with_context(missing)?;
    let (first, rest) = rest.split_once('\n').with_context(missing)?;
    let (_, tail) = rest.split_once(end).with_context(missing)?;
    Ok(format!("{head}{begin}{first}\n\n{new}\n\n{end}{tail}"))
}
