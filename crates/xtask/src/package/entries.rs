//! The scripts of the package.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::{files, name, text};
use crate::bundle::{self, read, write};
use crate::process::{self, command};
use crate::{build, workspace};

/// One script that esbuild puts together.
struct Entry<'a> {
    from: &'a str,
    to: &'a str,
    /// What the names that begin with `#` stand for.
    aliases: &'a [(&'a str, OsString)],
    external: &'a [&'a str],
    /// What is put in the place of what a server does not have.
    inject: Option<&'a str>,
    /// Whether it is loaded as it is, and nothing can be dropped from it.
    minify: bool,
}

/// Writes the script that has no module of its own; it names everything that any script of the validator uses.
pub(super) fn slim(npm: &Path, package: &Path) -> Result<String> {
    let aliases = aliases(npm, "slim", &[]);
    for to in ["slim.js", "slim.cjs"] {
        entry(
            package,
            &Entry { from: "slim.js", to, aliases: &aliases, external: &[], inject: None, minify: false },
        )?;
    }
    read(&package.join("slim.js"))
}

/// Writes the scripts that have the module.
pub(super) fn validator(npm: &Path, package: &Path) -> Result<()> {
    let module = package.join("remit.wasm");
    write(&npm.join("text.js"), &text::script(&module, npm)?)?;
    write(&npm.join("base64.js"), &text::base64(&module)?)?;
    for (load, to, external) in [
        ("inline", "index.js", [].as_slice()),
        ("inline", "index.cjs", &[]),
        ("node", "node.js", &[]),
        ("node", "node.cjs", &[]),
        ("workerd", "workerd.js", &["./remit.wasm"]),
        ("edge", "edge.js", &["./remit.wasm?module"]),
    ] {
        let aliases = aliases(npm, load, &[("text", "text.js"), ("base64", "base64.js")]);
        entry(
            package,
            &Entry { from: "index.js", to, aliases: &aliases, external, inject: None, minify: false },
        )?;
    }
    Ok(())
}

/// Writes the element, which is the page's, and the components.
pub(super) fn element(npm: &Path, package: &Path) -> Result<()> {
    let (root, dist) = (workspace::root().join("www"), workspace::dist());
    let (parts, staged) = (bundle::parts()?, npm.join("element"));
    fs::create_dir_all(&staged).with_context(|| format!("cannot make {}", staged.display()))?;
    for (from, to) in [
        (root.join("remit.js"), "remit.js"),
        (parts.join("remit-intl.js"), "remit-intl.js"),
        (parts.join("remit-widget.js"), "remit-widget.js"),
        (root.join("npm").join("load").join("element.js"), "remit-load.js"),
    ] {
        write(&staged.join(to), &read(&from)?)?;
    }
    write(&npm.join("css.js"), &text::quoted(&dist.join("remit.css"))?)?;
    write(&npm.join("widget-text.js"), &text::script(&dist.join(build::MODULE), npm)?)?;
    write(&npm.join("sentences.js"), &sentences(npm, package, &root.join("locales"))?)?;
    let own = [("element", "element/remit.js"), ("css", "css.js"), ("sentences", "sentences.js")];
    let widget = aliases(npm, "inline", &own);
    entry(
        package,
        &Entry {
            from: "widget.js",
            to: "widget.js",
            aliases: &widget,
            external: &["./element/*"],
            inject: Some("load/server.js"),
            minify: true,
        },
    )?;
    let bytes = aliases(npm, "inline", &[("text", "widget-text.js")]);
    let module = Entry {
        from: "load/bytes.js",
        to: "element/module.js",
        aliases: &bytes,
        external: &[],
        inject: None,
        minify: true,
    };
    entry(package, &module)?;
    write(&package.join("widget.cjs"), &read(&root.join("npm").join("widget.cjs"))?)?;
    for to in ["react.js", "react.cjs"] {
        entry(
            package,
            &Entry {
                from: "react.js",
                to,
                aliases: &[],
                external: &["react", "./widget.js"],
                inject: None,
                minify: false,
            },
        )?;
    }
    Ok(())
}

/// Every language as a script of its own, and a table of them.
fn sentences(npm: &Path, package: &Path, locales: &Path) -> Result<String> {
    let mut table = String::from("export const sentences = {\n");
    for file in files(locales, ".json")? {
        let name = name(&file)?.replace(".json", "");
        // English is part of the module.
        if name == "en" {
            continue;
        }
        let json: serde_json::Value =
            serde_json::from_str(&read(&file)?).with_context(|| format!("{} is not JSON", file.display()))?;
        let source = npm.join(format!("{name}.js"));
        write(&source, &format!("export default {};\n", serde_json::Value::from(json.to_string())))?;
        let to = format!("element/{name}.js");
        let from = source.to_string_lossy();
        entry(
            package,
            &Entry { from: &from, to: &to, aliases: &[], external: &[], inject: None, minify: true },
        )?;
        table.push_str(&format!("  \"{name}\": () => import(\"./{to}\"),\n"));
    }
    table.push_str("};\n");
    Ok(table)
}

/// What `#load` and further names stand for.
fn aliases<'a>(npm: &Path, load: &str, more: &[(&'a str, &str)]) -> Vec<(&'a str, OsString)> {
    let load = workspace::root().join("www").join("npm").join("load").join(format!("{load}.js"));
    let own = [("load", load)];
    let all = own.into_iter().chain(more.iter().map(|(name, file)| (*name, npm.join(file))));
    all.map(|(name, path)| (name, path.into_os_string())).collect()
}

fn entry(package: &Path, entry: &Entry<'_>) -> Result<()> {
    let www = workspace::root().join("www").join("npm");
    let mut esbuild = command("esbuild");
    let mut outfile = OsString::from("--outfile=");
    outfile.push(package.join(entry.to));
    esbuild.arg(www.join(entry.from)).arg(outfile);
    esbuild.args(["--bundle", "--target=es2022", "--minify-syntax", "--legal-comments=none"]);
    // Elsewhere white space stays, and with it the comments by which a bundler knows what it may drop. Whoever serves
    // such a script minifies it with all else.
    if entry.minify {
        esbuild.args(["--minify-whitespace", "--minify-identifiers"]);
    }
    esbuild.args(["--log-level=warning", "--tsconfig-raw={}", "--define:Symbol.dispose=undefined"]);
    // For `platform=node` esbuild names, for those who import a script that is there to be required, what it exports.
    let (format, platform) = if entry.to.ends_with(".cjs") { ("cjs", "node") } else { ("esm", "neutral") };
    esbuild.arg(format!("--format={format}")).arg(format!("--platform={platform}"));
    for (name, path) in entry.aliases {
        let mut alias = OsString::from(format!("--alias:#{name}="));
        alias.push(path);
        esbuild.arg(alias);
    }
    for path in entry.external {
        esbuild.arg(format!("--external:{path}"));
    }
    if let Some(inject) = entry.inject {
        let mut flag = OsString::from("--inject:");
        flag.push(www.join(inject));
        esbuild.arg(flag);
    }
    process::run(&mut esbuild)
}
