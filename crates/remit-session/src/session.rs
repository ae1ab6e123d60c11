//! The session's state, and what every part of it needs.

use std::sync::Arc;

use remit_core::operation::auth::Secrets;
use remit_core::schema::field::{Field, Kind, When};
use remit_core::text::template;
use remit_core::wire::{Request, Response};
use remit_core::{
    BankTransaction, Cause, Context, Currency, DEADLINE_HEADER, Draft, Failure, Invoice, KEY_HEADER,
    Operation, Outcome, Provider, Reason, RecordedPayment, Rejection, Zone, applies, name,
};

use crate::announcement::Announcement;
use crate::call::{Call, Mode, Task};
use crate::caller::Caller;
use crate::clock::Now;
use crate::effect::Effect;
use crate::entry::Entry;
use crate::intent::{Intent, Passed};
use crate::listing::Listing;
use crate::offered::Offered;
use crate::options::{Options, SESSION};
use crate::phase::{Check, Phase};
use crate::reading::Reading;
use crate::stored::StoredIntent;

/// The timeout of a request that changes something, in milliseconds, unless a relay states its own deadline.
const SEND_TIMEOUT: u32 = 60_000;
/// How much longer than the relay itself to wait for the relay's response, in milliseconds.
const SLACK: u32 = 5_000;
/// The timeout of a request that only reads, in milliseconds.
pub(crate) const READ_TIMEOUT: u32 = 10_000;
/// The timeout of a request that completes a response already received, in milliseconds.
pub(crate) const REFRESH_TIMEOUT: u32 = 2_000;

/// The core's result for the entered values.
pub(crate) type Verdict = Result<Arc<Passed>, Rejection>;

/// The life of one form. See the [crate](crate)'s overview.
#[derive(Debug)]
pub struct Session {
    pub(crate) options: Options,
    pub(crate) entry: Entry,
    pub(crate) phase: Phase,
    pub(crate) check: Check,
    pub(crate) listing: Listing,
    pub(crate) verdict: Verdict,
    /// The invoice that the page or the person named, as the provider returns it.
    pub(crate) reading: Reading,
    /// Bank transactions loaded from the provider, used if the page sets none.
    pub(crate) offered: Offered,
    /// Payments that were in the list when the review opened and that equal the reviewed one.
    pub(crate) twins: Vec<RecordedPayment>,
    /// When the review was shown, on the clock of [`Now::elapsed`].
    pub(crate) review_shown: u64,
    /// Why the page's options are invalid; empty if they are valid.
    pub(crate) blocked: String,
    pub(crate) online: bool,
    /// Counts recorded and removed payments: each makes earlier lists outdated.
    pub(crate) changes: u32,
    /// The number of removals and checks in progress whose outcome the page must receive.
    pub(crate) at_work: u32,
    /// What the store holds, and the scopes that other tabs have claimed.
    pub(crate) known: (Vec<StoredIntent>, Vec<String>),
    pub(crate) now: Now,
    pub(crate) effects: Vec<Effect>,
    /// The last payment that was not sent, unless its key is used up. If the person sends the same again, it keeps its key.
    pub(crate) unsent: Option<Arc<Intent>>,
    /// The keys of removals without a known outcome, by [`subject`](crate::payments::subject).
    pub(crate) removals: Draft,
    /// Whether a relay has refused the page's session since the page set it.
    is_expired: bool,
    /// The deadline that each relay has stated, in seconds, by its address. A map of texts: its code is in the module anyway.
    relays: Draft,
    /// The provider that the page's credentials belong to: the one chosen when the page set them.
    credentials_provider: &'static str,
    /// The calls in progress, with their addresses.
    calls: Vec<(u32, String, Task)>,
    next_call: u32,
    /// Distinguishes the intents of this session from those of others.
    seed: String,
    next_intent: u32,
}

