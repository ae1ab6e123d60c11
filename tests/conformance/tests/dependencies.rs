//! Checks the dependencies between crates, and which sources name a provider.

#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use remit_core::Provider;
use serde_json::Value;

const WASM: &str = "wasm32-unknown-unknown";

/// The crates around the core, each with the other crates of the workspace that it depends on.
const AROUND: [(&str, &[&str]); 7] = [
    ("remit-session", &["remit-core"]),
    ("remit-leptos", &["remit-core", "remit-session"]),
    ("remit-element", &["remit-core", "remit-leptos"]),
    ("remit-headless", &["remit-core", "remit-session"]),
    ("remit-wasm", &["remit-core"]),
    ("remit-relay", &["remit-core"]),
    ("remit-sandbox", &["remit-core"]),
];

/// The dependencies of the core. DESIGN.md, "Dependencies", has the reasons.
const OF_THE_CORE: [&str; 6] = ["base64", "chrono", "form_urlencoded", "rust_decimal", "serde", "uuid"];

/// The dependencies of signing. A feature excludes them from the browser.
const OF_SIGNING: [&str; 4] = ["hmac", "md-5", "sha1", "zeroize"];

/// Crates that a page must not contain, because they need an operating system or are too large.
const NOT_IN_A_PAGE: [&str; 16] = [
    "axum",
    "clap",
    "getrandom",
    "hmac",
    "hyper",
    "libc",
    "md-5",
    "mio",
    "quick-xml",
    "regex",
    "reqwest",
    "rusqlite",
    "serde_json",
    "sha1",
    "tokio",
    "toml",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn cargo(arguments: &[&str]) -> String {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(program).args(arguments).arg("--locked").current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A dependency that a manifest declares.
#[derive(Debug)]
struct Declared {
    of: String,
    name: String,
    optional: bool,
    for_tests: bool,
}

/// The dependencies that the members of the workspace declare.
fn declared() -> Vec<Declared> {
    let metadata: Value =
        serde_json::from_str(&cargo(&["metadata", "--no-deps", "--format-version", "1"])).unwrap();
    let mut all = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        for dependency in package["dependencies"].as_array().unwrap() {
            all.push(Declared {
                of: package["name"].as_str().unwrap().to_owned(),
                name: dependency["name"].as_str().unwrap().to_owned(),
                optional: dependency["optional"].as_bool().unwrap(),
                for_tests: dependency["kind"] == "dev",
            });
        }
    }
    all
}

fn set<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
    names.into_iter().collect()
}

/// The crates that are built into a crate for the browser, except those `without` and the dependencies that only these
/// need.
fn built_into(package: &str, without: &[&str]) -> BTreeSet<String> {
    let mut arguments = vec!["tree", "--package", package, "--edges", "normal", "--target", WASM];
    arguments.extend(["--prefix", "depth", "--no-dedupe", "--format", " {lib} {p}"]);
    let tree = cargo(&arguments);
    let mut below = usize::MAX;
    let mut names = BTreeSet::new();
    for line in tree.lines() {
        let (depth, rest) = line.split_once(' ').unwrap();
        let depth: usize = depth.parse().unwrap();
        // A procedural macro and its dependencies run in the compiler.
        let name = rest.split_whitespace().nth(1).unwrap();
        if depth <= below {
            let skipped = without.contains(&name) || rest.ends_with("(proc-macro)");
            below = if skipped { depth } else { usize::MAX };
            if !skipped {
                names.insert(name.to_owned());
            }
        }
    }
    assert!(names.contains("remit-core"), "{tree}");
    names
}

#[test]
fn dependencies_between_the_crates_point_one_way() {
    let declared = declared();
    let ours: BTreeSet<_> = declared.iter().map(|d| d.of.as_str()).collect();
    for (name, expected) in AROUND {
        assert!(ours.contains(name), "there is no crate {name}");
        let of = declared.iter().filter(|d| d.of == name && ours.contains(d.name.as_str()));
        assert_eq!(set(of.map(|d| d.name.as_str())), set(expected.iter().copied()), "{name}");
    }
    let of_core = declared.iter().filter(|d| d.of == "remit-core" && ours.contains(d.name.as_str()));
    assert_eq!(of_core.count(), 0, "the core must not depend on another crate of the workspace");
}

#[test]
fn the_core_has_only_the_listed_dependencies() {
    let declared = declared();
    let core = || declared.iter().filter(|d| d.of == "remit-core" && !d.for_tests);
    assert_eq!(set(core().filter(|d| !d.optional).map(|d| d.name.as_str())), set(OF_THE_CORE));
    assert_eq!(set(core().filter(|d| d.optional).map(|d| d.name.as_str())), set(OF_SIGNING));
}

