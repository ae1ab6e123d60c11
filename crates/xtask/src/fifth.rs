//! One more provider, made up, in a copy of the workspace: a page, a word and vectors are all that it may take.
//!
//! The copy is built and tested with these alone. What else a provider needed would be missing there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::process::{cargo, command, run as run_to_end};
use crate::test::WASM_LINTS;
use crate::tools::{Tool, need};
use crate::workspace;

/// Where the provider is kept: `<name>.rs` and `vectors/*.json`.
const KEPT: &str = "tests/fifth/";
const LIST: &str = "crates/remit-core/src/provider.rs";
/// What is not part of the project's sources, wherever it lies.
const PASSED_OVER: [&str; 5] = [".git", ".tools", "dist", "node_modules", "target"];

/// Files by their paths from the root.
type Tree = BTreeMap<String, Vec<u8>>;

pub(crate) fn run() -> Result<()> {
    need(&[Tool::Lints, Tool::WasmTarget])?;
    let mut before = read(workspace::root())?;
    let fifth = Fifth::take(&mut before)?;
    fifth.is_unknown_to(&before)?;
    let shared = workspace::target()?;
    let copy = shared.join("fifth").join("workspace");
    let after = fifth.added_to(&before)?;
    write(&copy, &after)?;

    let cargo = || {
        let mut cargo = cargo();
        // Of other packages nothing is built twice. The copy's own are kept apart from those here, which cargo would
        // take them for, by another setting for them alone; and the programs by another place.
        cargo.env("CARGO_BUILD_BUILD_DIR", &shared).env("CARGO_PROFILE_DEV_DEBUG", "line-directives-only");
        cargo.env("CARGO_TARGET_DIR", shared.join("fifth").join("programs")).current_dir(&copy);
        cargo
    };
    let pages = fifth.files.keys().filter(|path| path.ends_with(".rs"));
    run_to_end(command("rustfmt").args(["--edition", "2024", "--check"]).args(pages).current_dir(&copy))?;
    run_to_end(cargo().args(["test", "--locked", "--workspace"]))?;
    run_to_end(cargo().args(WASM_LINTS))?;
    // What was tested is what was written: no test has mended anything on its way.
    is_same(&after, &read(&copy)?)?;
    eprintln!("{} works everywhere: {} new files and one word", fifth.name, fifth.files.len());
    Ok(())
}

/// The made-up provider.
struct Fifth {
    name: String,
    /// Its page and its vectors, where they belong.
    files: Tree,
}

impl Fifth {
    /// AcceptedCurrencies the provider out of the tree that it is kept in.
    fn take(tree: &mut Tree) -> Result<Self> {
        let kept: Tree = tree.extract_if(.., |path, _| path.starts_with(KEPT)).collect();
        let kept = kept.into_iter().map(|(path, bytes)| (path.trim_start_matches(KEPT).to_owned(), bytes));
        let (pages, others): (Vec<_>, Vec<_>) =
            kept.partition(|(path, _)| path.ends_with(".rs") && !path.contains('/'));
        let Ok([(page, bytes)]) = <[_; 1]>::try_from(pages) else {
            bail!("{KEPT} must hold one page, <name>.rs");
        };
        let name = page.trim_end_matches(".rs").to_owned();
        let mut files = Tree::from([(format!("crates/remit-core/src/provider/{page}"), bytes)]);
        for (path, bytes) in others {
            let vectors = path.strip_prefix("vectors/").filter(|file| file.ends_with(".json"));
            let Some(file) = vectors else {
                bail!("{KEPT}{path}: a provider is a page, a word and vectors, and must not need more");
            };
            files.insert(format!("tests/vectors/{name}/{file}"), bytes);
        }
        Ok(Self { name, files })
    }

    /// Fails when something in the tree knows the provider before it is added. Prose may.
    fn is_unknown_to(&self, tree: &Tree) -> Result<()> {
        let names = |bytes: &[u8]| String::from_utf8_lossy(bytes).to_lowercase().contains(&self.name);
        match tree.iter().find(|(path, bytes)| !path.ends_with(".md") && names(bytes)) {
            Some((path, _)) => bail!("{path} names {}: no file but its own may", self.name),
            None => Ok(()),
        }
    }

    /// The tree with the provider in it.
    fn added_to(&self, tree: &Tree) -> Result<Tree> {
        let mut tree = tree.clone();
        let list = tree.get_mut(LIST).with_context(|| format!("there is no {LIST}"))?;
        let source = str::from_utf8(list).with_context(|| LIST.to_owned())?;
        let line = source.lines().find(|line| line.starts_with("providers! { ") && line.ends_with(" }"));
        let line = line.with_context(|| format!("{LIST} has no line `providers! {{ … }}`"))?;
        let longer = format!("{} {} }}", line.trim_end_matches(" }"), self.name);
        *list = source.replace(line, &longer).into_bytes();
        tree.extend(self.files.clone());
        Ok(tree)
    }
}

/// Fails when a tree is not as expected.
fn is_same(expected: &Tree, actual: &Tree) -> Result<()> {
    let paths: BTreeSet<_> = expected.keys().chain(actual.keys()).collect();
    match paths.into_iter().find(|path| expected.get(*path) != actual.get(*path)) {
        Some(path) => {
            bail!("{path} was changed: a provider is a page, a word and vectors, and must not need more")
        }
        None => Ok(()),
    }
}