impl Session {
    /// A session at its beginning. `seed` distinguishes it from every other session of the origin: a UUID, for example.
    /// [`Session::handle`] an [`Event::Stored`](crate::Event::Stored) first.
    #[must_use]
    pub fn new(options: Options, seed: impl Into<String>, now: Now) -> Self {
        let provider = options.first;
        let mut session = Self {
            entry: Entry::new(provider.id),
            options,
            phase: Phase::Editing,
            check: Check::default(),
            listing: Listing::default(),
            verdict: Err(Rejection::of("", remit_core::Code::Required, Vec::new())),
            reading: Reading::default(),
            offered: Offered::default(),
            twins: Vec::new(),
            review_shown: 0,
            blocked: String::new(),
            online: true,
            changes: 0,
            at_work: 0,
            known: (Vec::new(), Vec::new()),
            now,
            effects: Vec::new(),
            unsent: None,
            removals: Draft::new(),
            is_expired: false,
            relays: Draft::new(),
            credentials_provider: provider.id,
            calls: Vec::new(),
            next_call: 0,
            seed: seed.into(),
            next_intent: 0,
        };
        session.judge();
        session
    }

    /// The phase.
    #[must_use]
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// The options.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The entered values.
    #[must_use]
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// What is known about an unknown outcome.
    #[must_use]
    pub fn check(&self) -> &Check {
        &self.check
    }

    /// The list of payments.
    #[must_use]
    pub fn listing(&self) -> &Listing {
        &self.listing
    }

    /// When the review was shown, on the clock of [`Now::elapsed`].
    #[must_use]
    pub fn review_shown(&self) -> u64 {
        self.review_shown
    }

