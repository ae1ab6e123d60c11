//! Keeps the secrets in the relay's memory from being written to a disk or read by another process of the same user.

/// Turns off core dumps, which would contain every secret, and tracing by other processes.
///
/// A failure is logged, not fatal: the relay does its work without this precaution.
pub(crate) fn apply() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit { current: Some(0), maximum: Some(0) };
        if let Err(error) = setrlimit(Resource::Core, none) {
            tracing::warn!(%error, "cannot turn off core dumps");
        }
    }
    // A pattern that pipes core dumps to a program ignores the limit. This also makes /proc/PID/mem and /proc/PID/environ
    // unreadable for the same user. [core(5); PR_SET_DUMPABLE(2const)]
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
            tracing::warn!(%error, "cannot hide the memory from other processes");
        }
    }
}
