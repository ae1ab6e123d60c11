//! A relay that serves HTTPS itself.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod support;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use support::{Upstream, says, toml};

#[tokio::test(flavor = "multi_thread")]
async fn serves_https_and_nothing_else() {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("relay.pem"), folder.path().join("relay.key"));
    std::fs::write(&certificate, cert.pem()).unwrap();
    std::fs::write(&key, signing_key.serialize_pem()).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    let upstream = Upstream::start(says("200 OK", &[], "{}"));
    let tls = format!("[tls]\ncertificate = {certificate:?}\nkey = {key:?}\n");
    let relay = support::relay(&format!("{}{tls}", toml(upstream.address))).await;
    let address = relay.trim_start_matches("http://").to_owned();
    let (_, port) = address.split_once(':').unwrap();
    // A client that does not begin its session holds up no other.
    let idle = TcpStream::connect(&address).unwrap();
    let trusted = reqwest::Certificate::from_pem(cert.pem().as_bytes()).unwrap();
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([trusted]).build().unwrap();
    let response = client.get(format!("https://localhost:{port}/")).send().await.unwrap();
    assert_eq!(response.status(), 204);
    assert_eq!(response.headers().get("remit-deadline").unwrap(), "2");
    let plain = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(&address).unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let mut received = Vec::new();
        let _ = stream.read_to_end(&mut received);
        received
    });
    assert!(!plain.await.unwrap().starts_with(b"HTTP"));
    drop(idle);
}
