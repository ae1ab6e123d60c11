//! A configuration that is wrong is told with the place and the remedy, before anything is served.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod support;

use remit_core::Provider;
use remit_core::operation::auth::Scheme;
use support::{parse, toml};

fn told(toml: &str) -> String {
    parse(toml).err().map_or_else(|| panic!("no error in:\n{toml}"), |error| error.to_string())
}

/// A connection to a provider that is signed in to with one secret.
fn one() -> (&'static Provider, &'static str, String) {
    let single = |provider: &&&'static Provider| matches!(provider.auth[0], Scheme::Header { .. });
    let provider = Provider::ALL.iter().find(single).unwrap();
    let Scheme::Header { secret, .. } = provider.auth[0] else { panic!() };
    let id = provider.id;
    let toml = format!(
        "[connections.till]\nprovider = \"{id}\"\nbase_url = \"https://api.example/base\"\n\
         [connections.till.secrets]\n{secret} = {{ env = \"{id}-{secret}\" }}\n"
    );
    (provider, secret, toml)
}

#[test]
fn a_configuration_that_is_right_is_taken() {
    assert!(parse(&toml("127.0.0.1:1".parse().unwrap())).is_ok());
    let (_, _, one) = one();
    for url in ["http://localhost:1/x", "http://[::1]:1", "http://127.9.9.9", "https://api.example/"] {
        assert!(parse(&one.replace("https://api.example/base", url)).is_ok(), "{url}");
    }
    let anywhere = one.replace("https://api.example/base", "http://10.0.0.1").replacen(
        "base_url",
        "allow_http = true\nbase_url",
        1,
    );
    assert!(parse(&anywhere).is_ok());
}

#[test]
fn a_mistake_is_told_with_its_place_and_its_remedy() {
    let (provider, secret, good) = one();
    let known: Vec<_> = Provider::ALL.iter().map(|provider| provider.id).collect();
    let change = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        told(&good.replacen(from, to, 1))
    };
    let base = "https://api.example/base";
    let id = format!("provider = \"{}\"", provider.id);
    let env = format!("{{ env = \"{}-{secret}\" }}", provider.id);
    for (said, parts) in [
        (
            change(&id, "provider = \"clockwork\""),
            vec!["connections.till: provider: there is no `clockwork`", &known.join(", ")],
        ),
        (
            told(&good.replace("connections.till", "connections.\"a b\"")),
            vec!["connections.a b: the name is part of a path"],
        ),
        (
            change(base, "ftp://api.example"),
            vec!["connections.till: base_url: it is neither http:// nor https://"],
        ),
        (
            change(base, "api.example"),
            vec!["connections.till: base_url: ", "write it as in https://api.example"],
        ),
        (change(base, "https://api.example/?key=1"), vec!["connections.till: base_url: it has a query"]),
        (
            change(base, "https://me:pw@api.example/"),
            vec!["connections.till: base_url: it holds a user or a password"],
        ),
        (
            change(base, "http://api.example"),
            vec!["connections.till: base_url: api.example is not this machine", "allow_http = true"],
        ),
        (change(base, "http://localhost.example"), vec!["localhost.example is not this machine"]),
        (change("base_url", "currency = \"XYZ\"\nbase_url"), vec!["connections.till: currency: "]),
        (change("base_url", "baseurl"), vec!["connections.till: unknown field `baseurl`", "base_url"]),
        (
            change(&env, "{ env = \"NOT-SET\" }"),
            vec![&format!("connections.till: secrets.{secret}: the environment variable NOT-SET is not set")],
        ),
        (
            change(&env, "{ file = \"no/such/file\" }"),
            vec![&format!("secrets.{secret}: cannot read "), "no/such/file"],
        ),
        (
            change(&env, "{ env = \"A\", file = \"B\" }"),
            vec![&format!("secrets.{secret}: write either {{ env")],
        ),
        (change(&env, "{ }"), vec![&format!("secrets.{secret}: write either {{ env")]),
        (change(&format!("{secret} ="), "apikee ="), vec!["secrets.apikee: ", "has no such secret", secret]),
        (
            change(&format!("{secret} = {env}"), ""),
            vec!["connections.till: secrets: ", "the secrets needed are: ", secret],
        ),
        (
            change("[connections.till.secrets]", "[[connections.till.secrets]]"),
            vec!["secrets: write a table"],
        ),
        (change(&id, ""), vec!["connections.till: missing field `provider`"]),
        (told(&format!("{good}[[")), vec!["line 6: "]),
        (told(&format!("origins = []\n{good}")), vec!["line 1: unknown field `origins`", "allow_origins"]),
        (told(""), vec!["[connections.NAME]"]),
        (
            told(&format!("timeout_seconds = 0\n{good}")),
            vec!["timeout_seconds: write a whole number of seconds"],
        ),
        (told(&format!("contact = \"\"\n{good}")), vec!["contact: write the e-mail address or the link"]),
        (told(&format!("contact = \"a (b)\"\n{good}")), vec!["contact: write", "without brackets"]),
    ] {
        for part in parts {
            assert!(said.contains(part), "`{said}` does not say `{part}`");
        }
    }
}

