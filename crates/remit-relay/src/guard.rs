//! Refuses requests of unknown pages, under unknown host names, and with ambiguous headers.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use crate::answer::Refusal;
use crate::exchange::Exchange;
use crate::path::split;
use crate::rate::too_often;
use crate::relay::Relay;

/// The header in which a browser reports the relation of the requesting page to the relay: same origin, same site or
/// another site. [Fetch Metadata Request Headers, 2.3]
pub(crate) const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The headers that a request may have only once. With two values, the relay and a proxy in front of it might each
/// read a different one. `Host` is checked with the host names.
const SINGLE_HEADERS: [HeaderName; 6] = [
    ORIGIN,
    CONTENT_TYPE,
    CONTENT_LENGTH,
    AUTHORIZATION,
    FETCH_SITE,
    HeaderName::from_static("idempotency-key"),
];

/// The longest part of a header that is logged, in characters.
const MAX_LOGGED: usize = 200;

/// Refuses requests that repeat a header that has only one value.
pub(crate) async fn only_with_single_headers(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let repeated = SINGLE_HEADERS.into_iter().find(|name| headers.get_all(name).iter().nth(1).is_some());
    // A proxy may have joined the values. No origin contains a comma.
    let is_joined = headers.get(ORIGIN).is_some_and(|origin| origin.as_bytes().contains(&b','));
    match repeated.or(is_joined.then_some(ORIGIN)) {
        Some(name) => refuse_repeated(&name),
        None => next.run(request).await,
    }
}

fn refuse_repeated(name: &HeaderName) -> Response {
    tracing::warn!(header = name.as_str(), "refused: a repeated header");
    Refusal::new(400, format!("The request has more than one {name} header.")).response()
}

/// Refuses the requests of an address that calls too often.
pub(crate) async fn only_so_often(State(relay): State<Relay>, request: Request, next: Next) -> Response {
    let rates = &relay.shared.rates;
    let peer = request.extensions().get::<Arc<Exchange>>().map(|exchange| exchange.client.ip());
    let counted = peer.map(|peer| rates.count_address(rates.client(peer, request.headers())));
    match counted {
        Some(Err(wait)) => {
            tracing::warn!("refused: too many requests of one address");
            too_often("address", wait)
        }
        _ => next.run(request).await,
    }
}

/// Refuses requests from pages of other origins.
///
/// A browser sends `Origin`, except for some requests of the relay's own origin and for those whose response no script
/// reads, such as an image; for these it sends `Sec-Fetch-Site`. CORS alone would only stop the page from reading the
/// response. The payment would still be recorded, and the provider's rate limit used up.
pub(crate) async fn only_from_known_pages(
    State(relay): State<Relay>,
    request: Request,
    next: Next,
) -> Response {
    let origin = request.headers().get(ORIGIN);
    let site = request.headers().get(FETCH_SITE);
    let is_known = match origin {
        // Any page can have this origin: in a sandboxed frame, every page has it.
        Some(origin) => origin != "null" && relay.shared.origins.contains(origin),
        None => {
            site.is_none_or(|site| site == "same-origin" || site == "none") || is_reachability_probe(&request)
        }
    };
    if is_known {
        return next.run(request).await;
    }
    tracing::warn!(origin = logged(origin), site = logged(site), "refused: not in allow_origins");
    Refusal::new(403, "Pages of this origin may not use the relay: its allow_origins does not list it.")
        .response()
}

/// Whether a page only checks that the relay is reachable, before it sends a payment.
fn is_reachability_probe(request: &Request) -> bool {
    request.method().is_safe() && matches!(split(request.uri().path()), ("", _) | (_, "" | "/"))
}

/// The host names that the configuration adds to those of this machine.
#[derive(Clone)]
pub(crate) struct HostNames(pub(crate) Arc<[String]>);

