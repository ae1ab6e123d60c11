//! What the form asks for now: its fields, with their values, choices and messages.

use remit_core::schema::field::{Field, Kind};
use remit_core::{
    BankTransaction, Currency, Finding, Instant, Issue, Money, Notice, NoticeCode, Param, Rejection,
    Suggestion, Timing, Value, name,
};

use crate::announcement::Announcement;
use crate::format;
use crate::session::{Session, is_number, is_present};
use crate::text::UiText;
use crate::typed::{from_ascii, strip_currency, to_ascii};

/// One field that the form asks for now, with its messages in the reader's language.
#[derive(Debug, Clone)]
pub struct Question {
    /// The declaration.
    pub field: &'static Field,
    /// The label.
    pub label: String,
    /// An explanation, if the field needs one.
    pub hint: Option<String>,
    /// The text of the control, in the locale's notation.
    pub text: String,
    /// The choices of a closed list, in order; empty for every other field.
    pub choices: Vec<Choice>,
    /// The error to show now.
    pub error: Option<String>,
    /// What was changed, and what is worth knowing.
    pub notices: Vec<String>,
    /// A value that the form suggests, with its label.
    pub suggestion: Option<Choice>,
}

/// One value of a list, with its label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The value, as [`Event::Entered`](crate::Event::Entered) takes it.
    pub value: String,
    /// The label.
    pub label: String,
}

