//! Lists in pages, in another order or with filters, as each provider documents them.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod support;

use remit_core::Provider;
use remit_core::wire::{Headers, Method, Request, Response};
use serde_json::Value;
use support::{Running, id, is_recorded, payment, send_as_is, shared};

fn provider(id: &str) -> &'static Provider {
    Provider::find(id).unwrap()
}

fn get(path: impl Into<String>) -> Request {
    let headers = [("Accept", "application/json")].into_iter().collect();
    Request { method: Method::Get, path: path.into(), headers, body: String::new() }
}

/// Requests a path of a provider, and returns the status and the body.
fn ask(running: &Running, of: &str, path: &str) -> (u16, Value) {
    let mut request = get(path);
    for (_, value) in shared(provider(of)).iter().filter(|(name, _)| *name == "businessId") {
        request.headers.set("x-business-id", value);
    }
    let Response { status, body, .. } = running.send(provider(of), &request, 0).unwrap();
    (status, serde_json::from_str(&body).unwrap())
}

/// Requests a list, and returns one member of each record.
fn each(running: &Running, of: &str, path: &str, list: &str, member: &str) -> Vec<String> {
    let (status, json) = ask(running, of, path);
    assert_eq!(status, 200, "{path}: {json}");
    let items = json.pointer(list).and_then(Value::as_array).unwrap_or_else(|| panic!("{path}: {json}"));
    let text = |item: &Value| item[member].as_str().map_or_else(|| item[member].to_string(), str::to_owned);
    items.iter().map(text).collect()
}

/// Records these payments on the first invoice.
fn pay(running: &Running, of: &str, amounts: &[&str]) {
    for amount in amounts {
        let reply = running.send(provider(of), &payment(provider(of), 1001, amount), 0).unwrap();
        assert!(is_recorded(provider(of), &reply), "{}", reply.body);
    }
}

#[test]
fn lists_invoices_in_the_requested_order() {
    let running = Running::start();
    let list = "/v1/workspaces/64a687e29ae1f428e7ebe001/invoices";
    let by =
        |query: &str, member| each(&running, "clockify", &format!("{list}?{query}"), "/invoices", member);
    let numbers = ["INV-1001", "INV-1002", "INV-1003", "INV-1006", "INV-1007", "INV-1008", "INV-1009"];
    assert_eq!(by("page=1", "number"), numbers);
    assert_eq!(by("sort-order=DESCENDING", "number"), numbers.into_iter().rev().collect::<Vec<_>>());
    let amounts = ["7525", "33300", "51200", "64000", "98050", "125000", "240000"];
    assert_eq!(by("sort-column=AMOUNT", "amount"), amounts);
    assert_eq!(
        by("sort-column=AMOUNT&sort-order=DESCENDING&page-size=2&page=2", "amount"),
        ["98050", "64000"]
    );
    let balances = by("sort-column=BALANCE", "balance");
    assert_eq!(balances, ["0", "7525", "33300", "51200", "98050", "125000", "150000"]);
    for column in ["ISSUE_DATE", "DUE_ON", "CLIENT", "ID"] {
        assert_eq!(by(&format!("sort-column={column}"), "number"), numbers, "{column}");
    }
}

