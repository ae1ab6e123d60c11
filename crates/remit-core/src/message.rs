//! Sentences for codes. One table a locale; the core carries English, the page fetches the others.

use crate::finding::{Finding, Issue, Notice, Param};
use crate::template;
use crate::wire::json::{Json, NotJson};

/// A locale's texts by key, in the order of the keys.
///
/// Keys: `issue.<code>`, `notice.<code>`, `problem.<code>`, `cause.<cause>`, `field.<name>`, `choice.<value>`,
/// `state.<state>`, `hint.<name>` and, for the widget, `ui.<word>`. `{name}` in a text stands for a parameter.
#[derive(Debug, Clone)]
pub struct Table {
    texts: Vec<(String, Json)>,
}

/// The English table, from which every other locale is translated.
pub const ENGLISH: &str = include_str!(concat!(env!("OUT_DIR"), "/english.json"));

impl Table {
    /// Reads a table from its JSON.
    ///
    /// # Errors
    /// [`NotJson`] when it is not an object.
    pub fn parse(json: &str) -> Result<Self, NotJson> {
        match Json::parse(json)? {
            Json::Object(mut texts) => {
                texts.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
                Ok(Self { texts })
            }
            _ => Err(NotJson),
        }
    }

    /// The English table.
    #[must_use]
    pub fn english() -> Self {
        Self::parse(ENGLISH).unwrap_or(Self { texts: Vec::new() })
    }

    /// The text of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        let at = self.texts.binary_search_by(|(known, _)| known.as_str().cmp(key)).ok()?;
        self.texts.get(at)?.1.as_text()
    }

    /// The text of `group.name`; where the table has none, the name itself in words: `chequeNumber` is `Cheque number`.
    #[must_use]
    pub fn word(&self, group: &str, name: &str) -> String {
        self.get(&format!("{group}.{name}")).map_or_else(|| in_words(name), str::to_owned)
    }

    /// The sentence for an issue, with plain parameters.
    #[must_use]
    pub fn issue(&self, issue: &Issue) -> String {
        self.sentence("issue", issue.code.text(), issue, &Param::to_string)
    }

    /// The sentence for a notice, with plain parameters.
    #[must_use]
    pub fn notice(&self, notice: &Notice) -> String {
        self.sentence("notice", notice.code.text(), notice, &Param::to_string)
    }

    /// The sentence for a finding, its parameters written by `write` (in a browser, as the person's locale has them).
    #[must_use]
    pub fn sentence<C>(
        &self,
        group: &str,
        code: &str,
        finding: &Finding<C>,
        write: &dyn Fn(&Param) -> String,
    ) -> String {
        let text = self.word(group, code);
        template::fill(&text, |name| {
            if name == "field" {
                return if finding.field.is_empty() {
                    String::new()
                } else {
                    self.word("field", finding.field)
                };
            }
            match finding.params.iter().find(|(known, _)| *known == name) {
                Some((_, Param::Field(other))) => self.word("field", other),
                Some((_, Param::Text(values))) if name == "choices" => {
                    let words = values.split(',').map(|value| self.word("choice", value.trim()));
                    words.collect::<Vec<_>>().join(", ")
                }
                Some((_, Param::Text(state))) if name == "state" => self.word("state", state),
                Some((_, param)) => write(param),
                None => String::new(),
            }
        })
    }

    /// The text of `ui.<word>` with its parameters filled in.
    #[must_use]
    pub fn ui(&self, word: &str, params: &[(&str, &str)]) -> String {
        self.filled("ui", word, params)
    }

    /// Whether there is a text of this key.
    #[must_use]
    pub fn has(&self, group: &str, name: &str) -> bool {
        self.get(&format!("{group}.{name}")).is_some()
    }

    /// The text of `group.name` with its parameters filled in.
    #[must_use]
    pub fn filled(&self, group: &str, name: &str, params: &[(&str, &str)]) -> String {
        template::fill(&self.word(group, name), |name| {
            params
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
                .unwrap_or_default()
        })
    }
}

/// `chequeNumber` and `over_balance` in words.
fn in_words(name: &str) -> String {
    let mut words = String::new();
    for (at, c) in name.chars().enumerate() {
        if at == 0 {
            words.push(c.to_ascii_uppercase());
        } else if c.is_ascii_uppercase() {
            words.push(' ');
            words.push(c.to_ascii_lowercase());
        } else {
            words.push(if c == '_' { ' ' } else { c });
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::Table;
    use crate::finding::{Code, Issue, NoticeCode, Param};

    fn issue(code: Code, name: &'static str, text: &str) -> Issue {
        Issue { field: "method", code, params: vec![(name, Param::Text(text.to_owned()))] }
    }

    #[test]
    fn a_sentence_would_show_codes_in_place_of_words() {
        let table = Table::english();
        let said = table.issue(&issue(Code::ChoiceUnknown, "choices", "creditCard, bpay"));
        assert_eq!(said, "Payment method must be one of: Credit card, BPAY.");
        let said = table.issue(&issue(Code::InvoiceState, "state", "partial"));
        assert_eq!(said, "Invoices with the status “Partly paid” take no payments.");
        // Another parameter of the same text is not a word of the table.
        let said = table.issue(&issue(Code::InvoiceMismatch, "expected", "draft"));
        assert_eq!(said, "Payment method must be draft, the invoice that was given.");
        let told = crate::Notice { field: "dueAt", code: NoticeCode::InFuture, params: Vec::new() };
        assert_eq!(table.notice(&told), "This date is in the future.");
    }

    #[cfg(feature = "form")]
    #[test]
    fn a_parameter_or_a_field_without_a_label_would_be_left_out() {
        let table = Table::english();
        let filled = table.filled("problem", "invalid", &[("provider", "Clockify")]);
        assert_eq!(filled, "Clockify did not accept the payment.");
        assert_eq!(table.ui("balance", &[("balance", "€5.00")]), "Balance €5.00");
        assert_eq!(table.word("field", "chequeNumber2Of"), "Cheque number2 of");
        assert_eq!(table.word("field", "over_the_top"), "Over the top");
        assert!(table.has("ui", "title") && !table.has("ui", "no_such_word"));
    }
}
