//! Sentences for codes, one table per locale. The core contains the English table; the page fetches the others.

use alloc::string::String;
use alloc::vec::Vec;

use crate::report::finding::{Finding, Issue, Notice, Param, Params};
use crate::text::template;
use crate::wire::json::{Json, JsonError};

/// A locale's texts by key.
///
/// Keys: `issue.<code>`, `notice.<code>`, `problem.<code>`, `cause.<cause>`, `field.<name>`, `choice.<value>`,
/// `state.<state>`, `hint.<name>` and, for the widget, `ui.<word>`. `{name}` in a text is a placeholder for a
/// parameter.
#[derive(Debug, Clone)]
pub struct Table {
    texts: Texts,
}

#[derive(Debug, Clone)]
enum Texts {
    English,
    Other(Vec<(String, Json)>),
}

/// The English texts, which the other locales translate: one entry per group, sorted by name.
const ENGLISH: &[(&str, &[(&str, &str)])] = include!(concat!(env!("OUT_DIR"), "/english.rs"));

impl Table {
    /// Parses a table from JSON.
    ///
    /// # Errors
    /// [`JsonError`] if the text is not a JSON object.
    pub fn parse(json: &str) -> Result<Self, JsonError> {
        match Json::parse(json)? {
            Json::Object(texts) => Ok(Self { texts: Texts::Other(texts) }),
            _ => Err(JsonError),
        }
    }

    /// The English table.
    #[must_use]
    pub const fn english() -> Self {
        Self { texts: Texts::English }
    }

    /// The text of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        let (group, name) = key.split_once('.')?;
        self.find(group, name)
    }

    /// The text of `group.name`.
    fn find(&self, group: &str, name: &str) -> Option<&str> {
        match &self.texts {
            Texts::English => {
                let (_, texts) = ENGLISH.iter().find(|(known, _)| *known == group)?;
                let at = texts.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
                texts.get(at).map(|(_, text)| *text)
            }
            Texts::Other(texts) => {
                let length = group.len().saturating_add(name.len()).saturating_add(1);
                let matches = |key: &str| key.len() == length && key.split_once('.') == Some((group, name));
                texts.iter().find(|(key, _)| matches(key)).and_then(|(_, text)| text.as_text())
            }
        }
    }

    /// Appends the text of `group.name`, or the name as words if the table has none.
    fn write(&self, group: &str, name: &str, out: &mut String) {
        match self.find(group, name) {
            Some(text) => out.push_str(text),
            None => in_words(name, out),
        }
    }

    /// The text of `group.name`, or the name as words if the table has none: `chequeNumber` becomes `Cheque number`.
    #[must_use]
    pub fn word(&self, group: &str, name: &str) -> String {
        let mut word = String::new();
        self.write(group, name, &mut word);
        word
    }

    /// The sentence for an issue, with plain parameters.
    #[must_use]
    pub fn issue(&self, issue: &Issue) -> String {
        let mut sentence = String::new();
        self.sentence("issue", issue.code.as_str(), issue, &Param::print, &mut sentence);
        sentence
    }

    /// The sentence for a notice, with plain parameters.
    #[must_use]
    pub fn notice(&self, notice: &Notice) -> String {
        let mut sentence = String::new();
        self.sentence("notice", notice.code.as_str(), notice, &Param::print, &mut sentence);
        sentence
    }

    /// Appends the sentence for a finding. `write` formats the parameters, in a browser for the user's locale.
    pub fn sentence<C>(
        &self,
        group: &str,
        code: &str,
        finding: &Finding<C>,
        write: &dyn Fn(&Param, &mut String),
        out: &mut String,
    ) {
        self.fill(group, code, finding.field, &finding.params, write, out);
    }

    fn fill(
        &self,
        group: &str,
        code: &str,
        field: &str,
        params: &Params,
        write: &dyn Fn(&Param, &mut String),
        out: &mut String,
    ) {
        let Some(text) = self.find(group, code) else { return in_words(code, out) };
        // A remedy without values is omitted: `Use one of: {allowed}.`
        let is_empty = |param: &Param| matches!(param, Param::Text(text) if text.is_empty());
        let text = if params.iter().any(|(_, param)| is_empty(param)) { first_sentence(text) } else { text };
        template::fill_into(out, text, &mut |name, out| {
            if name == "field" {
                if !field.is_empty() {
                    self.write("field", field, out);
                }
                return;
            }
            match params.iter().find(|(known, _)| *known == name) {
                Some((_, Param::Field(other))) => self.write("field", other, out),
                Some((_, Param::Text(values))) if name == "choices" => {
                    for (at, value) in values.split(',').enumerate() {
                        out.push_str(if at == 0 { "" } else { ", " });
                        // A value without a label is shown unchanged.
                        out.push_str(self.find("choice", value.trim()).unwrap_or(value.trim()));
                    }
                }
                Some((_, Param::Text(state))) if name == "state" => self.write("state", state, out),
                Some((_, param)) => write(param, out),
                None => {}
            }
        });
    }

    /// The text of `ui.<word>` with its placeholders replaced.
    #[must_use]
    pub fn ui(&self, word: &str, params: &[(&str, &str)]) -> String {
        self.filled("ui", word, params)
    }

    /// Whether the table has a text for `group.name`.
    #[must_use]
    pub fn has(&self, group: &str, name: &str) -> bool {
        self.find(group, name).is_some()
    }

    /// The text of `group.name` with its placeholders replaced.
    #[must_use]
    pub fn filled(&self, group: &str, name: &str, params: &[(&str, &str)]) -> String {
        template::fill(&self.word(group, name), |name, out| {
            out.push_str(params.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value));
        })
    }
}

