//! The components on a server: the HTML that a browser takes over.

#![cfg(all(feature = "ssr", not(target_arch = "wasm32")))]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

use std::collections::BTreeSet;

use leptos::prelude::*;
use remit_leptos::remit_core::{Draft, Provider};
use remit_leptos::{Endpoint, Invoice, InvoiceForm, PaymentForm, PaymentList, STYLES};

fn endpoint() -> Endpoint {
    Endpoint::relay("https://relay.example.com/{provider}")
}

fn invoice() -> Invoice {
    Invoice::new("4393", "EUR").with_balance("1250.00").with_number("INV-42")
}

fn html<V: IntoView>(view: impl FnOnce() -> V) -> String {
    Owner::new().with(|| view().into_view().to_html())
}

/// The values of an attribute, in the order of the page.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    html.split(&start).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[test]
fn renders_every_provider_with_labels_for_its_controls() {
    for provider in Provider::ALL {
        let page = html(|| view! { <PaymentForm provider=provider.id endpoint=endpoint() styles=false/> });
        let (labels, ids) = (values(&page, "for"), values(&page, "id"));
        assert!(!labels.is_empty(), "{page}");
        for label in labels {
            assert!(ids.contains(&label), "{} has a label for #{label}, which does not exist", provider.id);
        }
        assert!(page.contains("aria-required=\"true\"") && page.contains("name=\"amount\""), "{page}");
        assert!(!page.contains("role=\"alert\""), "{page}");
    }
}

#[test]
fn refers_only_to_existing_elements() {
    let page = html(|| {
        let draft = RwSignal::new(Draft::new().with("amount", "1.250"));
        view! {
            <PaymentForm provider="clockify harvest" endpoint=endpoint() invoice=invoice() draft styles=false/>
            <InvoiceForm provider="clockify" endpoint=endpoint() styles=false/>
        }
    });
    let ids: BTreeSet<_> = values(&page, "id").into_iter().collect();
    for attribute in ["for", "aria-describedby", "aria-labelledby"] {
        let references = values(&page, attribute);
        for id in references.iter().flat_map(|text| text.split(' ')) {
            assert!(ids.contains(id), "{attribute}={id} refers to no element");
        }
    }
}

#[test]
fn gives_two_forms_of_a_page_different_ids() {
    let page = html(|| {
        view! {
            <PaymentForm provider="harvest" endpoint=endpoint() invoice=invoice()/>
            <PaymentForm provider="harvest" endpoint=endpoint() invoice=invoice()/>
            <InvoiceForm provider="clockify" endpoint=endpoint()/>
            <PaymentList provider="harvest" endpoint=endpoint() invoice=invoice()/>
        }
    });
    let ids = values(&page, "id");
    let distinct: BTreeSet<_> = ids.iter().collect();
    assert_eq!(ids.len(), distinct.len(), "{ids:?}");
}

#[test]
fn writes_plain_amounts_and_no_date() {
    let page = html(|| {
        view! { <PaymentForm provider="harvest" endpoint=endpoint() invoice=invoice() locale="de-DE" styles=false/> }
    });
    assert!(page.contains("INV-42") && page.contains("EUR 1250.00"), "{page}");
    // The server does not know the user's day, so the button that enters it appears in the browser.
    assert!(!page.contains(">Today<") && page.contains("Pay the balance"), "{page}");
}

#[test]
fn fills_in_a_draft() {
    let page = html(|| {
        let draft = RwSignal::new(Draft::new().with("amount", "12.50").with("paidAt", "2026-11-19"));
        view! { <PaymentForm provider="harvest" endpoint=endpoint() draft styles=false/> }
    });
    let entered: Vec<_> = values(&page, "value").into_iter().filter(|value| !value.is_empty()).collect();
    assert!(entered.contains(&"12.50") && entered.contains(&"2026-11-19"), "{entered:?}");
}

#[test]
fn leaves_void_elements_and_text_areas_empty() {
    let page = html(|| view! { <PaymentForm provider="harvest" endpoint=endpoint() styles=false/> });
    assert!(page.contains("<input") && !page.contains("</input>"), "{page}");
    let area = page.split("<textarea").nth(1).expect("Harvest has a note");
    let (_, content) = area.split_once('>').unwrap();
    assert!(content.starts_with("</textarea>"), "{content}");
}

