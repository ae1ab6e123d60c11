//! Every prop is usable from `view!` with plain values, signals and closures.

#![cfg(all(feature = "ssr", not(target_arch = "wasm32")))]
use leptos::prelude::*;
use remit_leptos::remit_core::{BankTransaction, Draft};
use remit_leptos::{
    Added, Endpoint, Invoice, InvoiceForm, NotSent, PaymentForm, PaymentList, Recorded, Refused, Removed,
    SessionExpired, Submission, Uncertain,
};

fn endpoint() -> Endpoint {
    Endpoint::relay("https://relay.example.com/{provider}")
}

fn invoice() -> Invoice {
    Invoice::new("4393", "EUR").with_balance("1250.00").with_number("INV-42")
}

fn transaction() -> BankTransaction {
    BankTransaction { id: "t1".to_owned(), amount: None, unallocated: None, at: None, description: None }
}

/// Renders in an owner, as a server does.
fn html<V: IntoView>(view: impl FnOnce() -> V) -> String {
    let owner = Owner::new();
    owner.with(|| view().into_view().to_html())
}

#[test]
fn takes_plain_values() {
    let text = html(|| {
        view! {
            <PaymentForm
                provider="harvest"
                endpoint=endpoint()
                session="a-token"
                invoice=invoice()
                preset=Draft::new().with("currency", "EUR")
                transactions=vec![transaction()]
                draft=RwSignal::new(Draft::new())
                disabled=true
                removable=true
                locale="de-DE"
                messages="{\"ui.invoice\": \"Rechnung {number}\"}"
                styles=false
            />
            <InvoiceForm provider="clockify".to_owned() endpoint=endpoint() session="a-token" preset=Draft::new() disabled=false/>
            <PaymentList provider="harvest" endpoint=endpoint() session="a-token" invoice=invoice() removable=true/>
        }
    });
    assert!(text.contains("INV-42") && !text.contains("role=\"alert\""), "{text}");
}

#[test]
fn takes_signals() {
    let text = html(|| {
        let provider = RwSignal::new("harvest".to_owned());
        let (endpoint, _) = signal(endpoint());
        let session = RwSignal::new(None::<String>);
        let invoice = RwSignal::new(Some(invoice()));
        let preset = RwSignal::new(Draft::new());
        let transactions = RwSignal::new(vec![transaction()]);
        let disabled = RwSignal::new(false);
        let removable = Memo::new(move |_| !disabled.get());
        let locale = RwSignal::new(Some("de-DE".to_owned()));
        let messages = RwSignal::new(None::<String>);
        view! {
            <PaymentForm provider endpoint session invoice preset transactions disabled removable locale messages/>
            <InvoiceForm provider=Signal::derive(|| "clockify".to_owned()) endpoint preset disabled locale messages/>
            <PaymentList provider endpoint invoice preset removable locale messages/>
        }
    });
    assert!(text.contains("INV-42") && !text.contains("role=\"alert\""), "{text}");
}

#[test]
fn takes_closures() {
    let text = html(|| {
        let is_locked = RwSignal::new(true);
        view! {
            <PaymentForm
                provider=move || if is_locked.get() { "harvest" } else { "ivvy" }
                endpoint=move || endpoint()
                session=Signal::derive(|| Some("a-token".to_owned()))
                invoice=Signal::derive(move || Some(invoice()))
                preset=Signal::derive(|| Draft::new().with("currency", "EUR"))
                transactions=Signal::derive(|| vec![transaction()])
                disabled=move || is_locked.get()
                removable=move || !is_locked.get()
                locale=Signal::derive(|| "de-DE".to_owned())
                messages=Signal::derive(|| None::<String>)
            />
            <InvoiceForm provider="clockify" endpoint=move || endpoint() disabled=move || is_locked.get()/>
            <PaymentList provider="harvest" endpoint=move || endpoint() invoice=Signal::derive(invoice)/>
        }
    });
    assert!(text.contains("disabled") && !text.contains("role=\"alert\""), "{text}");
}

#[test]
fn takes_callbacks_as_closures_and_as_callbacks() {
    let seen = html(|| {
        let amount = RwSignal::new(None);
        let submit = Callback::new(|submission: Submission| {
            let _request = submission.request();
        });
        view! {
            <PaymentForm
                provider="harvest"
                endpoint=endpoint()
                on_submit=submit
                on_success=move |paid: Recorded| amount.set(Some(paid.payment.amount))
                on_refused=|refused: Refused| leptos::logging::log!("{}", refused.problem.code.as_str())
                on_not_sent=|kept: NotSent| leptos::logging::log!("{:?}", kept.reason)
                on_unknown=|open: Uncertain| leptos::logging::log!("{:?}", open.fields)
                on_session_expired=|expired: SessionExpired| leptos::logging::log!("{:?}", expired.reason.words)
                on_change=|draft: Draft| leptos::logging::log!("{:?}", draft.get("amount"))
                on_remove=|removed: Removed| leptos::logging::log!("{}", removed.invoice_id)
                header=|| view! { <p>"above"</p> }
                footer=|| view! { <p>"below"</p> }
            />
            <InvoiceForm
                provider="clockify"
                endpoint=endpoint()
                on_submit=|submission: Submission| {
                    let _request = submission.request();
                }
                on_success=|added: Added| leptos::logging::log!("{:?}", added.receipt.payment_id)
                on_refused=|_| ()
                on_not_sent=|_| ()
                on_unknown=|_| ()
                on_session_expired=|_| ()
                on_change=|_| ()
            />
            <PaymentList provider="harvest" endpoint=endpoint() invoice=invoice() on_remove=|_| () on_session_expired=|_| ()/>
        }
    });
    assert!(seen.contains("above") && seen.contains("below"));
}

#[test]
fn needs_only_a_provider_and_an_endpoint() {
    let text = html(|| {
        view! {
            <PaymentForm provider="harvest" endpoint=endpoint()/>
            <InvoiceForm provider="clockify" endpoint=endpoint()/>
            <PaymentList provider="harvest" endpoint=endpoint()/>
        }
    });
    assert_eq!(text.matches("<form").count(), 2);
}
