//! The program: its options, its output and its database.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod support;

use std::process::Command;

use remit_core::Provider;
use serde_json::Value;
use support::{File, Program, Running, call, id, is_recorded, payment, rows, send_signed};

#[test]
fn payments_survive_a_restart_and_identifiers_are_never_reused() {
    let file = File::new();
    let mut earlier = Vec::new();
    for round in 0..3 {
        let program = Program::start(file.path());
        for provider in Provider::ALL {
            let reply = send_signed(program.address, provider, &payment(provider, 1001, "1"), 0).unwrap();
            assert!(is_recorded(provider, &reply), "{}: {}", provider.id, reply.body);
        }
        drop(program);
        let kept: Vec<_> = Provider::ALL.iter().flat_map(|provider| rows(file.path(), provider)).collect();
        assert_eq!(kept.len(), Provider::ALL.len() * (2 + round + 1));
        assert!(earlier.iter().all(|row| kept.contains(row)));
        earlier = kept;
    }
    for provider in Provider::ALL {
        let identifiers: std::collections::BTreeSet<_> =
            rows(file.path(), provider).into_iter().map(|row| row.id).collect();
        assert_eq!(identifiers.len(), 5, "{}", provider.id);
    }
}

fn described(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn describes_paths_keys_and_books_without_a_database() {
    let output = Command::new(Program::PATH).arg("--describe").env_remove("RUST_LOG").output().unwrap();
    assert!(output.status.success());
    let all = described(&String::from_utf8(output.stdout).unwrap());
    let providers = all["providers"].as_array().unwrap();
    assert_eq!(providers.len(), Provider::ALL.len());
    for (described, provider) in providers.iter().zip(Provider::ALL) {
        assert_eq!(described["id"], provider.id);
        assert_eq!(described["name"], provider.name);
        assert_eq!(described["basePath"], provider.emulation.base);
        assert_eq!(described["credentials"].as_array().unwrap().len(), provider.auth.len());
        for (name, value) in provider.emulation.credentials[0] {
            assert_eq!(described["credentials"][0][name], **value);
        }
        for (name, value) in provider.emulation.ids {
            assert_eq!(described["ids"][name], **value);
        }
        let first = &described["invoices"][0];
        assert_eq!(first["id"], id(provider, 1001));
        assert_eq!((&first["number"], &first["currency"]), (&"INV-1001".into(), &"USD".into()));
        let amounts = (&first["amount"], &first["paid"], &first["balance"]);
        assert_eq!(amounts, (&"1250.00".into(), &"0.00".into(), &"1250.00".into()));
        for transaction in described["transactions"].as_array().unwrap() {
            for key in ["id", "amount", "unallocated", "currency", "datetime", "description"] {
                assert!(transaction[key].is_string(), "{key}");
            }
        }
    }
}

#[test]
fn describes_the_current_balances() {
    let running = Running::start();
    for (at, provider) in Provider::ALL.iter().enumerate() {
        assert!(is_recorded(provider, &running.send(provider, &payment(provider, 1001, "250"), 0).unwrap()));
        let reply = call(running.address, "GET", "/", &[], b"").unwrap();
        assert_eq!(reply.headers.get("Content-Type"), Some("application/json"));
        let now = described(&reply.body);
        let invoice = &now["providers"][at]["invoices"][0];
        assert_eq!((&invoice["paid"], &invoice["balance"]), (&"250.00".into(), &"1000.00".into()));
        if let Some(transactions) =
            now["providers"][at]["transactions"].as_array().filter(|all| !all.is_empty())
        {
            let used = transactions.iter().find(|t| t["id"] == id(provider, 2004)).unwrap();
            assert_eq!(used["unallocated"], "1750.00");
        }
    }
}

#[test]
fn does_not_change_a_database_of_another_program() {
    let file = File::new();
    let connection = rusqlite::Connection::open(file.path()).unwrap();
    connection.execute_batch("CREATE TABLE diary (line TEXT); INSERT INTO diary VALUES ('mine');").unwrap();
    let output = Command::new(Program::PATH)
        .args(["--listen", "127.0.0.1:0", "--db"])
        .arg(file.path())
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && stderr.contains("is not a sandbox's database"), "{stderr}");
    let line: String = connection.query_row("SELECT line FROM diary", [], |row| row.get(0)).unwrap();
    assert_eq!(line, "mine");
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
    assert_eq!(tables, 1);
}

#[test]
fn reports_a_wrong_option_with_the_remedy() {
    for (arguments, remedy) in [
        (&["--db", "x.db", "--fault", "drop-it"][..], "write one of drop-before-commit, drop-after-commit, "),
        (&["--db", "/no/such/directory/x.db"], "cannot open /no/such/directory/x.db"),
        (&[], "--db"),
    ] {
        let output = Command::new(Program::PATH).args(arguments).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && stderr.contains(remedy), "{stderr}");
    }
}

#[test]
fn help_explains_every_fault() {
    let output = Command::new(Program::PATH).arg("--help").output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(help.contains(&remit_sandbox::Fault::help().replace('\n', "\n          ")), "{help}");
}

#[test]
fn refuses_an_unknown_path_or_method_and_a_body_that_is_too_long() {
    let running = Running::start();
    let at = running.address;
    assert_eq!(call(at, "GET", "/nowhere", &[], b"").unwrap().status, 404);
    for provider in Provider::ALL {
        let mounted = |path: &str| format!("{}{path}", provider.emulation.base);
        let path = mounted(&payment(provider, 1001, "1").path);
        for (method, path) in
            [("POST", mounted("/no/such/route")), ("DELETE", path.clone()), ("POST", format!("{path}/more"))]
        {
            let reply = call(at, method, &path, &[], b"").unwrap();
            assert!(
                support::is_refused(provider, &reply),
                "{}: {} {}",
                provider.id,
                reply.status,
                reply.body
            );
        }
        let long = vec![b' '; 64 * 1024 + 1];
        assert_eq!(
            call(at, "POST", &path, &[("Content-Type", "application/json")], &long).unwrap().status,
            413
        );
        assert_eq!(running.rows(provider).len(), 2, "{}", provider.id);
    }
}

#[test]
fn allows_any_origin_to_send_any_header() {
    let running = Running::start();
    for provider in Provider::ALL {
        let path = format!("{}{}", provider.emulation.base, payment(provider, 1001, "1").path);
        let requested = "authorization,content-type,x-anything";
        let headers = [
            ("Origin", "https://shop.example"),
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", requested),
        ];
        let reply = call(running.address, "OPTIONS", &path, &headers, b"").unwrap();
        assert_eq!(reply.status, 200);
        assert_eq!(reply.headers.get("Access-Control-Allow-Origin"), Some("*"));
        assert_eq!(reply.headers.get("Access-Control-Allow-Headers"), Some(requested));
    }
}
