//! Limits the elements' style sheet to the components: they have no shadow root that would do so.

use std::path::Path;
use std::{env, fs, io};

/// Selectors of the elements, and what they are in a page.
const SCOPED: [(&str, &str); 4] = [
    (":host {", ":scope {"),
    (":host([theme=light])", ":scope[data-theme=light]"),
    (":host([theme=dark])", ":scope[data-theme=dark]"),
    (":host([hidden]), [hidden]", "[hidden]"),
];

fn main() -> io::Result<()> {
    let source = fs::read_to_string("remit.css")?;
    let scoped = SCOPED.iter().fold(source, |css, (from, to)| css.replace(from, to));
    if scoped.contains(":host") {
        return Err(io::Error::other("remit.css has a selector with :host that build.rs does not know"));
    }
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("OUT_DIR is not set"))?;
    println!("cargo::rerun-if-changed=remit.css");
    fs::write(
        Path::new(&out).join("remit.css"),
        format!("@scope (.remit-form) to (.remit-header, .remit-footer) {{\n{scoped}}}\n"),
    )
}
