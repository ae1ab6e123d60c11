//! The declaration of `<remit-payment>` and `<remit-invoice>`.
//!
//! The tables of the documentation, custom-elements.json, the types and the lists in the scripts are generated from it. A test
//! in tests/browser compares it with the classes. A description is a fragment without a final full stop, in Markdown.

/// The elements that have a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    Both,
    /// Only `<remit-payment>`.
    Payment,
}

/// An element.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Element {
    pub(crate) tag: &'static str,
    pub(crate) class: &'static str,
    pub(crate) about: &'static str,
    /// The TypeScript type of the part of an event's detail that names the payment or the invoice.
    pub(crate) subject: &'static str,
    pub(crate) is_payment: bool,
}

impl Element {
    pub(crate) fn has(&self, on: On) -> bool {
        on == On::Both || self.is_payment
    }
}

/// The elements.
pub(crate) const ELEMENTS: [Element; 2] = [
    Element {
        tag: "remit-payment",
        class: "RemitPayment",
        about: "a form that records a payment",
        subject: "{ payment: RemitChecked }",
        is_payment: true,
    },
    Element {
        tag: "remit-invoice",
        class: "RemitInvoice",
        about: "a form that adds an invoice, for providers that support it",
        subject: "{ invoice: RemitEntered }",
        is_payment: false,
    },
];

/// The type of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AttributeType {
    Text,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// Present or absent.
    Flag,
}

/// The effect of an attribute on the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Sets an option of the form.
    Option,
    /// Sets the field of the same name.
    Field,
    /// Concerns the browser or the style sheet, not the form.
    None,
}

/// An attribute. Its property has the same name in camel case.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attribute {
    pub(crate) name: &'static str,
    pub(crate) kind: AttributeType,
    pub(crate) effect: Effect,
    pub(crate) about: &'static str,
}

const fn attribute(
    name: &'static str,
    kind: AttributeType,
    effect: Effect,
    about: &'static str,
) -> Attribute {
    Attribute { name, kind, effect, about }
}

/// The attributes of both elements.
pub(crate) const ATTRIBUTES: &[Attribute] = &[
    attribute(
        "provider",
        AttributeType::Text,
        Effect::Option,
        "the provider's identifier, or several identifiers, separated by spaces, to let the user choose",
    ),
    attribute(
        "base-url",
        AttributeType::Text,
        Effect::Option,
        "the address of the relay's connection or of the provider's API; `{provider}` in it is replaced with the identifier of \
         the chosen provider; without it, the form makes no requests, and the page must send the payment itself",
    ),
    attribute(
        "session",
        AttributeType::Text,
        Effect::Option,
        "the token of the page's session with a relay that requires one; sent to `base-url` as `Authorization: Bearer`, and \
         kept only in memory; not together with `credentials`",
    ),
    attribute("workspace-id", AttributeType::Text, Effect::Field, "the workspace, if the page knows it"),
    attribute("invoice-id", AttributeType::Text, Effect::Field, "the invoice to pay, if the page knows it"),
    attribute("business-id", AttributeType::Text, Effect::Field, "the business, if the page knows it"),
    attribute(
        "client-id",
        AttributeType::Text,
        Effect::Field,
        "the client, if the page knows it; for `<remit-invoice>`",
    ),
    attribute(
        "currency",
        AttributeType::Text,
        Effect::Field,
        "the currency as an ISO 4217 code, if the page knows it",
    ),
    attribute(
        "locale",
        AttributeType::Text,
        Effect::Option,
        "a BCP 47 language tag; defaults to the page's `lang`, then to the browser's language",
    ),
    attribute(
        "theme",
        AttributeType::OneOf(&["light", "dark"]),
        Effect::None,
        "`light` or `dark`; defaults to the page's `color-scheme`",
    ),
    attribute("disabled", AttributeType::Flag, Effect::Option, "the form accepts no input and sends nothing"),
    attribute(
        "removable",
        AttributeType::Flag,
        Effect::Option,
        "adds a button that removes a recorded payment, if the provider supports it; a relay must allow `delete_payment`",
    ),
    attribute(
        "name",
        AttributeType::Text,
        Effect::None,
        "the name of the recorded payment in the data of the `<form>` around the element",
    ),
    attribute(
        "required",
        AttributeType::Flag,
        Effect::None,
        "the `<form>` around the element cannot be submitted before a payment is recorded",
    ),
];

