//! A small application with the forms of Remit on tabs.

use gloo_net::http::Request;
use leptos::prelude::*;
use leptos::task::spawn_local;
use remit_leptos::remit_core::wire::{Headers, Response};
use remit_leptos::remit_core::{Draft, wire};
use remit_leptos::{
    Added, Endpoint, Invoice, InvoiceForm, PaymentForm, PaymentList, Recorded, Submission, Uncertain,
};

/// The tabs.
#[derive(Clone, Copy, PartialEq)]
enum Tab {
    Pay,
    Both,
    Payments,
    Invoice,
}

fn main() {
    leptos::mount::mount_to_body(App);
}

/// The whole application.
#[component]
fn App() -> impl IntoView {
    let (tab, set_tab) = signal(Tab::Pay);
    let log = RwSignal::new(Vec::new());
    let note = move |line: String| log.update(|log| log.push(line));
    // These callbacks belong to the application, not to a tab, so they also hear of a payment that was being sent when its
    // form was unmounted.
    let on_success = Callback::new(move |paid: Recorded| note(format!("recorded {}", paid.payment.amount)));
    let on_unknown = Callback::new(move |open: Uncertain| {
        note(format!("unknown {}", open.fields.get("amount").unwrap_or_default()))
    });

    // The props of the forms follow these signals.
    let provider = RwSignal::new("clockify".to_owned());
    let disabled = RwSignal::new(false);
    let takes_over = RwSignal::new(false);
    let draft = RwSignal::new(Draft::new());
    let preset = Draft::new().with("workspaceId", "64a687e29ae1f428e7ebe001");
    let relay = relay();
    let endpoint = Endpoint::relay(&format!("{relay}/clockify"));
    let first =
        Invoice::new("0000000064a687e29ae103e9", "USD").with_balance("1250.00").with_number("INV-1001");
    let second =
        Invoice::new("0000000064a687e29ae103ea", "EUR").with_balance("980.50").with_number("INV-1002");

    let send = move |submission: Submission| {
        if takes_over.get_untracked() {
            let (mut request, ticket) = (submission.request().clone(), submission.take_over());
            request.headers.set("Idempotency-Key", format!("\"{}\"", submission.key()));
            let relay = relay.clone();
            spawn_local(async move { ticket.settle(send(&format!("{relay}/clockify"), request).await.ok()) });
        }
    };
    let on_submit = Callback::new(send);

    let content = move || {
        let (endpoint, preset, first, second) =
            (endpoint.clone(), preset.clone(), first.clone(), second.clone());
        match tab.get() {
            Tab::Pay => view! {
                <PaymentForm provider endpoint invoice=first preset draft disabled on_submit on_success on_unknown/>
                <p>"Draft: " <output>{move || draft.get().get("amount").unwrap_or_default().to_owned()}</output></p>
            }
            .into_any(),
            Tab::Both => view! {
                <PaymentForm provider endpoint=endpoint.clone() invoice=first preset=preset.clone() on_success/>
                <PaymentForm provider endpoint invoice=second preset on_success/>
            }
            .into_any(),
            Tab::Payments => view! { <PaymentList provider endpoint invoice=first preset removable=true/> }.into_any(),
            Tab::Invoice => {
                let on_success = move |added: Added| note(format!("added {}", added.receipt.payment_id.unwrap_or_default()));
                view! { <InvoiceForm provider endpoint preset on_success/> }.into_any()
            }
        }
    };
    let link = move |name, to| {
        let current = move || (tab.get() == to).then_some("page");
        view! { <button type="button" aria-current=current on:click=move |_| set_tab.set(to)>{name}</button> }
    };
    view! {
        <h1>"Payments"</h1>
        <nav>
            {link("One invoice", Tab::Pay)} {link("Two invoices", Tab::Both)}
            {link("Recorded payments", Tab::Payments)} {link("New invoice", Tab::Invoice)}
        </nav>
        <div class="settings">
            <label>"Provider" <input prop:value=provider on:input:target=move |event| provider.set(event.target().value())/></label>
            <label><input type="checkbox" bind:checked=disabled/> "Locked"</label>
            <label><input type="checkbox" bind:checked=takes_over/> "The application sends"</label>
        </div>
        {content}
        <ul class="log">{move || log.get().into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
    }
}

/// The relay's address, which the page's author writes into index.html.
fn relay() -> String {
    let meta = document().query_selector("meta[name=relay]").ok().flatten();
    meta.and_then(|meta| meta.get_attribute("content")).unwrap_or_default()
}

/// Sends a request that the application has taken over. A real application would send it from its own server.
async fn send(base_url: &str, request: wire::Request) -> Result<Response, gloo_net::Error> {
    let mut builder = Request::post(&format!("{base_url}{}", request.path));
    for (name, value) in request.headers.iter() {
        builder = builder.header(name, value);
    }
    let response = builder.body(request.body)?.send().await?;
    let headers: Headers = response.headers().entries().collect();
    Ok(Response::new(response.status(), headers, response.text().await?))
}
