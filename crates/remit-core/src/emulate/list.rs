//! Pages of a list, by number or by cursor.

use alloc::string::String;
use core::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::schema::name;
use crate::schema::values::Values;
use crate::wire::json::Json;

/// A page of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slice<'a, T> {
    pub(crate) items: &'a [T],
    /// The page number, from 1.
    pub(crate) number: usize,
    /// The number of items per page.
    pub(crate) size: usize,
    /// The number of pages, at least 1.
    pub(crate) count: usize,
    /// The number of items in the list.
    pub(crate) total: usize,
}

/// The requested page of a list, by number and size. `default` is the default size.
pub(crate) fn slice<'a, T>(all: &'a [T], values: &Values, default: usize) -> Slice<'a, T> {
    let requested = |name| values.text(name).and_then(|text| text.parse::<usize>().ok()).filter(|n| *n > 0);
    let (number, size) = (requested(name::PAGE).unwrap_or(1), requested(name::PAGE_SIZE).unwrap_or(default));
    let items = all.chunks(size).nth(number.saturating_sub(1)).unwrap_or_default();
    Slice { items, number, size, count: all.len().div_ceil(size).max(1), total: all.len() }
}

/// The range of a page of `size` items that begins after the item at `place`, or ends before it if `backwards`. Without
/// `place`, the page is the first one, or the last one if `backwards`.
pub(crate) fn around(total: usize, place: Option<usize>, backwards: bool, size: usize) -> Range<usize> {
    if backwards {
        let end = place.unwrap_or(total);
        return end.saturating_sub(size)..end;
    }
    let start = place.map_or(0, |place| place.saturating_add(1));
    start..start.saturating_add(size).min(total)
}

/// Encodes a cursor: JSON in base 64, as in all providers' samples.
pub(crate) fn cursor(place: &Json) -> String {
    STANDARD.encode(place.print())
}

/// Decodes a cursor.
pub(crate) fn named(cursor: &str) -> Option<Json> {
    let bytes = STANDARD.decode(cursor).ok()?;
    Json::parse(str::from_utf8(&bytes).ok()?).ok()
}
