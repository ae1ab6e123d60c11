//! A message as it lies in the corpus: a first line, header fields, an empty line and the body, as HTTP has it.

use std::fmt::Write as _;

use remit_core::wire::Headers;

/// The parts of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message<'a> {
    /// The words of the first line.
    pub(crate) first: Vec<&'a str>,
    /// The header fields.
    pub(crate) headers: Headers,
    /// All that follows the first empty line.
    pub(crate) body: &'a str,
}

impl<'a> Message<'a> {
    /// Any text at all is a message.
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

    /// The text that reads back as these parts.
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
    fn a_message_of_the_corpus_would_be_read_as_another() {
        let headers: Headers = [("Hint", "a: b"), ("Last-Page", "true")].into_iter().collect();
        let message = Message { first: vec!["200", "USD"], headers, body: "{\n\n}" };
        assert_eq!(Message::read(&message.print()), message);
        assert_eq!(message.print(), "200 USD\nHint: a: b\nLast-Page: true\n\n{\n\n}");
        assert_eq!(Message::read("200").body, "");
    }
}
