//! Options that an account defines for itself.

use alloc::string::String;

/// One of the things that an account has set up for itself, such as its own payment methods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountOption {
    /// The provider's identifier.
    pub id: String,
    /// What people call it.
    pub name: String,
}
