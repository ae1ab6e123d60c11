//! Tests of the exported functions in a JavaScript engine. `cargo xtask test` runs them.

use js_sys::{JSON, Reflect, eval};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{check, providers, receipt};

fn js(source: &str) -> JsValue {
    eval(&format!("({source})")).unwrap()
}

fn text(value: &JsValue) -> String {
    JSON::stringify(value).unwrap().into()
}

fn get(value: &JsValue, path: &str) -> JsValue {
    path.split('.').fold(value.clone(), |value, name| Reflect::get(&value, &name.into()).unwrap())
}

fn harvest(amount: &str) -> JsValue {
    let draft = js(&format!(
        "{{invoiceId: 4393, currency: 'USD', amount: {amount}, paidAt: '2008-02-14T00:00:00Z'}}"
    ));
    check("harvest", &draft, &JsValue::UNDEFINED)
}

#[wasm_bindgen_test]
fn parses_a_number_as_javascript_prints_it() {
    for (amount, expected) in
        [("0.1", "0.10"), ("1250", "1250.00"), ("1238.5", "1238.50"), ("'1,238.00'", "1238.00")]
    {
        assert_eq!(
            get(&harvest(amount), "payment.amount").as_string().as_deref(),
            Some(expected),
            "{amount}"
        );
    }
}

#[wasm_bindgen_test]
fn rejects_non_finite_exponent_and_imprecise_numbers() {
    for (amount, issue) in [
        ("NaN", "amount amount_notation"),
        ("Infinity", "amount amount_notation"),
        // The path of a member with the wrong type: a number does not hold this integer exactly.
        ("1e21", "amount"),
        ("0.1 + 0.2", "amount amount_precision"),
        ("1e-7", "amount amount_notation"),
    ] {
        let result = harvest(amount);
        assert_eq!(get(&result, "ok"), JsValue::FALSE, "{amount}");
        assert_eq!(issues(&result), [issue], "{amount}");
    }
}

#[wasm_bindgen_test]
fn a_hostile_object_is_rejected_without_an_exception() {
    let hostile = [
        "null",
        "undefined",
        "42",
        "'text'",
        "Symbol('x')",
        "10n",
        "[]",
        "{get amount() { throw new Error('no') }}",
        "new Proxy({}, {ownKeys() { throw new Error('no') }})",
        "new Proxy({}, {get() { throw new Error('no') }, ownKeys: () => ['amount'], getOwnPropertyDescriptor: () => ({enumerable: true, configurable: true})})",
        "(() => { const a = {}; a.amount = a; return a })()",
        "{amount: {toString() { throw new Error('no') }}}",
        "{amount: 10n}",
        "{amount: Symbol('x')}",
        "Object.create(null)",
        "(() => { const { proxy, revoke } = Proxy.revocable([], {}); revoke(); return proxy })()",
        "{now: Object.create(Date.prototype), transactions: new Proxy([], {get() { throw new Error('no') }})}",
    ];
    for source in hostile {
        let value = js(source);
        assert_eq!(get(&check("clockify", &value, &value), "ok"), JsValue::FALSE, "{source}");
    }
    assert_eq!(
        get(&check("nobody", &js("{}"), &JsValue::NULL), "issues.0.field").as_string().as_deref(),
        Some("provider")
    );
}

#[wasm_bindgen_test]
fn rejects_an_amount_above_the_balance_in_the_options() {
    let draft = js(
        "{invoiceId: '156', currency: 'AUD', amount: '11.00', paidAt: '2018-07-24 00:00:00', method: 'cash', receiptNumber: '1'}",
    );
    let known = js("{invoice: {id: '156', balance: '10.00', currency: 'AUD'}}");
    let result = check("ivvy", &draft, &known);
    assert_eq!(get(&result, "issues.0.code").as_string().as_deref(), Some("over_outstanding"));
    assert_eq!(get(&result, "issues.0.params.outstanding").as_string().as_deref(), Some("AUD 10.00"));
}

/// The result for a valid payment with these options.
fn check_with(known: &str) -> JsValue {
    let draft =
        js("{invoiceId: 4393, currency: 'USD', amount: '11.00', paidAt: '2008-02-14T00:00:00Z', note: null}");
    check("harvest", &draft, &js(known))
}

/// The issues, each as `field code`, or as the member's path if its type is wrong.
fn issues(result: &JsValue) -> Vec<String> {
    let issues = js_sys::Array::from(&get(result, "issues"));
    let word = |issue: &JsValue, path: &str| get(issue, path).as_string().unwrap();
    issues
        .iter()
        .map(|issue| match (word(&issue, "field").as_str(), word(&issue, "code").as_str()) {
            ("", "member_type") => word(&issue, "params.value"),
            (field, code) => format!("{field} {code}"),
        })
        .collect()
}

