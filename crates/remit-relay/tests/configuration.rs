//! A wrong configuration is rejected at startup: every mistake at once, each with its place, its key and the remedy.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

use std::path::Path;

use remit_core::Provider;
use remit_core::operation::auth::Scheme;
use remit_core::schema::field::Kind;
use remit_relay::{Config, ConfigError};

fn environment(name: &str) -> Option<String> {
    let value = match name {
        "TILL_KEY" => "canary-5f1d",
        "EMPTY_KEY" => "",
        "TWO_LINES" => "canary\n5f1d",
        "ENDS_WITH_A_LINE_BREAK" => "canary-5f1d\n",
        "CONTROL_CHARACTER" => "canary\u{7}5f1d",
        "WHITE_SPACE" => " canary-5f1d",
        _ => return None,
    };
    Some(value.to_owned())
}

fn parse(toml: &str) -> Result<Config, ConfigError> {
    Config::parse(toml, Path::new(env!("CARGO_TARGET_TMPDIR")), &environment)
}

/// A provider with several addresses that authenticates with one secret: the provider, the secret and an address.
fn provider() -> (&'static Provider, &'static str, String) {
    let found = Provider::ALL.iter().find_map(|provider| match provider.auth[0] {
        Scheme::Header { secret, .. } if provider.only_base().is_none() => Some((*provider, secret)),
        _ => None,
    });
    let (provider, secret) = found.unwrap();
    (provider, secret, provider.bases[0].to_string())
}

/// Fills in `ID`, `SECRET` and `BASE`.
fn filled(template: &str) -> String {
    let (provider, secret, base) = provider();
    template.replace("SECRET", secret).replace("BASE", &base).replace("ID", provider.id)
}

/// A valid configuration of five lines.
const VALID: &str = "[connections.till]\nprovider = \"ID\"\nbase_url = \"BASE\"\n[connections.till.secrets]\nSECRET = { env = \"TILL_KEY\" }\n";

/// A valid configuration after these lines.
fn top(lines: &str) -> String {
    filled(&format!("{lines}\n{VALID}"))
}

/// A valid configuration with this as its line 4, in the connection.
fn within(line: &str) -> String {
    filled(&VALID.replace("\n[connections.till.secrets]", &format!("\n{line}\n[connections.till.secrets]")))
}

/// A valid configuration with this address in line 3, after these lines.
fn based(lines: &str, base: &str) -> String {
    filled(&format!("{lines}{}", VALID.replace("BASE", base)))
}

/// A valid configuration with this value of the secret in line 5.
fn secret(value: &str) -> String {
    filled(&VALID.replace("{ env = \"TILL_KEY\" }", value))
}

/// Requires exactly these mistakes: each place, key and part of the message. An asterisk in a key stands for the secret.
#[track_caller]
fn rejects(toml: &str, expected: &[(&str, &str, &str)]) {
    let error = parse(toml).err().unwrap_or_else(|| panic!("no mistake in:\n{toml}"));
    let mistakes = error.mistakes();
    assert_eq!(mistakes.len(), expected.len(), "{toml}\n{error}");
    for (mistake, (place, key, part)) in mistakes.iter().zip(expected) {
        let line = mistake.to_string();
        assert_eq!(
            format!("{}:{}", mistake.line().unwrap(), mistake.column().unwrap()),
            *place,
            "{toml}\n{line}"
        );
        assert_eq!(mistake.key(), filled(key), "{toml}\n{line}");
        let part = filled(part);
        assert!(mistake.message().contains(&part), "`{line}` does not contain `{part}`");
        assert!(!line.contains("canary"), "{line}");
    }
    assert_eq!(error.to_string().lines().count(), expected.len(), "{error}");
}