/// A property without an attribute.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Property {
    pub(crate) name: &'static str,
    /// The TypeScript type when read.
    pub(crate) get: &'static str,
    /// The TypeScript type when set; `None` for a read-only property.
    pub(crate) set: Option<&'static str>,
    pub(crate) on: On,
    pub(crate) about: &'static str,
}

const fn settable(
    name: &'static str,
    get: &'static str,
    set: &'static str,
    on: On,
    about: &'static str,
) -> Property {
    Property { name, get, set: Some(set), on, about }
}

const fn readonly(name: &'static str, get: &'static str, about: &'static str) -> Property {
    Property { name, get, set: None, on: On::Both, about }
}

/// The properties without an attribute.
pub(crate) const PROPERTIES: &[Property] = &[
    settable(
        "invoice",
        "RemitInvoiceData | null",
        "RemitInvoiceData | null",
        On::Payment,
        "the invoice to pay: `{id, number, balance, currency, state, issued}`; only `id` and `currency` are required; `state` \
         is `draft`, `open`, `partial`, `paid` or `void`; `issued` is the date of issue; `id` and `currency` take precedence \
         over the attributes",
    ),
    settable(
        "transactions",
        "RemitTransaction[]",
        "RemitTransaction[] | null",
        On::Payment,
        "DayZero only: the bank transactions to choose from, `[{id, amount, unallocated, currency, datetime, description}]`; \
         if the page sets `invoice` but no transactions, the form requests them, which a relay must allow (`list_transactions` \
         and `allocations`)",
    ),
    settable(
        "value",
        "RemitEntered",
        "Record<string, RemitText> | null",
        On::Both,
        "the entered values, by field name; set it to fill in the form",
    ),
    settable(
        "credentials",
        "null",
        "RemitCredentials | null",
        On::Both,
        "the user's own secrets, such as `{apiKey: \"…\"}`, for a trusted page that calls the provider directly; kept only in \
         memory; reads as `null`; not for iVvy, because only a relay can sign its requests",
    ),
    readonly(
        "state",
        "RemitState",
        "`loading`, `editing`, `review`, `sending`, `handed-over`, `recorded`, `refused`, `not-sent` or `unknown`; \
         `handed-over` means that the page has cancelled `remit-submit` and is sending the payment itself",
    ),
    readonly("dirty", "boolean", "whether the user has entered something that is not recorded"),
    readonly("form", "HTMLFormElement | null", "the `<form>` around the element"),
    readonly("labels", "NodeList", "the element's `<label>`s; a click on one focuses the form"),
    readonly("type", "string", "the element's name, as for other controls of a `<form>`"),
    readonly(
        "willValidate",
        "boolean",
        "whether the `<form>` around the element checks it: not if it is disabled",
    ),
    readonly("validity", "ValidityState", "`customError` or `valueMissing`, unless it is `valid`"),
    readonly(
        "validationMessage",
        "string",
        "why the `<form>` around the element cannot be submitted; empty if it can",
    ),
];

/// A parameter of a method.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    /// The TypeScript type.
    pub(crate) kind: &'static str,
    pub(crate) is_optional: bool,
}

/// A method.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Method {
    pub(crate) name: &'static str,
    pub(crate) parameter: Option<Parameter>,
    /// The TypeScript type of the result.
    pub(crate) returns: &'static str,
    pub(crate) about: &'static str,
}

const fn method(name: &'static str, returns: &'static str, about: &'static str) -> Method {
    Method { name, parameter: None, returns, about }
}

impl Method {
    const fn with(self, name: &'static str, kind: &'static str, is_optional: bool) -> Self {
        Self { parameter: Some(Parameter { name, kind, is_optional }), ..self }
    }
}