#[wasm_bindgen_test]
fn an_option_that_cannot_be_parsed_is_an_issue() {
    for (known, expected) in [
        ("'known'", "options"),
        ("[]", "options"),
        ("{now: {}}", "options.now"),
        ("{now: 10n}", "options.now date_malformed"),
        ("{now: new Date(NaN)}", "options.now"),
        ("{now: 'soon'}", "options.now date_malformed"),
        ("{get now() { throw new Error('no') }}", "options.now"),
        ("{currency: ['USD']}", "options.currency"),
        ("{currency: 'ZZZ'}", "options.currency currency_unknown"),
        ("{offsetMinutes: [60]}", "options.offsetMinutes"),
        ("{offsetMinutes: 1e9}", "options.offsetMinutes"),
        ("{offsetMinutes: true}", "options.offsetMinutes"),
        ("{invoice: 'INV-42'}", "options.invoice"),
        ("{invoice: [{id: 4393, currency: 'USD'}]}", "options.invoice"),
        ("{invoice: {id: 2 ** 53, currency: 'USD'}}", "options.invoice.id"),
        ("{invoice: {id: 4393, currency: 10n}}", "options.invoice.currency currency_unknown"),
        ("{invoice: {id: 4393, currency: 'USD', balance: 2 ** 60}}", "options.invoice.balance"),
        ("{invoice: {id: 4393, currency: 'USD', balance: {minor: 1}}}", "options.invoice.balance"),
        (
            "{invoice: {id: 4393, currency: 'USD', balance: '1.250'}}",
            "options.invoice.balance amount_ambiguous",
        ),
        ("{invoice: {id: 4393, currency: 'USD', number: false}}", "options.invoice.number"),
        ("{transactions: {}}", "options.transactions"),
        ("{transactions: 'none'}", "options.transactions"),
        ("{transactions: new Set()}", "options.transactions"),
        ("{transactions: [null]}", "options.transactions"),
        ("{transactions: [{currency: 'USD'}]}", "options.transactions.id required"),
        ("{transactions: [{id: 1}]}", "options.transactions.currency required"),
        ("{transactions: [{id: 1, currency: 'USD', amount: [5]}]}", "options.transactions.amount"),
        ("{transactions: [{id: 1, currency: 'USD', unallocated: []}]}", "options.transactions.unallocated"),
        (
            "{transactions: [{id: 1, currency: 'USD', datetime: 'x'}]}",
            "options.transactions.datetime date_malformed",
        ),
        ("{transactions: [{id: 1, currency: 'USD', description: {}}]}", "options.transactions.description"),
    ] {
        let result = check_with(known);
        assert_eq!(get(&result, "ok"), JsValue::FALSE, "{known}");
        assert_eq!(issues(&result), [expected], "{known}");
    }
}

#[wasm_bindgen_test]
fn an_absent_option_is_not_an_issue() {
    for known in [
        "null",
        "undefined",
        "{}",
        "{now: null, currency: undefined, offsetMinutes: null, invoice: null, transactions: undefined}",
        "{transactions: []}",
        "{invoice: {id: 4393, currency: 'USD', number: null, balance: undefined}}",
        "{currency: 'USD', invoice: {id: 4393}}",
        "{invoice: {id: 4393}}",
        "{invoice: {id: 4393n, currency: 'USD', balance: 11n}}",
        "{invoice: {balance: '11.00'}}",
    ] {
        assert_eq!(get(&check_with(known), "ok"), JsValue::TRUE, "{known}");
    }
}

#[wasm_bindgen_test]
fn reports_every_unreadable_member_at_once() {
    let draft = js("{invoiceId: 4393, amount: 2 ** 53, get note() { throw new Error('no') }}");
    let known = js("{now: true, invoice: {id: 4393, currency: 'USD', balance: [5]}, transactions: 1}");
    let result = check("harvest", &draft, &known);
    assert_eq!(
        issues(&result),
        ["amount", "note", "options.transactions", "options.now", "options.invoice.balance"]
    );
}

#[wasm_bindgen_test]
fn notices_a_future_date_for_every_type_of_now() {
    for (now, future) in [
        ("new Date('2008-02-11T12:00:00.5Z')", true),
        ("new Date('2008-02-14T12:00:00Z')", false),
        ("'2008-02-11T12:00:00Z'", true),
        ("'2008-02-14T13:00:00+01:00'", false),
    ] {
        let result = check_with(&format!("{{now: {now}}}"));
        assert_eq!(get(&result, "ok"), JsValue::TRUE, "{now}");
        assert_eq!(text(&get(&result, "notices")).contains("in_future"), future, "{now}");
    }
}

#[wasm_bindgen_test]
fn a_response_is_interpreted_as_recorded_or_unknown() {
    let recorded = receipt("harvest", 201, &js("{Location: '/invoice/4393/payments/1334'}"), " ", "USD");
    assert_eq!(get(&recorded, "paymentId").as_string().as_deref(), Some("1334"));
    assert!(get(&recorded, "balance").is_null() && get(&recorded, "currency").is_null());
    let invoice = r#"{"id":"78a6","currency":"EUR","balance":-150,"paid":10150,"status":"PAID"}"#;
    let recorded = receipt("clockify", 201, &js("{}"), invoice, "USD");
    assert_eq!(get(&recorded, "balance").as_string().as_deref(), Some("-1.50"));
    assert_eq!(get(&recorded, "currency").as_string().as_deref(), Some("EUR"));
    let unknown = receipt("clockify", 500, &js("{}"), "<html>", "USD");
    assert_eq!(get(&unknown, "state").as_string().as_deref(), Some("unknown"));
    assert!(receipt("nobody", 200, &js("{}"), "", "USD").is_undefined());
}

#[wasm_bindgen_test]
fn lists_every_provider_with_the_conditions_of_its_fields() {
    let all = text(&providers());
    for id in ["clockify", "dayzero", "harvest", "harvest-v2", "ivvy"] {
        assert!(all.contains(&format!("\"id\":\"{id}\"")), "{id} in {all}");
    }
    assert!(all.contains(r#""when":{"field":"method","equals":"cheque"}"#), "{all}");
}