#[test]
fn accepts_valid_configurations() {
    let everything = "allow_origins = [\"https://shop.example\", \"http://127.0.0.1:8080\", \"http://[::1]:1\"]\n\
        allow_hosts = [\"books.example\", \"192.0.2.1\", \"[::1]\", \"relay_1\"]\ncontact = \"ops@books.example\"\n\
        connect_timeout_seconds = 30\ntimeout_seconds = 30\nproxy_from_environment = true\nsandbox = false\n\
        store = \"postgres://remit@db.example/remit\"\nstore_password = { env = \"TILL_KEY\" }\nopen = true\n\
        trusted_proxies = [\"10.0.0.0/8\", \"::1\", \"fd00::/64\", \"192.0.2.1\"]\nretention_days = 30";
    for valid in [
        filled(VALID),
        top(everything),
        top("# timeouts\ntimeout_seconds = 0x1e"),
        top("timeout_seconds = 1"),
        top("first_byte_timeout_seconds = 1"),
        top("connect_timeout_seconds = 25"),
        top("store = \":memory:\""),
        top("store = \"other.db\""),
        top("store = \"postgresql:///remit?host=/run/postgresql\""),
        within("operations = [\"record_payment\"]\nmax_concurrent = 256\ncurrency = \"EUR\""),
        based("", "https://gateway.example/base\"\ngateway = true #"),
        based("sandbox = true\n", "http://127.0.0.1:9000"),
        based("sandbox = true\n", "https://sandbox.example"),
        based("sandbox = true\n", "http://sandbox:9000\"\nallow_http = true #"),
    ] {
        if let Err(error) = parse(&valid) {
            panic!("{valid}\n{error}");
        }
    }
}

#[test]
fn reports_keys_that_are_unknown_missing_or_of_the_wrong_type() {
    rejects(
        &top("timeout_seconds = \"30\""),
        &[("1:19", "timeout_seconds", "write a whole number, as in timeout_seconds = 30")],
    );
    rejects(
        &top("timeout_seconds = 30.5"),
        &[("1:19", "timeout_seconds", "write a whole number, as in timeout_seconds = 30")],
    );
    rejects(
        &top("\n  connect_timeout_seconds = true"),
        &[("2:29", "connect_timeout_seconds", "write a whole number")],
    );
    rejects(&top("origins = []"), &[("1:1", "origins", "did you mean `allow_origins`?")]);
    rejects(&top("alow_hosts = []"), &[("1:1", "alow_hosts", "did you mean `allow_hosts`?")]);
    rejects(
        &top("colour = 1"),
        &[("1:1", "colour", "unknown key; expected one of `allow_origins`, `allow_hosts`")],
    );
    rejects(&top("\"canary, which is no key\" = 1"), &[("1:1", "", "unknown key; expected one of")]);
    rejects(
        &top("allow_origins = \"https://shop.example\""),
        &[("1:17", "allow_origins", "write a list of texts, as in allow_origins = [")],
    );
    rejects(
        &top("allow_hosts = [\"books.example\", 7]"),
        &[("1:33", "allow_hosts", "write a list of texts")],
    );
    rejects(
        &top("proxy_from_environment = \"canary\""),
        &[("1:26", "proxy_from_environment", "write true or false without quotes")],
    );
    rejects(&top("sandbox = 1"), &[("1:11", "sandbox", "write true or false")]);
    rejects(&top("contact = 7"), &[("1:11", "contact", "write a text in quotes, as in contact = ")]);
    rejects(&top("open = \"yes\""), &[("1:8", "open", "write true or false")]);
    rejects(&top("tls = true"), &[("1:7", "tls", "write a table, as in [tls]")]);
    rejects(
        &within("baseurl = \"canary\""),
        &[("4:1", "connections.till.baseurl", "did you mean `base_url`?")],
    );
    rejects(
        &within("canary = 1").replace("canary", "colour"),
        &[("4:1", "connections.till.colour", "expected one of `provider`, `base_url`")],
    );
    rejects(&within("currency = 7"), &[("4:12", "connections.till.currency", "write a text in quotes")]);
    rejects(
        &within("operations = \"ping\""),
        &[("4:14", "connections.till.operations", "write a list of texts")],
    );
    rejects(
        &within("max_concurrent = \"8\""),
        &[("4:18", "connections.till.max_concurrent", "write a whole number, as in max_concurrent = 8")],
    );
    rejects(&within("gateway = \"yes\""), &[("4:11", "connections.till.gateway", "write true or false")]);
    rejects(
        &filled(VALID).replacen("provider = \"", "# \"", 1),
        &[("1:1", "connections.till.provider", "missing; write one of: ")],
    );
    rejects(
        &filled(VALID).replacen("base_url = \"", "# \"", 1),
        &[("1:1", "connections.till.base_url", "missing; write one of BASE, ")],
    );
    rejects("", &[("1:1", "connections", "none is defined; start one with [connections.NAME]")]);
    rejects("connections = 7\n", &[("1:15", "connections", "write a table, as in [connections.NAME]")]);
    rejects("[connections]\n", &[("1:1", "connections", "none is defined")]);
    rejects(
        "[connections]\ntill = 7\n",
        &[("2:8", "connections.till", "write a table, as in [connections.NAME]")],
    );
    rejects(
        "[tls]\n[connections.till]\nprovider = 7\n",
        &[
            ("1:1", "tls.certificate", "missing; write the path of a PEM file"),
            ("1:1", "tls.key", "missing"),
            ("3:12", "connections.till.provider", "write a text in quotes"),
        ],
    );
}

