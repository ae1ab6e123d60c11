//! `cargo xtask codegen`: files that are made from other sources, and committed.

mod codes;
mod currencies;
mod operations;
mod providers;
mod types;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};

use crate::args::Args;
use crate::process::command;
use crate::workspace;

pub(crate) const OPTIONS: &str = "[--check]";
pub(crate) const ABOUT: &str =
    "Writes the generated files.\n--check       only tells whether that would change any";

/// A generated file, or one with a generated part.
#[derive(Clone, Copy)]
pub(crate) struct Generated {
    /// Where it is, from the root of the project.
    path: &'static str,
    /// Its text, made anew. What the file holds now is given to it, for the sake of those with a part written by hand.
    render: fn(&str) -> Result<String>,
}

/// All of them. To add one, add a line.
pub(crate) const FILES: &[Generated] = &[
    Generated { path: "crates/remit-core/src/money/currency_table.rs", render: |_| currencies::render() },
    Generated { path: "docs/providers.md", render: providers::render },
    Generated { path: "DESIGN.md", render: operations::render },
    Generated { path: "www/npm/providers.js", render: |_| Ok(types::script()) },
    Generated { path: "www/npm/declared.js", render: |_| Ok(types::readers()) },
    Generated { path: "www/npm/types/providers.d.ts", render: |_| types::declarations() },
    Generated { path: "www/npm/docs/codes.md", render: codes::render },
];

pub(crate) fn run(mut args: Args) -> Result<()> {
    let only_check = args.flag("--check");
    args.finish()?;
    if only_check { check(FILES, workspace::root()) } else { write(FILES, workspace::root()) }
}

/// Fails when writing the files would change one.
pub(crate) fn check(files: &[Generated], root: &Path) -> Result<()> {
    let mut stale = Vec::new();
    for file in files {
        if newer(file, root)?.is_some() {
            stale.push(file.path);
        }
    }
    if !stale.is_empty() {
        bail!("not as generated: {}; run `cargo xtask codegen` and commit what it changes", stale.join(", "));
    }
    Ok(())
}

/// Replaces what stands between the line that begins with `begin` and `end`.
fn between(text: &str, begin: &str, end: &str, new: &str) -> Result<String> {
    let missing = || format!("it has no line that begins with `{begin}`, or no `{end}` after it");
    let (head, rest) = text.split_once(begin).with_context(missing)?;
    let (first, rest) = rest.split_once('\n').with_context(missing)?;
    let (_, tail) = rest.split_once(end).with_context(missing)?;
    Ok(format!("{head}{begin}{first}\n\n{new}\n\n{end}{tail}"))
}

fn write(files: &[Generated], root: &Path) -> Result<()> {
    for file in files {
        let Some(text) = newer(file, root)? else { continue };
        let path = root.join(file.path);
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
        }
        fs::write(&path, text).with_context(|| format!("cannot write {}", file.path))?;
        eprintln!("wrote {}", file.path);
    }
    Ok(())
}

/// What the file should hold, unless it holds that already.
fn newer(file: &Generated, root: &Path) -> Result<Option<String>> {
    let path = root.join(file.path);
    let current = match fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", file.path)),
    };
    let text = (file.render)(current.as_deref().unwrap_or_default())
        .with_context(|| format!("cannot generate {}", file.path))?;
    let text = if file.path.ends_with(".rs") { formatted(&text)? } else { text };
    Ok((current.as_deref() != Some(text.as_str())).then_some(text))
}

/// Rust as `cargo fmt` would leave it.
fn formatted(source: &str) -> Result<String> {
    let mut rustfmt = command("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot start rustfmt: `cargo xtask setup` installs it")?;
    // No deadlock: rustfmt reads everything before it writes anything.
    if let Some(mut stdin) = rustfmt.stdin.take() {
        stdin.write_all(source.as_bytes()).context("cannot hand the text to rustfmt")?;
    }
    let output = rustfmt.wait_with_output().context("cannot read from rustfmt")?;
    if !output.status.success() {
        bail!("rustfmt refuses the generated text: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    String::from_utf8(output.stdout).context("rustfmt printed what is not UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::TempDir;

    const TOY: &[Generated] = &[
        Generated { path: "deep/a.txt", render: |_| Ok("a\n".to_owned()) },
        Generated { path: "b.rs", render: |_| Ok("pub  const B:u8=1;".to_owned()) },
        Generated {
            path: "c.md",
            render: |now| Ok(format!("{}<made>", now.split('<').next().unwrap_or_default())),
        },
    ];

    #[test]
    fn a_change_is_noticed_and_writing_mends_it() {
        let root = TempDir::new(&std::env::temp_dir(), "remit-codegen").unwrap();
        fs::write(root.path().join("c.md"), "by hand <old>").unwrap();
        let error = check(TOY, root.path()).unwrap_err().to_string();
        assert_eq!(
            error,
            "not as generated: deep/a.txt, b.rs, c.md; run `cargo xtask codegen` and commit what it changes"
        );
        write(TOY, root.path()).unwrap();
        check(TOY, root.path()).unwrap();
        assert_eq!(fs::read_to_string(root.path().join("b.rs")).unwrap(), "pub const B: u8 = 1;\n");
        assert_eq!(fs::read_to_string(root.path().join("c.md")).unwrap(), "by hand <made>");
        fs::write(root.path().join("deep/a.txt"), "a\n\n").unwrap();
        assert!(
            check(TOY, root.path()).unwrap_err().to_string().starts_with("not as generated: deep/a.txt; run")
        );
    }

    #[test]
    fn tables_that_differ_from_the_declarations_are_reported() {
        let root = TempDir::new(&std::env::temp_dir(), "remit-providers").unwrap();
        let page = root.path().join("docs/providers.md");
        fs::create_dir(root.path().join("docs")).unwrap();
        fs::write(&page, "<!-- providers: -->\n<!-- /providers -->\n").unwrap();
        let tables: Vec<_> = FILES.iter().filter(|file| file.path == "docs/providers.md").copied().collect();
        assert!(check(&tables, root.path()).is_err());
        write(&tables, root.path()).unwrap();
        check(&tables, root.path()).unwrap();
        let right = fs::read_to_string(&page).unwrap();
        fs::write(&page, right.replacen('●', "○", 1)).unwrap();
        let error = check(&tables, root.path()).unwrap_err().to_string();
        assert!(error.starts_with("not as generated: docs/providers.md; "), "{error}");
    }

    #[test]
    fn what_rustfmt_refuses_is_an_error() {
        let error = formatted("fn {").unwrap_err().to_string();
        assert!(error.contains("unclosed delimiter"), "{error}");
    }
}
