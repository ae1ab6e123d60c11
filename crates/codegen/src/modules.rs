//! Reads the imports between the modules of each crate from the sources.
//!
//! An import is a `use` declaration or a path that begins with `crate`, `super`, `self` or a child module. Paths inside
//! macros count as well; tests do not. `mod` declarations are not imports, and neither are the paths in the expansion of a
//! macro of the crate.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use proc_macro2::{TokenStream, TokenTree};
use syn::visit::Visit;

use crate::project::{between, root};

/// A module's path inside its crate, without `crate`. The path of the root is empty.
type Module = Vec<String>;

/// The listed crates, dependencies first.
const CRATES: [&str; 12] = [
    "remit-core",
    "remit-relay",
    "remit-sandbox",
    "remit-wasm",
    "remit-session",
    "remit-leptos",
    "remit-element",
    "remit-headless",
    "remit-demo",
    "bindgen",
    "codegen",
    "xtask",
];

/// The imports of one crate.
#[derive(Debug)]
pub(crate) struct Graph {
    /// The first sentence of each module's documentation.
    about: BTreeMap<Module, String>,
    imports: BTreeMap<Module, BTreeSet<Module>>,
}

impl Graph {
    /// Reads the sources of a crate.
    fn read(root: &Path, package: &str) -> Result<Self> {
        let source = root.join("crates").join(package).join("src");
        let files = files(&source)?;
        let modules: BTreeSet<Module> = files.keys().cloned().collect();
        let mut graph = Self { about: BTreeMap::new(), imports: BTreeMap::new() };
        for (module, path) in files {
            let text =
                fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            graph.about.insert(module.clone(), first_sentence(&text));
            let file = syn::parse_file(&text).with_context(|| format!("cannot parse {}", path.display()))?;
            let mut found =
                Imports { modules: &modules, module: module.clone(), depth: 0, imports: BTreeSet::new() };
            found.visit_file(&file);
            found.imports.remove(&module);
            graph.imports.insert(module, found.imports);
        }
        Ok(graph)
    }

    /// The same graph with each folder below the root as one module.
    fn folders(&self) -> Self {
        let top = |module: &Module| module.iter().take(1).cloned().collect::<Module>();
        let mut folders = Self { about: BTreeMap::new(), imports: BTreeMap::new() };
        for (module, imports) in &self.imports {
            let folder = top(module);
            let all = folders.imports.entry(folder.clone()).or_default();
            all.extend(imports.iter().map(top).filter(|other| *other != folder));
        }
        folders.about = self.about.iter().filter(|(module, _)| module.len() < 2).map(owned).collect();
        folders
    }

    /// The modules, each after its imports; and the modules that cannot be ordered, because they are part of a cycle or import
    /// one.
    fn layers(&self) -> (Vec<&Module>, BTreeSet<&Module>) {
        let mut ordered = Vec::new();
        let mut left: BTreeSet<&Module> = self.imports.keys().collect();
        loop {
            let ready: Vec<&Module> = left
                .iter()
                .copied()
                .filter(|module| self.imports_of(module).all(|import| !left.contains(import)))
                .collect();
            if ready.is_empty() {
                return (ordered, left);
            }
            left.retain(|module| !ready.contains(module));
            ordered.extend(ready);
        }
    }

    fn imports_of(&self, module: &Module) -> impl Iterator<Item = &Module> {
        self.imports.get(module).into_iter().flatten()
    }
}

fn owned((module, about): (&Module, &String)) -> (Module, String) {
    (module.clone(), about.clone())
}

/// Every source file by its module.
fn files(source: &Path) -> Result<BTreeMap<Module, PathBuf>> {
    let mut all = BTreeMap::new();
    let mut folders = vec![source.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            if path.extension().is_none_or(|extension| extension != "rs") || path.ends_with("tests.rs") {
                continue;
            }
            let inside = path.strip_prefix(source)?.with_extension("");
            let mut module: Module = inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            if module.last().is_some_and(|name| matches!(name.as_str(), "mod" | "lib" | "main")) {
                module.pop();
            }
            all.insert(module, path);
        }
    }
    Ok(all)
}

