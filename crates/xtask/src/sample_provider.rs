//! The step `sample-provider`: adds a made-up provider to a copy of the workspace, and runs the tests there.
//!
//! A provider takes one page, one word in the list and its vectors. If it needed anything else, the copy would fail.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use xshell::{Shell, cmd};

use crate::shell::{WASM_LINTS, cargo, files, root, target};
use crate::tools;

/// `<name>.rs` and `vectors/*.json`.
const KEPT: &str = "tests/sample-provider";
/// The list of providers is in one of these.
const LISTS: [&str; 2] = ["crates/remit-core/src/provider/mod.rs", "crates/remit-core/src/provider.rs"];

pub(crate) fn run(sh: &Shell) -> Result<()> {
    tools::lints(sh)?;
    tools::wasm_target(sh)?;
    let provider = Provider::read(&root().join(KEPT))?;
    let name = &provider.name;
    let elsewhere = cmd!(sh, "git grep --ignore-case --files-with-matches {name} -- . :!*.md :!{KEPT}")
        .quiet()
        .ignore_status()
        .read()?;
    ensure!(elsewhere.is_empty(), "these files name {name}, and only its own may: {elsewhere}");

    let shared = target()?;
    let home = shared.join("sample-provider");
    let copy = home.join("workspace");
    copy_sources(sh, &copy)?;
    let _in = sh.push_dir(&copy);
    commit(sh)?;
    let mut expected = vec![format!(" M {}", provider.add(&copy)?)];
    expected.extend(provider.files.iter().map(|(_, to)| format!("?? {to}")));
    expected.sort();

    let page = &provider.page;
    cmd!(sh, "rustfmt --edition 2024 --check {page}").run()?;
    for command in ["test --locked --workspace", WASM_LINTS] {
        // Shares the dependencies of this workspace. Another debug setting keeps the packages of the two apart.
        cargo(sh, command)
            .env("CARGO_BUILD_BUILD_DIR", &shared)
            .env("CARGO_PROFILE_DEV_DEBUG", "line-directives-only")
            .env("CARGO_TARGET_DIR", home.join("programs"))
            .run()?;
    }
    // No test has changed a file.
    let mut changed: Vec<_> = cmd!(sh, "git status --porcelain --untracked-files=all")
        .quiet()
        .output()?
        .stdout
        .split(|byte| *byte == b'\n')
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .filter(|line| !line.is_empty())
        .collect();
    changed.sort();
    ensure!(changed == expected, "expected the changes {expected:?}, found {changed:?}");
    eprintln!("{name} takes {} new files and one word", provider.files.len());
    Ok(())
}

/// The made-up provider.
struct Provider {
    name: String,
    /// Where its page belongs.
    page: String,
    /// Each file, and where it belongs.
    files: Vec<(PathBuf, String)>,
}

impl Provider {
    fn read(kept: &Path) -> Result<Self> {
        let pages = files(kept, ".rs", false)?;
        let [page] = pages.as_slice() else { bail!("{} must contain one page, <name>.rs", kept.display()) };
        let name = page.file_stem().context("a page without a name")?.to_string_lossy().into_owned();
        let vectors = files(&kept.join("vectors"), ".json", false)?;
        let others = fs::read_dir(kept)?.count() + fs::read_dir(kept.join("vectors"))?.count();
        ensure!(
            others == vectors.len() + 2,
            "{}: a provider is one page and vectors, and nothing else",
            kept.display()
        );
        let to = format!("crates/remit-core/src/provider/{name}.rs");
        let mut files = vec![(page.clone(), to.clone())];
        for path in vectors {
            let file = path.file_name().context("vectors without a name")?.to_string_lossy().into_owned();
            files.push((path, format!("tests/vectors/{name}/{file}")));
        }
        Ok(Self { name, page: to, files })
    }

    /// Adds the provider to a workspace, and returns the path of the list that names it now.
    fn add(&self, workspace: &Path) -> Result<&'static str> {
        for (from, to) in &self.files {
            let to = workspace.join(to);
            fs::create_dir_all(to.parent().context("a file outside of any folder")?)?;
            fs::copy(from, &to).with_context(|| format!("cannot write {}", to.display()))?;
        }
        let list = LISTS
            .into_iter()
            .find(|path| workspace.join(path).is_file())
            .context("there is no list of providers")?;
        let source = fs::read_to_string(workspace.join(list))?;
        fs::write(workspace.join(list), listed(&source, &self.name).with_context(|| list.to_owned())?)?;
        Ok(list)
    }
}

