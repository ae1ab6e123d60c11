//! `cargo xtask setup`

use anyhow::Result;

use crate::args::Args;
use crate::tools;

pub(crate) const OPTIONS: &str = "";
pub(crate) const ABOUT: &str = "Installs what is missing, each tool at its pinned version, in .tools/ of this project.\n\
    The other commands do what they need of this by themselves.";

pub(crate) fn run(args: Args) -> Result<()> {
    args.finish()?;
    tools::need_all()
}
