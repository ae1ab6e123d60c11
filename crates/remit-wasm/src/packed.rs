//! The fast interface between JavaScript and the core. Calls pass only numbers; all texts of a payment share one buffer in
//! each direction. No call returns an object: V8 11.3, which Node 20 contains, can crash the process while it optimises the
//! caller of such a function. Results are those of [`crate::check`]; only the transfer is cheaper.
//!
//! Input: JavaScript writes all texts in UTF-8, one after another, to the address that [`input`] returns, and 32-bit words to
//! the address that [`input_words`] returns.
//!
//! | word | content |
//! |---|---|
//! | 0 | the number of known transactions |
//! | 1 | the number of names in the draft that are not fields |
//! | 2 | the number of members with the wrong type |
//! | 3 … | the length of each text in UTF-16 code units, or `ABSENT`: the provider's fields; if the flag `IS_KNOWN` is set, `KNOWN`, then `TRANSACTION` for each transaction; the names that are not fields; the paths of members with the wrong type |
//!
//! Output: [`parse`] returns 0 if the payment passes unchanged and without a notice, otherwise the address of the output words.
//! All lengths except the first are in UTF-16 code units.
//!
//! | word | content |
//! |---|---|
//! | 0 | the address of the text |
//! | 1 | the length of the text in bytes |
//! | 2 … | the words of the payment, or of each payment in turn |
//!
//! | words of a payment | content |
//! |---|---|
//! | 0 | the number of issues |
//! | 1 | the number of notices |
//! | 2 … | for each field, if there is no issue: 0 without a value, 1 for the unchanged input, otherwise the length of its text plus 2 |
//! | … | for each finding: the number of its parameters, the lengths of its path, its code and its sentence, and the lengths of each parameter's name and text |
//! | … | if the flag `WANTS_REQUEST` is set and there is no issue, the request: the lengths of its path and its body; 1 if the rest is the same for all payments of the provider, else 0; the number of headers; and unless this is 0, the length of the method, and the lengths of each header's name and value |
//!
//! If the flag `IS_QUIET` is set, notices are omitted. A caller that needs them calls again without the flag. If the flag
//! `KNOWS_HEADERS` is set, a request that has the provider's constant headers is written as if it had none.

use std::cell::RefCell;
use std::hint::black_box;

use remit_core::report::message::Table;
use remit_core::wire::json::Json;
use remit_core::wire::{Headers, Response};
use remit_core::{
    Code, Context, Finding, Findings, Local, Notice, Offset, Operation, Param, Provider, Rejection, Values,
    Zone, to_json,
};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::known::{self, Source};

/// The length that marks an absent text.
pub(crate) const ABSENT: u32 = u32::MAX;
/// The return value for input that violates the protocol.
pub(crate) const FAULT: usize = usize::MAX;
/// The number of words before the lengths.
const HEAD: usize = 3;
/// The flag for texts of `KNOWN` and `TRANSACTION`.
const IS_KNOWN: u32 = 1;
/// The flag for a known invoice.
const HAS_INVOICE: u32 = 2;
/// The flag for a known time zone: see `ahead`.
const HAS_ZONE: u32 = 4;
/// The flag that omits notices.
const IS_QUIET: u32 = 8;
/// The flag that adds the request of an accepted payment.
pub(crate) const WANTS_REQUEST: u32 = 32;
/// The flag for a caller that knows the provider's method and headers, if they are constant.
const KNOWS_HEADERS: u32 = 64;
/// The flag for texts outside ASCII. In ASCII, a UTF-16 code unit is a byte.
const IS_WIDE: u32 = 16;
/// The options, in the order of their texts.
pub(crate) const KNOWN: [&str; 8] = [
    "options.now",
    "options.currency",
    "options.invoice.id",
    "options.invoice.number",
    "options.invoice.balance",
    "options.invoice.currency",
    "options.invoice.state",
    "options.invoice.issued",
];
/// The options of a transaction, in the order of their texts.
pub(crate) const TRANSACTION: [&str; 6] = [
    "options.transactions.id",
    "options.transactions.currency",
    "options.transactions.amount",
    "options.transactions.unallocated",
    "options.transactions.datetime",
    "options.transactions.description",
];