impl Session {
    /// What to ask now, in order.
    #[must_use]
    pub fn questions(&self) -> Vec<Question> {
        let asked = self.operation().fields.iter().filter(|field| self.asks(field));
        let question = |field: &'static Field| Question {
            field,
            label: self.word("field", field.name),
            hint: self.hint(field),
            text: self.text(field),
            choices: self.choices(field),
            error: self.error(field.name),
            notices: self.notices(field.name),
            suggestion: self.suggestion(field),
        };
        asked.map(question).collect()
    }

    /// The field of the form with this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.operation().fields.iter().find(|field| field.name == name)
    }

    /// Whether the form shows a field: the field applies, and neither the page nor its invoice has set it.
    #[must_use]
    pub fn asks(&self, field: &Field) -> bool {
        // The currency of the invoice that the page named is being read.
        let is_read = field.name == name::CURRENCY
            && self.is_reading()
            && self.options.preset.get(name::INVOICE).is_some();
        !is_read && self.preset().get(field.name).is_none() && is_present(field, &self.merged())
    }

    /// The text in a field's control: as typed, or else the value as the locale writes it.
    #[must_use]
    pub fn text(&self, field: &Field) -> String {
        if let Some(typed) = self.entry.typed.get(field.name) {
            return typed.to_owned();
        }
        let entered = self.entry.draft.iter().find(|(name, _)| *name == field.name);
        let text = entered.map_or("", |(_, text)| text);
        match field.kind {
            _ if is_number(field) => from_ascii(text, &self.separators()),
            // The control shows a day. A moment that the page set stays as it is until the person chooses another day.
            Kind::Instant => self.day(text).unwrap_or_else(|| text.to_owned()),
            _ => text.to_owned(),
        }
    }

    /// The local day of a moment with a time.
    fn day(&self, text: &str) -> Option<String> {
        if !text.trim().contains(['T', 't', ' ']) {
            return None;
        }
        let zoned = self.options.format.zoned(text.trim());
        let offset = self.now.offset.unwrap_or(remit_core::Offset::UTC);
        let moment = Instant::read(&zoned, remit_core::Zone::Fixed(offset)).ok()?.instant;
        Some(moment.day(offset))
    }

    fn separators(&self) -> String {
        self.options.format.separators(&self.options.locale)
    }

    pub(crate) fn enter(&mut self, field: &'static Field, text: String, unfinished: bool) {
        let name = field.name;
        if self.is_disabled()
            || (self.text(field) == text && self.entry.unfinished.contains(&name) == unfinished)
        {
            return;
        }
        let text = self.without_currency(field, text);
        let value = if is_number(field) { to_ascii(&text, &self.separators()) } else { text.clone() };
        let entry = &mut self.entry;
        entry.unfinished.retain(|known| *known != name);
        if unfinished {
            entry.unfinished.push(name);
        }
        entry.typed.set(name, if value == text { String::new() } else { text });
        entry.draft.set(name, value);
        entry.refused = None;
        entry.touched = true;
        self.recheck();
        self.announce_change();
    }

    /// A typed amount without the sign or the code of its currency, which the control shows beside it. The person could choose
    /// another currency after typing a sign; only one that the page or its invoice has set is certain.
    fn without_currency(&self, field: &Field, text: String) -> String {
        let preset = self.preset();
        match preset.get(name::CURRENCY).filter(|_| matches!(field.kind, Kind::Amount { .. })) {
            Some(code) => {
                let marks = self.options.format.currency_marks(code, &self.options.locale);
                strip_currency(&text, &marks).to_owned()
            }
            None => text,
        }
    }

    /// Marks a field as left: from now on its issues are shown.
    pub(crate) fn leave(&mut self, name: &'static str) {
        if !self.entry.left.contains(&name) {
            self.entry.left.push(name);
        }
    }

    /// Enters the suggested value, because the person pressed its button.
    pub(crate) fn fill(&mut self, field: &'static Field) {
        let Some(value) = self.suggested(field) else { return };
        let shown = if is_number(field) { from_ascii(&value, &self.separators()) } else { value };
        self.enter(field, shown, false);
        self.leave(field.name);
    }

    pub(crate) fn choose(&mut self, id: &str) {
        let Some(provider) = self.options.providers.iter().find(|provider| provider.id == id) else { return };
        if self.is_disabled() || provider.id == self.provider().id {
            return;
        }
        self.entry.provider = provider.id;
        self.entry.refused = None;
        self.recheck();
        self.announce_change();
    }

    pub(crate) fn announce_change(&mut self) {
        self.announce(Announcement::Change(self.provider(), self.entry.draft.clone()));
    }

    /// A value that the form suggests for a field, as decimal text or as a day.
    fn suggested(&self, field: &Field) -> Option<String> {
        match Suggestion::of(field)? {
            Suggestion::Today => self.now.today(),
            Suggestion::Balance => {
                let balance = self.invoice()?.balance.filter(|balance| balance.minor() > 0)?;
                Some(balance.to_decimal_string())
            }
        }
    }

    /// A value that the form suggests for a field, with its label: today, or the balance.
    #[must_use]
    pub fn suggestion(&self, field: &Field) -> Option<Choice> {
        let value = self.suggested(field)?;
        let label = match Suggestion::of(field)? {
            Suggestion::Today => UiText::Today,
            Suggestion::Balance => UiText::PayBalance,
        };
        Some(Choice { value, label: self.ui(label) })
    }

    /// The choices of a field; empty if it is not a choice.
    #[must_use]
    pub fn choices(&self, field: &Field) -> Vec<Choice> {
        match field.kind {
            Kind::Choice(choices) => choices
                .iter()
                .map(|choice| Choice {
                    value: choice.value.to_owned(),
                    label: self.word("choice", choice.value),
                })
                .collect(),
            Kind::Currency(accepted) => Currency::all()
                .filter(|currency| accepted.includes(*currency))
                .map(|currency| {
                    let code = currency.code();
                    let name = self.options.format.currency_name(code, &self.options.locale);
                    Choice { value: code.to_owned(), label: [code, " · ", &name].concat() }
                })
                .collect(),
            Kind::Transaction => {
                self.transactions().iter().map(|transaction| self.transaction(transaction)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// A bank transaction as a choice: its date, its description and the amount not yet allocated.
    fn transaction(&self, transaction: &BankTransaction) -> Choice {
        let at = transaction.at.map(|at| self.moment(at));
        let left = transaction.unallocated.map(|money| self.money(money));
        let left = left.map(|money| self.ui_with(UiText::Unallocated, &[("money", &money)]));
        let parts = [at, transaction.description.clone(), left];
        let parts = parts.into_iter().flatten().collect::<Vec<_>>();
        let label = if parts.is_empty() { transaction.id.clone() } else { parts.join(" · ") };
        Choice { value: transaction.id.clone(), label }
    }

    /// The unit of a number: a currency, or percent.
    #[must_use]
    pub fn unit(&self, field: &Field) -> Option<String> {
        match field.kind {
            Kind::Amount { .. } => self.currency().map(|currency| currency.code().to_owned()),
            Kind::Percentage => Some("%".to_owned()),
            _ => None,
        }
    }

    /// The number of characters left, once at most a fifth is.
    #[must_use]
    pub fn count(&self, field: &Field) -> Option<String> {
        let Kind::Text { max, .. } = field.kind else { return None };
        let length: usize = self.text(field).chars().map(char::len_utf16).sum();
        let left = max.checked_sub(length).filter(|left| *left <= max / 5)?;
        Some(self.ui_with(UiText::Count, &[("left", &left.to_string())]))
    }

    /// The explanation of a field, if it has one.
    #[must_use]
    pub fn hint(&self, field: &Field) -> Option<String> {
        self.options.table.get(&["hint.", field.name].concat()).map(str::to_owned)
    }

    /// The error to show at a field now: the provider's refusal, or an issue that is due.
    #[must_use]
    pub fn error(&self, name: &str) -> Option<String> {
        let entry = &self.entry;
        if let Some(problem) = entry.refused.as_ref().filter(|problem| problem.field == Some(name)) {
            return problem.words.clone();
        }
        let issue = self.verdict.as_ref().err()?.issues().find(|issue| issue.field == name)?;
        let due = match issue.code.timing() {
            Timing::Typing => true,
            Timing::Leaving => entry.submitted || entry.left.contains(&issue.field),
            Timing::Submitting => entry.submitted,
        };
        due.then(|| self.issue(issue))
    }

    /// Every error with its field: the provider's refusal, and the issues after an attempt to submit. The field is empty if the
    /// form does not ask for it.
    #[must_use]
    pub fn errors(&self) -> Vec<(&'static str, String)> {
        let asked = |name: &'static str| {
            if self.field(name).is_some_and(|field| self.asks(field)) { name } else { "" }
        };
        let refused = self.entry.refused.as_ref();
        let refused = refused
            .and_then(|problem| Some((asked(problem.field.unwrap_or_default()), problem.words.clone()?)));
        let issues = self.verdict.as_ref().err().filter(|_| self.entry.submitted);
        let issues = issues.into_iter().flat_map(Rejection::issues);
        refused.into_iter().chain(issues.map(|issue| (asked(issue.field), self.issue(issue)))).collect()
    }

    /// The notices for a field, once it has been left. None while it has an error.
    #[must_use]
    pub fn notices(&self, name: &str) -> Vec<String> {
        if !self.entry.left.contains(&name) || self.error(name).is_some() {
            return Vec::new();
        }
        let notices = match &self.verdict {
            Ok(passed) => &passed.notices,
            Err(rejection) => rejection.notices(),
        };
        let news = notices.iter().filter(|notice| notice.field == name && is_news(notice));
        news.map(|notice| self.notice(notice)).collect()
    }

    /// Whether the entered values would pass the check.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.verdict.is_ok()
    }

    /// The sentence for an issue.
    pub(crate) fn issue(&self, issue: &Issue) -> String {
        self.sentence("issue", issue.code.as_str(), issue)
    }

    /// The sentence for a notice.
    pub(crate) fn notice(&self, notice: &Notice) -> String {
        self.sentence("notice", notice.code.as_str(), notice)
    }

    fn sentence<C>(&self, group: &str, code: &str, finding: &Finding<C>) -> String {
        let mut sentence = String::new();
        let write = |param: &Param, out: &mut String| {
            out.push_str(&format::param(self.options.format, param, &self.options.locale));
        };
        self.options.table.sentence(group, code, finding, &write, &mut sentence);
        sentence
    }

    /// A text of the form.
    #[must_use]
    pub fn ui(&self, text: UiText) -> String {
        self.ui_with(text, &[])
    }

    /// A text of the form with its parameters.
    #[must_use]
    pub fn ui_with(&self, text: UiText, params: &[(&str, &str)]) -> String {
        self.options.table.ui(text.key(self.options.purpose), params)
    }

    /// The label of a field or a choice; without one, its name in words.
    #[must_use]
    pub fn word(&self, group: &str, name: &str) -> String {
        self.options.table.word(group, name)
    }

    /// An amount as the locale writes it.
    #[must_use]
    pub fn money(&self, amount: Money) -> String {
        self.options.format.money(amount, &self.options.locale)
    }

    /// A moment as the locale writes it.
    #[must_use]
    pub fn moment(&self, at: Instant) -> String {
        format::moment(self.options.format, at, &self.options.locale)
    }

    /// A value as the locale writes it.
    #[must_use]
    pub fn shown(&self, value: &Value) -> String {
        match value {
            Value::Money(money) => self.money(*money),
            Value::Instant(instant) => self.moment(*instant),
            Value::Choice(choice) => self.word("choice", choice.value),
            Value::Percentage(_) => [&value.text(), "\u{a0}%"].concat(),
            value => value.text().into_owned(),
        }
    }
}

/// Whether a notice matters to a person. Changed whitespace and the time added to a chosen day do not.
pub(crate) fn is_news(notice: &Notice) -> bool {
    !matches!(notice.code, NoticeCode::Trimmed | NoticeCode::LineBreaks | NoticeCode::DayOnly)
}
