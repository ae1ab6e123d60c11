//! The state of the form. Views read it; this file, `send`, `payments` and `transactions` change it.

use std::sync::Arc;

use leptos::prelude::*;
use remit_core::operation::auth::Secrets;
use remit_core::schema::field::{Field, Kind, When};
use remit_core::text::template;
use remit_core::wire::json::Json;
use remit_core::{
    BankTransaction, Context, Currency, Draft, Finding, Instant, Issue, Money, Notice, NoticeCode, Offset,
    Operation, Outcome, Param, Payment, Problem, Provider, Rejection, Timing, Zone, applies, name,
};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, ShadowRoot};

use crate::ask::{self, Caller};
use crate::listing::Listing;
use crate::options::Options;
use crate::phase::{Check, Passed, Phase, Ready};
use crate::typed::{from_ascii, to_ascii};
use crate::{event, intl};

/// The entered values and the user's progress through the fields.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entry {
    /// The identifier of the chosen provider.
    pub(crate) provider: &'static str,
    /// The entered values by field name, with numbers as decimal text in every locale. Kept when the provider changes.
    pub(crate) draft: Draft,
    /// Numbers as typed, where the draft has them in another form.
    typed: Draft,
    /// Fields whose control holds an incomplete value, such as half a date.
    unfinished: Vec<&'static str>,
    /// Fields that have lost the focus at least once.
    left: Vec<&'static str>,
    /// Whether the user has tried to submit.
    submitted: bool,
    /// The provider's refusal, shown at its field until the form changes.
    refused: Option<Problem>,
}

/// The core's result for the entered values.
type Verdict = Result<Arc<Passed>, Rejection>;

/// The form's state: a set of signals, cheap to copy.
#[derive(Clone, Copy)]
pub(crate) struct State {
    pub(crate) options: RwSignal<Options>,
    pub(crate) entry: RwSignal<Entry>,
    pub(crate) phase: RwSignal<Phase>,
    pub(crate) check: RwSignal<Check>,
    /// The list of existing payments.
    pub(crate) listing: RwSignal<Listing>,
    /// The number of removals and checks in progress whose outcome the page must receive.
    pub(crate) at_work: RwSignal<u32>,
    /// Counts recorded and removed payments: each makes earlier lists outdated.
    pub(crate) changes: RwSignal<u32>,
    /// The provider that the page's credentials belong to: the one chosen when the page set them.
    credentials_provider: RwSignal<&'static str>,
    /// Bank transactions loaded from the provider, used if the page sets none.
    pub(crate) transactions: RwSignal<Vec<BankTransaction>>,
    verdict: Memo<Verdict>,
    host: StoredValue<HtmlElement, LocalStorage>,
}

impl State {
    pub(crate) fn new(host: HtmlElement, options: Options) -> Self {
        let credentials_provider = RwSignal::new(options.first.id);
        let entry = RwSignal::new(Entry { provider: options.first.id, ..Entry::default() });
        let options = RwSignal::new(options);
        let transactions = RwSignal::new(Vec::new());
        let verdict = move |_: Option<&Verdict>| {
            let (options, entry) = (options.read(), entry.read());
            let operation = operation(&options, chosen(&options, entry.provider));
            let draft = entered(&options, operation, &entry);
            let (values, notices) = operation.parse(&draft, &context(&options, &transactions.read()))?;
            let (payment, request) = (Payment::of(&values), operation.request(&values));
            Ok(Arc::new(Passed { payment, values: values.into_owned(), notices, request }))
        };
        // Each reader uses a part; comparing entire verdicts costs more than it saves.
        let verdict = Memo::new_with_compare(verdict, |_, _| true);
        Self {
            options,
            entry,
            phase: RwSignal::new(Phase::Editing),
            check: RwSignal::new(Check::default()),
            listing: RwSignal::new(Listing::default()),
            at_work: RwSignal::new(0),
            changes: RwSignal::new(0),
            credentials_provider,
            transactions,
            verdict,
            host: StoredValue::new_local(host),
        }
    }