/// The path of an unknown time zone. Only JavaScript knows the time zones, so it reports this path.
const TIME_ZONE: &str = "options.timeZone";
/// The prefix of the path of a number that JavaScript does not hold exactly.
const INEXACT: char = '#';
/// The prefix of the path of an unknown option. The nearest names follow it after `=`.
const UNKNOWN: char = '?';
/// The prefix of a field that has several values.
const TWICE_GIVEN: char = '*';
/// The path that JavaScript reports if the bytes of a file have changed.
const CHANGED: &str = "#";

/// The input, which JavaScript writes.
pub(crate) struct Input {
    pub(crate) bytes: Vec<u8>,
    words: Vec<u32>,
}

thread_local! {
    static INPUT: RefCell<Input> = const { RefCell::new(Input { bytes: Vec::new(), words: Vec::new() }) };
    static OUTPUT: RefCell<Output> = const { RefCell::new(Output { words: Vec::new(), text: String::new() }) };
    /// The table of sentences.
    static TABLE: RefCell<Table> = const { RefCell::new(Table::english()) };
}

/// Returns the address where JavaScript writes `size` bytes of text. It is valid until the next call of this function.
#[wasm_bindgen]
#[must_use]
pub fn input(size: usize) -> usize {
    INPUT.with_borrow_mut(|Input { bytes, .. }| {
        bytes.clear();
        bytes.resize(size, 0);
        // The compiler does not see the writes of JavaScript.
        black_box(bytes).as_ptr().addr()
    })
}

/// Returns the address where JavaScript writes `count` words. It is valid until the next call of this function.
#[wasm_bindgen]
#[must_use]
pub fn input_words(count: usize) -> usize {
    INPUT.with_borrow_mut(|Input { words, .. }| {
        words.clear();
        words.resize(count, 0);
        black_box(words).as_ptr().addr()
    })
}

/// Returns the address of the last output's text, or of its words.
#[wasm_bindgen]
#[must_use]
pub fn output(of_text: bool) -> usize {
    OUTPUT.with_borrow(
        |output| if of_text { output.text.as_ptr().addr() } else { output.words.as_ptr().addr() },
    )
}

/// Sets the table of sentences from the first `length` bytes of the input, which are JSON. If `length` is 0, sets the English
/// table. Returns false, and sets the English table, if the JSON is invalid.
#[wasm_bindgen]
#[must_use]
pub fn sentences(length: usize) -> bool {
    let json = with_input(|input| str::from_utf8(input.bytes.get(..length)?).ok().map(str::to_owned));
    let table = match json.filter(|json| !json.is_empty()) {
        Some(json) => Table::parse(&json).ok(),
        None => Some(Table::english()),
    };
    let ok = table.is_some();
    TABLE.set(table.unwrap_or(Table::english()));
    ok
}

/// Runs `work` with the input.
pub(crate) fn with_input<T>(work: impl FnOnce(&Input) -> T) -> T {
    INPUT.with_borrow(|input| work(black_box(input)))
}

/// Runs `work` with the output.
pub(crate) fn with_output<T>(work: impl FnOnce(&mut Output) -> T) -> T {
    OUTPUT.with_borrow_mut(work)
}

/// Checks the payment in the input, whose text has `length` bytes, for the provider at this index. Any index past the last
/// means an unknown provider, whose name is the first of the names that are not fields.
#[wasm_bindgen]
#[must_use]
pub fn parse(provider: usize, length: usize, flags: u32) -> usize {
    with_input(|input| {
        with_output(|output| {
            output.clear();
            let operation = Provider::ALL.get(provider).map(|provider| &provider.payment);
            let fields = operation.map_or(0, |operation| operation.fields.len());
            let Some(given) = Given::read(fields, input, length, flags) else { return FAULT };
            let Some(operation) = operation else { return output.unknown_provider(&given) };
            match given.check(operation) {
                Ok((values, notices)) => {
                    let as_given = output.accepted(given.fields(), &values, &notices);
                    output.request(operation, &values, flags);
                    if as_given && flags & WANTS_REQUEST == 0 { 0 } else { output.address() }
                }
                Err(rejection) => output.reject(&rejection),
            }
        })
    })
}