    /// The chosen provider.
    #[must_use]
    pub fn provider(&self) -> &'static Provider {
        let chosen = self.options.providers.iter().find(|provider| provider.id == self.entry.provider);
        chosen.copied().unwrap_or(self.options.first)
    }

    /// The chosen provider's operation for the form's purpose. [`Options::read`] checked that the provider has one.
    #[must_use]
    pub fn operation(&self) -> &'static Operation {
        let provider = self.provider();
        provider.operation(self.options.purpose).unwrap_or(&provider.payment)
    }

    /// Whether the form must be kept: a payment is pending, an outcome is unknown, or a removal or a check is in progress.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.phase.is_open() || self.at_work > 0
    }

    /// Whether a request of the form is in progress, so that the person should not leave the page.
    #[must_use]
    pub fn is_at_work(&self) -> bool {
        matches!(self.phase, Phase::Sending(..)) || self.at_work > 0
    }

    /// Whether the person has entered something that is not recorded.
    #[must_use]
    pub fn is_dirty(&self) -> bool {
        let unrecorded = !matches!(self.phase, Phase::Done(_, Outcome::Recorded(_)));
        let is_empty = self.entry.draft.iter().all(|(_, text)| text.trim().is_empty());
        unrecorded && self.entry.touched && !is_empty
    }

    /// Whether the caller has stated the time. A server that renders a form does not know the user's.
    #[must_use]
    pub fn knows_time(&self) -> bool {
        self.now.wall.is_some()
    }

    /// Whether the form accepts no input. A payment whose outcome is open can be concluded even while the page's options are
    /// invalid.
    #[must_use]
    pub fn is_disabled(&self) -> bool {
        let is_blocked = !self.blocked.is_empty() && !self.phase.is_open();
        self.options.disabled || is_blocked
    }

    /// Whether the page has taken a payment over and has not passed on the response.
    #[must_use]
    pub fn is_waiting_for_page(&self) -> bool {
        matches!(self.phase, Phase::HandedOver(_) | Phase::Sending(_, crate::phase::Stage::Offered))
    }

    /// The invoice to pay: the page's, or the one that was read.
    #[must_use]
    pub fn invoice(&self) -> Option<&Invoice> {
        self.options.invoice.as_ref().or_else(|| self.reading.invoice())
    }

    /// The values that the form does not ask for: the page's, and the currency of the invoice that the page named.
    pub(crate) fn preset(&self) -> Draft {
        let mut preset = self.options.preset.clone();
        if preset.get(name::CURRENCY).is_none()
            && preset.get(name::INVOICE).is_some()
            && let Some(invoice) = self.reading.invoice()
        {
            preset.set(name::CURRENCY, invoice.currency.code());
        }
        preset
    }

    /// The entered values, overridden by the preset ones.
    pub(crate) fn merged(&self) -> Draft {
        self.entry.draft.iter().chain(self.preset().iter()).collect()
    }

    /// The currency of the amounts, once known.
    #[must_use]
    pub fn currency(&self) -> Option<Currency> {
        let preset = self.preset();
        let code = preset.get(name::CURRENCY).or_else(|| self.entry.draft.get(name::CURRENCY))?;
        Currency::parse(code).ok()
    }

    /// Bank transactions to choose from: the page's, or else those loaded from the provider.
    #[must_use]
    pub fn transactions(&self) -> &[BankTransaction] {
        if self.options.transactions.is_empty() {
            self.offered.transactions()
        } else {
            &self.options.transactions
        }
    }

    /// Checks the entered values.
    pub(crate) fn judge(&mut self) {
        let operation = self.operation();
        let draft = self.entered(operation);
        let context = Context {
            now: self.now.wall,
            zone: self.now.offset.map_or(Zone::Unknown, Zone::Fixed),
            currency: None,
            invoice: self.invoice().cloned(),
            transactions: self.transactions().to_vec(),
        };
        let checked = operation.parse(&draft, &context);
        self.verdict =
            checked.map(|(values, notices)| Arc::new(Passed::new(operation, values.into_owned(), notices)));
    }

    /// The draft for the core: the values of the operation's fields, from the page and from the person.
    fn entered(&self, operation: &Operation) -> Draft {
        let all = self.merged();
        let text = |field: &Field| {
            if self.entry.unfinished.contains(&field.name) {
                // The core rejects this text, so the incomplete value becomes an issue.
                return Some("?".to_owned());
            }
            let text = all.get(field.name)?;
            // A local time gets the UTC offset of that date, which may differ from today's.
            let is_moment = field.kind == Kind::Instant;
            Some(if is_moment { self.options.format.zoned(text) } else { text.to_owned() })
        };
        // A field that does not apply keeps its text in case it applies later, but is not part of the draft.
        let fields = operation.fields.iter().filter(|field| is_present(field, &all));
        fields.filter_map(|field| Some((field.name, text(field)?))).collect()
    }

    /// The current payment, ready to be reviewed. Its identifier is new, unless the same payment was not sent.
    pub(crate) fn intent(&mut self) -> Result<Arc<Intent>, Rejection> {
        let passed = self.verdict.clone()?;
        let number = self.invoice().and_then(|invoice| invoice.number.clone());
        let entered = || passed.values.text(name::NUMBER).or_else(|| passed.values.text(name::INVOICE));
        let invoice = number.or_else(entered).unwrap_or_default();
        let (provider, operation) = (self.provider(), self.operation());
        let (id, base_url) = (self.next_id(), self.address(provider));
        let mut intent = Intent { id, provider, operation, passed, invoice, base_url, restored: false };
        if let Some(unsent) = self.unsent.as_ref().filter(|unsent| unsent.is_same(&intent)) {
            intent.id.clone_from(&unsent.id);
        }
        Ok(Arc::new(intent))
    }

    /// An identifier for the next intent.
    pub(crate) fn next_id(&mut self) -> String {
        self.next_intent = self.next_intent.wrapping_add(1);
        [self.seed.as_str(), "-", &self.next_intent.to_string()].concat()
    }

    /// The provider's address, without a trailing slash.
    pub(crate) fn address(&self, provider: &Provider) -> String {
        let base_url = template::fill(&self.options.base_url, |name, out| match name {
            "provider" => out.push_str(provider.id),
            other => {
                out.push('{');
                out.push_str(other);
                out.push('}');
            }
        });
        base_url.trim_end_matches('/').to_owned()
    }

    /// The caller for the chosen provider.
    pub(crate) fn caller(&self) -> Caller {
        let provider = self.provider();
        Caller { provider, base_url: self.address(provider), credentials: self.credentials(provider) }
    }

    /// The caller for an intent, with the page's credentials.
    pub(crate) fn caller_of(&self, intent: &Intent) -> Caller {
        Caller {
            provider: intent.provider,
            base_url: intent.base_url.clone(),
            credentials: self.credentials(intent.provider),
        }
    }

    /// The page's credentials, if they belong to this provider. One provider's credentials are never sent to another.
    fn credentials(&self, provider: &Provider) -> Secrets {
        if self.credentials_provider == provider.id {
            self.options.credentials.clone()
        } else {
            Secrets::default()
        }
    }

    /// The page's session token for an address: only the page's own address receives it.
    fn token(&self, base_url: &str) -> Option<&str> {
        let token = self.options.session.get(SESSION)?;
        let mut own = self.options.providers.iter().map(|provider| self.address(provider));
        own.any(|own| own == base_url).then_some(token)
    }

    /// Replaces the options. Changed credentials belong to the provider that is chosen now.
    pub(crate) fn replace_options(&mut self, options: Options) {
        let separators = |options: &Options| options.format.separators(&options.locale);
        if separators(&self.options) != separators(&options) {
            self.entry.typed = Draft::new();
        }
        let has_new_credentials = options.credentials != self.options.credentials;
        if options.session != self.options.session && core::mem::take(&mut self.is_expired) {
            // What the relay has refused to show is requested again.
            self.changes = self.changes.wrapping_add(1);
        }
        self.options = options;
        if has_new_credentials {
            self.credentials_provider = self.provider().id;
        }
    }

    /// Asks for a request to be sent. Without an address or usable credentials it fails at once.
    pub(crate) fn call(&mut self, caller: &Caller, request: Request, timeout: u32, task: Task) {
        match caller.sign(request) {
            Ok(request) => self.send(&caller.base_url, request, timeout, Mode::Full, task),
            Err(failure) => self.answered(task, Err(failure)),
        }
    }

    /// Asks for a request that changes something to be sent, with its key if the server is a relay. Other servers need not
    /// accept the header from a page.
    pub(crate) fn change(&mut self, caller: &Caller, mut request: Request, key: &str, task: Task) {
        if self.is_relay(&caller.base_url) {
            request.headers.set(KEY_HEADER, ["\"", key, "\""].concat());
        }
        let timeout = self.send_timeout(&caller.base_url);
        self.call(caller, request, timeout, task);
    }

    /// Asks for a request to be sent.
    pub(crate) fn send(
        &mut self,
        base_url: &str,
        mut request: Request,
        timeout: u32,
        mode: Mode,
        task: Task,
    ) {
        if let Some(token) = self.token(base_url).filter(|_| mode == Mode::Full) {
            request.headers.set("Authorization", ["Bearer ", token].concat());
        }
        let id = self.next_call;
        self.next_call = id.wrapping_add(1);
        let url = [base_url, &request.path].concat();
        self.calls.push((id, base_url.to_owned(), task));
        self.effects.push(Effect::Call(Call { id, url, request, timeout, mode }));
    }

    /// Accepts the result of a call.
    pub(crate) fn receive(&mut self, id: u32, response: Result<Response, String>) {
        let Some(at) = self.calls.iter().position(|(known, ..)| *known == id) else { return };
        let (_, base_url, task) = self.calls.swap_remove(at);
        if let Ok(response) = &response {
            if let Some(seconds) = response.headers.get(DEADLINE_HEADER) {
                self.relays.set(base_url, seconds);
            }
            if response.status == 401
                && let Outcome::NotSent(reason) = self.operation().outcome(response, Currency::UNSTATED)
                && reason.cause == Cause::Session
            {
                self.is_expired = true;
                self.announce(Announcement::SessionExpired(self.provider(), reason));
            }
        }
        self.answered(task, response.map_err(|words| Failure::Unknown(Reason::new(Cause::Lost, words))));
    }

    /// The deadline of the relay at this address; `None` if no relay has answered from there.
    fn deadline(&self, base_url: &str) -> Option<u32> {
        let seconds = self.relays.get(base_url)?.parse::<u32>().ok()?;
        Some(seconds.saturating_mul(1000))
    }

    /// Whether a relay has answered from this address.
    pub(crate) fn is_relay(&self, base_url: &str) -> bool {
        self.deadline(base_url).is_some()
    }

    /// The timeout of a request that changes something, in milliseconds. After it, no request can still be pending:
    /// a relay has given up before.
    pub(crate) fn send_timeout(&self, base_url: &str) -> u32 {
        self.deadline(base_url).map_or(SEND_TIMEOUT, |deadline| deadline.saturating_add(SLACK))
    }
}

/// Whether the form has a field now. A field that gives way to another stays: a notice says that its text is unused.
pub(crate) fn is_present(field: &Field, all: &Draft) -> bool {
    applies(field, all) || matches!(field.when, When::Absent(_))
}

/// Whether a field holds a number whose notation depends on the locale.
pub(crate) fn is_number(field: &Field) -> bool {
    matches!(field.kind, Kind::Amount { .. } | Kind::Percentage)
}