#[test]
fn does_not_escape_the_styles() {
    let page = html(|| view! { <PaymentForm provider="harvest" endpoint=endpoint()/> });
    assert!(page.contains(&format!("<style>{STYLES}</style>")));
    assert!(STYLES.contains("[data-invalid] > .control") && !STYLES.contains("</"));
    let without = html(|| view! { <PaymentForm provider="harvest" endpoint=endpoint() styles=false/> });
    assert!(!without.contains("<style"));
}

#[test]
fn cannot_be_submitted_before_the_browser_takes_it_over() {
    let page = html(|| view! { <PaymentForm provider="harvest" endpoint=endpoint() styles=false/> });
    let (_, button) = page.split_once("type=\"submit\"").unwrap();
    assert!(button.split('>').next().unwrap().contains("disabled"), "{button}");
    assert_eq!(page.matches("disabled").count(), 1, "the person can already type: {page}");
}

#[test]
fn shows_an_invalid_prop_as_an_alert() {
    for (provider, says) in [("xero", "provider=\"xero\" is unknown"), (" ", "provider is empty")] {
        let page = html(|| view! { <PaymentForm provider=provider endpoint=endpoint() styles=false/> });
        let page = page.replace("&quot;", "\"");
        assert!(page.contains("role=\"alert\"") && page.contains(says), "{page}");
        assert!(!page.contains("<form"), "{page}");
    }
    let page = html(|| {
        view! { <PaymentForm provider="harvest" endpoint=Endpoint::relay("relay.example.com") styles=false/> }
    });
    assert!(
        page.contains("role=\"alert\"") && page.contains("endpoint=") && page.contains("has no scheme"),
        "{page}"
    );
    let page = html(|| {
        let invoice = invoice().with_balance("1,250.00€");
        view! { <PaymentForm provider="harvest" endpoint=endpoint() invoice styles=false/> }
    });
    assert!(page.contains("invoice: balance must be a decimal amount in EUR"), "{page}");
    // Harvest has no operation that adds an invoice.
    let page = html(|| view! { <InvoiceForm provider="harvest" endpoint=endpoint() styles=false/> });
    assert!(page.contains("role=\"alert\""), "{page}");
}

#[test]
fn renders_right_to_left_languages() {
    let page = html(|| {
        let messages = include_str!("../../../www/locales/ar.json");
        view! { <PaymentForm provider="harvest" endpoint=endpoint() locale="ar" messages styles=false/> }
    });
    assert!(page.contains("dir=\"rtl\"") && page.contains("lang=\"ar\""), "{page}");
}

#[test]
fn renders_the_payments_of_an_invoice_only_once_it_is_known() {
    let list = |invoice: Option<Invoice>| {
        let invoice = RwSignal::new(invoice);
        html(move || view! { <PaymentList provider="harvest" endpoint=endpoint() invoice styles=false/> })
    };
    assert!(list(Some(invoice())).contains("class=\"payments\""));
    assert!(!list(None).contains("class=\"payments\""));
}

#[test]
fn passes_attributes_on_to_its_element() {
    let page = html(|| {
        view! { <PaymentForm provider="harvest" endpoint=endpoint() styles=false attr:data-theme="dark" attr:id="pay"/> }
    });
    let (element, _) = page.split_once('>').unwrap();
    assert!(element.contains("class=\"remit-form\"") && element.contains("data-theme=\"dark\""), "{element}");
    assert!(element.contains("id=\"pay\""), "{element}");
}

#[test]
fn ends_the_styles_at_the_header_and_the_footer() {
    let page = html(|| {
        let header = || view! { <p>"above"</p> };
        view! { <PaymentForm provider="harvest" endpoint=endpoint() styles=false header/> }
    });
    assert!(page.contains("<div class=\"remit-header\"><p>above</p></div>"), "{page}");
    assert!(!page.contains("remit-footer"));
    assert!(STYLES.starts_with("@scope (.remit-form) to (.remit-header, .remit-footer) {"));
}