/// Writes the meaning of the response in the input, as JSON. Returns the length of the text: 0 if the currency is unknown.
///
/// The texts are the currency, the body, and the name and the value of each header. The headers take the place of the names
/// that are not fields.
#[wasm_bindgen]
#[must_use]
pub fn write_receipt(provider: usize, status: u32, length: usize, flags: u32) -> usize {
    let Some(provider) = Provider::ALL.get(provider) else { return 0 };
    let outcome = with_input(|input| {
        let given = Given::read(2, input, length, flags)?;
        let [Some(currency), Some(body)] = *given.fields() else { return None };
        let mut headers = Headers::default();
        for pair in given.others().chunks_exact(2) {
            if let [Some(name), Some(value)] = *pair {
                headers.set(name, value);
            }
        }
        let status = u16::try_from(status).unwrap_or(0);
        crate::outcome(provider, &Response::new(status, headers, body), currency)
    });
    outcome.map_or(0, |outcome| print(&to_json::outcome(&outcome)))
}

/// Writes every provider with its fields, the same as [`crate::providers`], as JSON. Returns the length of the text.
#[wasm_bindgen]
#[must_use]
pub fn write_providers() -> usize {
    print(&crate::all())
}

fn print(json: &Json) -> usize {
    with_output(|output| {
        output.empty();
        output.text.push_str(&json.print());
        output.text.len()
    })
}

/// Splits a text into texts of these lengths; `None` if the lengths do not add up to the entire text.
fn texts<'a>(mut rest: &'a str, lengths: &[u32], is_wide: bool) -> Option<Vec<Option<&'a str>>> {
    let mut texts = Vec::with_capacity(lengths.len());
    for length in lengths.iter().copied() {
        if length == ABSENT {
            texts.push(None);
            continue;
        }
        let length = usize::try_from(length).ok()?;
        let (text, after) = rest.split_at_checked(if is_wide { bytes(rest, length)? } else { length })?;
        texts.push(Some(text));
        rest = after;
    }
    rest.is_empty().then_some(texts)
}

/// The number of bytes of the first `units` UTF-16 code units of a text.
fn bytes(text: &str, units: usize) -> Option<usize> {
    let mut left = units;
    for (at, c) in text.char_indices() {
        if left == 0 {
            return Some(at);
        }
        left = left.checked_sub(c.len_utf16())?;
    }
    (left == 0).then_some(text.len())
}

/// The parsed input.
pub(crate) struct Given<'a> {
    transactions: usize,
    flags: u32,
    /// All texts, in the order of the input.
    texts: Vec<Option<&'a str>>,
    /// The index in `texts` of the first option, of the first name that is not a field, and of the first path with the wrong
    /// type.
    starts: [usize; 3],
}

impl<'a> Given<'a> {
    /// Parses the input. `None` if it violates the protocol, which only a defect in our JavaScript can cause.
    pub(crate) fn read(fields: usize, input: &'a Input, length: usize, flags: u32) -> Option<Self> {
        let (head, lengths) = input.words.split_first_chunk::<HEAD>()?;
        let [transactions, others, wrong] = head.map(|count| usize::try_from(count).unwrap_or(usize::MAX));
        let known = if flags & IS_KNOWN == 0 {
            0
        } else {
            TRANSACTION.len().checked_mul(transactions)?.checked_add(KNOWN.len())?
        };
        let others_from = fields.checked_add(known)?;
        let wrong_from = others_from.checked_add(others)?;
        let text = str::from_utf8(input.bytes.get(..length)?).ok()?;
        let texts = texts(text, lengths.get(..wrong_from.checked_add(wrong)?)?, flags & IS_WIDE != 0)?;
        Some(Self { transactions, flags, texts, starts: [fields, others_from, wrong_from] })
    }

