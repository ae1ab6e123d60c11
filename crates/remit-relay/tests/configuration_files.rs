//! The files that a configuration names: secrets, credentials of systemd, certificates and keys.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use remit_core::Provider;
use remit_core::operation::auth::Scheme;
use remit_relay::{Config, ConfigError};
use tempfile::TempDir;

/// A configuration whose only secret is in this place, and whose first lines are these.
fn toml(top: &str, source: &str) -> String {
    let found = Provider::ALL.iter().find_map(|provider| match provider.auth[0] {
        Scheme::Header { secret, .. } => Some((*provider, secret)),
        _ => None,
    });
    let (provider, secret) = found.unwrap();
    let (id, base) = (provider.id, provider.bases[0]);
    format!(
        "{top}[connections.till]\nprovider = \"{id}\"\nbase_url = \"{base}\"\n\
         [connections.till.secrets]\n{secret} = {source}\n"
    )
}

/// Parses a configuration in a folder, which is also the folder of systemd's credentials.
fn parse(toml: &str, folder: &Path) -> Result<Config, ConfigError> {
    let credentials = folder.to_str().unwrap().to_owned();
    Config::parse(toml, folder, &|name| match name {
        "CREDENTIALS_DIRECTORY" => Some(credentials.clone()),
        "TILL_KEY" => Some("canary-5f1d".to_owned()),
        _ => None,
    })
}

fn error(toml: &str, folder: &Path) -> String {
    parse(toml, folder).err().unwrap_or_else(|| panic!("no mistake in:\n{toml}")).to_string()
}

fn write(folder: &TempDir, name: &str, text: impl AsRef<[u8]>, mode: u32) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    path
}

#[test]
fn reads_a_secret_from_a_file_without_its_trailing_line_break() {
    let folder = TempDir::new().unwrap();
    for text in ["canary-5f1d", "canary-5f1d\n", "canary-5f1d\r\n"] {
        write(&folder, "key", text, 0o600);
        assert!(parse(&toml("", "{ file = \"key\" }"), folder.path()).is_ok(), "{text:?}");
    }
    // An orchestrator mounts a secret as a link to another folder.
    symlink(folder.path().join("key"), folder.path().join("link")).unwrap();
    assert!(parse(&toml("", "{ file = \"link\" }"), folder.path()).is_ok());
    let longest = "x".repeat(4096);
    write(&folder, "key", &longest, 0o600);
    assert!(parse(&toml("", "{ file = \"key\" }"), folder.path()).is_ok());
    for (text, part) in [
        (b"".as_slice(), "the secret is empty"),
        (b"\n", "the secret is empty"),
        (b"canary\nline", "the secret contains a line break"),
        (b"canary\n\n", "the secret contains a line break"),
        (b"canary\rline", "the secret contains a line break"),
        (b" canary\n", "the secret starts or ends with white space"),
        (b"canary \n", "the secret starts or ends with white space"),
        (b"canary\t", "the secret contains a control character"),
        (b"can\0ary", "the secret contains a control character"),
        (b"canary\xff", "is not UTF-8 text"),
        (format!("{longest}x").as_bytes(), "the secret is longer than 4 KiB"),
        (longest.repeat(17).as_bytes(), "is longer than 64 KiB"),
    ] {
        write(&folder, "key", text, 0o600);
        let error = error(&toml("", "{ file = \"key\" }"), folder.path());
        assert!(error.starts_with("5:") && error.contains(part), "{error}");
        assert!(!error.contains("canary"), "{error}");
    }
}

#[test]
fn refuses_a_secret_in_a_file_that_other_users_can_read() {
    let folder = TempDir::new().unwrap();
    let source = toml("", "{ file = \"key\" }");
    for mode in [0o600, 0o400, 0o700] {
        write(&folder, "key", "canary-5f1d", mode);
        assert!(parse(&source, folder.path()).is_ok(), "{mode:o}");
    }
    for mode in [0o640, 0o604, 0o660, 0o644, 0o666, 0o620, 0o610] {
        let path = write(&folder, "key", "canary-5f1d", mode);
        let (error, path) = (error(&source, folder.path()), path.display());
        assert!(error.contains(&format!("other users can read {path}; run chmod 600 {path}")), "{error}");
        assert!(!error.contains("canary"), "{error}");
    }
    for other in ["/dev/null", "."] {
        let error = error(&toml("", &format!("{{ file = \"{other}\" }}")), folder.path());
        assert!(error.contains("is not a regular file"), "{error}");
    }
}

