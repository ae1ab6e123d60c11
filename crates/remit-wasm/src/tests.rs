//! Run in JavaScript's own engine, by `cargo xtask test`.

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
fn a_number_is_the_amount_that_javascript_prints() {
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
fn an_amount_that_javascript_cannot_print_plainly_is_refused() {
    for amount in ["NaN", "Infinity", "1e21", "0.1 + 0.2", "1e-7"] {
        let result = harvest(amount);
        assert_eq!(get(&result, "ok"), JsValue::FALSE, "{amount}");
        assert_eq!(get(&result, "issues.0.field").as_string().as_deref(), Some("amount"), "{amount}");
    }
}

#[wasm_bindgen_test]
fn no_object_however_hostile_makes_the_check_throw() {
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
fn what_the_caller_knows_is_held_against_the_payment() {
    let draft = js(
        "{invoiceId: '156', currency: 'AUD', amount: '11.00', paidAt: '2018-07-24 00:00:00', method: 'cash', receiptNumber: '1'}",
    );
    let known = js("{invoice: {id: '156', balance: '10.00', currency: 'AUD'}}");
    let result = check("ivvy", &draft, &known);
    assert_eq!(get(&result, "issues.0.code").as_string().as_deref(), Some("over_outstanding"));
    assert_eq!(get(&result, "issues.0.params.outstanding").as_string().as_deref(), Some("AUD 10.00"));
}

#[wasm_bindgen_test]
fn an_answer_is_read_as_what_it_means() {
    let recorded = receipt("harvest", 201, &js("{Location: '/invoice/4393/payments/1334'}"), " ", "USD");
    assert_eq!(get(&recorded, "paymentId").as_string().as_deref(), Some("1334"));
    let unknown = receipt("clockify", 500, &js("{}"), "<html>", "USD");
    assert_eq!(get(&unknown, "state").as_string().as_deref(), Some("unknown"));
    assert!(receipt("nobody", 200, &js("{}"), "", "USD").is_undefined());
}

#[wasm_bindgen_test]
fn every_provider_says_what_a_form_needs() {
    let all = text(&providers());
    for id in ["clockify", "dayzero", "harvest", "ivvy"] {
        assert!(all.contains(&format!("\"id\":\"{id}\"")), "{id} in {all}");
    }
    assert!(all.contains(r#""when":{"field":"method","equals":"cheque"}"#), "{all}");
}
