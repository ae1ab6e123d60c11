//! A module as it is shipped: only what its script uses, and small.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::json;

use crate::process::{self, command};
use crate::workspace::{self, TempDir};

/// What rustc uses, and every browser since 2022 and Node 20 understand. Never `--all-features`: it lets wasm-opt write
/// a module that Node 20 refuses.
const FEATURES: [&str; 9] = [
    "--mvp-features",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-call-indirect-overlong",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Compiling is what tells; the oldest Node that is promised is stricter than the browsers are.
const EXPORTS: &str =
    "const module = new WebAssembly.Module(require('node:fs').readFileSync(process.argv[1]));
    for (const { name } of WebAssembly.Module.exports(module)) console.log(name);";

/// How a module is made smaller.
pub(crate) struct Plan {
    /// What wasm-opt is to optimise for.
    pub(crate) level: &'static str,
    /// How the names begin that stay, whatever was found in the script.
    pub(crate) kept: &'static [&'static str],
    /// What stands before a name where the script uses it.
    pub(crate) before: &'static str,
}

/// The widget's: the class Widget stays whole, and what wasm-bindgen lives by.
pub(crate) const WIDGET: Plan =
    Plan { level: "-Oz", kept: &["widget_", "__wbg_widget_", "__wbindgen", "__externref"], before: "" };

/// Makes a module smaller, in place. `script` is all that will ever use it.
pub(crate) fn shrink(module: &Path, script: &str, plan: &Plan) -> Result<()> {
    refuse_other_features(&process::read(command("wasm-opt").arg("--print-features").arg(module))?)?;
    let exports = exports(module)?;
    let used = used(&exports, script, plan);
    let scratch = TempDir::new(&workspace::target()?, "module")?;
    let (graph, pruned, smaller) = (
        scratch.path().join("graph.json"),
        scratch.path().join("pruned.wasm"),
        scratch.path().join("smaller.wasm"),
    );
    fs::write(&graph, roots(&used)).with_context(|| format!("cannot write {}", graph.display()))?;
    // It prints all that it drops, which is nothing to look at.
    process::read(
        command("wasm-metadce")
            .args(FEATURES)
            .arg("--graph-file")
            .args([&graph, module])
            .arg("--output")
            .arg(&pruned),
    )?;
    process::run(
        command("wasm-opt")
            .args(FEATURES)
            // The lowest kilobyte is the very end of Rust's stack, so no address is computed from one in it.
            .args([plan.level, "--converge", "--low-memory-unused"])
            .args(["--strip-debug", "--strip-producers", "--strip-target-features", "--output"])
            .args([&smaller, &pruned]),
    )?;
    refuse_missing(&used, &self::exports(&smaller)?)?;
    fs::copy(&smaller, module).with_context(|| format!("cannot write {}", module.display()))?;
    Ok(())
}

/// wasm-opt adds to the features that it is told those that the module says it uses, so telling it is no check.
fn refuse_other_features(printed: &str) -> Result<()> {
    let other: Vec<_> = printed.split_whitespace().filter(|feature| !FEATURES.contains(feature)).collect();
    if !other.is_empty() {
        bail!(
            "the module uses what some browsers may not know: {}. If all that are supported do, add it to FEATURES in \
             crates/xtask/src/module.rs",
            other.join(" ")
        );
    }
    Ok(())
}

fn exports(module: &Path) -> Result<Vec<String>> {
    let printed = process::read(command("node").arg("--eval").arg(EXPORTS).arg(module))?;
    Ok(printed.lines().map(str::to_owned).collect())
}

/// The exports that the script names, wherever it does: rather one too many. And those that are kept in any case.
fn used<'a>(exports: &'a [String], script: &str, plan: &Plan) -> Vec<&'a str> {
    exports
        .iter()
        .map(String::as_str)
        .filter(|name| {
            *name == "memory"
                || plan.kept.iter().any(|begin| name.starts_with(begin))
                || script.contains(&format!("{}{name}", plan.before))
        })
        .collect()
}

/// What wasm-metadce is told to keep.
fn roots(exports: &[&str]) -> String {
    let roots: Vec<_> =
        exports.iter().map(|name| json!({ "name": name, "export": name, "root": true })).collect();
    serde_json::Value::from(roots).to_string()
}

/// Nothing that is used may be gone.
fn refuse_missing(used: &[&str], after: &[String]) -> Result<()> {
    let missing: Vec<_> =
        used.iter().filter(|name| !after.iter().any(|there| there == *name)).copied().collect();
    if !missing.is_empty() {
        bail!("the optimised module lacks {}", missing.join(" "));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_feature_that_is_not_listed_is_refused() {
        refuse_other_features("--enable-sign-ext\n--enable-multivalue\n").unwrap();
        let error = refuse_other_features("--enable-sign-ext\n--enable-threads\n").unwrap_err().to_string();
        assert!(error.contains("--enable-threads") && !error.contains("sign-ext"), "{error}");
    }

    #[test]
    fn what_the_script_names_stays_and_what_wasm_bindgen_needs() {
        let exports =
            names(&["memory", "widget_new", "sink_write", "__wbindgen_start", "__externref_table_alloc"]);
        let found = used(&exports, "", &WIDGET);
        assert_eq!(found, ["memory", "widget_new", "__wbindgen_start", "__externref_table_alloc"]);
        let plan = Plan { level: "-Oz", kept: &[], before: "wasm." };
        assert_eq!(used(&exports, "wasm.sink_write(1); not.widget_new()", &plan), ["memory", "sink_write"]);
        assert_eq!(
            roots(&["memory", "widget_new"]),
            r#"[{"export":"memory","name":"memory","root":true},{"export":"widget_new","name":"widget_new","root":true}]"#
        );
    }

    #[test]
    fn a_module_that_lacks_what_is_used_is_refused() {
        let used = ["memory", "widget_new", "widget_value"];
        refuse_missing(&used, &names(&["memory", "widget_new", "widget_value"])).unwrap();
        let error = refuse_missing(&used, &names(&["widget_new"])).unwrap_err().to_string();
        assert_eq!(error, "the optimised module lacks memory widget_value");
    }
}