#[test]
fn reports_duplicates_and_text_that_is_not_toml() {
    rejects(&top("open = true\nopen = true"), &[("2:1", "open", "defined twice; remove one of them")]);
    rejects(&within("provider = \"ID\""), &[("4:1", "provider", "defined twice")]);
    rejects(&format!("{}[connections.till]\n", filled(VALID)), &[("6:14", "till", "defined twice")]);
    rejects(
        &format!("{}SECRET = 1", VALID)
            .replace("SECRET", provider().1)
            .replace("BASE", &provider().2)
            .replace("ID", provider().0.id),
        &[("6:1", "SECRET", "defined twice")],
    );
    rejects(
        &top("allow_hosts = [\"books.example\", \"Books.example\"]"),
        &[("1:33", "allow_hosts", "listed twice")],
    );
    rejects(
        &top("allow_origins = [\"https://a.example\", \"https://b.example\", \"https://a.example\"]"),
        &[("1:60", "allow_origins", "listed twice")],
    );
    rejects(
        &within("operations = [\"record_payment\", \"record_payment\"]"),
        &[("4:33", "connections.till.operations", "listed twice")],
    );
    rejects(
        &top("trusted_proxies = [\"10.0.0.1\", \"10.0.0.1\"]"),
        &[("1:32", "trusted_proxies", "listed twice")],
    );
    rejects(&top("contact = canary"), &[("1:11", "", "not TOML: ")]);
    rejects(&secret("\"canary"), &[("5:19", "", "not TOML: ")].map(|(_, key, part)| ("5:17", key, part)));
    // The column counts characters, not bytes.
    rejects(
        &top("\"ä\" = { \"ö\" = 1 }\ncontact = \"ü\""),
        &[("1:1", "", "unknown key"), ("2:11", "contact", "in ASCII")],
    );
}