/// The sources in a directory; none when it is not there.
fn read(root: &Path) -> Result<Tree> {
    let mut tree = Tree::new();
    collect(root, "", &mut tree).with_context(|| format!("cannot read {}", root.display()))?;
    Ok(tree)
}

fn collect(directory: &Path, prefix: &str, tree: &mut Tree) -> Result<()> {
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    // Wherever cargo was told to build, none of that is source, and the copy itself lies there.
    let target = workspace::target()?;
    for entry in entries {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_str().with_context(|| format!("{} is not UTF-8", path.display()))?;
        if PASSED_OVER.contains(&name) || path == target {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&path, &format!("{prefix}{name}/"), tree)?;
        } else {
            tree.insert(format!("{prefix}{name}"), fs::read(&path)?);
        }
    }
    Ok(())
}

/// Makes a directory hold a tree. What it holds already is left alone, so that cargo knows what it has built of it.
fn write(root: &Path, tree: &Tree) -> Result<()> {
    let there = read(root)?;
    for path in there.keys().filter(|path| !tree.contains_key(*path)) {
        fs::remove_file(root.join(path)).with_context(|| format!("cannot remove {path} of the copy"))?;
    }
    for (path, bytes) in tree.iter().filter(|(path, bytes)| there.get(*path) != Some(bytes)) {
        let path = root.join(path);
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
        }
        fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::TempDir;

    const PAGE: &str = "tests/fifth/acme.rs";
    const VECTORS: &str = "tests/fifth/vectors/payment.json";

    fn tree(files: &[(&str, &str)]) -> Tree {
        files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
    }

    /// A workspace of two providers, and a third that is kept aside.
    fn acme() -> (Fifth, Tree) {
        let list = "//! All.\n\nproviders! { one two }\n";
        let mut before = tree(&[(LIST, list), ("www/a.css", "a {}"), (PAGE, "page"), (VECTORS, "{}")]);
        let fifth = Fifth::take(&mut before).unwrap();
        assert!(before.keys().all(|path| !path.starts_with(KEPT)));
        (fifth, before)
    }

    #[test]
    fn a_page_a_word_and_vectors_go_where_a_provider_s_belong() {
        let (fifth, before) = acme();
        let after = fifth.added_to(&before).unwrap();
        let expected = tree(&[
            (LIST, "//! All.\n\nproviders! { one two acme }\n"),
            ("crates/remit-core/src/provider/acme.rs", "page"),
            ("tests/vectors/acme/payment.json", "{}"),
            ("www/a.css", "a {}"),
        ]);
        assert_eq!(after, expected);
    }

    #[test]
    fn whatever_is_changed_beside_that_is_found() {
        let (fifth, before) = acme();
        let after = fifth.added_to(&before).unwrap();
        is_same(&after, &after).unwrap();
        for (path, bytes) in
            [("www/a.css", Some("a {} .acme {}")), ("www/a.css", None), ("www/b.css", Some(""))]
        {
            let mut other = after.clone();
            match bytes {
                Some(bytes) => other.insert(path.to_owned(), bytes.into()),
                None => other.remove(path),
            };
            let error = is_same(&after, &other).unwrap_err().to_string();
            assert!(error.starts_with(&format!("{path} was changed: ")), "{error}");
        }
    }

    #[test]
    fn a_provider_that_brings_more_than_that_is_not_even_added() {
        for (more, says) in [
            ("tests/fifth/other.rs", "one page"),
            ("tests/fifth/de.json", "must not need more"),
            ("tests/fifth/vectors/run.sh", "must not need more"),
        ] {
            let error = Fifth::take(&mut tree(&[(PAGE, ""), (VECTORS, ""), (more, "")])).err().unwrap();
            assert!(error.to_string().contains(says), "{error}");
        }
        assert!(Fifth::take(&mut tree(&[(VECTORS, "")])).is_err());
    }

    #[test]
    fn a_file_that_knows_the_provider_beforehand_is_found() {
        let (fifth, mut before) = acme();
        before.insert("DESIGN.md".to_owned(), b"Acme is made up.".to_vec());
        fifth.is_unknown_to(&before).unwrap();
        before.insert("www/en.json".to_owned(), b"{\"field.acme\": 1}".to_vec());
        assert_eq!(
            fifth.is_unknown_to(&before).unwrap_err().to_string(),
            "www/en.json names acme: no file but its own may"
        );
    }

    #[test]
    fn a_copy_is_mended_without_touching_what_it_holds_already() {
        let home = TempDir::new(&std::env::temp_dir(), "remit-fifth").unwrap();
        let copy = home.path().join("copy");
        write(&copy, &tree(&[("a", "1"), ("b/c", "2"), ("b/d", "3")])).unwrap();
        fs::create_dir(copy.join("target")).unwrap();
        fs::write(copy.join("target/built"), "").unwrap();
        let time = |path: &str| fs::metadata(copy.join(path)).unwrap().modified().unwrap();
        let long_ago = std::time::SystemTime::UNIX_EPOCH;
        for path in ["a", "b/c"] {
            fs::File::options().write(true).open(copy.join(path)).unwrap().set_modified(long_ago).unwrap();
        }
        let wanted = tree(&[("a", "1"), ("b/c", "4"), ("e", "5")]);
        write(&copy, &wanted).unwrap();
        assert_eq!(read(&copy).unwrap(), wanted);
        assert!(time("a") == long_ago && time("b/c") > long_ago);
    }
}
