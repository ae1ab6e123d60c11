//! Texts with `{name}` in them: routes, addresses and sentences.

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