#[test]
fn reports_values_outside_their_range_or_of_a_wrong_form() {
    for value in ["0", "601", "-1", "99999999999999999999"] {
        rejects(
            &top(&format!("timeout_seconds = {value}")),
            &[("1:19", "timeout_seconds", "write a whole number from 1 to 600, as in timeout_seconds = 30")],
        );
    }
    rejects(
        &top("connect_timeout_seconds = 31"),
        &[("1:27", "connect_timeout_seconds", "write at most timeout_seconds, which is 30")],
    );
    rejects(
        &top("timeout_seconds = 4\nconnect_timeout_seconds = 5"),
        &[("2:27", "connect_timeout_seconds", "at most timeout_seconds, which is 4")],
    );
    rejects(
        &top("first_byte_timeout_seconds = 31"),
        &[("1:30", "first_byte_timeout_seconds", "write at most timeout_seconds, which is 30")],
    );
    rejects(
        &top("first_byte_timeout_seconds = 6\nconnect_timeout_seconds = 7"),
        &[("2:27", "connect_timeout_seconds", "at most first_byte_timeout_seconds, which is 6")],
    );
    for contact in ["", "a (b)", "a b", "\\\\", "ü"] {
        rejects(
            &top(&format!("contact = \"{contact}\"")),
            &[("1:11", "contact", "the e-mail address or the link of the relay's operator")],
        );
    }
    for value in ["29", "0", "36601"] {
        rejects(
            &top(&format!("retention_days = {value}")),
            &[("1:18", "retention_days", "write a whole number from 30 to 36600")],
        );
    }
    for value in ["0", "257"] {
        rejects(
            &within(&format!("max_concurrent = {value}")),
            &[("4:18", "connections.till.max_concurrent", "from 1 to 256")],
        );
    }
    for (network, part) in [
        ("relay.example", "write an IP address or a network"),
        ("10.0.0.0/33", "write an IP address or a network"),
        ("", "write an IP address or a network"),
        ("10.0.0.1/8", "write 10.0.0.0/8"),
        ("fd00::1/64", "write fd00::/64"),
        ("0.0.0.0/0", "contains every address"),
        ("::/0", "contains every address"),
    ] {
        rejects(&top(&format!("trusted_proxies = [\"{network}\"]")), &[("1:20", "trusted_proxies", part)]);
    }
    for (store, part) in [
        ("", "it is empty"),
        (".", "it is a folder"),
        ("no/such/folder/remit.db", "its folder does not exist"),
        ("mysql://me:canary@db.example/remit", "this kind of database is not supported"),
        ("postgres://", "it names no database"),
        ("postgres://db.example/", "it names no database"),
        ("postgres://me:canary@db.example/remit", "a password does not belong in this file"),
        ("postgres://db.example/remit?password=canary", "a password does not belong in this file"),
    ] {
        rejects(&top(&format!("store = \"{store}\"")), &[("1:9", "store", part)]);
    }
    rejects(
        &top("store_password = { env = \"TILL_KEY\" }"),
        &[("1:18", "store_password", "only a postgres:// store has a password")],
    );
    rejects(
        &top("store = \"postgres://db.example/remit\"\nstore_password = \"canary\""),
        &[("2:18", "store_password", "a secret does not belong in this file")],
    );
}

#[test]
fn rejects_an_origin_that_no_browser_sends() {
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
        rejects(
            &top(&format!("allow_origins = [\"{wrong}\"]")),
            &[("1:18", "allow_origins", "it is not an origin: write only scheme, host and port")],
        );
    }
}