#[test]
fn lists_only_invoices_that_match_the_filters() {
    let running = Running::start();
    let list = "/v1/workspaces/64a687e29ae1f428e7ebe001/invoices";
    let of = |query: &str| each(&running, "clockify", &format!("{list}?{query}"), "/invoices", "status");
    assert_eq!(of("statuses=PAID"), ["PAID"]);
    for both in ["statuses=PAID&statuses=VOID", "statuses=VOID,PAID"] {
        assert_eq!(of(both), ["PAID", "VOID"], "{both}");
    }
    assert_eq!(of("statuses=OVERDUE"), Vec::<String>::new());
    let (_, counted) = ask(&running, "clockify", &format!("{list}?statuses=SENT&page-size=1"));
    assert_eq!((&counted["total"], counted["invoices"].as_array().unwrap().len()), (&Value::from(3), 1));
    let (status, refused) = ask(&running, "clockify", &format!("{list}?sort-column=NAME"));
    assert_eq!((status, &refused["code"]), (400, &Value::from(3000)));
    assert!(refused["message"].as_str().unwrap().contains("NAME"), "{refused}");

    let of = |query: &str| {
        each(&running, "dayzero", &format!("/api/v1/invoices?{query}"), "/data/items", "status")
    };
    assert_eq!(of("status=partially-paid"), ["partially_paid"]);
    assert_eq!(of("status=void&status=manual_paid"), ["void", "manual_paid"]);
    assert_eq!(of("status[]=void&status[]=draft"), ["void", "draft"]);
    assert_eq!(of("status=open&limit=1"), ["open"]);
    assert_eq!(of("search=inv-1007"), ["manual_paid"]);
    assert_eq!(of(&format!("product_id={}", id(provider("dayzero"), 1))), Vec::<String>::new());
    let customer = id(provider("dayzero"), 901);
    assert!(of(&format!("customer_id={customer}")).len() > 5);
}

#[test]
fn lists_payments_sorted_and_by_cursor_in_both_directions() {
    let running = Running::start();
    pay(&running, "dayzero", &["1", "3", "2", "5", "4"]);
    let invoice = id(provider("dayzero"), 1001);
    let list = format!("/api/v1/invoices/{invoice}/payments");
    let by = |query: &str| each(&running, "dayzero", &format!("{list}?{query}"), "/data/items", "amount");
    assert_eq!(by("limit=9"), ["400", "500", "200", "300", "100"]);
    assert_eq!(by("descending=false"), ["100", "300", "200", "500", "400"]);
    assert_eq!(by("sort_by=amount"), ["500", "400", "300", "200", "100"]);
    assert_eq!(by("sort_by=amount&descending=false&limit=2"), ["100", "200"]);
    assert_eq!(by("include_total_count=true&sort_by=created_at&limit=1"), ["400"]);
    for (direction, expected) in [
        ("next", [vec!["500", "400"], vec!["300", "200"], vec!["100"]]),
        ("prev", [vec!["200", "100"], vec!["400", "300"], vec!["500"]]),
    ] {
        let (mut pages, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("{list}?sort_by=amount&limit=2&direction={direction}{cursor}");
            pages.push(each(&running, "dayzero", &path, "/data/items", "amount"));
            let (_, page) = ask(&running, "dayzero", &path);
            let next = page["data"]["next_cursor"].as_str();
            assert_eq!(page["data"]["has_more"], next.is_some(), "{page}");
            let Some(next) = next else { break };
            cursor = format!("&cursor={}", next.replace('=', "%3D"));
        }
        assert_eq!(pages, expected, "{direction}");
    }
    for (query, status, parameter) in [
        ("sort_by=colour", 400, None),
        ("descending=perhaps", 422, Some("descending")),
        ("direction=up", 422, Some("direction")),
    ] {
        let (actual, refused) = ask(&running, "dayzero", &format!("{list}?{query}"));
        assert_eq!(actual, status, "{query}: {refused}");
        if let Some(name) = parameter {
            assert_eq!(refused["detail"][0]["loc"], serde_json::json!(["query", name]));
        }
    }
}

