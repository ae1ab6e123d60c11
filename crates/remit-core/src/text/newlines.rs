//! Normalising line breaks.

use alloc::borrow::Cow;
use alloc::string::String;

/// The text with every CR LF and CR replaced by LF.
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
    fn replaces_every_kind_of_line_break_with_a_line_feed() {
        for (text, lines) in
            [("a\r\nb", "a\nb"), ("a\rb", "a\nb"), ("a\r\r\n\nb\r", "a\n\n\nb\n"), ("a\nb", "a\nb"), ("", "")]
        {
            assert_eq!(normalize_newlines(text), lines, "{text:?}");
        }
    }
}
