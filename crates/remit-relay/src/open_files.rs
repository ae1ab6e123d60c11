//! The limit of open files, which also limits the connections.

/// How many files are open besides connections: the standard streams, the listener, the runtime's own.
#[cfg(unix)]
const OTHER_FILES: usize = 16;

/// Raises this process's limit of open files to the highest value that the system permits.
///
/// The lower value that many systems preset, 1024, is there for programs that use `select`.
pub fn raise_open_files_limit() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = getrlimit(Resource::Nofile);
        let raised = Rlimit { current: limit.maximum, ..limit };
        if limit != raised
            && let Err(error) = setrlimit(Resource::Nofile, raised)
        {
            tracing::warn!(%error, limit = limit.current, "cannot raise the limit of open files");
        }
    }
}

/// How many connections the limit of open files permits. Each one may need a second socket, to its provider.
pub(crate) fn affordable_connections() -> usize {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit};
        let limit = getrlimit(Resource::Nofile).current.and_then(|limit| usize::try_from(limit).ok());
        limit.map_or(usize::MAX, |limit| (limit.saturating_sub(OTHER_FILES) / 2).max(1))
    }
    #[cfg(not(unix))]
    usize::MAX
}