    fn part(&self, from: usize, to: usize) -> &[Option<&'a str>] {
        self.texts.get(from..to).unwrap_or_default()
    }

    pub(crate) fn fields(&self) -> &[Option<&'a str>] {
        let [known, ..] = self.starts;
        self.part(0, known)
    }

    fn known_texts(&self) -> &[Option<&'a str>] {
        let [known, others, _] = self.starts;
        self.part(known, others)
    }

    /// The names that are not fields.
    pub(crate) fn others(&self) -> &[Option<&'a str>] {
        let [_, others, wrong] = self.starts;
        self.part(others, wrong)
    }

    fn wrong(&self) -> impl Iterator<Item = &'a str> {
        let [.., wrong] = self.starts;
        self.texts.iter().skip(wrong).copied().flatten()
    }

    fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    fn check(&self, operation: &Operation) -> Result<(Values<'a>, Vec<Notice>), Rejection> {
        let known = match self.known(operation) {
            Ok(known) => known,
            Err(rejection) => return Err(self.with_other_issues(operation, rejection)),
        };
        if self.has(IS_QUIET) {
            return operation.values(self.fields(), &known).map(|values| (values, Vec::new()));
        }
        let others: Vec<_> = self.others().iter().copied().flatten().collect();
        operation.parse_texts(self.fields(), &others, &known)
    }

    /// Adds the issues of the other fields to those of fields with a wrong type. Not if an option cannot be read: issues
    /// that depend on it would be wrong.
    fn with_other_issues(&self, operation: &Operation, rejection: Rejection) -> Rejection {
        let is = |path: &str, field: &str| path.strip_prefix([INEXACT, TWICE_GIVEN]).unwrap_or(path) == field;
        let is_field = |path: &str| operation.fields.iter().any(|field| is(path, field.name));
        let mut found = Findings::default();
        let known = self.read_known(operation, &mut found);
        if found.issues() > 0 || !self.wrong().all(is_field) {
            return rejection;
        }
        self.report_wrong(&mut found);
        if let Err(rest) = operation.values(self.fields(), &known) {
            for issue in rest.issues().filter(|issue| self.wrong().all(|path| !is(path, issue.field))) {
                found.issue(issue.field, issue.code, issue.params.clone());
            }
        }
        found.settle().err().unwrap_or(rejection)
    }

    /// The path of the option that an invoice lacks if the draft does not provide it either.
    pub(crate) fn missing_invoice_option(&self) -> &'static str {
        const ID: &str = "options.invoice.id";
        let id = KNOWN.iter().position(|path| *path == ID).and_then(|at| self.known_texts().get(at));
        if id.copied().flatten().is_none() { ID } else { "options.invoice.currency" }
    }

    pub(crate) fn has_invoice(&self) -> bool {
        self.has(HAS_INVOICE)
    }

    pub(crate) fn known(&self, operation: &Operation) -> Result<Context, Rejection> {
        let mut found = Findings::default();
        self.report_wrong(&mut found);
        let known = self.read_known(operation, &mut found);
        found.settle().map(|_| known)
    }

    fn read_known(&self, operation: &Operation, found: &mut Findings) -> Context {
        let zone = if self.has(HAS_ZONE) { Zone::Varying(ask) } else { Zone::Unknown };
        let nothing = self.transactions == 0 && self.known_texts().iter().all(Option::is_none);
        if nothing && !self.has(HAS_INVOICE) {
            return Context { zone, ..Context::default() };
        }
        let draft = |name: &str| {
            let at = operation.fields.iter().position(|field| field.name == name)?;
            self.fields().get(at).copied().flatten().map(str::to_owned)
        };
        known::context(&mut &*self, &draft, zone, found)
    }
}

