//! What the form knows and where it stands. Views read it; only this file and `send` change it.

use std::sync::Arc;

use leptos::prelude::*;
use remit_core::operation::auth::Secrets;
use remit_core::schema::field::{Field, Kind, When};
use remit_core::text::template;
use remit_core::wire::Request;
use remit_core::wire::json::Json;
use remit_core::{
    BankTransaction, Context, Currency, Draft, Finding, Instant, Issue, Money, Notice, NoticeCode, Offset,
    Operation, Outcome, Param, Payment, Problem, Provider, Purpose, RecordedPayment, Rejection, Timing,
    Values, Zone, applies, name,
};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, ShadowRoot};

use crate::ask::{self, Caller};
use crate::options::Options;
use crate::payments::Listing;
use crate::send::Found;
use crate::typed::{from_ascii, to_ascii};
use crate::{event, intl};

/// A payment that was checked, with all that it takes to send it and to name it. What the page changes later does not
/// reach it: what was read back is what is sent.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) provider: &'static Provider,
    pub(crate) operation: &'static Operation,
    pub(crate) checked: Arc<Passed>,
    /// The invoice as people know it: its number, or else its identifier.
    pub(crate) invoice: String,
    pub(crate) base_url: String,
}

impl Ready {
    /// The currency that amounts in an answer are in.
    pub(crate) fn currency(&self) -> Currency {
        self.checked.payment.as_ref().map_or(Currency::UNSTATED, |payment| payment.amount.currency())
    }
}

/// What passed the check: a payment, or an invoice to add.
#[derive(Debug)]
pub(crate) struct Passed {
    pub(crate) payment: Option<Payment>,
    pub(crate) values: Values<'static>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) request: Request,
}

/// The same when the same would be sent to the same place, in the same words.
impl PartialEq for Ready {
    fn eq(&self, other: &Self) -> bool {
        let same_request = self.checked.request == other.checked.request;
        same_request
            && self.provider.id == other.provider.id
            && self.invoice == other.invoice
            && self.base_url == other.base_url
    }
}

/// Where the form stands.
#[derive(Debug, Clone)]
pub(crate) enum Phase {
    /// Being filled in.
    Editing,
    /// Read back before it is sent.
    Review(Arc<Ready>),
    /// On its way. Nothing can be sent beside it.
    Sending(Arc<Ready>),
    /// The page has taken it over, and has yet to say what became of it.
    HandedOver(Arc<Ready>),
    /// Over, one way or another.
    Done(Arc<Ready>, Outcome),
}

impl Phase {
    /// The word for stylesheets and tests.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Editing => "editing",
            Self::Review(_) => "review",
            Self::Sending(_) => "sending",
            Self::HandedOver(_) => "handed-over",
            Self::Done(_, Outcome::Recorded(_)) => "recorded",
            Self::Done(_, Outcome::Refused(_)) => "refused",
            Self::Done(_, Outcome::NotSent(_)) => "not-sent",
            Self::Done(_, Outcome::Unknown(_)) => "unknown",
        }
    }

    /// Whether the payment is out of the person's hands.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self, Self::Sending(_) | Self::HandedOver(_))
    }
}

/// What has been entered, and how far the person has come with it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entry {
    /// The chosen provider, by its identifier.
    pub(crate) provider: &'static str,
    /// What was entered, by field name: numbers as decimal text, whatever the locale. Kept over a change of provider.
    pub(crate) draft: Draft,
    /// Numbers as they were typed, where that is not how the draft has them.
    typed: Draft,
    /// Fields whose control holds something that is no value yet, such as half a date.
    unfinished: Vec<&'static str>,
    /// Fields that have been left.
    left: Vec<&'static str>,
    /// Whether a submission was tried.
    submitted: bool,
    /// The provider's refusal, shown at its field until the form changes.
    refused: Option<Problem>,
}

/// What has been looked at of a payment that was sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Looking {
    /// The invoice's payments from before it was sent, where they could be listed.
    pub(crate) before: Option<Vec<RecordedPayment>>,
    /// When it was sent, in milliseconds since 1970.
    pub(crate) sent: f64,
    /// What checking again has found.
    pub(crate) found: Option<Found>,
}

