//! Properties of every payment, response and text, for every provider.

#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

use conformance::drafts::fill;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::BoxedStrategy;
use remit_core::InvoiceState;
use remit_core::emulate::SignInFault;
use remit_core::emulate::filter::Asked;
use remit_core::emulate::sign_in::signed_in;
use remit_core::emulate::{Entry, Posted, Records, Refusal, Seen};
use remit_core::operation::auth::{Secrets, sign_in};
use remit_core::report::message::Table;
use remit_core::schema::field::{Field, Kind, Location, When};
use remit_core::wire::{Headers, Request, Response};
use remit_core::{
    BankTransaction, Checked, Code, Context, Currency, Draft, Instant, Invoice, Money, NoticeCode, Outcome,
    Param, Provider, Purpose, Rejection,
};

fn config() -> ProptestConfig {
    ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() }
}

fn provider() -> impl Strategy<Value = &'static Provider> {
    select(Provider::ALL)
}

/// Any supported moment.
fn instant() -> impl Strategy<Value = Instant> {
    (-2_208_988_800..=253_402_300_799_i64).prop_map(|seconds| Instant::from_unix(seconds).unwrap())
}

fn currency() -> impl Strategy<Value = Currency> {
    select(Currency::all().collect::<Vec<_>>())
}

/// A text that a field of this kind accepts unchanged. An amount is a number of minor units, because its currency is
/// chosen later.
fn text(field: &'static Field) -> BoxedStrategy<String> {
    match field.kind {
        Kind::Id { max } => {
            "[A-Za-z0-9_-]{1,64}".prop_map(move |id| id.chars().take(max).collect::<String>()).boxed()
        }
        Kind::Uuid | Kind::Transaction => "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}".boxed(),
        Kind::Integer { min, max } => (min..=max).prop_map(|i| i.to_string()).boxed(),
        Kind::Integers => prop::collection::vec(1..=i64::MAX, 1..5)
            .prop_map(|all| all.iter().map(i64::to_string).collect::<Vec<_>>().join(","))
            .boxed(),
        Kind::Currency(accepted) => {
            let currencies = Currency::all().filter(move |currency| accepted.includes(*currency));
            select(currencies.map(|currency| currency.code().to_owned()).collect::<Vec<_>>()).boxed()
        }
        Kind::Amount { min } => prop_oneof![min..=i64::MAX, min..min + 100_000, Just(min), Just(i64::MAX)]
            .prop_map(|i| i.to_string())
            .boxed(),
        Kind::Percentage => (0..=1_000_000).prop_map(|i| format!("{}.{:04}", i / 10_000, i % 10_000)).boxed(),
        Kind::Instant => instant().prop_map(Instant::rfc3339).boxed(),
        Kind::Text { max, lines } => {
            let special = select("<>&\"'\\/{}]:;=,. \t".chars().collect::<Vec<_>>());
            let c = prop_oneof![special, any::<char>()];
            let kept = move |c: &char| {
                (lines && *c == '\n')
                    || *c == '\t'
                    || !(c.is_control() || ('\u{FFFE}'..='\u{FFFF}').contains(c))
            };
            prop::collection::vec(c, 1..40)
                .prop_map(move |all| {
                    all.into_iter().filter(kept).take(max / 2).collect::<String>().trim().to_owned()
                })
                .prop_map(|text| if text.is_empty() { "x".to_owned() } else { text })
                .boxed()
        }
        Kind::Choice(choices) => select(choices).prop_map(|choice| choice.value.to_owned()).boxed(),
    }
}