impl Given<'_> {
    /// Adds an issue for each member that JavaScript reports, such as one with the wrong type.
    fn report_wrong(&self, found: &mut Findings) {
        for path in self.wrong() {
            let param = |name, text: &str| (name, Param::Text(text.to_owned()));
            if path == TIME_ZONE {
                found.issue(TIME_ZONE, Code::TimeZoneUnknown, Vec::new());
            } else if path == CHANGED {
                found.issue("", Code::FileChanged, Vec::new());
            } else if let Some(path) = path.strip_prefix(INEXACT) {
                found.issue("", Code::NumberInexact, vec![param("value", path)]);
            } else if let Some(path) = path.strip_prefix(TWICE_GIVEN) {
                found.issue("", Code::FieldTwice, vec![param("value", path)]);
            } else if let Some((option, nearest)) =
                path.strip_prefix(UNKNOWN).and_then(|path| path.rsplit_once('='))
            {
                let params = vec![param("option", option), param("expected", nearest)];
                found.issue("", Code::OptionUnknown, params);
            } else {
                found.issue("", Code::MemberType, vec![param("value", path)]);
            }
        }
    }
}

impl Source for &Given<'_> {
    fn text(&mut self, path: &'static str, at: usize, _: &mut Findings) -> Option<String> {
        let index = |paths: &[&str]| paths.iter().position(|known| *known == path);
        let of_transaction = |index: usize| KNOWN.len() + at * TRANSACTION.len() + index;
        let index = index(&KNOWN).or_else(|| index(&TRANSACTION).map(of_transaction))?;
        self.known_texts().get(index).copied().flatten().map(str::to_owned)
    }

    fn has_invoice(&self) -> bool {
        self.has(HAS_INVOICE)
    }

    fn transactions(&self) -> usize {
        self.transactions
    }
}

#[wasm_bindgen]
extern "C" {
    /// The time zone's UTC offset in seconds at this local second of this local day, counted from 1970-01-01; [`NEVER`] for a
    /// skipped local time and [`TWICE`] for a repeated one. Called only if the flag [`HAS_ZONE`] is set.
    #[wasm_bindgen(js_namespace = remit, js_name = ahead)]
    fn ahead(day: i32, second: i32) -> i32;
}

const NEVER: i32 = i32::MAX;
const TWICE: i32 = i32::MIN;

fn ask(local: i64) -> Local {
    const DAY: i64 = 24 * 60 * 60;
    let parts = (i32::try_from(local.div_euclid(DAY)), i32::try_from(local.rem_euclid(DAY)));
    let (Ok(day), Ok(second)) = parts else { return Local::Never };
    match ahead(day, second) {
        NEVER => Local::Never,
        TWICE => Local::Twice,
        seconds => Offset::from_seconds(seconds).map_or(Local::Never, Local::Once),
    }
}

/// The output, which JavaScript reads.
pub(crate) struct Output {
    pub(crate) words: Vec<u32>,
    pub(crate) text: String,
}

impl Output {
    pub(crate) fn empty(&mut self) {
        self.words.clear();
        self.text.clear();
    }

    pub(crate) fn clear(&mut self) {
        self.empty();
        self.words.extend([0; 2]);
    }

    pub(crate) fn word(&mut self, number: usize) {
        self.words.push(u32::try_from(number).unwrap_or(u32::MAX));
    }

    /// Writes the address and the length of the text, and returns the address of the words.
    pub(crate) fn address(&mut self) -> usize {
        let text = [self.text.as_ptr().addr(), self.text.len()];
        for (word, number) in self.words.iter_mut().zip(text) {
            *word = u32::try_from(number).unwrap_or(u32::MAX);
        }
        black_box(&self.words).as_ptr().addr()
    }

