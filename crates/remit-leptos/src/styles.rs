//! The styles of the components.

/// The styles of the components, limited to them with `@scope`.
pub const STYLES: &str = include_str!(concat!(env!("OUT_DIR"), "/remit.css"));