#[test]
fn no_page_contains_a_dependency_of_servers() {
    // Leptos needs serde_json for server functions, which Remit does not use. The linker removes it, and a size limit
    // checks the result.
    for (package, without) in [
        ("remit-core", &[][..]),
        ("remit-wasm", &[]),
        ("remit-headless", &[]),
        ("remit-element", &["leptos"]),
    ] {
        let names = built_into(package, without);
        let found: Vec<_> = NOT_IN_A_PAGE.iter().filter(|name| names.contains(**name)).collect();
        assert!(found.is_empty(), "{package} builds in {found:?}");
    }
    // The check detects these crates: the relay and leptos contain some of them.
    assert!(built_into("remit-relay", &[]).contains("sha1"));
    assert!(built_into("remit-element", &[]).contains("serde_json"), "leptos no longer needs its exception");
}

/// The files with this extension in a folder and its subfolders.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|known| known == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// A source without its documentation, whose examples name providers, and without its tests. A module of tests is at the end of a file, or in a file `tests.rs`.
fn program(path: &Path) -> String {
    let source = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    if path.ends_with("tests.rs") {
        return String::new();
    }
    let program =
        source.split_once("#[cfg(test)]\nmod tests {").map_or(source.as_str(), |(before, _)| before);
    let is_code = |line: &&str| !["///", "//!"].iter().any(|comment| line.trim_start().starts_with(comment));
    program.lines().filter(is_code).collect::<Vec<_>>().join("\n")
}

/// The words of a source in lower case: `isHarvest`, `HARVEST_URL` and `"harvest"` all contain the word `harvest`.
fn words(source: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in source.chars() {
        let is_new_word = before.is_lowercase() && c.is_uppercase();
        if (is_new_word || !c.is_alphanumeric()) && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a source contains a provider's identifier or name, as one word or as its separate words.
fn names(source: &str, provider: &Provider) -> bool {
    let found = words(source);
    [provider.id, provider.name].into_iter().any(|name| {
        let whole = name.to_lowercase();
        let parts = words(name);
        found.contains(&whole) || found.windows(parts.len()).any(|window| window == parts)
    })
}

#[test]
fn only_the_core_names_a_provider() {
    let root = root();
    let mut sources = Vec::new();
    for (name, _) in AROUND {
        let of = files(&root.join("crates").join(name).join("src"), "rs");
        assert!(of.len() >= 3, "{name}: {of:?}");
        sources.extend(of);
    }
    sources.extend(
        [
            "remit.js",
            "remit-load.js",
            "remit-declared.js",
            "remit-resources.js",
            "remit-values.js",
            "remit-names.js",
            "remit-markup.js",
            "remit-internals.js",
            "remit.css",
            "npm/session.js",
        ]
        .map(|name| root.join("www").join(name)),
    );
    for path in sources {
        let source = program(&path);
        for provider in Provider::ALL {
            assert!(!names(&source, provider), "{} names {}", path.display(), provider.name);
        }
    }
}

#[test]
fn finds_a_provider_s_name_in_every_spelling() {
    for provider in Provider::ALL {
        let page = root().join("crates/remit-core/src/provider").join(provider.id.replace('-', "_"));
        let file = page.with_extension("rs");
        let file = if file.is_file() { file } else { page.join("mod.rs") };
        assert!(names(&program(&file), provider), "{}", provider.id);
        let (id, name) = (provider.id, provider.name);
        let capitals = id.to_uppercase();
        let camel: String = id[..1].to_uppercase() + &id[1..];
        for source in [
            format!("is_{id}()"),
            format!("is{camel}"),
            format!("\"{id}\""),
            format!("{capitals}_URL"),
            format!("// {name}."),
        ] {
            assert!(names(&source, provider), "{source}");
        }
        assert!(!names(&format!("x{id}x"), provider));
    }
}

/// Without the standard library there is no clock, disk or network: the compiler rules them out.
#[test]
fn the_core_is_built_without_the_standard_library() {
    let source = fs::read_to_string(root().join("crates/remit-core/src/lib.rs")).unwrap();
    assert!(source.lines().any(|line| line == "#![no_std]"), "lib.rs must say #![no_std]");
    for (at, line) in source.lines().enumerate() {
        if line.trim_start().starts_with("extern crate std") {
            let before = source.lines().nth(at - 1);
            assert_eq!(before, Some("#[cfg(test)]"), "only tests may use the standard library");
        }
    }
    for path in files(&root().join("crates/remit-core/src"), "rs") {
        let code = program(&path);
        let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
        let found: Vec<_> =
            code.filter(|line| line.contains("extern crate") && !line.contains("alloc")).collect();
        let allowed = path.ends_with("remit-core/src/lib.rs");
        assert!(found.is_empty() || allowed, "{}: {found:?}", path.display());
    }
}
