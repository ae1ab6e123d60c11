//! The page, as the server renders it and the browser takes it over.

use leptos::prelude::*;
use remit_leptos::remit_core::Draft;
use remit_leptos::{Endpoint, Invoice, PaymentForm, Recorded};

/// Two forms, and what they have recorded.
#[component]
pub fn App(
    /// The relay's address.
    relay: String,
) -> impl IntoView {
    let endpoint = Endpoint::relay(&format!("{relay}/clockify"));
    let preset = Draft::new().with("workspaceId", "64a687e29ae1f428e7ebe001");
    let first =
        Invoice::new("0000000064a687e29ae103e9", "USD").with_balance("1250.00").with_number("INV-1001");
    let second =
        Invoice::new("0000000064a687e29ae103ea", "EUR").with_balance("980.50").with_number("INV-1002");
    let draft = RwSignal::new(Draft::new().with("amount", "80.50"));
    let recorded = RwSignal::new(String::new());
    let on_success = Callback::new(move |paid: Recorded| recorded.set(paid.payment.amount.to_string()));
    view! {
        <main>
            <PaymentForm provider="clockify" endpoint=endpoint.clone() invoice=first preset=preset.clone() on_success/>
            <PaymentForm provider="clockify" endpoint invoice=second preset draft on_success/>
            <output>{recorded}</output>
        </main>
    }
}

/// Takes over the server's page. The server has written the relay's address into it.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen(start)]
pub fn hydrate() {
    let meta = document().query_selector("meta[name=relay]").ok().flatten();
    let relay = meta.and_then(|meta| meta.get_attribute("content")).unwrap_or_default();
    leptos::mount::hydrate_body(move || view! { <App relay/> });
}
