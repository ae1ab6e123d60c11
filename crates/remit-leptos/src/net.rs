//! Sends a session's requests with the browser's `fetch`.

use gloo_net::http::{Request, RequestBuilder};
use remit_core::wire::{Headers, Method, Response};
use remit_session::{Call, Mode};
use web_sys::{AbortSignal, RequestCache, RequestCredentials, RequestMode, RequestRedirect};

/// Sends a request once. The request may have arrived even if no response does.
pub(crate) async fn send(call: Call) -> Result<Response, String> {
    let builder = match call.request.method {
        Method::Get => Request::get(&call.url),
        Method::Post => Request::post(&call.url),
        Method::Delete => Request::delete(&call.url),
    };
    let mut builder = plain(builder, call.timeout);
    if call.mode == Mode::Reach {
        let reached = builder.mode(RequestMode::NoCors).send().await;
        return reached
            .map(|_| Response::new(200, Headers::default(), ""))
            .map_err(|error| error.to_string());
    }
    builder = builder.redirect(RequestRedirect::Manual);
    for (name, value) in call.request.headers.iter() {
        builder = builder.header(name, value);
    }
    let body = call.request.body;
    // The browser rejects a body in a GET request, even an empty one.
    let request = if body.is_empty() { builder.build() } else { builder.body(body) };
    read(request.map_err(|error| error.to_string())?).await.map_err(|error| error.to_string())
}

async fn read(request: Request) -> Result<Response, gloo_net::Error> {
    let response = request.send().await?;
    let headers: Headers = response.headers().entries().collect();
    Ok(Response::new(response.status(), headers, response.text().await?))
}

/// Disables the cache, sets the timeout and limits cookies to the page's own origin: a relay there may require its sign-in.
fn plain(builder: RequestBuilder, timeout: u32) -> RequestBuilder {
    builder
        .credentials(RequestCredentials::SameOrigin)
        .cache(RequestCache::NoStore)
        .abort_signal(Some(&AbortSignal::timeout_with_u32(timeout)))
}