/// What the core says of what has been entered.
type Verdict = Result<Arc<Passed>, Rejection>;

/// The form's state: a handful of signals, so it can be handed about freely.
#[derive(Clone, Copy)]
pub(crate) struct State {
    pub(crate) options: RwSignal<Options>,
    pub(crate) entry: RwSignal<Entry>,
    pub(crate) phase: RwSignal<Phase>,
    pub(crate) looking: RwSignal<Looking>,
    /// The payments so far, as far as they were looked at.
    pub(crate) listing: RwSignal<Listing>,
    /// How much is being done that the page is to hear of.
    pub(crate) at_work: RwSignal<u32>,
    /// Counts what was recorded and removed: what was listed before is no longer true.
    pub(crate) changes: RwSignal<u32>,
    /// The provider that the page's credentials are for: the one that was chosen when it gave them.
    bound: RwSignal<&'static str>,
    /// Bank transactions that were found where the page has named none.
    pub(crate) transactions: RwSignal<Vec<BankTransaction>>,
    verdict: Memo<Verdict>,
    host: StoredValue<HtmlElement, LocalStorage>,
}

impl State {
    pub(crate) fn new(host: HtmlElement, options: Options) -> Self {
        let bound = RwSignal::new(options.first.id);
        let entry = RwSignal::new(Entry { provider: options.first.id, ..Entry::default() });
        let options = RwSignal::new(options);
        let transactions = RwSignal::new(Vec::new());
        let verdict = move |_: Option<&Verdict>| {
            let (options, entry) = (options.read(), entry.read());
            let operation = operation(&options, chosen(&options, entry.provider));
            let draft = entered(&options, operation, &entry);
            let (values, notices) = operation.parse(&draft, &known(&options, &transactions.read()))?;
            let (payment, request) = (Payment::of(&values), operation.request(&values));
            Ok(Arc::new(Passed { payment, values: values.into_owned(), notices, request }))
        };
        // Whoever reads it looks at a part; comparing the whole would cost more than it saves.
        let verdict = Memo::new_with_compare(verdict, |_, _| true);
        Self {
            options,
            entry,
            phase: RwSignal::new(Phase::Editing),
            looking: RwSignal::new(Looking::default()),
            listing: RwSignal::new(Listing::default()),
            at_work: RwSignal::new(0),
            changes: RwSignal::new(0),
            bound,
            transactions,
            verdict,
            host: StoredValue::new_local(host),
        }
    }

