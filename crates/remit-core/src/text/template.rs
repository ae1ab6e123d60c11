//! Templates with `{name}` placeholders: routes, addresses and sentences.

use alloc::string::String;

/// The text with each `{name}` replaced by the text that `write` appends for it. Replacements are not expanded again.
pub fn fill(template: &str, mut write: impl FnMut(&str, &mut String)) -> String {
    let mut out = String::new();
    fill_into(&mut out, template, &mut write);
    out
}

/// Appends the result of [`fill`].
pub fn fill_into(out: &mut String, template: &str, write: &mut dyn FnMut(&str, &mut String)) {
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        out.push_str(before);
        write(name, out);
        rest = after;
    }
    out.push_str(rest);
}
