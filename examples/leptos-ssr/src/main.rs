//! Prints the page. A server would send it for each request; `leptos_axum` and `leptos_actix` do.

use std::io::Write as _;
use std::sync::Arc;

use example_leptos_ssr::App;
use hydration_context::SsrSharedContext;
use leptos::prelude::*;

fn main() -> std::io::Result<()> {
    let relay = std::env::args().nth(1).unwrap_or_else(|| "http://127.0.0.1:9100".to_owned());
    // The context numbers the forms in the same order as the browser does.
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new())));
    let app = owner.with(|| view! { <App relay=relay.clone()/> }.to_html());
    write!(
        std::io::stdout(),
        r#"<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta name="relay" content="{relay}" />
    <link rel="icon" href="data:," />
    <title>Payments</title>
    <script type="module">import start from "./page.js"; await start({{ module_or_path: "./page_bg.wasm" }});</script>
  </head>
  <body>{app}</body>
</html>
"#
    )
}