    /// Writes an accepted payment. Returns whether it passed unchanged and without a notice.
    pub(crate) fn accepted(
        &mut self,
        given: &[Option<&str>],
        values: &Values<'_>,
        notices: &[Notice],
    ) -> bool {
        self.word(0);
        self.word(notices.len());
        let mut as_given = notices.is_empty() && !given.is_empty();
        for (at, (_, value)) in values.iter().enumerate() {
            let given = given.get(at).copied().flatten();
            let before = self.text.len();
            let Some(value) = value else {
                as_given &= given.is_none();
                self.words.push(0);
                continue;
            };
            let is_text = value.as_str();
            if is_text.is_none() {
                value.print(&mut self.text);
            }
            // A value with the address and the length of the input text is unchanged.
            let is_slice = |text: &&str| given.is_some_and(|given| core::ptr::eq(given, *text));
            let is_same = is_text.filter(is_slice).is_some();
            if is_same || (given.is_some() && is_text.or(self.text.get(before..)) == given) {
                self.text.truncate(before);
                self.words.push(1);
            } else {
                self.text.push_str(is_text.unwrap_or_default());
                as_given = false;
                let length = self.length(before);
                self.words.push(length.saturating_add(2));
            }
        }
        self.findings(notices.iter(), "notice", |code| code.as_str());
        as_given
    }

    /// Writes the request of an accepted payment, if the flags ask for it.
    pub(crate) fn request(&mut self, operation: &Operation, values: &Values<'_>, flags: u32) {
        if flags & WANTS_REQUEST == 0 {
            return;
        }
        self.piece(&|out| operation.write_path(values, out));
        self.piece(&|out| operation.write_body(values, out));
        let is_constant = operation.has_constant_headers();
        self.word(usize::from(is_constant));
        if is_constant && flags & KNOWS_HEADERS != 0 {
            return self.word(0);
        }
        let headers = operation.headers(values);
        self.word(headers.iter().count());
        self.piece(&|out| out.push_str(operation.method.name()));
        for (name, value) in headers.iter() {
            self.piece(&|out| out.push_str(name));
            self.piece(&|out| out.push_str(value));
        }
    }

    /// Writes a rejection.
    pub(crate) fn refused(&mut self, rejection: &Rejection) {
        self.word(rejection.issues().count());
        self.word(rejection.notices().len());
        self.findings(rejection.issues(), "issue", |code| code.as_str());
        self.findings(rejection.notices().iter(), "notice", |code| code.as_str());
    }

    /// Writes a rejection and returns the address of the words.
    pub(crate) fn reject(&mut self, rejection: &Rejection) -> usize {
        self.refused(rejection);
        self.address()
    }

    /// Writes a rejection: no provider has the name in the input, or the input has no name.
    fn unknown_provider(&mut self, given: &Given<'_>) -> usize {
        let mut found = Findings::default();
        given.report_wrong(&mut found);
        let read = found.settle().and_then(|_| match given.others().iter().copied().flatten().next() {
            None => Err(Rejection::of("provider", Code::Required, Vec::new())),
            Some(name) => crate::read::provider(name),
        });
        match read {
            Err(rejection) => self.reject(&rejection),
            Ok(_) => FAULT,
        }
    }

    fn findings<'f, C: Copy + 'f>(
        &mut self,
        findings: impl Iterator<Item = &'f Finding<C>>,
        group: &str,
        text: fn(C) -> &'static str,
    ) {
        TABLE.with_borrow(|table| {
            for finding in findings {
                let code = text(finding.code);
                self.words.push(u32::try_from(finding.params.len()).unwrap_or(0));
                self.piece(&|out| out.push_str(finding.field));
                self.piece(&|out| out.push_str(code));
                self.piece(&|out| table.sentence(group, code, finding, &Param::print, out));
                for (name, param) in &finding.params {
                    self.piece(&|out| out.push_str(name));
                    self.piece(&|out| param.print(out));
                }
            }
        });
    }

    fn piece(&mut self, write: &dyn Fn(&mut String)) {
        let before = self.text.len();
        write(&mut self.text);
        let length = self.length(before);
        self.words.push(length);
    }

    /// The length in UTF-16 code units of the text written since `before`.
    fn length(&self, before: usize) -> u32 {
        let text = self.text.get(before..).unwrap_or_default();
        let length = if text.is_ascii() { text.len() } else { text.encode_utf16().count() };
        u32::try_from(length).unwrap_or(u32::MAX)
    }
}