/// A valid draft: every required field that applies, and any of the others.
fn valid_draft(provider: &'static Provider) -> BoxedStrategy<Draft> {
    let fields = provider.payment.fields;
    let texts: Vec<_> = fields.iter().map(|field| (text(field), any::<bool>())).collect();
    let draft = move |texts: Vec<(String, bool)>| {
        fill(provider, Draft::new(), |field, so_far| {
            let at = fields.iter().position(|known| known.name == field.name)?;
            let (text, filled) = &texts[at];
            let amount = matches!(field.kind, Kind::Amount { .. }).then(|| {
                let currency = Currency::parse(so_far.get("currency").unwrap()).unwrap();
                Money::from_minor(text.parse().unwrap(), currency).to_decimal_string()
            });
            (field.required || *filled).then(|| amount.unwrap_or_else(|| text.clone()))
        })
    };
    texts.prop_map(draft).boxed()
}

fn paid() -> impl Strategy<Value = (&'static Provider, Draft)> {
    provider().prop_flat_map(|provider| (Just(provider), valid_draft(provider)))
}

fn checked(provider: &Provider, draft: &Draft) -> Checked {
    provider
        .check(draft, &Context::default())
        .unwrap_or_else(|rejection| panic!("{}: {draft:?}: {rejection}", provider.id))
}

fn read_as(checked: &Checked) -> Context {
    Context { currency: Some(checked.payment.amount.currency()), ..Context::default() }
}

/// Arbitrary texts, and typical mistakes of people and programs.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[-+0-9.,' eE٠-٩]{0,12}",
        "[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:]{5,8}(Z|[+-][0-9]{2}:[0-9]{2})?)?",
        "[A-Za-z]{3}",
        Just(" \u{0}\r\n\u{FFFF}".to_owned()),
        "[a-f0-9-]{36}",
        "[\u{200b}\u{202e}x<>&]{0,300}",
    ]
}

fn any_draft() -> impl Strategy<Value = (&'static Provider, Draft)> {
    let names: Vec<&str> =
        Provider::ALL.iter().flat_map(|provider| provider.payment.fields).map(|field| field.name).collect();
    let name = move || prop_oneof![9 => select(names.clone()).prop_map(str::to_owned), 1 => any::<String>()];
    let entries = move || prop::collection::vec((name(), any_text()), 0..8);
    paid().prop_flat_map(move |(provider, draft)| {
        let changed = entries().prop_map(move |entries| {
            entries.into_iter().fold(draft.clone(), |draft, (name, text)| draft.with(name, text))
        });
        (Just(provider), changed)
    })
}

fn any_known() -> impl Strategy<Value = Context> {
    let money = || {
        let minor = prop_oneof![any::<i64>(), -5000..5000_i64];
        prop::option::of((minor, currency()).prop_map(|(minor, c)| Money::from_minor(minor, c)))
    };
    let id = || {
        prop_oneof![
            any::<String>(),
            Just("4393".to_owned()),
            Just("3f2504e0-4f89-41d3-9a0c-0305e82c3301".to_owned())
        ]
    };
    let state = prop::option::of(select(&InvoiceState::ALL[..]));
    let invoice = (id(), money(), currency(), state, prop::option::of(instant()));
    let invoice = invoice.prop_map(|(id, balance, currency, state, issued)| Invoice {
        balance,
        state,
        issued,
        ..Invoice::new(id, currency)
    });
    let transaction = (id(), money(), money()).prop_map(|(id, amount, unallocated)| BankTransaction {
        id,
        amount,
        unallocated,
        at: None,
        description: None,
    });
    (
        prop::option::of(instant()),
        prop::option::of(-1080..=1080_i32),
        prop::option::of(prop_oneof![currency(), Just(Currency::UNSTATED)]),
        prop::option::of(invoice),
        prop::collection::vec(transaction, 0..3),
    )
        .prop_map(|(now, offset, currency, invoice, transactions)| Context {
            now,
            zone: offset.and_then(remit_core::Offset::from_minutes).into(),
            currency,
            invoice,
            transactions,
        })
}

