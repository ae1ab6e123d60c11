//! Splits the path of a request.

/// Splits `/connection/rest?query` into the connection's name and the rest, which keeps its leading slash.
pub(crate) fn split(path: &str) -> (&str, &str) {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.find(['/', '?']).and_then(|at| path.split_at_checked(at)).unwrap_or((path, ""))
}
