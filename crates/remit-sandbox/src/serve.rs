//! Serves connections with hyper itself, so that a fault can close a connection instead of sending a response.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;

use crate::answer::Unanswered;
use crate::http::router;
use crate::sandbox::Sandbox;

/// How long open requests may take after the sandbox was asked to stop.
const GRACE: Duration = Duration::from_secs(5);
/// How long to wait after a connection could not be accepted, for example because too many are open.
const PAUSE: Duration = Duration::from_millis(100);

/// The reason why a request receives no response.
#[derive(Debug, thiserror::Error)]
enum Cut {
    #[error("the connection was dropped by a fault")]
    Fault,
    #[error(transparent)]
    Never(#[from] Infallible),
}

/// Serves the sandbox until `stop` is ready, then waits a few seconds for open requests.
pub async fn serve(listener: TcpListener, sandbox: Sandbox, stop: impl Future<Output = ()>) {
    let router = router(sandbox);
    let connections = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let router = router.clone();
        let service = service_fn(move |request| answer(router.clone(), request));
        let connection =
            connections.watch(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    if tokio::time::timeout(GRACE, connections.shutdown()).await.is_err() {
        tracing::warn!("some requests were still open");
    }
}

/// Responds, or returns an error for an [`Unanswered`] response: hyper then closes the connection without writing.
async fn answer(router: Router, request: hyper::Request<Incoming>) -> Result<Response, Cut> {
    let response = TowerToHyperService::new(router).call(request).await?;
    if response.extensions().get::<Unanswered>().is_some() { Err(Cut::Fault) } else { Ok(response) }
}
