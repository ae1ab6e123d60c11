//! Debian's packages, where one can be installed without asking anybody.

use anyhow::{Context as _, Result, bail};

use crate::process::{command, read, run, works};

/// Installs a package; `missing` tells a person what to do where that is not possible.
pub(crate) fn install(package: &str, missing: &'static str) -> Result<()> {
    if !works(command("apt-get").arg("--version")) {
        bail!(missing);
    }
    let is_root = read(command("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if !is_root && !works(command("sudo").args(["-n", "true"])) {
        bail!(missing);
    }
    eprintln!("{package}: installing with apt-get");
    for words in [&["update"][..], &["install", "-y", package]] {
        let mut apt = if is_root { command("apt-get") } else { command("sudo") };
        if !is_root {
            apt.args(["-n", "apt-get"]);
        }
        run(apt.args(words).env("DEBIAN_FRONTEND", "noninteractive")).context(missing)?;
    }
    Ok(())
}