    /// The provider that is chosen.
    pub(crate) fn chosen(&self) -> &'static Provider {
        chosen(&self.options.read(), self.entry.read().provider)
    }

    /// What the form is for, as the chosen provider has it.
    pub(crate) fn operation(&self) -> &'static Operation {
        operation(&self.options.read(), self.chosen())
    }

    /// Dispatches an event on the element.
    pub(crate) fn tell(&self, name: &str, cancelable: bool, detail: &Json) -> bool {
        self.host.with_value(|host| event::dispatch(host, name, cancelable, detail))
    }

    /// What was typed, told to the page.
    pub(crate) fn tell_change(&self) {
        let change = event::change(self.chosen(), &self.entry.read_untracked().draft);
        self.tell("remit-change", false, &change);
    }

    /// Focuses the first match once the page has been drawn.
    pub(crate) fn focus(&self, selector: &'static str) {
        let host = self.host;
        request_animation_frame(move || {
            let found =
                host.try_with_value(|host| host.shadow_root()?.query_selector(selector).ok().flatten());
            if let Some(element) = found.flatten().and_then(|element| element.dyn_into::<HtmlElement>().ok())
            {
                // An element that has gone again needs no focus.
                let _ = element.focus();
            }
        });
    }

    /// Goes to another page of the form and takes the focus there, or a screen reader stays on a button that is gone.
    pub(crate) fn go(&self, phase: Phase) {
        self.focus(if matches!(phase, Phase::Editing) { FIRST } else { "[tabindex='-1']" });
        self.phase.set(phase);
    }

    /// AcceptedCurrencies what the page has changed. A payment that would now be another goes back to the form: nobody has read it.
    pub(crate) fn configure(&self, options: Options) {
        if intl::separators(&self.options.read_untracked().locale) != intl::separators(&options.locale) {
            self.entry.update(|entry| entry.typed = Draft::new());
        }
        if options.credentials != self.options.read_untracked().credentials {
            self.bound.set(chosen(&options, self.entry.read_untracked().provider).id);
        }
        self.options.set(options);
        self.look_again();
    }

    /// AcceptedCurrencies other texts in place of all that was entered; the page's doing, so the page is not told.
    pub(crate) fn replace(&self, draft: Draft) {
        self.entry.update(|entry| {
            entry.draft = draft;
            entry.typed = Draft::new();
            entry.unfinished.clear();
            entry.refused = None;
        });
        self.look_again();
    }

    fn look_again(&self) {
        let stays = match &*self.phase.read_untracked() {
            Phase::Review(ready) | Phase::Done(ready, Outcome::NotSent(_) | Outcome::Refused(_)) => {
                self.ready().is_ok_and(|now| now == *ready)
            }
            _ => true,
        };
        if stays {
            return;
        }
        if self.is_here() { self.go(Phase::Editing) } else { self.phase.set(Phase::Editing) }
    }

    /// What a field's control shows: what was typed there, or the value in the locale's own writing.
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

    /// AcceptedCurrencies what a control holds now. `unfinished`: it holds something that is no value yet.
    pub(crate) fn enter(&self, field: &Field, text: String, unfinished: bool) {
        let name = field.name;
        let was = untrack(|| self.text(field));
        if was == text && self.entry.read_untracked().unfinished.contains(&name) == unfinished {
            return;
        }
        let meant =
            if is_number(field) { untrack(|| to_ascii(&text, &self.separators())) } else { text.clone() };
        self.entry.update(|entry| {
            entry.unfinished.retain(|known| *known != name);
            if unfinished {
                entry.unfinished.push(name);
            }
            entry.typed.set(name, if meant == text { String::new() } else { text });
            entry.draft.set(name, meant);
            entry.refused = None;
        });
        self.tell_change();
    }

    /// Fills in a field at the person's wish.
    pub(crate) fn fill(&self, field: &Field, value: String) {
        let shown = if is_number(field) { untrack(|| from_ascii(&value, &self.separators())) } else { value };
        self.enter(field, shown, false);
        self.leave(field.name);
    }

    /// Bank transactions to choose from: the page's, or else those that were found.
    pub(crate) fn known_transactions(&self) -> Vec<BankTransaction> {
        let options = self.options.read();
        if options.transactions.is_empty() { self.transactions.get() } else { options.transactions.clone() }
    }

    /// Offers bank transactions that were found. Whoever is in the field for them stays in it.
    pub(crate) fn offer(&self, found: Vec<BankTransaction>) {
        const FIELD: &str = "[data-kind=reference] .input";
        let is_there =
            |root: ShadowRoot| root.active_element().is_some_and(|e| e.matches(FIELD).unwrap_or(false));
        let stays = self.host.with_value(|host| host.shadow_root().is_some_and(is_there));
        self.transactions.set(found);
        if stays {
            self.focus(FIELD);
        }
    }

    /// The currency that amounts are in, once it is known.
    pub(crate) fn currency(&self) -> Option<Currency> {
        let (options, entry) = (self.options.read(), self.entry.read());
        let code = options.preset.get(name::CURRENCY).or_else(|| entry.draft.get(name::CURRENCY))?;
        Currency::parse(code).ok()
    }

    /// A field has been left: from now on it may be called wrong.
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
            self.tell_change();
        }
    }

    /// Whether the form asks for a field: it applies, and the page has not filled it in.
    pub(crate) fn asks(&self, field: &Field) -> bool {
        let options = self.options.read();
        options.preset.get(field.name).is_none()
            && present(field, &merged(&options, &self.entry.read().draft))
    }

    /// What to complain about at a field now.
    pub(crate) fn complaint(&self, name: &str) -> Option<String> {
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

    /// Every complaint with its field: the provider's refusal, and what a submission that was tried found.
    pub(crate) fn complaints(&self) -> Vec<(&'static str, String)> {
        let entry = self.entry.read();
        // What the page has set has no control that a link could lead to.
        let operation = self.operation();
        let asked = |name: &'static str| {
            let field = operation.fields.iter().find(|field| field.name == name);
            if field.is_some_and(|field| self.asks(field)) { name } else { "" }
        };
        let refused = entry.refused.as_ref();
        let refused = refused
            .and_then(|problem| Some((asked(problem.field.unwrap_or_default()), problem.words.clone()?)));
        let verdict = self.verdict.read();
        let issues =
            verdict.as_ref().err().filter(|_| entry.submitted).into_iter().flat_map(Rejection::issues);
        refused.into_iter().chain(issues.map(|issue| (asked(issue.field), self.issue(issue)))).collect()
    }

    /// What to tell about a field that has been left.
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

    /// A word of the interface.
    pub(crate) fn ui(&self, word: &str) -> String {
        self.ui_with(word, &[])
    }

    /// A sentence of the interface with its parameters.
    pub(crate) fn ui_with(&self, word: &str, params: &[(&str, &str)]) -> String {
        self.filled("ui", word, params)
    }

    /// A text of the table with its parameters.
    pub(crate) fn filled(&self, group: &str, name: &str, params: &[(&str, &str)]) -> String {
        let options = self.options.read();
        // What is said otherwise of an invoice than of a payment has a text of its own.
        let own = format!("invoice_{name}");
        let is_own = options.purpose == Purpose::AddInvoice && options.table.has(group, &own);
        options.table.filled(group, if is_own { &own } else { name }, params)
    }

    /// The label of something, or its name in words.
    pub(crate) fn word(&self, group: &str, name: &str) -> String {
        self.options.read().table.word(group, name)
    }

    /// The payment as it is entered now, with what it takes to send it.
    fn ready(&self) -> Result<Arc<Ready>, Rejection> {
        let checked = self.verdict.get_untracked()?;
        let options = self.options.read_untracked();
        let provider = chosen(&options, self.entry.read_untracked().provider);
        let number = options.invoice.as_ref().and_then(|invoice| invoice.number.clone());
        let named = || checked.values.text(name::NUMBER).or_else(|| checked.values.text(name::INVOICE));
        let invoice = number.or_else(named).unwrap_or_default();
        let base_url = address(&options, provider);
        Ok(Arc::new(Ready { provider, operation: operation(&options, provider), checked, invoice, base_url }))
    }

    /// Who asks for what the form is about now, and what is known for it.
    pub(crate) fn asking(&self) -> (Caller, Draft) {
        let (options, entry) = (self.options.read(), self.entry.read());
        let provider = chosen(&options, entry.provider);
        let caller = Caller {
            provider,
            base_url: address(&options, provider),
            credentials: self.credentials(&options, provider),
            patience: ask::READ_TIMEOUT,
        };
        (caller, merged(&options, &entry.draft))
    }

    /// An amount as the person's locale writes it; nothing where it is not known.
    pub(crate) fn amount(&self, money: Option<Money>) -> String {
        money.map(|money| intl::money(money, &self.options.read_untracked().locale)).unwrap_or_default()
    }

    /// Who asks for a payment, with the credentials that the page has given.
    pub(crate) fn caller(&self, ready: &Ready) -> Caller {
        let credentials = self.credentials(&self.options.read_untracked(), ready.provider);
        Caller {
            provider: ready.provider,
            base_url: ready.base_url.clone(),
            credentials,
            patience: ask::READ_TIMEOUT,
        }
    }

    /// The page's credentials, for the provider that it gave them for. One provider's are never shown to another.
    fn credentials(&self, options: &Options, provider: &Provider) -> Secrets {
        if self.bound.get() == provider.id { options.credentials.clone() } else { Secrets::default() }
    }

    /// Whether the form has something to see to its end, and may not be unmounted meanwhile.
    pub(crate) fn is_busy(&self) -> bool {
        let open = match &*self.phase.read_untracked() {
            Phase::Done(_, Outcome::Unknown(_)) => true,
            phase => phase.is_busy(),
        };
        open || self.is_at_work()
    }

    /// Whether the page should not be left now.
    pub(crate) fn is_at_work(&self) -> bool {
        matches!(*self.phase.read_untracked(), Phase::Sending(_)) || self.at_work.get_untracked() > 0
    }

    /// Whether the focus is in the form. The page must not take it from something else of its own.
    pub(crate) fn is_here(&self) -> bool {
        self.host.with_value(|host| host.matches(":focus-within").unwrap_or(false))
    }

    /// Goes to the review, or shows what is wrong. Whether it went.
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
                let told = event::invalid(self.chosen(), &rejection, |issue| self.issue(issue));
                self.tell("remit-invalid", false, &told);
                false
            }
        }
    }

    /// Back to the form with everything that was entered; a refusal is shown at its field.
    pub(crate) fn edit(&self) {
        if let Phase::Done(_, Outcome::Refused(problem)) = &*self.phase.read_untracked() {
            self.entry.update(|entry| entry.refused = Some(problem.clone()));
        }
        self.go(Phase::Editing);
    }

    /// An empty form, at the person's wish.
    pub(crate) fn start_over(&self) {
        self.reset();
        self.tell_change();
        self.focus(FIRST);
    }

    /// An empty form. Not while a payment is on its way: what became of it has yet to be said, and a second could follow.
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