/// Asserts that a rejection has issues, that each names a known field and has a sentence, and that none mentions the
/// placeholder currency `XXX`.
fn check_rejection(provider: &Provider, rejection: &Rejection) -> Result<(), TestCaseError> {
    let table = Table::english();
    let mut count = 0;
    for issue in rejection.issues() {
        count += 1;
        let known =
            issue.field.is_empty() || provider.payment.fields.iter().any(|field| field.name == issue.field);
        prop_assert!(known, "{issue:?}");
        prop_assert!(!table.issue(issue).is_empty());
        for (name, param) in &issue.params {
            let ours = !matches!((*name, param), ("value", Param::Text(_)));
            prop_assert!(!ours || !param.to_string().contains("XXX"), "{issue:?}");
        }
    }
    prop_assert!(count > 0);
    prop_assert!(!rejection.to_string().trim().is_empty());
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_request_and_a_stored_draft_are_parsed_as_the_entered_payment((provider, draft) in paid()) {
        let checked = checked(provider, &draft);
        // A notice about the payment itself is repeated. A notice about a changed text is not, since the text is
        // normalised now.
        let mut expected = checked.clone();
        expected.notices.retain(|notice| notice.code == NoticeCode::FeeOverAmount);
        let back = provider.read(&checked.request, &read_as(&checked));
        prop_assert_eq!(back.as_ref(), Ok(&expected));
        // The draft that the form stores is parsed as the same payment too.
        let kept = provider.check(&remit_core::Draft::from(&checked.values), &Context::default());
        prop_assert_eq!(kept.as_ref(), Ok(&expected));
    }

    #[test]
    fn a_relay_without_a_currency_forwards_the_same_request((provider, draft) in paid()) {
        let sent = checked(provider, &draft).request;
        match provider.read(&sent, &Context::default()) {
            Ok(read) => {
                prop_assert_eq!(&read.request, &sent);
                prop_assert!(!remit_core::to_json::payment(&read.payment, &read.values).print().contains("\"XXX\""));
                prop_assert!(read.values.get("currency").is_none());
            }
            // Without a currency an amount has four decimal places, so a large amount may exceed 64 bits.
            Err(rejection) => {
                let too_large = rejection.issues().all(|issue| issue.code == Code::AmountTooLarge);
                prop_assert!(too_large, "{}", rejection);
            }
        }
    }

    #[test]
    fn an_accepted_request_is_printed_as_the_same_payment(
        (provider, draft) in paid(),
        at in any::<Index>(),
        insert in "[\\[\\]{}:,\"\\\\ 0-9a-f.<>/-]{0,2}",
        cut in 0..3_usize,
    ) {
        let checked = checked(provider, &draft);
        let mut characters: Vec<char> = checked.request.body.chars().collect();
        let at = at.index(characters.len() + 1);
        let end = (at + cut).min(characters.len());
        characters.splice(at..end, insert.chars());
        let changed = Request { body: characters.into_iter().collect(), ..checked.request.clone() };
        match provider.read(&changed, &read_as(&checked)) {
            Ok(read) => {
                let again = provider.read(&read.request, &read_as(&checked)).unwrap();
                prop_assert_eq!((&again.values, &again.request), (&read.values, &read.request));
            }
            Err(rejection) => check_rejection(provider, &rejection)?,
        }
    }

    #[test]
    fn parsing_a_request_never_panics(
        (provider, draft) in paid(),
        path in prop::option::of("[/a-z0-9?=%.{}-]{0,40}"),
        body in prop_oneof![any::<String>(), "[\\[\\]{}:,\"a-z0-9_<>/ ]{0,40}"],
        header in any::<String>(),
        known in any_known(),
    ) {
        let mut request = checked(provider, &draft).request;
        request.path = path.unwrap_or(request.path);
        request.body = body;
        for field in provider.payment.fields {
            if let Location::Header(name) = field.location {
                request.headers.set(name, header.clone());
            }
        }
        if let Err(rejection) = provider.read(&request, &known) {
            check_rejection(provider, &rejection)?;
        }
    }

    #[test]
    fn checking_a_draft_never_panics_and_is_deterministic(
        (provider, draft) in any_draft(),
        known in any_known(),
    ) {
        let verdict = provider.check(&draft, &known);
        prop_assert_eq!(&verdict, &provider.check(&draft, &known));
        match verdict {
            Ok(checked) => {
                // An accepted draft, in any context, has a request that is parsed as the same payment.
                let currency = checked.values.text("currency");
                if let Some(currency) = currency.and_then(|code| Currency::parse(&code).ok()) {
                    let known = Context { currency: Some(currency), ..Context::default() };
                    let back = provider.read(&checked.request, &known);
                    let back = back.map(|back| (back.values, back.request));
                    prop_assert_eq!(back, Ok((checked.values, checked.request)));
                }
            }
            Err(rejection) => check_rejection(provider, &rejection)?,
        }
    }

    #[test]
    fn reports_all_missing_fields_together(
        (provider, draft) in paid(),
        wrong in any::<Index>(),
        other in any::<Index>(),
    ) {
        // Without two fields that are always required, each of them has exactly one issue.
        let is_required = |field: &&Field| field.required && field.when == When::Always;
        let required: Vec<_> = provider.payment.fields.iter().filter(is_required).collect();
        let (wrong, other) = (wrong.get(&required), other.get(&required));
        let is_kept = |(name, _): &(&str, &str)| ![wrong.name, other.name].contains(name);
        let incomplete: Draft = draft.iter().filter(is_kept).collect();
        let rejection = provider.check(&incomplete, &Context::default()).unwrap_err();
        for field in [wrong, other] {
            let about: Vec<_> = rejection.issues().filter(|issue| issue.field == field.name).collect();
            prop_assert!(matches!(about[..], [issue] if issue.code == Code::Required), "{rejection:?}");
        }
    }

    #[test]
    fn a_confirmation_is_recorded_with_its_identifier_and_balance(
        (provider, draft) in paid(),
        number in any::<u64>(),
        before in 0..i64::MAX / 4,
        more in -1_000_000..i64::MAX / 4,
        (now, issued) in (instant(), instant()),
    ) {
        let checked = checked(provider, &draft);
        let currency = checked.payment.amount.currency();
        let paid = Money::from_minor(before, currency).checked_add(checked.payment.amount);
        let amount = Money::from_minor(before.saturating_add(more), currency);
        let (Some(paid), emulation) = (paid, &provider.emulation) else { return Ok(()) };
        for state in InvoiceState::ALL {
            let invoice = Entry { amount, paid, state, issued, ..entry(&checked) };
            let payment_id = (emulation.identifier)(number);
            let posted = Posted { id: payment_id.clone(), ..posted(&checked, now) };
            let found = Records::Payment(&invoice, &posted);
            let purpose = Purpose::RecordPayment;
            let reply = (emulation.answer)(&Seen { purpose, values: &checked.values, asked: &Asked::default(), now, records: found });
            let outcome = provider.receipt(&reply, currency);
            let Outcome::Recorded(receipt) = outcome else { panic!("{}: {outcome:?}", provider.id) };
            prop_assert!(receipt.payment_id.is_none_or(|id| id == payment_id));
            prop_assert!(receipt.balance.is_none_or(|balance| balance == invoice.balance()));
            prop_assert!(receipt.paid.is_none_or(|known| known == paid));
            prop_assert!(receipt.status.is_none_or(|status| status == emulation.word(state)));
            prop_assert_eq!(receipt.raw, reply.body);
        }
    }

    #[test]
    fn a_refusal_is_always_parsed_as_refused(
        (provider, draft) in any_draft(),
        words in any_text(),
        code in select(Code::ALL),
        known in any_known(),
    ) {
        for refusal in refusals(provider, &draft, &words, code, &known) {
            let reply = (provider.emulation.refuse)(&refusal, &provider.payment);
            let outcome = provider.receipt(&reply, Currency::UNSTATED);
            let is_refused = matches!(outcome, Outcome::Refused(_));
            prop_assert!(is_refused, "{}: {:?}: {:?}", provider.id, refusal, outcome);
            for (name, value) in reply.headers.iter() {
                let plain = |text: &str| text.bytes().all(|b| (b' '..=b'~').contains(&b));
                prop_assert!(plain(name) && plain(value), "{}: {}: {:?}", provider.id, name, value);
            }
        }
    }

    #[test]
    fn parsing_a_response_never_panics_and_only_a_success_status_is_recorded(
        (provider, draft) in paid(),
        status in prop_oneof![any::<u16>(), 100..600_u16, Just(200), Just(201)],
        headers in prop::collection::vec((select(HEADERS.to_vec()), any_header()), 0..3),
        bytes in prop::collection::vec(any::<u8>(), 0..60),
        (at, cut, own) in (any::<Index>(), 0..5_usize, any::<bool>()),
    ) {
        let checked = checked(provider, &draft);
        let (entry, now) = (entry(&checked), Instant::from_unix(0).unwrap());
        let posted = posted(&checked, now);
        let found = Records::Payment(&entry, &posted);
        let purpose = Purpose::RecordPayment;
        let mut reply = (provider.emulation.answer)(&Seen { purpose, values: &checked.values, asked: &Asked::default(), now, records: found });
        if own {
            // The provider's own response, with some bytes replaced.
            let mut body = reply.body.into_bytes();
            let at = at.index(body.len() + 1);
            let end = (at + cut).min(body.len());
            body.splice(at..end, bytes.into_iter().take(2));
            reply.body = String::from_utf8_lossy(&body).into_owned();
        } else {
            reply = Response::new(200, Headers::default(), String::from_utf8_lossy(&bytes));
        }
        reply.status = status;
        for (name, value) in headers {
            reply.headers.set(name, value);
        }
        let outcome = provider.receipt(&reply, Currency::parse("USD").unwrap());
        let relayed = reply.headers.get(remit_core::RELAY_HEADER).is_some();
        if matches!(outcome, Outcome::Recorded(_)) {
            prop_assert!((200..300).contains(&status) && !relayed, "{}: {:?}", provider.id, reply);
        }
        if relayed {
            prop_assert!(matches!(outcome, Outcome::NotSent(_) | Outcome::Unknown(_)));
        }
        // An arbitrary body with a server error does not reveal whether the payment was recorded.
        if !own && status >= 500 && reply.headers.get("Retry-After").is_none() {
            prop_assert!(!matches!(outcome, Outcome::Refused(_)), "{}: {:?}", provider.id, reply);
        }
        let json = remit_core::to_json::outcome(&outcome);
        prop_assert!(json.get("state").is_some());
    }

    #[test]
    fn authentication_accepts_only_the_right_secrets(
        (provider, draft) in paid(),
        scheme in any::<Index>(),
        // No colon, because it ends a user name.
        other in "[!-9;-~]{1,40}",
        now in 0..4_000_000_000_i64,
    ) {
        let now = Instant::from_unix(now).unwrap();
        let scheme = scheme.index(provider.auth.len());
        let accepted = provider.emulation.credentials[scheme];
        let request = checked(provider, &draft).request;
        let with = |secrets: Secrets| {
            let mut request = request.clone();
            sign_in(&provider.auth[scheme..=scheme], &mut request, &secrets, Some(now)).unwrap();
            let mounted = format!("{}{}", provider.emulation.base, request.path);
            signed_in(provider.auth, &provider.emulation, &request, &mounted, now)
        };
        // A header that the draft sets is not overwritten, and must have the right value too.
        let is_own = |f: &Field| matches!(f.location, Location::Header(_)) && draft.get(f.name).is_some();
        let own = provider.payment.fields.iter().any(is_own);
        if !own {
            prop_assert_eq!(with(accepted.iter().copied().collect()), Ok(scheme));
        }
        for (changed, right) in accepted {
            prop_assume!(other != *right);
            let value = |(name, value): &(&'static str, &'static str)| {
                (*name, if name == changed { other.clone() } else { (*value).to_owned() })
            };
            let wrong: Secrets = accepted.iter().map(value).collect();
            let verdict = with(wrong);
            // The secret of a header that the draft sets is not used.
            let refused = [SignInFault::Wrong(scheme), SignInFault::Elsewhere(scheme)].map(Err);
            prop_assert!(own || refused.contains(&verdict), "{}: {:?}", changed, verdict);
        }
    }
}

