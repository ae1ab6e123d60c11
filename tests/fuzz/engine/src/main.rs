//! Gives libFuzzer the target that REMIT_FUZZ_TARGET names. `cargo xtask fuzz` builds and runs this.

#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use fuzz::Target;
use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<&'static Target> = LazyLock::new(|| {
    let name = std::env::var("REMIT_FUZZ_TARGET").unwrap_or_default();
    Target::find(&name).unwrap_or_else(|| panic!("REMIT_FUZZ_TARGET names no target: {name:?}"))
});

fuzz_target!(
    init: {
        // Written before the inputs are looked for.
        if let Some(directory) = std::env::var_os("REMIT_FUZZ_SEEDS") {
            let written = fuzz::seeds::write(&TARGET, Path::new(&directory));
            written.unwrap_or_else(|error| panic!("cannot write the seeds: {error}"));
        }
    },
    |data: &[u8]| {
        (TARGET.check)(data);
    }
);
