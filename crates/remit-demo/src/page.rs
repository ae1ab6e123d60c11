//! Serves the built page, `/demo.json` with the stack's data for the page, and `/session` with a session for the page.

use std::net::TcpListener;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use axum::Router;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::routing::{get, post};
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::host::Host;

/// Serves the files, and the result of `demo` as `/demo.json`. The page may connect only to its own server and to `relay`.
pub(crate) async fn serve(
    listener: TcpListener,
    files: PathBuf,
    demo: impl Fn() -> Result<String> + Clone + Send + Sync + 'static,
    relay: String,
    host: Option<Host>,
) -> Result<()> {
    let app = router(&files, demo, &relay, host)?;
    listener.set_nonblocking(true).context("cannot prepare the page's port")?;
    let listener = tokio::net::TcpListener::from_std(listener).context("cannot listen on the page's port")?;
    axum::serve(listener, app).await.context("the page's server failed")
}

fn router(
    files: &Path,
    demo: impl Fn() -> Result<String> + Clone + Send + Sync + 'static,
    relay: &str,
    host: Option<Host>,
) -> Result<Router> {
    let fixed = |name: HeaderName, value: &str| -> Result<_> {
        let value = HeaderValue::from_str(value)
            .with_context(|| format!("invalid value for the header {name}: {value}"))?;
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
    // A browser sends the page's origin with a POST.
    let session = async move |headers: HeaderMap| {
        let origin = headers.get(ORIGIN).and_then(|origin| origin.to_str().ok());
        let (Some(host), Some(origin)) = (host, origin) else {
            return Err((StatusCode::NOT_FOUND, "the relay asks for no sessions".to_owned()));
        };
        match host.session(origin).await {
            Ok(json) => Ok(([(CONTENT_TYPE, "application/json")], json)),
            Err(error) => Err((StatusCode::BAD_GATEWAY, format!("{error:#}"))),
        }
    };
    Ok(Router::new()
        .route("/demo.json", get(answer))
        .route("/session", post(session))
        .fallback_service(ServeDir::new(files))
        .layer(fixed(CONTENT_SECURITY_POLICY, &policy(relay))?)
        .layer(fixed(X_CONTENT_TYPE_OPTIONS, "nosniff")?)
        .layer(fixed(REFERRER_POLICY, "no-referrer")?)
        // A rebuilt page must never load the module of an earlier build.
        .layer(fixed(CACHE_CONTROL, "no-store")?))
}

/// The strictest policy that permits WebAssembly.
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

    #[tokio::test]
    async fn serves_files_with_their_types_and_the_policy() {
        let home = tempfile::tempdir().unwrap();
        let files = home.path().join("page");
        fs::create_dir(&files).unwrap();
        for name in ["index.html", "a.wasm", "a.js", "a.css", "en.json"] {
            fs::write(files.join(name), "x").unwrap();
        }
        fs::write(home.path().join("secret"), "secret").unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(serve(
            listener,
            files,
            || Ok("{\"relay\":1}".to_owned()),
            "http://127.0.0.1:9".to_owned(),
            None,
        ));
        let ask = async |path: &str| {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut response = String::new();
            stream.read_to_string(&mut response).await.unwrap();
            response
        };
        for (path, kind) in [
            ("/", "text/html"),
            ("/a.wasm", "application/wasm"),
            ("/a.js", "text/javascript"),
            ("/a.css", "text/css"),
            ("/en.json", "application/json"),
            ("/demo.json", "application/json"),
        ] {
            let response = ask(path).await;
            assert!(response.starts_with("HTTP/1.1 200"), "{path}: {response}");
            assert!(response.contains(&format!("content-type: {kind}\r\n")), "{path}: {response}");
            assert!(
                response.contains("connect-src 'self' http://127.0.0.1:9; base-uri"),
                "{path}: {response}"
            );
        }
        assert!(ask("/demo.json").await.ends_with("{\"relay\":1}"));
        assert!(ask("/nothing").await.starts_with("HTTP/1.1 404"));
        assert!(ask("/%2e%2e/secret").await.starts_with("HTTP/1.1 404"));
    }
}