const HEADERS: [&str; 5] = ["Location", "Hint", "Retry-After", "Content-Type", "remit-outcome"];

fn any_header() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[0-9]{1,12}",
        Just("not-sent".to_owned()),
        Just("/invoice/1/payments/2".to_owned()),
        Just("application/json".to_owned())
    ]
}

fn entry(checked: &Checked) -> Entry {
    let amount = checked.payment.amount;
    let issued = Instant::from_unix(0).unwrap();
    let id = checked.payment.invoice_id.clone();
    Entry {
        id,
        number: "INV-1".to_owned(),
        amount,
        paid: amount,
        state: InvoiceState::Paid,
        unpaid: InvoiceState::Open,
        issued,
        due: issued,
        client: "1".to_owned(),
    }
}

fn posted(checked: &Checked, now: Instant) -> Posted {
    let payment = &checked.payment;
    Posted {
        id: "1".to_owned(),
        invoice_id: payment.invoice_id.clone(),
        transaction_id: payment.transaction_id.clone(),
        amount: payment.amount,
        paid_at: payment.paid_at.unwrap_or(now),
        note: payment.note.clone(),
        fields: remit_core::Draft::from(&checked.values),
        recorded_at: now,
    }
}

const PARAMS: [&str; 7] = ["value", "choices", "expected", "code", "allowed", "currency", "length"];

