//! TLS for the relay's own listener: `[tls]`.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::document::{Section, Text};
use crate::mistake::Mistakes;
use crate::protected_file::{self, Readers};

/// The keys of `[tls]`.
const KEYS: &[&str] = &["certificate", "key"];

/// Reads `[tls]`. `None` if there is none, or if it has a mistake.
pub(crate) fn read(
    root: &Section<'_>,
    directory: &Path,
    mistakes: &mut Mistakes<'_>,
) -> Option<Arc<ServerConfig>> {
    let section = root.section("tls", "[tls]", mistakes)?;
    section.only(KEYS, mistakes);
    let path = |key, example: &str, mistakes: &mut Mistakes<'_>| {
        let text = section.text(key, example, mistakes);
        if section.entry(key).is_none() {
            section.missing(key, &format!("write the path of a PEM file, as in {key} = {example}"), mistakes);
        }
        text
    };
    let certificate = path("certificate", "\"relay.pem\"", mistakes);
    let key = path("key", "\"relay.key\"", mistakes);
    let chain = certificate.as_ref().and_then(|text| found(text, chain(text, directory), mistakes));
    let private = key.as_ref().and_then(|text| found(text, private_key(text, directory), mistakes));
    let (chain, private, key) = (chain?, private?, key?);
    let result = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, private));
    let mut config = found(&key, result.map_err(|error| mismatch(&error)), mistakes)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Some(Arc::new(config))
}

fn found<T>(text: &Text<'_>, result: Result<T, String>, mistakes: &mut Mistakes<'_>) -> Option<T> {
    result.map_err(|message| text.wrong(mistakes, message)).ok()
}

fn chain(text: &Text<'_>, directory: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let pem =
        fs::read(directory.join(text.text)).map_err(|error| format!("cannot read the file: {error}"))?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let chain = chain.map_err(|_| "the file is not PEM".to_owned())?;
    if chain.is_empty() {
        return Err(
            "the file has no certificate: write the path of a PEM file with BEGIN CERTIFICATE".to_owned()
        );
    }
    Ok(chain)
}

fn private_key(text: &Text<'_>, directory: &Path) -> Result<PrivateKeyDer<'static>, String> {
    let pem = protected_file::read(&directory.join(text.text), Readers::OnlyOwner)?;
    PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| {
        "the file has no private key: write the path of a PEM file with BEGIN PRIVATE KEY, without a passphrase"
            .to_owned()
    })
}

fn mismatch(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InconsistentKeys(_) => "the key does not belong to the certificate".to_owned(),
        error => format!("the certificate and the key cannot be used: {error}"),
    }
}
