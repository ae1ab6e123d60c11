//! The providers: a page for each, and the list of all.

#[cfg(feature = "complete")]
pub mod base;
#[macro_use]
pub mod declaration;
pub mod lookup;
#[cfg(feature = "complete")]
pub mod throttle;

use declaration::Provider;

macro_rules! providers {
    ($($page:ident)*) => {
        $(pub mod $page;)*

        impl Provider {
            /// Every provider.
            pub const ALL: &'static [&'static Self] = &[$(&$page::PROVIDER),*];
        }
    };
}

providers! { clockify dayzero harvest harvest_v2 ivvy }

impl Provider {
    /// The provider with this identifier.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        Self::ALL.iter().copied().find(|provider| provider.id == id)
    }
}