#[test]
fn lists_only_bank_transactions_that_match_the_filters() {
    let running = Running::start();
    let of = |query: &str| {
        each(&running, "dayzero", &format!("/api/v1/transactions?{query}"), "/items", "datetime")
    };
    let all = of("descending=false");
    assert_eq!(all.len(), 6);
    let day = |at: usize| all[at].split('T').next().unwrap().to_owned();
    assert_eq!(of(&format!("start_date={}&end_date={}&descending=false", day(1), day(3))), all[1..=3]);
    assert_eq!(of(&format!("start_date={}&descending=false", all[2].replace(':', "%3A"))), all[2..]);
    assert_eq!(of("status=not_posted&review_status=unreviewed&reconciled=false&personal=false").len(), 6);
    for none in ["status=posted", "review_status=reviewed", "reconciled=true", "personal=true"] {
        assert_eq!(of(none), Vec::<String>::new(), "{none}");
    }
    let amounts =
        each(&running, "dayzero", "/api/v1/transactions?sort_by=amount&limit=2", "/items", "amount");
    assert_eq!(amounts, ["500000", "154000"]);
    assert_eq!(of("search=office%20SUPPLIES"), all[5..]);
    let some = format!("id={}&id={}", id(provider("dayzero"), 2001), id(provider("dayzero"), 2003));
    assert_eq!(of(&format!("{some}&descending=false")), [all[0].clone(), all[2].clone()]);
    let (status, refused) = ask(&running, "dayzero", "/api/v1/transactions?start_date=soon");
    assert_eq!((status, &refused["detail"][0]["loc"][1]), (422, &Value::from("start_date")));
}

#[test]
fn the_links_of_a_list_lead_to_every_payment_once_in_both_directions() {
    let running = Running::start();
    pay(&running, "harvest-v2", &["1", "2", "3", "4", "5", "6", "7"]);
    let base = provider("harvest-v2").emulation.base;
    let first = "/v2/invoices/1001/payments?per_page=2&updated_since=2026-01-01T00%3A00%3A00Z".to_owned();
    let follow = |link: &str, mut path: String| {
        let (mut pages, mut numbers) = (Vec::new(), Vec::new());
        loop {
            let (status, page) = ask(&running, "harvest-v2", &path);
            assert_eq!((status, page["total_entries"].as_i64()), (200, Some(7)), "{path}: {page}");
            let amounts = page["invoice_payments"].as_array().unwrap().iter();
            pages.push(amounts.map(|payment| payment["amount"].as_i64().unwrap()).collect::<Vec<_>>());
            numbers.push([&page["page"], &page["next_page"], &page["previous_page"]].map(Value::as_i64));
            let Some(next) = page["links"][link].as_str() else { return (pages, numbers, path) };
            path = next.strip_prefix(base).unwrap().to_owned();
        }
    };
    let (pages, numbers, last) = follow("next", first);
    assert_eq!(pages, [vec![7, 6], vec![5, 4], vec![3, 2], vec![1]]);
    let between = [None, None, None];
    assert_eq!(numbers, [[Some(1), Some(2), None], between, between, [Some(4), None, Some(3)]]);
    let (mut back, ..) = follow("previous", last);
    back.reverse();
    assert_eq!(back, [vec![7, 6], vec![5, 4], vec![3, 2], vec![1]]);
    let later = each(
        &running,
        "harvest-v2",
        "/v2/invoices/1001/payments?updated_since=9000-01-01",
        "/invoice_payments",
        "id",
    );
    assert_eq!(later, Vec::<String>::new());
    let (status, refused) = ask(&running, "harvest-v2", "/v2/invoices/1001/payments?cursor=nowhere");
    assert_eq!((status, &refused["code"]), (422, &Value::from(422)));
}

#[test]
fn accepts_a_valid_token_in_the_query_unless_a_header_has_a_wrong_one() {
    let running = Running::start();
    let of = provider("harvest-v2");
    let send = |query: &str, headers: Headers| {
        let request = Request { headers, ..get(format!("/v2/invoices/1001{query}")) };
        send_as_is(running.address, of, &request).unwrap().status
    };
    let token = "?access_token=harvest-v2-sandbox-token";
    assert_eq!(send(&format!("{token}&account_id=1000001"), Headers::default()), 200);
    assert_eq!(send(token, [("Harvest-Account-Id", "1000001")].into_iter().collect()), 200);
    assert_eq!(send("?access_token=wrong&account_id=1000001", Headers::default()), 401);
    assert_eq!(send(token, Headers::default()), 401);
    assert_eq!(send("", Headers::default()), 401);
    // The header has precedence: a valid token in the query does not make a wrong token in the header valid.
    let wrong = [("Authorization", "Bearer wrong")].into_iter().collect();
    assert_eq!(send(&format!("{token}&account_id=1000001"), wrong), 401);
}
