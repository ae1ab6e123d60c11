//! Prints JSON with its members in the order of the declaration.

/// A JSON value.
#[derive(Debug, Clone)]
pub(crate) enum Json {
    Flag(bool),
    Text(String),
    Number(u32),
    List(Vec<Json>),
    Object(Vec<(&'static str, Json)>),
}

pub(crate) fn text(text: impl Into<String>) -> Json {
    Json::Text(text.into())
}

pub(crate) fn list(items: impl IntoIterator<Item = Json>) -> Json {
    Json::List(items.into_iter().collect())
}

impl Json {
    /// Prints the value with an indentation of two spaces and a final line break.
    pub(crate) fn pretty(&self) -> String {
        self.print(0) + "\n"
    }

    fn print(&self, depth: usize) -> String {
        let lines = |open: char, lines: Vec<String>, close: char| {
            if lines.is_empty() {
                return format!("{open}{close}");
            }
            let inside = "  ".repeat(depth.saturating_add(1));
            let lines: Vec<_> = lines.into_iter().map(|line| format!("{inside}{line}")).collect();
            format!("{open}\n{}\n{}{close}", lines.join(",\n"), "  ".repeat(depth))
        };
        let inner = depth.saturating_add(1);
        match self {
            Self::Flag(flag) => flag.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => serde_json::Value::from(text.as_str()).to_string(),
            Self::List(items) => lines('[', items.iter().map(|item| item.print(inner)).collect(), ']'),
            Self::Object(members) => {
                let member = |(name, value): &(&str, Self)| format!("\"{name}\": {}", value.print(inner));
                lines('{', members.iter().map(member).collect(), '}')
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_json_that_reads_back() {
        let json = Json::Object(vec![
            ("b", list([text("\"…\n"), Json::Flag(true)])),
            ("a", Json::Object(Vec::new())),
            ("n", Json::Number(2)),
        ]);
        let read: serde_json::Value = serde_json::from_str(&json.pretty()).unwrap();
        assert_eq!(read, serde_json::json!({"b": ["\"…\n", true], "a": {}, "n": 2}));
        assert!(json.pretty().starts_with("{\n  \"b\": [\n    \""));
    }
}