/// The text up to and including its first full stop.
fn first_sentence(text: &str) -> &str {
    text.split_inclusive(['.', '。']).next().unwrap_or(text)
}

/// Appends a name such as `chequeNumber` or `over_balance` as words.
fn in_words(name: &str, words: &mut String) {
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
}

#[cfg(test)]
mod tests {
    use std::borrow::ToOwned;
    use std::vec;
    use std::vec::Vec;

    use super::Table;
    use crate::report::codes::{Code, NoticeCode};
    use crate::report::finding::{Issue, Param};

    fn issue(code: Code, name: &'static str, text: &str) -> Issue {
        Issue { field: "method", code, params: vec![(name, Param::Text(text.to_owned()))] }
    }

    #[test]
    fn sentences_show_the_labels_of_fields_choices_and_states() {
        let table = Table::english();
        let sentence = table.issue(&issue(Code::ChoiceUnknown, "choices", "creditCard, bpay"));
        assert_eq!(sentence, "Payment method must be one of: Credit card, BPAY.");
        let sentence = table.issue(&issue(Code::InvoiceState, "state", "partial"));
        assert_eq!(sentence, "Invoices with the status “Partly paid” do not accept payments.");
        // Only the parameter `state` is replaced by a label.
        let sentence = table.issue(&issue(Code::InvoiceMismatch, "expected", "draft"));
        assert_eq!(sentence, "Payment method must be draft, the selected invoice.");
        let notice = crate::Notice { field: "dueAt", code: NoticeCode::InFuture, params: Vec::new() };
        assert_eq!(table.notice(&notice), "This date is in the future.");
    }

    #[test]
    fn the_issue_of_an_unsupported_currency_lists_the_accepted_currencies_unless_there_are_many() {
        let sentence = |table: &Table, allowed: &str| {
            let params = [("currency", "JPY"), ("allowed", allowed)];
            let params = params.map(|(name, text)| (name, Param::Text(text.to_owned()))).into();
            table.issue(&Issue { field: "currency", code: Code::CurrencyUnsupported, params })
        };
        let english = Table::english();
        assert_eq!(sentence(&english, "USD, EUR"), "JPY is not supported here. Use one of: USD, EUR.");
        assert_eq!(sentence(&english, ""), "JPY is not supported here.");
        let japanese = Table::parse(include_str!("../../../../www/locales/ja.json")).unwrap();
        assert_eq!(sentence(&japanese, ""), "JPYには対応していません。");
    }

    #[test]
    fn a_whole_number_out_of_range_names_both_bounds() {
        let params = vec![("min", Param::Integer(1)), ("max", Param::Integer(1000))];
        let issue = Issue { field: "amount", code: Code::IntegerMalformed, params };
        assert_eq!(Table::english().issue(&issue), "Amount must be a whole number from 1 to 1000.");
    }

    #[cfg(feature = "form")]
    #[test]
    fn fills_placeholders_and_turns_names_without_a_label_into_words() {
        let table = Table::english();
        let filled = table.filled("problem", "invalid", &[("provider", "Clockify")]);
        assert_eq!(filled, "Clockify rejected the payment.");
        assert_eq!(table.ui("balance", &[("balance", "€5.00")]), "Balance €5.00");
        assert_eq!(table.word("field", "chequeNumber2Of"), "Cheque number2 of");
        assert_eq!(table.word("field", "over_the_top"), "Over the top");
        assert!(table.has("ui", "title") && !table.has("ui", "no_such_word"));
    }
}