/// The first sentence of a file's `//!` comment, on one line.
fn first_sentence(source: &str) -> String {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim);
    let paragraph: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
    let text = paragraph.join(" ");
    let end = text.find(". ").or_else(|| text.strip_suffix('.').map(str::len)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default().to_owned()
}

/// Collects the modules that a file imports.
struct Imports<'a> {
    modules: &'a BTreeSet<Module>,
    module: Module,
    /// The number of enclosing inline modules. `super` in the outermost means the file itself.
    depth: usize,
    imports: BTreeSet<Module>,
}

impl Imports<'_> {
    /// Adds the module that a path leads to.
    fn add(&mut self, path: &[String]) {
        let mut rest = path.iter().map(String::as_str).peekable();
        let mut at = match rest.peek().copied() {
            Some("crate") => {
                rest.next();
                Module::new()
            }
            Some("super" | "self") => {
                let mut at = self.module.clone();
                let mut open = self.depth;
                while let Some(step @ ("super" | "self")) = rest.peek().copied() {
                    rest.next();
                    match (step, open) {
                        ("self", _) => {}
                        (_, 0) => drop(at.pop()),
                        _ => open -= 1,
                    }
                }
                at
            }
            Some(first) => {
                let child = [self.module.as_slice(), &[first.to_owned()]].concat();
                if !self.modules.contains(&child) {
                    return;
                }
                self.module.clone()
            }
            None => return,
        };
        for name in rest {
            let child = [at.as_slice(), &[name.to_owned()]].concat();
            if !self.modules.contains(&child) {
                break;
            }
            at = child;
        }
        self.imports.insert(at);
    }

    fn add_tree(&mut self, before: &[String], tree: &syn::UseTree) {
        let with = |name: String| [before, &[name]].concat();
        match tree {
            syn::UseTree::Path(path) => self.add_tree(&with(path.ident.to_string()), &path.tree),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.add_tree(before, tree)),
            syn::UseTree::Name(name) => self.add(&with(name.ident.to_string())),
            syn::UseTree::Rename(name) => self.add(&with(name.ident.to_string())),
            syn::UseTree::Glob(_) => self.add(before),
        }
    }

    /// Adds the paths in the tokens of a macro: `crate :: a :: b`, or `$crate :: a :: b`.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) if path.is_empty() || colons == 2 => {
                    path.push(ident.to_string());
                    colons = 0;
                    continue;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' && !path.is_empty() && colons < 2 => {
                    colons += 1;
                    continue;
                }
                TokenTree::Group(group) => {
                    self.finish(&mut path);
                    self.add_tokens(group.stream());
                }
                TokenTree::Ident(ident) => {
                    self.finish(&mut path);
                    path.push(ident.to_string());
                }
                _ => self.finish(&mut path),
            }
            colons = 0;
        }
        self.finish(&mut path);
    }

    fn finish(&mut self, path: &mut Vec<String>) {
        if path.len() > 1 {
            self.add(path);
        }
        path.clear();
    }
}

fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    let test = |attribute: &syn::Attribute| {
        attribute.path().is_ident("cfg")
            && attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string().contains("test"))
    };
    attributes.iter().any(test)
}

impl<'ast> Visit<'ast> for Imports<'_> {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if !is_for_tests(&item.attrs) && item.leading_colon.is_none() {
            self.add_tree(&[], &item.tree);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_for_tests(&item.attrs) {
            self.depth += 1;
            syn::visit::visit_item_mod(self, item);
            self.depth -= 1;
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() && path.segments.len() > 1 {
            let names: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            self.add(&names);
        }
        syn::visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, invocation: &'ast syn::Macro) {
        self.add_tokens(invocation.tokens.clone());
        syn::visit::visit_macro(self, invocation);
    }
}

