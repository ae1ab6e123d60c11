//! A wrong configuration is rejected at startup, with the key and the remedy.

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

fn error_of(toml: &str) -> String {
    parse(toml).err().map_or_else(|| panic!("no error in:\n{toml}"), |error| error.to_string())
}

/// A provider that authenticates with one secret, the secret's name, and a valid configuration for it.
fn single_secret() -> (&'static Provider, &'static str, String) {
    let has_one = |provider: &&&'static Provider| matches!(provider.auth[0], Scheme::Header { .. });
    let provider = Provider::ALL.iter().find(has_one).unwrap();
    let Scheme::Header { secret, .. } = provider.auth[0] else { panic!() };
    let id = provider.id;
    let toml = format!(
        "[connections.till]\nprovider = \"{id}\"\nbase_url = \"https://api.example/base\"\n\
         [connections.till.secrets]\n{secret} = {{ env = \"{id}-{secret}\" }}\n"
    );
    (provider, secret, toml)
}

#[test]
fn accepts_valid_configurations() {
    assert!(parse(&toml("127.0.0.1:1".parse().unwrap())).is_ok());
    let (_, _, valid) = single_secret();
    for url in ["http://localhost:1/x", "http://[::1]:1", "http://127.9.9.9", "https://api.example/"] {
        assert!(parse(&valid.replace("https://api.example/base", url)).is_ok(), "{url}");
    }
    let unencrypted = valid.replace("https://api.example/base", "http://10.0.0.1").replacen(
        "base_url",
        "allow_http = true\nbase_url",
        1,
    );
    assert!(parse(&unencrypted).is_ok());
}

#[test]
fn reports_a_mistake_with_its_key_and_remedy() {
    let (provider, secret, valid) = single_secret();
    let known: Vec<_> = Provider::ALL.iter().map(|provider| provider.id).collect();
    let change = |from: &str, to: &str| {
        assert!(valid.contains(from), "{from}");
        error_of(&valid.replacen(from, to, 1))
    };
    let base = "https://api.example/base";
    let id = format!("provider = \"{}\"", provider.id);
    let env = format!("{{ env = \"{}-{secret}\" }}", provider.id);
    for (error, parts) in [
        (
            change(&id, "provider = \"clockwork\""),
            vec!["connections.till: provider: `clockwork` is unknown", &known.join(", ")],
        ),
        (
            error_of(&valid.replace("connections.till", "connections.\"a b\"")),
            vec!["connections.a b: the name is part of a path"],
        ),
        (
            change(base, "ftp://api.example"),
            vec!["connections.till: base_url: it starts with neither http:// nor https://"],
        ),
        (
            change(base, "api.example"),
            vec!["connections.till: base_url: ", "write it as in https://api.example"],
        ),
        (change(base, "https://api.example/?key=1"), vec!["connections.till: base_url: it has a query"]),
        (
            change(base, "https://me:pw@api.example/"),
            vec!["connections.till: base_url: it contains a user or a password"],
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
        (error_of(&format!("{valid}[[")), vec!["line 6: "]),
        (
            error_of(&format!("origins = []\n{valid}")),
            vec!["line 1: unknown field `origins`", "allow_origins"],
        ),
        (error_of(""), vec!["[connections.NAME]"]),
        (
            error_of(&format!("timeout_seconds = 0\n{valid}")),
            vec!["timeout_seconds: write a whole number of seconds"],
        ),
        (
            error_of(&format!("contact = \"\"\n{valid}")),
            vec!["contact: write the e-mail address or the link"],
        ),
        (
            error_of(&format!("contact = \"a (b)\"\n{valid}")),
            vec!["contact: write", "without spaces, brackets and backslashes"],
        ),
    ] {
        for part in parts {
            assert!(error.contains(part), "`{error}` does not contain `{part}`");
        }
    }
}

#[test]
fn rejects_an_origin_that_no_browser_sends() {
    let (_, _, valid) = single_secret();
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
        let error = error_of(&format!("allow_origins = [\"{wrong}\"]\n{valid}"));
        assert!(error.contains(&format!("`{wrong}` is not an origin")), "{error}");
    }
    for right in ["https://shop.example", "http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:8080"]
    {
        assert!(parse(&format!("allow_origins = [\"{right}\"]\n{valid}")).is_ok(), "{right}");
    }
}

#[test]
fn rejects_a_secret_in_the_configuration_without_repeating_it() {
    let (provider, secret, valid) = single_secret();
    let env = format!("{{ env = \"{}-{secret}\" }}", provider.id);
    let canary = "canary-in-the-file";
    for written in [
        valid.replace(&env, &format!("\"{canary}\"")),
        valid.replace(&env, &format!("{{ value = \"{canary}\" }}")),
        valid.replace(&env, &format!("{{ env = [\"{canary}\"] }}")),
        valid.replace(&env, &format!("\"{canary}")),
        valid.replace(
            &format!("[connections.till.secrets]\n{secret} = {env}"),
            &format!("secrets = \"{canary}\""),
        ),
        valid.replace(
            &format!("[connections.till.secrets]\n{secret} = {env}"),
            &format!("{secret} = \"{canary}\""),
        ),
    ] {
        assert!(written.contains(canary));
        let error = error_of(&written);
        assert!(!error.contains(canary), "{error}");
    }
    let error = error_of(&valid.replace(&env, &format!("\"{canary}\"")));
    assert!(error.contains("a secret does not belong in this file: write { env = \"NAME\" }"), "{error}");
}

#[test]
fn reads_a_secret_from_a_file_without_its_trailing_line_break() {
    let (provider, secret, valid) = single_secret();
    let path =
        std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("secret-{}", std::process::id()));
    let toml = valid
        .replace(&format!("{{ env = \"{}-{secret}\" }}", provider.id), &format!("{{ file = {path:?} }}"));
    std::fs::write(&path, "from-a-file\r\n").unwrap();
    assert!(parse(&toml).is_ok());
    std::fs::write(&path, "\n").unwrap();
    assert!(error_of(&toml).contains("is empty"));
    std::fs::write(&path, "two\nlines\n").unwrap();
    assert!(error_of(&toml).contains("a line break"));
    std::fs::remove_file(&path).unwrap();
}

/// A connection may leave the account, such as `businessId`, to each request.
#[test]
fn requires_the_account_unless_the_payment_has_a_field_for_it() {
    let (mut accepted, mut rejected) = (0, 0);
    for provider in Provider::ALL {
        let Scheme::Bearer { secret, with: [(header, value), ..] } = provider.auth[0] else { continue };
        let id = provider.id;
        let toml = format!(
            "[connections.till]\nprovider = \"{id}\"\nbase_url = \"https://api.example\"\n\
             [connections.till.secrets]\n{secret} = {{ env = \"{id}-{secret}\" }}\n"
        );
        if provider.payment.field_on_wire(header).is_some() {
            assert!(parse(&toml).is_ok(), "{toml}");
            accepted += 1;
        } else {
            // No request can contain the account, so each payment would fail: report this at startup.
            assert!(
                error_of(&toml).contains(&format!("{value} is needed for the header {header}")),
                "{toml}"
            );
            rejected += 1;
        }
    }
    assert!(accepted > 0 && rejected > 0);
}
