//! Line breaks.

use alloc::borrow::Cow;
use alloc::string::String;

/// The text with each line break, however it is written, as a line feed.
pub(crate) fn normalize_newlines(text: &str) -> Cow<'_, str> {
    if !text.contains('\r') {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    for (at, part) in text.split('\r').enumerate() {
        if at > 0 && !part.starts_with('\n') {
            out.push('\n');
        }
        out.push_str(part);
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::normalize_newlines;

    #[test]
    fn a_note_from_any_system_keeps_its_lines() {
        for (text, lines) in
            [("a\r\nb", "a\nb"), ("a\rb", "a\nb"), ("a\r\r\n\nb\r", "a\n\n\nb\n"), ("a\nb", "a\nb"), ("", "")]
        {
            assert_eq!(normalize_newlines(text), lines, "{text:?}");
        }
    }
}