#[test]
fn an_origin_that_no_browser_sends_is_refused_at_the_start() {
    let (_, _, good) = one();
    for wrong in [
        "*",
        "null",
        "shop.example",
        "https://shop.example/",
        "https://shop.example/pay",
        "https://Shop.example",
        "https://shop.example:443",
        "file:///x",
        "https://*.example",
        "",
    ] {
        let said = told(&format!("allow_origins = [\"{wrong}\"]\n{good}"));
        assert!(said.contains(&format!("`{wrong}` is not an origin")), "{said}");
    }
    for right in ["https://shop.example", "http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:8080"]
    {
        assert!(parse(&format!("allow_origins = [\"{right}\"]\n{good}")).is_ok(), "{right}");
    }
}

#[test]
fn a_secret_that_was_written_into_the_file_is_not_repeated() {
    let (provider, secret, good) = one();
    let env = format!("{{ env = \"{}-{secret}\" }}", provider.id);
    let canary = "canary-in-the-file";
    for written in [
        good.replace(&env, &format!("\"{canary}\"")),
        good.replace(&env, &format!("{{ value = \"{canary}\" }}")),
        good.replace(&env, &format!("{{ env = [\"{canary}\"] }}")),
        good.replace(&env, &format!("\"{canary}")),
        good.replace(
            &format!("[connections.till.secrets]\n{secret} = {env}"),
            &format!("secrets = \"{canary}\""),
        ),
        good.replace(
            &format!("[connections.till.secrets]\n{secret} = {env}"),
            &format!("{secret} = \"{canary}\""),
        ),
    ] {
        assert!(written.contains(canary));
        let said = told(&written);
        assert!(!said.contains(canary), "{said}");
    }
    let said = told(&good.replace(&env, &format!("\"{canary}\"")));
    assert!(said.contains("a secret does not belong in this file: write { env = \"NAME\" }"), "{said}");
}

#[test]
fn a_secret_may_come_from_a_file_with_the_line_break_that_an_editor_leaves() {
    let (provider, secret, good) = one();
    let path =
        std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("secret-{}", std::process::id()));
    let toml =
        good.replace(&format!("{{ env = \"{}-{secret}\" }}", provider.id), &format!("{{ file = {path:?} }}"));
    std::fs::write(&path, "from-a-file\r\n").unwrap();
    assert!(parse(&toml).is_ok());
    std::fs::write(&path, "\n").unwrap();
    assert!(told(&toml).contains("is empty"));
    std::fs::write(&path, "two\nlines\n").unwrap();
    assert!(told(&toml).contains("a line break"));
    std::fs::remove_file(&path).unwrap();
}

/// `businessId` and its like: the requests of a page that serves several bring their own.
#[test]
fn a_connection_that_leaves_the_account_to_its_requests_would_not_start() {
    let (mut taken, mut refused) = (0, 0);
    for provider in Provider::ALL {
        let Scheme::Bearer { secret, with: [(header, value), ..] } = provider.auth[0] else { continue };
        let id = provider.id;
        let toml = format!(
            "[connections.till]\nprovider = \"{id}\"\nbase_url = \"https://api.example\"\n\
             [connections.till.secrets]\n{secret} = {{ env = \"{id}-{secret}\" }}\n"
        );
        if provider.payment.field_on_wire(header).is_some() {
            assert!(parse(&toml).is_ok(), "{toml}");
            taken += 1;
        } else {
            // No request can bring it: each payment would fail, and nobody would have been told at the start.
            assert!(told(&toml).contains(&format!("{value} is needed for the header {header}")), "{toml}");
            refused += 1;
        }
    }
    assert!(taken > 0 && refused > 0);
}
