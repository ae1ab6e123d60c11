//! `cargo xtask size`: how much a browser loads for the widget.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use brotli::CompressorWriter;

use crate::args::Args;
use crate::workspace;

pub(crate) const OPTIONS: &str = "[--markdown]";
pub(crate) const ABOUT: &str = "Weighs what a browser loads for the widget against its budget.";

/// All that the widget loads, compressed as a server would. DESIGN.md, "How much does the widget weigh?"
const BUDGET: usize = 126_000;
/// Where the budget is to come down to.
const AIM: usize = 80_000;
const QUALITY: u32 = 11;
const WINDOW: u32 = 22;

/// Without these there is no widget, and nothing was weighed.
const PARTS: [&str; 3] = ["remit.js", "remit-widget_bg.wasm", "remit.css"];
/// The page around the widget, which the pages that embed it do not load.
const DEMO: [&str; 3] = ["index.html", "demo.js", "demo.css"];
/// English is part of the module, and is not loaded; any other language is loaded by those who read it.
const LOCALES: &str = "locales/";
/// What stands above the files that do not count.
const APART: &str = "not loaded for the widget:";

#[derive(Debug, PartialEq, Eq)]
struct File {
    name: String,
    raw: usize,
    brotli: usize,
}

impl File {
    /// Whatever is not known to be something else is loaded for the widget.
    fn counts(&self) -> bool {
        !DEMO.contains(&self.name.as_str()) && !self.name.starts_with(LOCALES)
    }
}

pub(crate) fn run(mut args: Args) -> Result<()> {
    let markdown = args.flag("--markdown");
    args.finish()?;
    report(markdown)
}

/// Prints the table, and fails when the widget is over its budget.
pub(crate) fn report(markdown: bool) -> Result<()> {
    let files = weigh(&workspace::dist())?;
    print!("{}\n{}", table(&files, markdown), verdict(&files));
    check(&files)
}

fn weigh(dist: &Path) -> Result<Vec<File>> {
    let mut files = Vec::new();
    collect(dist, "", &mut files)?;
    for part in PARTS {
        if !files.iter().any(|file| file.name == part) {
            bail!("{} has no {part}: run `cargo xtask build` first", dist.display());
        }
    }
    // The heaviest first: that is where to look.
    files.sort_by(|a, b| b.brotli.cmp(&a.brotli).then_with(|| a.name.cmp(&b.name)));
    Ok(files)
}

fn collect(directory: &Path, prefix: &str, files: &mut Vec<File>) -> Result<()> {
    let entries = fs::read_dir(directory)
        .with_context(|| format!("cannot list {}: run `cargo xtask build` first", directory.display()))?;
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let name =
            format!("{prefix}{}", name.with_context(|| format!("{} has no plain name", path.display()))?);
        if path.is_dir() {
            collect(&path, &format!("{name}/"), files)?;
        } else {
            let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            files.push(File { name, raw: bytes.len(), brotli: compressed(&bytes)? });
        }
    }
    Ok(())
}

pub(crate) fn compressed(bytes: &[u8]) -> Result<usize> {
    let mut writer = CompressorWriter::new(Vec::new(), 1 << 16, QUALITY, WINDOW);
    writer.write_all(bytes)?;
    Ok(writer.into_inner().len())
}

fn total(files: &[File], of: fn(&File) -> usize) -> usize {
    files.iter().filter(|file| file.counts()).map(of).sum()
}

/// The sum, and what it is compared with.
fn verdict(files: &[File]) -> String {
    let total = total(files, |file| file.brotli);
    let how = if total > BUDGET { "over" } else { "within" };
    format!(
        "The widget: {} bytes by brotli {QUALITY}, {how} its budget of {}; the aim is {}.\n",
        digits(total),
        digits(BUDGET),
        digits(AIM)
    )
}

fn check(files: &[File]) -> Result<()> {
    let total = total(files, |file| file.brotli);
    if total > BUDGET {
        bail!(
            "the widget weighs {} bytes, {} over its budget of {}",
            digits(total),
            digits(total - BUDGET),
            digits(BUDGET)
        );
    }
    Ok(())
}

