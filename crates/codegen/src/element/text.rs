//! Converts the declared texts for the places where they appear.

/// The property of an attribute: `baseUrl` for `base-url`.
pub(crate) fn camel(name: &str) -> String {
    let mut parts = name.split('-');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| name + &capital(part))
}

/// The text with a capital first letter.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A declared description as a sentence.
pub(crate) fn sentence(about: &str) -> String {
    format!("{}.", capital(about))
}

/// A sentence without the marks of Markdown.
pub(crate) fn plain(about: &str) -> String {
    sentence(about).replace('`', "")
}

/// A comment of a declaration.
pub(crate) fn comment(about: &str, indent: &str) -> String {
    let about = sentence(about);
    let (mut lines, room) = (vec![String::new()], 118_usize.saturating_sub(indent.len()));
    for word in about.split(' ') {
        match lines.last_mut() {
            Some(line) if line.len() + word.len() + 4 <= room => {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    match lines.as_slice() {
        [line] => format!("{indent}/** {line} */\n"),
        _ => {
            let lines: String = lines.iter().map(|line| format!("{indent} * {line}\n")).collect();
            format!("{indent}/**\n{lines}{indent} */\n")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn converts_names_and_descriptions() {
        assert_eq!(camel("base-url"), "baseUrl");
        assert_eq!(plain("a `value`; not `null`"), "A value; not null.");
        assert_eq!(comment("short", "  "), "  /** Short. */\n");
        let long = comment(&"word ".repeat(40), "");
        assert!(long.starts_with("/**\n * Word word") && long.lines().all(|line| line.len() < 120), "{long}");
    }
}