/// Whether a field holds a number that people write as their locale does.
fn is_number(field: &Field) -> bool {
    matches!(field.kind, Kind::Amount { .. } | Kind::Percentage)
}

/// Whether a person wants to hear of it: not white space, and not how a day that they chose is written down.
pub(crate) fn is_news(notice: &Notice) -> bool {
    !matches!(notice.code, NoticeCode::Trimmed | NoticeCode::LineBreaks | NoticeCode::DayOnly)
}

fn chosen(options: &Options, id: &str) -> &'static Provider {
    options.providers.iter().copied().find(|provider| provider.id == id).unwrap_or(options.first)
}

/// The operation of a provider that the page wants the form for. That there is one was seen when the options were read.
fn operation(options: &Options, provider: &'static Provider) -> &'static Operation {
    provider.operation(options.purpose).unwrap_or(&provider.payment)
}

/// What was typed, with what the page has set over it.
fn merged(options: &Options, typed: &Draft) -> Draft {
    typed.iter().chain(options.preset.iter()).collect()
}

/// Whether the form has a field now. One that yields to another stays: its text is told to be unused.
fn present(field: &Field, all: &Draft) -> bool {
    applies(field, all) || matches!(field.when, When::Absent(_))
}

/// The draft as the core reads it: what the page has set, and what was entered in the provider's own fields.
fn entered(options: &Options, operation: &Operation, entry: &Entry) -> Draft {
    let all = merged(options, &entry.draft);
    let text = |field: &Field| {
        if entry.unfinished.contains(&field.name) {
            return Some("?".to_owned());
        }
        let text = all.get(field.name)?;
        // A local time is put at the offset that holds at that time, which need not be today's.
        Some(if field.kind == Kind::Instant { intl::zoned(text) } else { text.to_owned() })
    };
    // A field that does not apply keeps its text for when it does; it is not part of what is entered.
    let fields = operation.fields.iter().filter(|field| present(field, &all));
    fields.filter_map(|field| Some((field.name, text(field)?))).collect()
}

/// Where a provider is asked, without a slash at the end.
fn address(options: &Options, provider: &Provider) -> String {
    let base_url = template::fill(&options.base_url, |name, out| match name {
        "provider" => out.push_str(provider.id),
        other => out.push_str(&format!("{{{other}}}")),
    });
    base_url.trim_end_matches('/').to_owned()
}

fn known(options: &Options, found: &[BankTransaction]) -> Context {
    Context {
        now: Instant::read(&intl::now(), Zone::Unknown).ok().map(|reading| reading.instant),
        zone: Offset::from_minutes(intl::offset()).into(),
        currency: None,
        invoice: options.invoice.clone(),
        transactions: if options.transactions.is_empty() { found } else { &options.transactions }.to_vec(),
    }
}