/// The methods of both elements.
pub(crate) const METHODS: &[Method] = &[
    method(
        "submit",
        "boolean",
        "checks the form and opens the review step, just as the form's button does; does not send the payment; returns whether \
         the review opened",
    ),
    method(
        "validate",
        "boolean",
        "shows every issue, as a failed `submit()` does, and never opens the review; returns whether the entered values are \
         valid",
    ),
    method(
        "checkOutcome",
        "boolean",
        "looks for the payment if its outcome is unknown, just as the form's button does; never sends the payment again; \
         returns whether there is an unknown outcome",
    ),
    method("reset", "void", "clears the entered values; a pending payment, and an outcome that the user has not acknowledged, stay"),
    method(
        "settle",
        "boolean",
        "tells the form the result of a payment that the page has sent itself; `response` is `{status, headers, body}`, or \
         `null` if no response arrived; returns whether the form was waiting for one",
    )
    .with("response", "RemitResponse | null", false),
    method(
        "focus",
        "void",
        "focuses the first control, or the current page of the form; if the form is not ready yet, does so once it is",
    )
    .with("options", "FocusOptions", true),
    method(
        "checkValidity",
        "boolean",
        "returns whether the `<form>` around the element can be submitted; see [In a form](#in-a-form)",
    ),
    method("reportValidity", "boolean", "does the same as `checkValidity()`, and the browser shows why it cannot"),
    method(
        "setCustomValidity",
        "void",
        "keeps the `<form>` around the element from being submitted, with a message of the page; an empty text allows it again",
    )
    .with("message", "string", false),
];

/// An event.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Event {
    pub(crate) name: &'static str,
    /// The members of `detail`, for the documentation.
    pub(crate) members: &'static str,
    /// The TypeScript type of `detail`. `Subject` stands for [`Element::subject`].
    pub(crate) detail: &'static str,
    pub(crate) is_cancelable: bool,
    pub(crate) on: On,
    pub(crate) about: &'static str,
}

const fn event(
    name: &'static str,
    members: &'static str,
    detail: &'static str,
    about: &'static str,
) -> Event {
    Event { name, members, detail, is_cancelable: false, on: On::Both, about }
}

/// The events. All bubble and cross shadow roots.
pub(crate) const EVENTS: &[Event] = &[
    event("remit-ready", "{provider}", "{ provider: string }", "the form is ready"),
    event(
        "remit-change",
        "{provider, value}",
        "{ provider: string; value: RemitEntered }",
        "the user has entered or chosen something",
    ),
    event(
        "remit-invalid",
        "{provider, issues: [{field, code, params, message}]}",
        "{ provider: string; issues: RemitIssue[] }",
        "the check before the review found errors",
    ),
    Event {
        is_cancelable: true,
        ..event(
            "remit-submit",
            "{provider, payment, request, key}",
            "{ provider: string; request: RemitRequest; key: string } & Subject",
            "the user has confirmed the review, and the form is about to send the payment; cancel the event to send the request \
             yourself, then call `settle`; `key` is the payment's idempotency key, and the same if the user tries again after \
             the payment was not sent",
        )
    },
    event(
        "remit-success",
        "{provider, payment, outcome: {state: \"recorded\", paymentId, balance, paid, currency, status, raw}}",
        "{ provider: string; outcome: RemitOutcomeOf<\"recorded\"> } & Subject",
        "the payment was recorded",
    ),
    Event {
        on: On::Payment,
        ..event(
            "remit-remove",
            "{provider, invoiceId, payment, outcome}",
            "RemitRemoved",
            "the provider was asked to remove a payment; `outcome.state` says what happened",
        )
    },
    event(
        "remit-failure",
        "{provider, payment, outcome}",
        "{ provider: string; outcome: RemitOutcomeOf<\"refused\" | \"not-sent\"> } & Subject",
        "nothing was recorded; `outcome.state` is `refused` (by the provider) or `not-sent`",
    ),
    event(
        "remit-unknown",
        "{provider, payment, outcome}",
        "{ provider: string; outcome: RemitOutcomeOf<\"unknown\"> } & Subject",
        "the payment may have been recorded; the form offers to check again, and fires `remit-success` if it finds the payment; also \
         fired if a payment of an earlier visit or of another tab has an unknown outcome",
    ),
    event(
        "remit-session-expired",
        "{provider, reason}",
        "{ provider: string; reason: string | null }",
        "the relay has refused a request because `session` is missing, has expired or is not valid; nothing was sent, and the \
         entries are kept; set a new `session`, and the user can try again; `reason` is the relay's explanation or `null`",
    ),
    event(
        "remit-load-error",
        "{message}",
        "{ message: string }",
        "the form could not be loaded, and the element shows its children; or the page has set an invalid attribute or property, \
         and the form stays but records nothing until the page corrects it",
    ),
];