    /// The chosen provider.
    pub(crate) fn chosen(&self) -> &'static Provider {
        chosen(&self.options.read(), self.entry.read().provider)
    }

    /// The chosen provider's operation for the form's purpose.
    pub(crate) fn operation(&self) -> &'static Operation {
        operation(&self.options.read(), self.chosen())
    }

    /// Dispatches an event on the element. Returns false if a listener prevented the default action.
    pub(crate) fn dispatch(&self, name: &str, cancelable: bool, detail: &Json) -> bool {
        self.host.with_value(|host| event::dispatch(host, name, cancelable, detail))
    }

    /// Dispatches `remit-change` with the entered values.
    pub(crate) fn dispatch_change(&self) {
        let change = event::change(self.chosen(), &self.entry.read_untracked().draft);
        self.dispatch("remit-change", false, &change);
    }

    /// Focuses the first match after the next rendering.
    pub(crate) fn focus(&self, selector: &'static str) {
        let host = self.host;
        request_animation_frame(move || {
            let found =
                host.try_with_value(|host| host.shadow_root()?.query_selector(selector).ok().flatten());
            if let Some(element) = found.flatten().and_then(|element| element.dyn_into::<HtmlElement>().ok())
            {
                // Focusing fails only if the element was removed meanwhile.
                let _ = element.focus();
            }
        });
    }

    /// Shows another page of the form and moves the focus there. Otherwise a screen reader stays on a removed button.
    pub(crate) fn go(&self, phase: Phase) {
        self.focus(if matches!(phase, Phase::Editing) { FIRST } else { "[tabindex='-1']" });
        self.phase.set(phase);
    }

    /// Applies changed options. If they change the reviewed payment, the form returns to editing: the user has not reviewed
    /// the new one.
    pub(crate) fn configure(&self, options: Options) {
        if intl::separators(&self.options.read_untracked().locale) != intl::separators(&options.locale) {
            self.entry.update(|entry| entry.typed = Draft::new());
        }
        if options.credentials != self.options.read_untracked().credentials {
            self.credentials_provider.set(chosen(&options, self.entry.read_untracked().provider).id);
        }
        self.options.set(options);
        self.recheck();
    }

    /// Replaces all entered values. No `remit-change` follows: the page itself made the change.
    pub(crate) fn replace(&self, draft: Draft) {
        self.entry.update(|entry| {
            entry.draft = draft;
            entry.typed = Draft::new();
            entry.unfinished.clear();
            entry.refused = None;
        });
        self.recheck();
    }

    /// Returns the form to editing if the payment that it shows is no longer the one that would be sent.
    fn recheck(&self) {
        let stays = match &*self.phase.read_untracked() {
            Phase::Review(ready) | Phase::Done(ready, Outcome::NotSent(_) | Outcome::Refused(_)) => {
                self.ready().is_ok_and(|now| now == *ready)
            }
            _ => true,
        };
        if stays {
            return;
        }
        if self.has_focus() { self.go(Phase::Editing) } else { self.phase.set(Phase::Editing) }
    }

    /// The text in a field's control: as typed, or else the value as the locale writes it.
    pub(crate) fn text(&self, field: &Field) -> String {
        let entry = self.entry.read();
        if let Some(typed) = entry.typed.get(field.name) {
            return typed.to_owned();
        }
        let text = entry.draft.iter().find(|(name, _)| *name == field.name).map_or("", |(_, text)| text);
        if is_number(field) { from_ascii(text, &self.separators()) } else { text.to_owned() }
    }

    fn separators(&self) -> String {
        intl::separators(&self.options.read().locale)
    }

    /// Stores the text of a control. `unfinished` means that the control holds an incomplete value.
    pub(crate) fn enter(&self, field: &Field, text: String, unfinished: bool) {
        let name = field.name;
        let previous = untrack(|| self.text(field));
        if previous == text && self.entry.read_untracked().unfinished.contains(&name) == unfinished {
            return;
        }
        // The control's unit is the currency, so the control shows an amount without its sign. The user could choose another
        // currency after typing a sign; only one that the page has set is certain.
        let text = untrack(|| {
            let options = self.options.read();
            let is_set =
                matches!(field.kind, Kind::Amount { .. }) && options.preset.get(name::CURRENCY).is_some();
            let currency = self.currency().filter(|_| is_set);
            intl::without_currency(&text, currency, &options.locale).to_owned()
        });
        let value =
            if is_number(field) { untrack(|| to_ascii(&text, &self.separators())) } else { text.clone() };
        self.entry.update(|entry| {
            entry.unfinished.retain(|known| *known != name);
            if unfinished {
                entry.unfinished.push(name);
            }
            entry.typed.set(name, if value == text { String::new() } else { text });
            entry.draft.set(name, value);
            entry.refused = None;
        });
        self.dispatch_change();
    }

    /// Fills in a field because the user pressed its button.
    pub(crate) fn fill(&self, field: &Field, value: String) {
        let shown = if is_number(field) { untrack(|| from_ascii(&value, &self.separators())) } else { value };
        self.enter(field, shown, false);
        self.leave(field.name);
    }

    /// Bank transactions to choose from: the page's, or else those loaded from the provider.
    pub(crate) fn known_transactions(&self) -> Vec<BankTransaction> {
        let options = self.options.read();
        if options.transactions.is_empty() { self.transactions.get() } else { options.transactions.clone() }
    }

    /// Offers the loaded bank transactions. If their field has the focus, it keeps it.
    pub(crate) fn offer(&self, transactions: Vec<BankTransaction>) {
        const FIELD: &str = "[data-kind=reference] .input";
        let is_in_field =
            |root: ShadowRoot| root.active_element().is_some_and(|e| e.matches(FIELD).unwrap_or(false));
        let had_focus = self.host.with_value(|host| host.shadow_root().is_some_and(is_in_field));
        self.transactions.set(transactions);
        if had_focus {
            self.focus(FIELD);
        }
    }

    /// The currency of the amounts, once known.
    pub(crate) fn currency(&self) -> Option<Currency> {
        let (options, entry) = (self.options.read(), self.entry.read());
        let code = options.preset.get(name::CURRENCY).or_else(|| entry.draft.get(name::CURRENCY))?;
        Currency::parse(code).ok()
    }

    /// Marks a field as left: from now on its issues are shown.
    pub(crate) fn leave(&self, name: &'static str) {
        if !self.entry.read_untracked().left.contains(&name) {
            self.entry.update(|entry| entry.left.push(name));
        }
    }

    pub(crate) fn choose(&self, id: &str) {
        if let Some(provider) = Provider::find(id) {
            self.entry.update(|entry| {
                entry.provider = provider.id;
                entry.refused = None;
            });
            self.dispatch_change();
        }
    }

    /// Whether the form shows a field: the field applies, and the page has not set it.
    pub(crate) fn asks(&self, field: &Field) -> bool {
        let options = self.options.read();
        options.preset.get(field.name).is_none()
            && present(field, &merged(&options, &self.entry.read().draft))
    }

    /// The error to show at a field now: the provider's refusal, or an issue that is due.
    pub(crate) fn error(&self, name: &str) -> Option<String> {
        let entry = self.entry.read();
        if let Some(problem) = entry.refused.as_ref().filter(|problem| problem.field == Some(name)) {
            return problem.words.clone();
        }
        let verdict = self.verdict.read();
        let issue = verdict.as_ref().err()?.issues().find(|issue| issue.field == name)?;
        let due = match issue.code.timing() {
            Timing::Typing => true,
            Timing::Leaving => entry.submitted || entry.left.contains(&issue.field),
            Timing::Submitting => entry.submitted,
        };
        due.then(|| self.issue(issue))
    }

    /// Every error with its field: the provider's refusal, and the issues after an attempt to submit.
    pub(crate) fn errors(&self) -> Vec<(&'static str, String)> {
        let entry = self.entry.read();
        // A field that the page set has no control that a link could lead to.
        let operation = self.operation();
        let linked = |name: &'static str| {
            let field = operation.fields.iter().find(|field| field.name == name);
            if field.is_some_and(|field| self.asks(field)) { name } else { "" }
        };
        let refused = entry.refused.as_ref();
        let refused = refused
            .and_then(|problem| Some((linked(problem.field.unwrap_or_default()), problem.words.clone()?)));
        let verdict = self.verdict.read();
        let issues =
            verdict.as_ref().err().filter(|_| entry.submitted).into_iter().flat_map(Rejection::issues);
        refused.into_iter().chain(issues.map(|issue| (linked(issue.field), self.issue(issue)))).collect()
    }

    /// The notices for a field, once it has been left.
    pub(crate) fn notices(&self, name: &str) -> Vec<String> {
        if !self.entry.read().left.contains(&name) {
            return Vec::new();
        }
        let verdict = self.verdict.read();
        let notices = match &*verdict {
            Ok(checked) => &checked.notices,
            Err(rejection) => rejection.notices(),
        };
        notices
            .iter()
            .filter(|notice| notice.field == name && is_news(notice))
            .map(|notice| self.notice(notice))
            .collect()
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
        let options = self.options.read();
        let mut sentence = String::new();
        let write = |param: &Param, out: &mut String| out.push_str(&intl::param(param, &options.locale));
        options.table.sentence(group, code, finding, &write, &mut sentence);
        sentence
    }

    /// The payment from the current entered values, ready to be sent.
    fn ready(&self) -> Result<Arc<Ready>, Rejection> {
        let checked = self.verdict.get_untracked()?;
        let options = self.options.read_untracked();
        let provider = chosen(&options, self.entry.read_untracked().provider);
        let number = options.invoice.as_ref().and_then(|invoice| invoice.number.clone());
        let entered = || checked.values.text(name::NUMBER).or_else(|| checked.values.text(name::INVOICE));
        let invoice = number.or_else(entered).unwrap_or_default();
        let base_url = address(&options, provider);
        Ok(Arc::new(Ready { provider, operation: operation(&options, provider), checked, invoice, base_url }))
    }

    /// The caller for the chosen provider, with the current values.
    pub(crate) fn asking(&self) -> (Caller, Draft) {
        let (options, entry) = (self.options.read(), self.entry.read());
        let provider = chosen(&options, entry.provider);
        let caller = Caller {
            provider,
            base_url: address(&options, provider),
            credentials: self.credentials(&options, provider),
            read_timeout: ask::READ_TIMEOUT,
        };
        (caller, merged(&options, &entry.draft))
    }

    /// An amount as the locale writes it; empty if unknown.
    pub(crate) fn amount(&self, money: Option<Money>) -> String {
        money.map(|money| intl::money(money, &self.options.read_untracked().locale)).unwrap_or_default()
    }

    /// The caller for a payment, with the page's credentials.
    pub(crate) fn caller(&self, ready: &Ready) -> Caller {
        let credentials = self.credentials(&self.options.read_untracked(), ready.provider);
        Caller {
            provider: ready.provider,
            base_url: ready.base_url.clone(),
            credentials,
            read_timeout: ask::READ_TIMEOUT,
        }
    }

    /// The page's credentials, if they belong to this provider. One provider's credentials are never sent to another.
    fn credentials(&self, options: &Options, provider: &Provider) -> Secrets {
        if self.credentials_provider.get() == provider.id {
            options.credentials.clone()
        } else {
            Secrets::default()
        }
    }

    /// Whether the form must stay mounted: a request is in progress, or an outcome is unknown.
    pub(crate) fn is_busy(&self) -> bool {
        let open = match &*self.phase.read_untracked() {
            Phase::Done(_, Outcome::Unknown(_)) => true,
            phase => phase.is_busy(),
        };
        open || self.is_at_work()
    }

    /// Whether the form has a request in progress, so that the user should not leave the page.
    pub(crate) fn is_at_work(&self) -> bool {
        matches!(*self.phase.read_untracked(), Phase::Sending(_)) || self.at_work.get_untracked() > 0
    }

    /// Whether the focus is in the form. The form must not take the focus from another element of the page.
    pub(crate) fn has_focus(&self) -> bool {
        self.host.with_value(|host| host.matches(":focus-within").unwrap_or(false))
    }

    /// Opens the review, or shows the issues. Returns whether the review opened.
    pub(crate) fn submit(&self) -> bool {
        if !matches!(*self.phase.read_untracked(), Phase::Editing) || self.options.read_untracked().disabled {
            return false;
        }
        match self.ready() {
            Ok(ready) => {
                self.go(Phase::Review(ready));
                true
            }
            Err(rejection) => {
                self.entry.update(|entry| entry.submitted = true);
                let detail = event::invalid(self.chosen(), &rejection, |issue| self.issue(issue));
                self.dispatch("remit-invalid", false, &detail);
                false
            }
        }
    }

    /// Returns to editing and keeps the entered values. A refusal is shown at its field.
    pub(crate) fn edit(&self) {
        if let Phase::Done(_, Outcome::Refused(problem)) = &*self.phase.read_untracked() {
            self.entry.update(|entry| entry.refused = Some(problem.clone()));
        }
        self.go(Phase::Editing);
    }

    /// Clears the form because the user pressed its button.
    pub(crate) fn start_over(&self) {
        self.reset();
        self.dispatch_change();
        self.focus(FIRST);
    }

    /// Clears the form. Does nothing while a payment is being sent: its outcome must be shown, and the user could send a
    /// second one.
    pub(crate) fn reset(&self) {
        if matches!(*self.phase.read_untracked(), Phase::Sending(_)) {
            return;
        }
        self.entry.update(|entry| *entry = Entry { provider: entry.provider, ..Entry::default() });
        self.phase.set(Phase::Editing);
    }
}

