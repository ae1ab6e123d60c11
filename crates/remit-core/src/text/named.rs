//! Enums whose variants have a stable text: displaying and parsing it.

use core::fmt;

/// A text that names no variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownName {
    pub(crate) of: &'static str,
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not ")?;
        f.write_str(self.of)
    }
}

impl core::error::Error for UnknownName {}

/// Implements `Display` and `FromStr` by an enum's `as_str` and `ALL`.
macro_rules! named {
    ($name:ident, $of:literal) => {
        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl core::str::FromStr for $name {
            type Err = crate::text::named::UnknownName;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let mut all = Self::ALL.iter().copied();
                all.find(|known| known.as_str() == text).ok_or(Self::Err { of: $of })
            }
        }
    };
}
pub(crate) use named;