impl HostNames {
    /// Whether the relay answers under this name: `host` or `host:port`. `local` is the address to which the client has
    /// connected.
    ///
    /// An IP address as a name involves no DNS, so that no other site can have it.
    fn contains(&self, authority: &str, local: Option<IpAddr>) -> bool {
        let Ok(authority) = authority.parse::<Authority>() else { return false };
        let host = authority.host();
        let Some(port) = authority.as_str().strip_prefix(host) else { return false };
        if !port.is_empty() && !port.strip_prefix(':').is_some_and(|p| p.bytes().all(|b| b.is_ascii_digit()))
        {
            return false;
        }
        let host = host.strip_suffix('.').unwrap_or(host);
        let literal = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        if let Ok(address) = literal.parse::<IpAddr>().map(|address| address.to_canonical())
            && (address.is_loopback() || Some(address) == local)
        {
            return true;
        }
        let is_host = |name: &str| name.strip_suffix('.').unwrap_or(name).eq_ignore_ascii_case(host);
        is_host("localhost") || self.0.iter().any(|name| is_host(name))
    }
}

/// Refuses requests under a foreign host name.
///
/// Any site can point its own name at this machine (DNS rebinding). For the browser its page then has the relay's origin,
/// but its requests carry the site's name in `Host`.
pub(crate) async fn only_under_known_names(
    State(names): State<HostNames>,
    request: Request,
    next: Next,
) -> Response {
    let mut hosts = request.headers().get_all(HOST).iter();
    let host = hosts.next();
    if hosts.next().is_some() {
        return refuse_repeated(&HOST);
    }
    let Some(host) = host else {
        tracing::warn!("refused: no Host header");
        return Refusal::new(400, "The request has no Host header.").response();
    };
    let local = request.extensions().get::<Arc<Exchange>>().map(|exchange| exchange.local);
    // A request target may contain a host name too. It has precedence, and a proxy may have checked only one of them.
    let target = request.uri().authority().map(Authority::as_str);
    let is_known = host.to_str().is_ok_and(|host| names.contains(host, local))
        && target.is_none_or(|target| names.contains(target, local));
    if is_known {
        return next.run(request).await;
    }
    let target = target.map(|target| shortened(target.as_bytes()));
    tracing::warn!(host = logged(Some(host)), target, "refused: not in allow_hosts");
    Refusal::new(421, "The relay does not answer under this host name: its allow_hosts does not list it.")
        .response()
}

/// A header for the log.
fn logged(value: Option<&HeaderValue>) -> Option<String> {
    value.map(|value| shortened(value.as_bytes()))
}

/// The beginning of a text that a client has sent, without control characters.
pub(crate) fn shortened(text: &[u8]) -> String {
    let mut escaped = text.escape_ascii().map(char::from);
    let mut shortened: String = escaped.by_ref().take(MAX_LOGGED).collect();
    if escaped.next().is_some() {
        shortened.push('…');
    }
    shortened
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_only_loopback_the_local_address_and_the_configured_names() {
        let names = HostNames(Arc::new(["books.example".to_owned()]));
        let local = Some("192.0.2.7".parse().unwrap());
        for host in [
            "localhost",
            "LOCALHOST:9100",
            "localhost.",
            "localhost.:9100",
            "127.0.0.1",
            "127.9.9.9:80",
            "[::1]:9100",
            "[::ffff:127.0.0.1]",
            "192.0.2.7:9100",
            "[::ffff:192.0.2.7]",
            "Books.Example.:443",
        ] {
            assert!(names.contains(host, local), "{host}");
        }
        for host in [
            "",
            ".",
            ":9100",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "localhost..",
            "localhost:x",
            "user@localhost",
            "localhost@evil.example",
            "192.0.2.8",
            "0.0.0.0",
            "[::]",
            "::1",
            "[::1",
            "localhost, evil.example",
            "localhost/",
            "books.example.evil.example",
        ] {
            assert!(!names.contains(host, local), "{host}");
        }
        assert!(!names.contains("192.0.2.7", None));
    }

    #[test]
    fn logs_a_bounded_text_without_control_characters() {
        assert_eq!(shortened(b"a\tb\r\n\x1b\xff"), r"a\tb\r\n\x1b\xff");
        assert_eq!(shortened(&[b'a'; 200]).chars().count(), 200);
        assert_eq!(shortened(&[b'a'; 16_000]).chars().count(), 201);
    }
}
