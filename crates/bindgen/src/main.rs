//! `bindgen MODULE FOLDER NAME`: writes `NAME.js` and `NAME_bg.wasm` for a module that cargo compiled.
//!
//! This is wasm-bindgen's own library. As a package of the workspace it needs no separate installation, and Cargo.lock
//! keeps it at the version of the `wasm-bindgen` crate.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let mut next = || arguments.next().context("usage: bindgen MODULE FOLDER NAME");
    let (module, folder, name) = (PathBuf::from(next()?), PathBuf::from(next()?), next()?);
    let name = name.to_str().context("the name is not UTF-8")?;
    let mut bindgen = Bindgen::new();
    bindgen.input_path(&module).out_name(name).web(true)?.typescript(false);
    bindgen.generate(&folder).with_context(|| format!("cannot write the bindings of {}", module.display()))
}