#[test]
fn reads_a_credential_of_systemd_whose_access_list_shows_as_the_group() {
    let folder = TempDir::new().unwrap();
    let source = toml("", "{ credential = \"till\" }");
    for mode in [0o400, 0o440] {
        write(&folder, "till", "canary-5f1d\n", mode);
        assert!(parse(&source, folder.path()).is_ok(), "{mode:o}");
        fs::remove_file(folder.path().join("till")).unwrap();
    }
    write(&folder, "till", "canary-5f1d\n", 0o444);
    assert!(error(&source, folder.path()).contains("other users can read"));
    fs::remove_file(folder.path().join("till")).unwrap();
    assert!(error(&source, folder.path()).contains("cannot read the file"));
}

#[test]
fn the_variables_with_secrets_are_known_so_that_they_can_be_removed() {
    let folder = TempDir::new().unwrap();
    write(&folder, "till", "canary-5f1d", 0o400);
    let store = "store = \"postgres://db.example/remit\"\nstore_password = { credential = \"till\" }\n";
    let config = parse(&toml(store, "{ env = \"TILL_KEY\" }"), folder.path()).unwrap();
    assert!(config.secret_variables().iter().eq(["TILL_KEY"]));
}

#[test]
fn accepts_a_certificate_with_its_own_key_only() {
    let folder = TempDir::new().unwrap();
    let key_pair = || generate_simple_self_signed(vec!["relay.example".to_owned()]).unwrap();
    let CertifiedKey { cert, signing_key } = key_pair();
    let other = key_pair();
    write(&folder, "relay.pem", cert.pem(), 0o644);
    write(&folder, "chain.pem", format!("{}{}", cert.pem(), other.cert.pem()), 0o644);
    write(&folder, "relay.key", signing_key.serialize_pem(), 0o600);
    write(&folder, "other.key", other.signing_key.serialize_pem(), 0o600);
    write(&folder, "open.key", signing_key.serialize_pem(), 0o640);
    write(&folder, "cut.pem", &cert.pem().as_bytes()[..80], 0o600);
    write(&folder, "bytes.pem", b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", 0o600);
    write(
        &folder,
        "locked.key",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n",
        0o600,
    );
    let with = |certificate: &str, key: &str| {
        let text = format!("[tls]\ncertificate = \"{certificate}\"\nkey = \"{key}\"\n");
        parse(&toml(&text, "{ env = \"TILL_KEY\" }"), folder.path())
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    for certificate in ["relay.pem", "chain.pem"] {
        assert_eq!(with(certificate, "relay.key"), Ok(()));
    }
    let absolute = folder.path().join("relay.pem");
    assert_eq!(with(absolute.to_str().unwrap(), "relay.key"), Ok(()));
    for (certificate, key, expected) in [
        ("relay.pem", "other.key", "3:7: tls.key: the key does not belong to the certificate"),
        ("relay.pem", "open.key", "3:7: tls.key: other users can read "),
        ("relay.pem", "relay.pem", "3:7: tls.key: other users can read "),
        ("relay.pem", "cut.pem", "3:7: tls.key: the file has no private key"),
        ("relay.pem", "locked.key", "3:7: tls.key: the file has no private key"),
        ("relay.pem", "none.key", "3:7: tls.key: cannot read the file: "),
        ("none.pem", "relay.key", "2:15: tls.certificate: cannot read the file: "),
        ("relay.key", "relay.key", "2:15: tls.certificate: the file has no certificate"),
        ("cut.pem", "relay.key", "2:15: tls.certificate: the file is not PEM"),
        ("bytes.pem", "relay.key", "3:7: tls.key: the certificate and the key cannot be used: "),
    ] {
        let error = with(certificate, key).unwrap_err();
        assert!(error.starts_with(expected) && !error.contains('\n'), "{error}");
    }
    let both = with("none.pem", "none.key").unwrap_err();
    assert_eq!(both.lines().count(), 2, "{both}");
}
