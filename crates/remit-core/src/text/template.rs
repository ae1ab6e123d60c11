//! Texts with `{name}` in them: routes, addresses and sentences.

use alloc::string::String;

/// The text with each `{name}` replaced by what is written for it, in one pass: what is filled in is never read again.
pub fn fill(template: &str, mut write: impl FnMut(&str, &mut String)) -> String {
    let mut out = String::new();
    fill_into(&mut out, template, &mut write);
    out
}

/// Appends [`fill`].
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
