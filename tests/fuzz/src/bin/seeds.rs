//! `seeds FOLDER`: writes the inputs that the vectors contain, one folder for each target.

use std::error::Error;
use std::path::PathBuf;

use fuzz::{Target, seeds};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: seeds FOLDER")?);
    for target in &Target::ALL {
        seeds::write(target, &folder.join(target.name))?;
    }
    Ok(())
}