/// Renders DESIGN.md's table of modules: the purpose and the imports of each crate's top-level modules, dependencies first.
pub(crate) fn render(current: &str) -> Result<String> {
    let mut text = String::from("| crate | module | purpose | imports |\n|---|---|---|---|\n");
    for package in CRATES {
        let folders = Graph::read(root(), package)?.folders();
        let (ordered, _) = folders.layers();
        for module in ordered {
            let Some(name) = module.first() else { continue };
            let about = folders.about.get(module).map(String::as_str).unwrap_or_default();
            let imports: Vec<_> = folders.imports_of(module).filter_map(|import| import.first()).collect();
            let imports = imports.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            text += &format!("| {package} | `{name}` | {} | {imports} |\n", about.replace('|', "\\|"));
        }
    }
    between(current, "<!-- modules: ", "<!-- /modules -->", text.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(modules: &BTreeSet<&Module>) -> Vec<String> {
        modules.iter().map(|module| format!("crate::{}", module.join("::"))).collect()
    }

    #[test]
    fn no_crate_has_an_import_cycle_between_files_or_folders() {
        for package in CRATES {
            let graph = Graph::read(root(), package).unwrap();
            assert!(graph.imports.len() > 1 || package == "bindgen", "{package} has no modules");
            let (_, left) = graph.layers();
            assert!(left.is_empty(), "{package}: files in or above an import cycle: {:?}", names(&left));
            let folders = graph.folders();
            let (_, left) = folders.layers();
            assert!(left.is_empty(), "{package}: folders in or above an import cycle: {:?}", names(&left));
        }
    }

    #[test]
    fn every_crate_is_listed() {
        let entries = fs::read_dir(root().join("crates")).unwrap();
        let found: BTreeSet<_> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        let listed: BTreeSet<_> = CRATES.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(listed, found);
    }

    /// The graph of a crate with these files.
    fn graph(files: &[(&str, &str)]) -> Graph {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join("crates/toy/src").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Graph::read(root.path(), "toy").unwrap()
    }

    fn left(files: &[(&str, &str)]) -> Vec<String> {
        names(&graph(files).layers().1)
    }

    #[test]
    fn finds_a_cycle_however_the_import_is_written() {
        let cycle = ["crate::a", "crate::b"];
        for import in [
            "use crate::a::A;",
            "use super::a::A;",
            "use crate::{a::A, c};",
            "fn f(_: crate::a::A) {}",
            "fn f() { let _ = vec![crate::a::A]; }",
            "macro_rules! m { () => { $crate::a::A } }",
            "mod inner { use super::super::a::A; }",
        ] {
            let files = [("lib.rs", "mod a; mod b;"), ("a.rs", "use crate::b;"), ("b.rs", import)];
            assert_eq!(left(&files), cycle, "{import}");
        }
    }

    #[test]
    fn finds_a_cycle_through_the_root_and_through_a_parent() {
        let root =
            [("lib.rs", "mod a; pub use a::A; pub struct B;"), ("a.rs", "use crate::B; pub struct A;")];
        assert_eq!(left(&root), ["crate::", "crate::a"]);
        let parent =
            [("lib.rs", ""), ("a/mod.rs", "mod b; const X: i32 = b::X;"), ("a/b.rs", "use super::Y;")];
        assert_eq!(left(&parent), ["crate::a", "crate::a::b"]);
    }

    #[test]
    fn ignores_tests_module_declarations_and_other_crates() {
        let files = [
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "use crate::b;\n#[cfg(test)]\nmod tests { use crate::a; }"),
            ("b.rs", "use std::a;\n#[cfg(test)]\nmod tests { use crate::a::A; }"),
        ];
        assert_eq!(left(&files), [""; 0]);
    }

    #[test]
    fn folders_can_have_a_cycle_that_their_files_do_not_have() {
        let files = [
            ("lib.rs", ""),
            ("a/mod.rs", ""),
            ("b/mod.rs", ""),
            ("a/x.rs", "use crate::b::x;"),
            ("a/y.rs", ""),
            ("b/x.rs", ""),
            ("b/y.rs", "use crate::a::y;"),
        ];
        assert_eq!(left(&files), [""; 0]);
        assert_eq!(names(&graph(&files).folders().layers().1), ["crate::a", "crate::b"]);
    }

    #[test]
    fn takes_the_first_sentence_of_a_module() {
        assert_eq!(
            first_sentence("//! Money, in\n//! minor units. No floats.\n\nuse x;"),
            "Money, in minor units"
        );
        assert_eq!(first_sentence("//! Money.\n//!\n//! More."), "Money");
        assert_eq!(first_sentence("use x;"), "");
    }
}
