//! Parts of a list: by their number, or from a place that a cursor names.

use alloc::string::String;
use core::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::schema::name;
use crate::schema::values::Values;
use crate::wire::json::Json;

/// A part of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slice<'a, T> {
    pub(crate) items: &'a [T],
    /// Which part it is, from 1.
    pub(crate) number: usize,
    /// How many items a part has.
    pub(crate) size: usize,
    /// How many parts there are, at least 1.
    pub(crate) count: usize,
    /// How many items there are.
    pub(crate) total: usize,
}

/// The part of a list that was asked for, by its number and size.
pub(crate) fn slice<'a, T>(all: &'a [T], values: &Values, default: usize) -> Slice<'a, T> {
    let asked = |name| values.text(name).and_then(|text| text.parse::<usize>().ok()).filter(|n| *n > 0);
    let (number, size) = (asked(name::PAGE).unwrap_or(1), asked(name::PAGE_SIZE).unwrap_or(default));
    let items = all.chunks(size).nth(number.saturating_sub(1)).unwrap_or_default();
    Slice { items, number, size, count: all.len().div_ceil(size).max(1), total: all.len() }
}

/// Where the part of a list of so many stands that begins after one of them, or ends before it; without one, it begins
/// at the list's beginning or ends at its end.
pub(crate) fn around(total: usize, place: Option<usize>, backwards: bool, size: usize) -> Range<usize> {
    if backwards {
        let end = place.unwrap_or(total);
        return end.saturating_sub(size)..end;
    }
    let start = place.map_or(0, |place| place.saturating_add(1));
    start..start.saturating_add(size).min(total)
}

/// A cursor: JSON in base 64, as in every sample that a provider shows of one.
pub(crate) fn cursor(place: &Json) -> String {
    STANDARD.encode(place.print())
}

/// What a cursor says.
pub(crate) fn named(cursor: &str) -> Option<Json> {
    let bytes = STANDARD.decode(cursor).ok()?;
    Json::parse(str::from_utf8(&bytes).ok()?).ok()
}