/// Every refusal. A rejection comes from the draft, or has this code.
fn refusals(
    provider: &'static Provider,
    draft: &Draft,
    words: &str,
    code: Code,
    context: &Context,
) -> Vec<Refusal> {
    let faults = [SignInFault::NotOne, SignInFault::Stale].into_iter();
    let schemes = 0..=provider.auth.len();
    let faults =
        faults.chain(schemes.flat_map(|scheme| [SignInFault::Wrong(scheme), SignInFault::Elsewhere(scheme)]));
    let mut all: Vec<_> = faults.map(Refusal::SignIn).collect();
    let method = Refusal::Method { given: words.to_owned(), allowed: "POST".to_owned() };
    all.extend([Refusal::NoRoute(words.to_owned()), method, Refusal::Throttled(15)]);
    all.extend([Refusal::NoInvoice, Refusal::NoPayment, Refusal::NoTransaction, Refusal::Unreadable]);
    all.extend(InvoiceState::ALL.map(Refusal::State));
    all.extend(provider.check(draft, context).err().map(Refusal::Invalid));
    // Parameters may contain text of the caller. Here all of them do.
    for field in provider.payment.fields.iter().map(|field| field.name).chain([""]) {
        let params = PARAMS.map(|name| (name, Param::Text(format!("{words}\r\nX-Injected: é"))));
        all.push(Refusal::Invalid(Rejection::of(field, code, params.to_vec())));
    }
    // This match fails to compile for a new variant: add it above.
    for refusal in &all {
        match refusal {
            Refusal::SignIn(
                SignInFault::NotOne | SignInFault::Wrong(_) | SignInFault::Elsewhere(_) | SignInFault::Stale,
            )
            | Refusal::NoRoute(_)
            | Refusal::Method { .. }
            | Refusal::NoInvoice
            | Refusal::NoPayment
            | Refusal::NoTransaction
            | Refusal::Throttled(_)
            | Refusal::State(
                InvoiceState::Draft
                | InvoiceState::Open
                | InvoiceState::Partial
                | InvoiceState::Paid
                | InvoiceState::Void,
            )
            | Refusal::Unreadable
            | Refusal::Invalid(_) => {}
        }
    }
    all
}