/// The description of the elements' only slot.
pub(crate) const SLOT: &str = "a fallback, shown until the form is loaded, and if it cannot be loaded";

/// The parts that `::part()` selects, with their descriptions.
pub(crate) const PARTS: &[(&str, &str)] = &[
    ("frame", "the outermost part, around every page of the form"),
    ("blocked", "the message that the page's settings are invalid"),
    ("form", "the page with the fields"),
    ("review", "the page that shows the payment before it is sent"),
    ("outcome", "the page that shows the outcome"),
    ("head", "the title and the invoice"),
    ("title", "the title of a page"),
    ("lead", "the invoice under the title"),
    ("balance", "the invoice's balance in the lead"),
    ("summary", "the list of all errors"),
    ("summary-title", "the title of the summary"),
    ("fields", "all fields"),
    ("group", "fields that depend on the same choice"),
    ("legend", "the name of a group"),
    ("field", "a field with its label and messages"),
    ("label", "the label of a field"),
    ("optional", "the remark that a field is optional"),
    ("control", "an input with its unit and its button"),
    ("input", "an input, a select or a text area"),
    ("affix", "the unit of a number"),
    ("fill", "the button that fills in a field"),
    ("hint", "a field's hint"),
    ("error", "a field's error"),
    ("notice", "a field's notice"),
    ("count", "the number of characters left"),
    ("actions", "the buttons of a page"),
    ("button", "a button of a page"),
    ("primary", "the button that goes on"),
    ("secondary", "another button"),
    ("danger", "the button that removes a payment"),
    ("sentence", "the sentence about the payment"),
    ("found", "the result of a check for the payment"),
    ("facts", "a list of labels and values"),
    ("fact", "one label with its value"),
    ("notices", "the notices in the review"),
    ("mark", "the mark of an outcome"),
    ("words", "the words of the provider"),
    ("payments", "the list of existing payments with its button"),
    ("toggle", "the button that opens the list"),
    ("paid", "the list itself"),
    ("line", "a payment in the list"),
    ("sum", "the amount of a payment"),
    ("more", "the other values of a payment"),
    ("remove", "the button that offers to remove a payment"),
    ("question", "the question before a removal"),
    ("said", "a message in the list"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::project::root;

    /// The words in the string literals of all sources below a folder.
    fn words(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                words(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = fs::read_to_string(path).unwrap();
                let literals = source.split('"').skip(1).step_by(2);
                found.extend(literals.flat_map(str::split_whitespace).map(str::to_owned));
            }
        }
    }

    #[test]
    fn every_part_and_every_event_of_the_form_is_in_its_sources() {
        let mut found = BTreeSet::new();
        for crate_folder in fs::read_dir(root().join("crates")).unwrap() {
            let crate_folder = crate_folder.unwrap();
            if crate_folder.file_name().to_string_lossy().starts_with("remit-") {
                words(&crate_folder.path().join("src"), &mut found);
            }
        }
        for (part, _) in PARTS {
            assert!(found.contains(*part), "no view has the part {part}");
        }
        let script = fs::read_to_string(root().join("www/remit.js")).unwrap();
        for event in EVENTS {
            let name = event.name;
            assert!(
                found.contains(name) || script.contains(&format!("#tell(\"{name}\"")),
                "{name} is never fired"
            );
        }
    }

    #[test]
    fn every_type_without_the_package_is_written_out() {
        let by_hand = fs::read_to_string(root().join("www/npm/types/element.d.ts")).unwrap();
        let used = PROPERTIES.iter().flat_map(|one| [Some(one.get), one.set]).flatten();
        let used =
            used.chain(EVENTS.iter().map(|one| one.detail)).chain(ELEMENTS.iter().map(|one| one.subject));
        for name in used.flat_map(|kind| kind.split(|c: char| !c.is_alphanumeric())) {
            let is_declared =
                ["interface", "type"].iter().any(|word| by_hand.contains(&format!("export {word} {name}")));
            assert!(!name.starts_with("Remit") || is_declared, "{name}");
        }
    }
}
