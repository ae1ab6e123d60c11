//! Texts with `{name}` in them, routes and sentences; and texts in lines.

/// The text with each `{name}` replaced, in one pass: what is filled in is never read again.
pub fn fill(template: &str, text: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        out.push_str(before);
        out.push_str(&text(name));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The text with each line break, however it is written, as a line feed.
pub(crate) fn uniform_lines(text: &str) -> String {
    let mut out = String::new();
    for (at, part) in text.split('\r').enumerate() {
        if at > 0 && !part.starts_with('\n') {
            out.push('\n');
        }
        out.push_str(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::uniform_lines;

    #[test]
    fn a_note_from_any_system_keeps_its_lines() {
        for (text, lines) in
            [("a\r\nb", "a\nb"), ("a\rb", "a\nb"), ("a\r\r\n\nb\r", "a\n\n\nb\n"), ("a\nb", "a\nb"), ("", "")]
        {
            assert_eq!(uniform_lines(text), lines, "{text:?}");
        }
    }
}
