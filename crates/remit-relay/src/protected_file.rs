//! Reads files that contain secrets, and refuses those that other users can read.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use zeroize::Zeroizing;

/// The longest file that is read, in bytes. A secret or a key with its certificates is far shorter.
const MAX_BYTES: usize = 64 * 1024;
/// One more, which shows that a file is longer.
const READ_BYTES: u64 = 64 * 1024 + 1;

/// Whose permission to read a file is refused.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Readers {
    /// The file's group and all others.
    OnlyOwner,
    /// All others. systemd grants a service the access to its credentials with an access control list, whose mask is
    /// shown as the group's permission. [systemd.exec(5), LoadCredential; acl(5)]
    OwnerAndGroup,
}

/// Reads a file as text. An error says the reason and the remedy, and names the file only if it exists: otherwise the
/// path may be a secret that was written in its place.
///
/// The text is overwritten in memory when it is dropped.
pub(crate) fn read(path: &Path, readers: Readers) -> Result<Zeroizing<String>, String> {
    // Before opening it: a pipe would block.
    let metadata = fs::metadata(path).map_err(|error| cannot_read(&error))?;
    if !metadata.is_file() {
        return Err(format!("{} is not a regular file", path.display()));
    }
    let file = File::open(path).map_err(|error| cannot_read(&error))?;
    if let Some(remedy) =
        file.metadata().ok().and_then(|metadata| readable_by_others(&metadata, path, readers))
    {
        return Err(remedy);
    }
    // Allocated at once: growing would leave copies of the secret in memory.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_BYTES + 1));
    file.take(READ_BYTES).read_to_end(&mut bytes).map_err(|error| cannot_read(&error))?;
    if bytes.len() > MAX_BYTES {
        return Err(format!("{} is longer than 64 KiB", path.display()));
    }
    let text = str::from_utf8(&bytes).map_err(|_| format!("{} is not UTF-8 text", path.display()))?;
    Ok(Zeroizing::new(text.to_owned()))
}

fn cannot_read(error: &io::Error) -> String {
    format!("cannot read the file: {error}")
}

#[cfg(unix)]
fn readable_by_others(metadata: &fs::Metadata, path: &Path, readers: Readers) -> Option<String> {
    use std::os::unix::fs::PermissionsExt as _;
    let refused = match readers {
        Readers::OnlyOwner => 0o077,
        Readers::OwnerAndGroup => 0o007,
    };
    let path = path.display();
    (metadata.permissions().mode() & refused != 0)
        .then(|| format!("other users can read {path}; run chmod 600 {path}"))
}

#[cfg(not(unix))]
fn readable_by_others(_: &fs::Metadata, _: &Path, _: Readers) -> Option<String> {
    None
}