/// The list of providers with one more name.
fn listed(source: &str, name: &str) -> Result<String> {
    let missing = "it has no `providers! { … }` at the beginning of a line";
    let (before, rest) = source.split_once("\nproviders! {").context(missing)?;
    let (names, after) = rest.split_once('}').context(missing)?;
    Ok(format!("{before}\nproviders! {{{} {name} }}{after}", names.trim_end()))
}

/// Makes a folder contain the sources of this workspace, without the made-up provider. Files that are there already keep
/// their times, so that cargo rebuilds only what changed.
fn copy_sources(sh: &Shell, copy: &Path) -> Result<()> {
    let list = |sh: &Shell| cmd!(sh, "git ls-files --cached --others --exclude-standard").quiet().read();
    let sources: Vec<_> =
        list(sh)?.lines().filter(|path| !path.starts_with(KEPT)).map(str::to_owned).collect();
    for path in sources.iter().filter(|path| root().join(path).is_file()) {
        let (bytes, to) = (fs::read(root().join(path))?, copy.join(path));
        if fs::read(&to).ok().as_ref() != Some(&bytes) {
            fs::create_dir_all(to.parent().context("a file outside of any folder")?)?;
            fs::write(&to, bytes)?;
        }
    }
    let _in = sh.push_dir(copy);
    cmd!(sh, "git init --quiet").quiet().run()?;
    for path in list(sh)?
        .lines()
        .filter(|path| !sources.iter().any(|source| source == path) || !root().join(path).is_file())
    {
        sh.remove_path(path)?;
        // An empty folder in crates/ would count as a member of the workspace. Removing stops at one that is not empty.
        let folders = Path::new(path).ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty());
        for folder in folders {
            if fs::remove_dir(copy.join(folder)).is_err() {
                break;
            }
        }
    }
    Ok(())
}

/// Commits everything in the current folder, as what later changes are compared with.
fn commit(sh: &Shell) -> Result<()> {
    cmd!(sh, "git add --all").quiet().run()?;
    let who = ["-c", "user.name=xtask", "-c", "user.email=xtask@localhost", "-c", "commit.gpgsign=false"];
    Ok(cmd!(sh, "git {who...} commit --quiet --allow-empty --no-verify --message copy").quiet().run()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(home: &Path, files: &[&str]) {
        for file in files {
            let path = home.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
    }

    #[test]
    fn adds_the_page_the_word_and_the_vectors_of_a_provider() {
        let (kept, workspace) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        write(kept.path(), &["acme.rs", "vectors/payment.json"]);
        write(workspace.path(), &[LISTS[0]]);
        fs::write(workspace.path().join(LISTS[0]), "//! All.\n\nproviders! { one two }\n").unwrap();
        let provider = Provider::read(kept.path()).unwrap();
        assert_eq!(provider.add(workspace.path()).unwrap(), LISTS[0]);
        let list = fs::read_to_string(workspace.path().join(LISTS[0])).unwrap();
        assert_eq!(list, "//! All.\n\nproviders! { one two acme }\n");
        for file in ["crates/remit-core/src/provider/acme.rs", "tests/vectors/acme/payment.json"] {
            assert!(workspace.path().join(file).is_file(), "{file}");
        }
    }

    #[test]
    fn rejects_a_provider_that_brings_more_files() {
        for more in ["other.rs", "de.json", "vectors/run.sh"] {
            let kept = tempfile::tempdir().unwrap();
            write(kept.path(), &["acme.rs", "vectors/payment.json", more]);
            assert!(Provider::read(kept.path()).is_err(), "{more}");
        }
    }

    #[test]
    fn extends_a_list_on_several_lines() {
        assert_eq!(
            listed("\nproviders! {\n    one\n    two\n}\nx", "acme").unwrap(),
            "\nproviders! {\n    one\n    two acme }\nx"
        );
        assert!(listed("macro_rules! providers {}", "acme").is_err());
    }
}
