//! The page's own server: dist/, and what the page must know of this stack.

use std::net::TcpListener;
use std::path::Path;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::routing::get;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// Serves `dist` and `/demo.json` until it is dropped; `demo` says what that is, each time anew. The page may talk to `relay` and to nobody else.
pub(crate) async fn serve(
    listener: TcpListener,
    dist: &Path,
    demo: impl Fn() -> Result<String> + Clone + Send + Sync + 'static,
    relay: &str,
) -> Result<()> {
    let app = router(dist, demo, relay)?;
    listener.set_nonblocking(true).context("cannot prepare the page's port")?;
    let listener = tokio::net::TcpListener::from_std(listener).context("cannot listen on the page's port")?;
    axum::serve(listener, app).await.context("the page's server failed")
}

fn router(
    dist: &Path,
    demo: impl Fn() -> Result<String> + Clone + Send + Sync + 'static,
    relay: &str,
) -> Result<Router> {
    let fixed = |name: HeaderName, value: &str| -> Result<_> {
        let value =
            HeaderValue::from_str(value).with_context(|| format!("not a value for {name}: {value}"))?;
        Ok(SetResponseHeaderLayer::overriding(name, value))
    };
    let answer = async move || match tokio::task::spawn_blocking(demo.clone())
        .await
        .map_err(anyhow::Error::new)
        .flatten()
    {
        Ok(json) => Ok(([(CONTENT_TYPE, "application/json")], json)),
        Err(error) => Err((StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}"))),
    };
    Ok(Router::new()
        .route("/demo.json", get(answer))
        .fallback_service(ServeDir::new(dist))
        .layer(fixed(CONTENT_SECURITY_POLICY, &policy(relay))?)
        .layer(fixed(X_CONTENT_TYPE_OPTIONS, "nosniff")?)
        .layer(fixed(REFERRER_POLICY, "no-referrer")?)
        // A page that was rebuilt must never be mixed with a module of the build before.
        .layer(fixed(CACHE_CONTROL, "no-store")?))
}

/// As strict as a page with WebAssembly can be.
fn policy(relay: &str) -> String {
    [
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        &format!("connect-src 'self' {relay}"),
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ]
    .join("; ")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    use super::*;
    use crate::workspace::TempDir;

    #[tokio::test]
    async fn serves_files_with_their_types_and_the_policy() {
        let dist = TempDir::new(&std::env::temp_dir(), "remit-serve").unwrap();
        for name in ["index.html", "a.wasm", "a.js", "a.css", "en.json"] {
            fs::write(dist.path().join(name), "x").unwrap();
        }
        fs::write(dist.path().with_extension("secret"), "secret").unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let served = dist.path().to_owned();
        tokio::spawn(async move {
            serve(listener, &served, || Ok("{\"relay\":1}".to_owned()), "http://127.0.0.1:9").await.unwrap();
        });
        let ask = async |path: &str| {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut reply = String::new();
            stream.read_to_string(&mut reply).await.unwrap();
            reply
        };
        for (path, kind) in [
            ("/", "text/html"),
            ("/a.wasm", "application/wasm"),
            ("/a.js", "text/javascript"),
            ("/a.css", "text/css"),
            ("/en.json", "application/json"),
            ("/demo.json", "application/json"),
        ] {
            let reply = ask(path).await;
            assert!(reply.starts_with("HTTP/1.1 200"), "{path}: {reply}");
            assert!(reply.contains(&format!("content-type: {kind}\r\n")), "{path}: {reply}");
            assert!(reply.contains("connect-src 'self' http://127.0.0.1:9; base-uri"), "{path}: {reply}");
        }
        assert!(ask("/demo.json").await.ends_with("{\"relay\":1}"));
        assert!(ask("/nothing").await.starts_with("HTTP/1.1 404"));
        let name = dist.path().with_extension("secret").file_name().unwrap().to_str().unwrap().to_owned();
        assert!(ask(&format!("/%2e%2e/{name}")).await.starts_with("HTTP/1.1 404"));
        fs::remove_file(dist.path().with_extension("secret")).unwrap();
    }
}
