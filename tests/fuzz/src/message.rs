//! A message of the corpus, in the form of HTTP: a first line, headers, an empty line and the body.

use std::fmt::Write as _;

use remit_core::wire::Headers;

/// The parts of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message<'a> {
    /// The words of the first line.
    pub(crate) first: Vec<&'a str>,
    /// The headers.
    pub(crate) headers: Headers,
    /// The text after the first empty line.
    pub(crate) body: &'a str,
}

impl<'a> Message<'a> {
    /// Parses a message. Every text is one.
    pub(crate) fn read(text: &'a str) -> Self {
        let (first, mut rest) = text.split_once('\n').unwrap_or((text, ""));
        let mut headers = Headers::default();
        loop {
            let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
            rest = after;
            let Some((name, value)) = line.split_once(": ") else { break };
            headers.set(name, value);
        }
        Self { first: first.split(' ').collect(), headers, body: rest }
    }

    /// The text that is parsed as these parts.
    pub(crate) fn print(&self) -> String {
        let mut text = self.first.join(" ") + "\n";
        for (name, value) in self.headers.iter() {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{name}: {value}");
        }
        text + "\n" + self.body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_message_is_parsed_unchanged() {
        let headers: Headers = [("Hint", "a: b"), ("Last-Page", "true")].into_iter().collect();
        let message = Message { first: vec!["200", "USD"], headers, body: "{\n\n}" };
        assert_eq!(Message::read(&message.print()), message);
        assert_eq!(message.print(), "200 USD\nHint: a: b\nLast-Page: true\n\n{\n\n}");
        assert_eq!(Message::read("200").body, "");
    }
}