#[test]
fn rejects_an_entry_of_allow_hosts_that_no_request_names() {
    for (wrong, part) in [
        ("", "it is empty"),
        ("https://books.example", "has no scheme"),
        ("books.example/pay", "has no path"),
        ("me@books.example", "no user"),
        ("*", "an asterisk stands for nothing"),
        ("*.books.example", "an asterisk stands for nothing"),
        ("books.example:443", "has no port"),
        ("[::1]:9100", "has no port"),
        ("::1", "in brackets here, as in [::1]"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("books example", "it is not a host name"),
        ("books..example", "it is not a host name"),
        ("-books.example", "it is not a host name"),
        ("books.example.", "it is not a host name"),
    ] {
        rejects(&top(&format!("allow_hosts = [\"{wrong}\"]")), &[("1:16", "allow_hosts", part)]);
    }
}

#[test]
fn rejects_a_connection_that_could_not_work() {
    let name = filled(VALID).replace("connections.till", "connections.\"a b\"");
    rejects(&name, &[("1:14", "connections", "the name is part of a path")]);
    rejects(
        &filled(VALID).replace("connections.till", "connections.\"\""),
        &[("1:14", "connections", "the name is part of a path")],
    );
    let known: Vec<_> = Provider::ALL.iter().map(|provider| provider.id).collect();
    let with_id =
        |id: &str| filled(VALID).replacen(&format!("\"{}\"", provider().0.id), &format!("\"{id}\""), 1);
    rejects(
        &with_id("canary"),
        &[(
            "2:12",
            "connections.till.provider",
            &format!("unknown provider; use one of: {}", known.join(", ")),
        )],
    );
    rejects(
        &with_id(&format!("{}x", provider().0.id)),
        &[("2:12", "connections.till.provider", "unknown provider; did you mean `ID`?")],
    );
    rejects(
        &within("currency = \"XYZ\""),
        &[("4:12", "connections.till.currency", "it is not an ISO 4217 code")],
    );
    rejects(
        &within("currency = \"canary\""),
        &[("4:12", "connections.till.currency", "it is not an ISO 4217 code")],
    );
    assert!(provider().0.payment.fields.iter().any(|field| matches!(field.kind, Kind::Currency(_))));
    rejects(&within("currency = \"JPY\""), &[("4:12", "connections.till.currency", "JPY is not supported")]);
    rejects(
        &within("operations = []"),
        &[(
            "4:14",
            "connections.till.operations",
            "the list is empty; write one or more of: record_payment, ",
        )],
    );
    rejects(
        &within("operations = [\"canary\"]"),
        &[("4:15", "connections.till.operations", "use one of: record_payment, ")],
    );
    rejects(
        &within("operations = [\"record_payments\"]"),
        &[("4:15", "connections.till.operations", "did you mean `record_payment`?")],
    );
}

#[test]
fn rejects_an_address_that_is_not_the_providers() {
    for (base, part) in [
        ("https://api.example", "the host is none of"),
        ("https://api.example", "write one of BASE, "),
        ("https://api.example", "or set gateway = true"),
        ("https://8.8.8.8", "the host is none of"),
        ("https://10.0.0.1", "the host is none of"),
        ("http://127.0.0.1:9000", "it is a loopback address, where only a sandbox may be"),
        ("http://2130706433", "it is a loopback address, where only a sandbox may be"),
        ("https://localhost", "it is a loopback address"),
        ("http://169.254.169.254/latest", "it is a link-local address"),
        ("https://[fd00:ec2::254]", "metadata service"),
        ("BASE:8443", "write BASE, which is the documented address"),
        ("BASE/more", "write BASE, which is the documented address"),
        ("BASE?key=1", "it has a query"),
        ("ftp://api.example", "it starts with neither http:// nor https://"),
        ("https://me:canary@api.example/", "it contains a user or a password"),
        ("canary", "it is not a URL"),
    ] {
        let base =
            base.replace("BASE:8443", &provider().2.replacen('/', "//", 0).replacen(".me", ".me:8443", 1));
        rejects(&based("", &filled(&base)), &[("3:12", "connections.till.base_url", part)]);
    }
    let gateway = |base: &str| based("", &format!("{base}\"\ngateway = true #"));
    for (base, part) in [
        (provider().2.as_str(), "'s own; write the gateway's address"),
        ("http://gateway.example", "http:// sends the credentials unencrypted; write the gateway's address"),
        ("https://127.0.0.1", "it is a loopback address"),
        ("https://169.254.169.254", "no configuration permits that"),
    ] {
        rejects(&gateway(base), &[("3:12", "connections.till.base_url", part)]);
    }
    for (base, part) in [
        (provider().2.as_str(), "own host is no sandbox"),
        ("http://10.0.0.1", "or set allow_http = true if you control the network"),
        ("http://localhost.example", "or set allow_http = true"),
        ("http://169.254.169.254", "no configuration permits that"),
        ("http://0.0.0.0", "no configuration permits that"),
    ] {
        rejects(&based("sandbox = true\n", base), &[("4:12", "connections.till.base_url", part)]);
    }
    rejects(&within("allow_http = true"), &[("4:14", "connections.till.allow_http", "only for a sandbox")]);
    rejects(
        &based("sandbox = true\n", "https://gateway.example\"\ngateway = true #"),
        &[("5:11", "connections.till.gateway", "a gateway leads to a real provider, but sandbox = true")],
    );
}

/// The address of a provider may be left out if it has only one.
#[test]
fn the_only_documented_address_is_the_default() {
    let mut tested = 0;
    for provider in Provider::ALL {
        let mut toml =
            format!("[connections.till]\nprovider = \"{}\"\n[connections.till.secrets]\n", provider.id);
        let with = if let Scheme::Bearer { with, .. } = provider.auth[0] { with } else { &[] };
        for name in provider.auth[0].secrets().into_iter().chain(with.iter().map(|(_, name)| *name)) {
            toml.push_str(&format!("{name} = {{ env = \"TILL_KEY\" }}\n"));
        }
        if provider.only_base().is_some() {
            assert!(parse(&toml).is_ok(), "{toml}");
            tested += 1;
            rejects(
                &format!("sandbox = true\n{toml}"),
                &[("2:1", "connections.till.base_url", "missing; write the sandbox's address")],
            );
        } else {
            rejects(&toml, &[("1:1", "connections.till.base_url", "missing; write ")]);
        }
    }
    assert!(tested > 0);
}

#[test]
fn rejects_a_wrong_secret_without_repeating_it() {
    const KEY: &str = "connections.till.secrets.SECRET";
    let column = filled("SECRET = ").len() + 1;
    let place = format!("5:{column}");
    for (value, part) in [
        ("\"canary-in-the-file\"", "a secret does not belong in this file; write { env = \"NAME\" }"),
        (
            "{ value = \"canary\" }",
            "write { env = \"NAME\" }, { file = \"PATH\" } or { credential = \"NAME\" }",
        ),
        ("{ canary = \"canary\" }", "write { env = \"NAME\" }"),
        ("{ env = [\"canary\"] }", "write { env = \"NAME\" }"),
        ("{ env = \"A_KEY\", file = \"B\" }", "write { env = \"NAME\" }"),
        ("{ }", "write { env = \"NAME\" }"),
        ("7", "write { env = \"NAME\" }"),
        ("{ env = \"NOT_SET\" }", "the environment variable NOT_SET is not set"),
        // It may be the secret itself.
        ("{ env = \"canary\" }", "the environment variable that it names is not set"),
        ("{ env = \"EMPTY_KEY\" }", "the environment variable EMPTY_KEY is not set, or is empty"),
        ("{ env = \"TWO_LINES\" }", "the secret contains a line break"),
        ("{ env = \"ENDS_WITH_A_LINE_BREAK\" }", "the secret contains a line break"),
        ("{ env = \"CONTROL_CHARACTER\" }", "the secret contains a control character"),
        ("{ env = \"WHITE_SPACE\" }", "the secret starts or ends with white space"),
        ("{ file = \"no/such/canary\" }", "cannot read the file: "),
        ("{ file = \".\" }", "is not a regular file"),
        ("{ credential = \"till\" }", "CREDENTIALS_DIRECTORY is not set"),
        ("{ credential = \"../canary\" }", "which has no slashes"),
        ("{ credential = \"\" }", "which has no slashes"),
    ] {
        rejects(&secret(value), &[(&place, KEY, part)]);
    }
    let header = filled("[connections.till.secrets]\nSECRET = { env = \"TILL_KEY\" }");
    for (secrets, place, key, part) in [
        (
            "secrets = \"canary\"",
            "4:11",
            "connections.till.secrets",
            "write a table, as in [connections.till.secrets]",
        ),
        ("secrets = [\"canary\"]", "4:11", "connections.till.secrets", "write a table"),
        ("[[connections.till.secrets]]", "4:1", "connections.till.secrets", "write a table"),
        ("", "1:1", "connections.till.secrets", "the secrets needed are: SECRET"),
        ("[connections.till.secrets]", "4:1", "connections.till.secrets", "the secrets needed are: SECRET"),
        (
            "[connections.till.secrets]\nnone = \"canary\"",
            "5:1",
            "connections.till.secrets.none",
            "unknown key; expected one of `SECRET`",
        ),
    ] {
        let toml = filled(VALID).replace(&header, secrets);
        rejects(&toml, &[(place, key, part)]);
    }
    let misspelt = filled(VALID).replace(&filled("SECRET ="), &filled("SECRETs ="));
    rejects(&misspelt, &[("5:1", "connections.till.secrets.SECRETs", "did you mean `SECRET`?")]);
}

#[test]
fn reports_all_mistakes_at_once_in_the_order_of_the_file() {
    let toml = "timeout_seconds = \"30\"\nallow_hosts = [\"*\", \"a:1\"]\ncolour = 1\nretention_days = 1\n\n\
        [connections.a]\nprovider = \"ID\"\nbase_url = \"https://evil.example\"\noperations = []\ncurrency = \"XXQ\"\n\n\
        [connections.a.secrets]\nSECRET = \"canary\"\n\n[connections.b]\n\n[connections.\"c d\"]\n";
    let toml = filled(toml);
    let (provider, secret, _) = provider();
    let column = secret.len() + 4;
    let expected = [
        ("1:19", "timeout_seconds"),
        ("2:16", "allow_hosts"),
        ("2:21", "allow_hosts"),
        ("3:1", "colour"),
        ("4:18", "retention_days"),
        ("8:12", "connections.a.base_url"),
        ("9:14", "connections.a.operations"),
        ("10:12", "connections.a.currency"),
        (&format!("13:{column}"), &format!("connections.a.secrets.{secret}")),
        ("15:1", "connections.b.provider"),
        ("17:14", "connections"),
    ];
    rejects(&toml, &expected.map(|(place, key)| (place, key, "")));
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("many-{}.toml", std::process::id()));
    std::fs::write(&path, &toml).unwrap();
    let error = Config::read_with(&path, &environment).err().unwrap().to_string();
    std::fs::remove_file(&path).unwrap();
    assert!(
        error.starts_with(&format!("{}:1:19: timeout_seconds: write a whole number", path.display())),
        "{error}"
    );
    assert!(error.lines().all(|line| line.starts_with(&path.display().to_string())), "{error}");
    assert!(error.contains(provider.id) && !error.contains("evil") && !error.contains("canary"), "{error}");
}

/// A connection may leave the account, such as a business, to each request.
#[test]
fn requires_the_account_unless_the_payment_has_a_field_for_it() {
    let (mut accepted, mut rejected) = (0, 0);
    for provider in Provider::ALL {
        let Scheme::Bearer { secret, with: [(header, value), ..] } = provider.auth[0] else { continue };
        let id = provider.id;
        let toml = format!(
            "[connections.till]\nprovider = \"{id}\"\nbase_url = \"{}\"\n\
             [connections.till.secrets]\n{secret} = {{ env = \"TILL_KEY\" }}\n",
            provider.bases[0]
        );
        if provider.payment.field_on_wire(header).is_some() {
            assert!(parse(&toml).is_ok(), "{toml}");
            accepted += 1;
        } else {
            // No request can contain the account, so each payment would fail: report this at startup.
            let part = format!("{value} is needed for the header {header}");
            rejects(&toml, &[("4:1", "connections.till.secrets", &part)]);
            rejected += 1;
        }
    }
    assert!(accepted > 0 && rejected > 0);
}