/// The first control of the form.
const FIRST: &str = "input, select, textarea";

/// Whether a field holds a number whose notation depends on the locale.
fn is_number(field: &Field) -> bool {
    matches!(field.kind, Kind::Amount { .. } | Kind::Percentage)
}

/// Whether a notice matters to the user. Changed whitespace and the time added to a chosen day do not.
pub(crate) fn is_news(notice: &Notice) -> bool {
    !matches!(notice.code, NoticeCode::Trimmed | NoticeCode::LineBreaks | NoticeCode::DayOnly)
}

fn chosen(options: &Options, id: &str) -> &'static Provider {
    options.providers.iter().copied().find(|provider| provider.id == id).unwrap_or(options.first)
}

/// The provider's operation for the form's purpose. [`Options::read`] checked that the provider has one.
fn operation(options: &Options, provider: &'static Provider) -> &'static Operation {
    provider.operation(options.purpose).unwrap_or(&provider.payment)
}

/// The entered values, overridden by the values that the page set.
fn merged(options: &Options, draft: &Draft) -> Draft {
    draft.iter().chain(options.preset.iter()).collect()
}

/// Whether the form has a field now. A field that gives way to another stays: a notice says that its text is unused.
fn present(field: &Field, all: &Draft) -> bool {
    applies(field, all) || matches!(field.when, When::Absent(_))
}

/// The draft for the core: the values of the operation's fields, from the page and from the user.
fn entered(options: &Options, operation: &Operation, entry: &Entry) -> Draft {
    let all = merged(options, &entry.draft);
    let text = |field: &Field| {
        if entry.unfinished.contains(&field.name) {
            // The core rejects this text, so the incomplete value becomes an issue.
            return Some("?".to_owned());
        }
        let text = all.get(field.name)?;
        // A local time gets the UTC offset of that date, which may differ from today's.
        Some(if field.kind == Kind::Instant { intl::zoned(text) } else { text.to_owned() })
    };
    // A field that does not apply keeps its text in case it applies later, but is not part of the draft.
    let fields = operation.fields.iter().filter(|field| present(field, &all));
    fields.filter_map(|field| Some((field.name, text(field)?))).collect()
}

/// The provider's address, without a trailing slash.
fn address(options: &Options, provider: &Provider) -> String {
    let base_url = template::fill(&options.base_url, |name, out| match name {
        "provider" => out.push_str(provider.id),
        other => out.push_str(&format!("{{{other}}}")),
    });
    base_url.trim_end_matches('/').to_owned()
}

fn context(options: &Options, loaded: &[BankTransaction]) -> Context {
    Context {
        now: Instant::read(&intl::now(), Zone::Unknown).ok().map(|reading| reading.instant),
        zone: Offset::from_minutes(intl::offset()).into(),
        currency: None,
        invoice: options.invoice.clone(),
        transactions: if options.transactions.is_empty() { loaded } else { &options.transactions }.to_vec(),
    }
}
