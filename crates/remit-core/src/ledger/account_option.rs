//! Options that an account defines for itself.

use alloc::string::String;

/// An option that an account defines, such as a custom payment method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountOption {
    /// The provider's identifier.
    pub id: String,
    /// The display name.
    pub name: String,
}
