//! `cargo xtask codegen`: generates the committed files that derive from the providers' declarations.

#![allow(clippy::print_stderr, reason = "a command-line program prints")]

mod codes;
mod currencies;
mod element;
mod modules;
mod operations;
mod project;
mod providers;
mod types;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::project::root;

/// A generated file, or a file with a generated part.
#[derive(Clone, Copy)]
struct Generated {
    /// The path from the root of the project.
    path: &'static str,
    /// Renders the text from the current text, which may contain parts that are written by hand.
    render: fn(&str) -> Result<String>,
}

/// All generated files.
const FILES: &[Generated] = &[
    Generated { path: "crates/remit-core/en.json", render: |_| english() },
    Generated { path: "crates/remit-core/src/money/currency_table.rs", render: |_| currencies::render() },
    Generated { path: "docs/providers.md", render: providers::render },
    Generated { path: "DESIGN.md", render: |text| modules::render(&operations::render(text)?) },
    Generated { path: "www/npm/providers.js", render: |_| Ok(types::script()) },
    Generated { path: "www/npm/declared.js", render: |_| Ok(types::readers()) },
    Generated { path: "www/npm/types/providers.d.ts", render: |_| types::declarations() },
    Generated { path: "www/npm/docs/codes.md", render: codes::render },
    Generated { path: "docs/element.md", render: element::docs::render },
    Generated { path: "www/npm/docs/widget.md", render: element::docs::render },
    Generated { path: "www/npm/docs/react.md", render: element::docs::react },
    Generated { path: "www/remit.css", render: element::style::render },
    Generated { path: "crates/remit-leptos/remit.css", render: |_| styles() },
    Generated { path: "www/remit-declared.js", render: |_| Ok(element::script::render()) },
    Generated { path: "www/npm/custom-elements.json", render: |_| Ok(element::manifest::render()) },
    Generated { path: "www/npm/vscode.html-custom-data.json", render: |_| Ok(element::manifest::vscode()) },
    Generated { path: "www/npm/widget.d.ts", render: |_| Ok(element::types::render()) },
    Generated { path: "www/npm/react.d.ts", render: |_| Ok(element::frameworks::react_components()) },
    Generated { path: "www/npm/types/react.d.ts", render: |_| Ok(element::frameworks::react_markup()) },
    Generated { path: "www/npm/types/preact.d.ts", render: |_| Ok(element::frameworks::preact()) },
    Generated { path: "www/npm/types/solid.d.ts", render: |_| Ok(element::frameworks::solid()) },
    Generated { path: "www/npm/types/vue.d.ts", render: |_| Ok(element::frameworks::vue()) },
];

/// The English sentences. Packages of remit-core contain their own copy.
fn english() -> Result<String> {
    fs::read_to_string(root().join("www/locales/en.json")).context("cannot read www/locales/en.json")
}

/// The elements' style sheet. Packages of remit-leptos contain their own copy.
fn styles() -> Result<String> {
    fs::read_to_string(root().join("www/remit.css")).context("cannot read www/remit.css")
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("codegen: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => write(FILES, root()),
        ["--check"] => check(FILES, root()),
        _ => bail!("usage: cargo xtask codegen [--check]"),
    }
}

/// Fails if a file is out of date.
fn check(files: &[Generated], root: &Path) -> Result<()> {
    let mut stale = Vec::new();
    for file in files {
        if outdated(file, root)?.is_some() {
            stale.push(file.path);
        }
    }
    if !stale.is_empty() {
        bail!("out of date: {}; run `cargo xtask codegen` and commit the changes", stale.join(", "));
    }
    Ok(())
}

fn write(files: &[Generated], root: &Path) -> Result<()> {
    for file in files {
        let Some(text) = outdated(file, root)? else { continue };
        let path = root.join(file.path);
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory)
                .with_context(|| format!("cannot create the directory {}", directory.display()))?;
        }
        fs::write(&path, text).with_context(|| format!("cannot write {}", file.path))?;
        eprintln!("wrote {}", file.path);
    }
    Ok(())
}

/// The new text of a file; `None` if the file is up to date.
fn outdated(file: &Generated, root: &Path) -> Result<Option<String>> {
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

/// Formats Rust with rustfmt.
fn formatted(source: &str) -> Result<String> {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot start rustfmt: run `rustup component add rustfmt`")?;
    // No deadlock: rustfmt reads everything before it writes anything.
    if let Some(mut stdin) = rustfmt.stdin.take() {
        stdin.write_all(source.as_bytes()).context("cannot write to rustfmt")?;
    }
    let output = rustfmt.wait_with_output().context("cannot read from rustfmt")?;
    if !output.status.success() {
        bail!("rustfmt rejected the generated Rust: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    String::from_utf8(output.stdout).context("rustfmt printed text that is not UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOY: &[Generated] = &[
        Generated { path: "deep/a.txt", render: |_| Ok("a\n".to_owned()) },
        Generated { path: "b.rs", render: |_| Ok("pub  const B:u8=1;".to_owned()) },
        Generated {
            path: "c.md",
            render: |now| Ok(format!("{}<made>", now.split('<').next().unwrap_or_default())),
        },
    ];

    #[test]
    fn reports_an_outdated_file_and_rewrites_it() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("c.md"), "by hand <old>").unwrap();
        let error = check(TOY, root.path()).unwrap_err().to_string();
        assert_eq!(
            error,
            "out of date: deep/a.txt, b.rs, c.md; run `cargo xtask codegen` and commit the changes"
        );
        write(TOY, root.path()).unwrap();
        check(TOY, root.path()).unwrap();
        assert_eq!(fs::read_to_string(root.path().join("b.rs")).unwrap(), "pub const B: u8 = 1;\n");
        assert_eq!(fs::read_to_string(root.path().join("c.md")).unwrap(), "by hand <made>");
        fs::write(root.path().join("deep/a.txt"), "a\n\n").unwrap();
        assert!(check(TOY, root.path()).unwrap_err().to_string().starts_with("out of date: deep/a.txt; run"));
    }

    #[test]
    fn reports_tables_that_differ_from_the_declarations() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("docs")).unwrap();
        let readme: Vec<_> = FILES.iter().filter(|file| file.path == "docs/providers.md").copied().collect();
        fs::write(root.path().join("docs/providers.md"), "<!-- providers: -->\n<!-- /providers -->\n")
            .unwrap();
        assert!(check(&readme, root.path()).is_err());
        write(&readme, root.path()).unwrap();
        check(&readme, root.path()).unwrap();
        let right = fs::read_to_string(root.path().join("docs/providers.md")).unwrap();
        fs::write(root.path().join("docs/providers.md"), right.replacen('●', "○", 1)).unwrap();
        let error = check(&readme, root.path()).unwrap_err().to_string();
        assert!(error.starts_with("out of date: docs/providers.md; "), "{error}");
    }

    #[test]
    fn reports_text_that_rustfmt_rejects() {
        let error = formatted("fn {").unwrap_err().to_string();
        assert!(error.contains("unclosed delimiter"), "{error}");
    }
}