fn table(files: &[File], markdown: bool) -> String {
    let (counted, apart): (Vec<_>, Vec<_>) = files.iter().partition(|file| file.counts());
    let widest = files.iter().map(|file| file.name.len()).max().unwrap_or_default().max(APART.len());
    let mut text = String::new();
    let mut row = |name: &str, raw: &str, brotli: &str| {
        let row = if markdown {
            format!("| {name} | {raw} | {brotli} |\n")
        } else {
            format!("{name:<widest$} {raw:>12} {brotli:>12}\n")
        };
        text.push_str(&row);
    };
    row("file", "bytes", "brotli");
    if markdown {
        row("---", "---:", "---:");
    }
    for file in &counted {
        row(&file.name, &digits(file.raw), &digits(file.brotli));
    }
    let name = if markdown { "**the widget**" } else { "the widget" };
    row(name, &digits(total(files, |file| file.raw)), &digits(total(files, |file| file.brotli)));
    if !apart.is_empty() {
        row(APART, "", "");
    }
    for file in &apart {
        row(&file.name, &digits(file.raw), &digits(file.brotli));
    }
    text
}

/// 1234567 as 1,234,567.
fn digits(number: usize) -> String {
    let plain = number.to_string();
    let mut text = String::new();
    for (index, digit) in plain.chars().enumerate() {
        if index > 0 && (plain.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::TempDir;

    fn file(name: &str, brotli: usize) -> File {
        File { name: name.to_owned(), raw: brotli * 2, brotli }
    }

    #[test]
    fn over_the_budget_fails_and_on_it_passes() {
        check(&[file("remit-widget_bg.wasm", BUDGET)]).unwrap();
        let error =
            check(&[file("remit-widget_bg.wasm", BUDGET), file("snippets/a/inline0.js", 1)]).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "the widget weighs {} bytes, 1 over its budget of {}",
                digits(BUDGET + 1),
                digits(BUDGET)
            )
        );
    }

    #[test]
    fn the_demo_and_the_locales_do_not_count() {
        let files =
            [file("demo.js", BUDGET), file("locales/en.json", BUDGET), file("locales/de.json", BUDGET)];
        check(&files).unwrap();
        assert!(check(&[file("unheard-of.js", BUDGET + 1)]).is_err());
    }

    #[test]
    fn weighs_files_as_brotli_does() {
        let dist = TempDir::new(&std::env::temp_dir(), "remit-size").unwrap();
        let missing = weigh(dist.path()).unwrap_err().to_string();
        assert!(missing.contains("run `cargo xtask build` first"), "{missing}");
        for part in PARTS {
            fs::write(dist.path().join(part), part.repeat(100)).unwrap();
        }
        fs::create_dir(dist.path().join("snippets")).unwrap();
        fs::write(dist.path().join("snippets/a.js"), "").unwrap();
        let files = weigh(dist.path()).unwrap();
        let names: Vec<_> = files.iter().map(|file| file.name.as_str()).collect();
        assert!(names.contains(&"snippets/a.js"), "{names:?}");
        for file in files.iter().filter(|file| file.raw > 0) {
            assert!(file.brotli > 0 && file.brotli < file.raw / 10, "{file:?}");
        }
    }

    #[test]
    fn the_sum_is_compared_with_the_budget_and_the_aim() {
        let within = verdict(&[file("remit.js", 1_000), file("remit.css", 200), file("demo.js", 5)]);
        assert!(
            within.starts_with("The widget: 1,200 bytes by brotli 11, within its budget of "),
            "{within}"
        );
        assert!(within.ends_with("; the aim is 80,000.\n"), "{within}");
        assert!(verdict(&[file("remit.js", BUDGET + 1)]).contains(", over its budget of "));
    }

    #[test]
    fn tables_tell_what_counts_from_what_does_not() {
        let files = [file("a.wasm", 1_234_567), file("demo.js", 5)];
        assert_eq!(
            table(&files, true),
            "| file | bytes | brotli |\n| --- | ---: | ---: |\n| a.wasm | 2,469,134 | 1,234,567 |\n\
             | **the widget** | 2,469,134 | 1,234,567 |\n\
             | not loaded for the widget: |  |  |\n| demo.js | 10 | 5 |\n"
        );
        assert!(table(&files, false).lines().all(|line| line.len() == APART.len() + 26));
    }
}
