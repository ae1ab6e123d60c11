//! Generates the types of the elements in the markup of React, Preact, Solid and Vue, and of the React components.

use super::declared::{ELEMENTS, EVENTS, Element, Event, On};
use super::script::handler;
use super::text::{camel, capital, comment};
use super::types::HEAD;

/// The names that every file imports from the elements' types.
fn imports(names: &[&str], from: &str) -> String {
    let names: String = names.iter().map(|name| format!("  {name},\n")).collect();
    format!("import type {{\n{names}}} from {from:?};\n")
}

const TYPES: &[&str] = &[
    "RemitAttributes",
    "RemitInvoice",
    "RemitInvoiceEventMap",
    "RemitInvoiceProperties",
    "RemitPayment",
    "RemitPaymentEventMap",
    "RemitPaymentProperties",
];

/// Handlers for the events of an element, each named with this prefix and the event's name.
fn handlers(prefix: &str) -> String {
    format!(
        "type Handlers<Events> = {{ [Name in keyof Events & string as `{prefix}${{Name}}`]?: ((event: Events[Name]) => void) | undefined }};\n"
    )
}

/// A module's namespace `JSX` with both elements.
fn jsx(module: &str, attributes: impl Fn(&str) -> String) -> String {
    let member = |element: &Element| format!("      {:?}: {};\n", element.tag, attributes(element.class));
    let members: String = ELEMENTS.iter().map(member).collect();
    format!(
        "declare module {module:?} {{\n  namespace JSX {{\n    interface IntrinsicElements {{\n{members}    }}\n  }}\n}}\n"
    )
}

/// Renders www/npm/types/react.d.ts: the elements in the markup of React 19.
pub(crate) fn react_markup() -> String {
    let types = imports(TYPES, "../widget.js");
    let markup = jsx("react", |class| {
        format!(
            "HTMLAttributes<{class}> & RefAttributes<{class}> & RemitAttributes & {class}Properties & Handlers<{class}EventMap>"
        )
    });
    format!(
        "{HEAD}\nimport type {{ HTMLAttributes, RefAttributes }} from \"react\";\n{types}\n{}\n{markup}",
        handlers("on")
    )
}

/// Renders www/npm/types/preact.d.ts.
pub(crate) fn preact() -> String {
    let types = imports(TYPES, "../widget.js");
    let markup = jsx("preact", |class| {
        format!(
            "Omit<HTMLAttributes<{class}>, keyof {class}Properties> & RemitAttributes & {class}Properties & Handlers<{class}EventMap>"
        )
    });
    format!(
        "{HEAD}\nimport type {{ HTMLAttributes }} from \"preact\";\n{types}\n{}\n{markup}",
        handlers("on")
    )
}

/// Renders www/npm/types/solid.d.ts.
pub(crate) fn solid() -> String {
    let types = imports(TYPES, "../widget.js");
    let markup = jsx("solid-js", |class| {
        format!(
            "HTMLAttributes<{class}> & RemitAttributes & {class}Properties & Explicit<{class}Properties> & Handlers<{class}EventMap>"
        )
    })
    .replace("HTMLAttributes<", "JSX.HTMLAttributes<");
    format!(
        "{HEAD}\nimport type {{ JSX }} from \"solid-js\";\n{types}\ntype Explicit<Properties> = {{ [Name in keyof Properties & string as `prop:${{Name}}`]?: Properties[Name] }};\n{}\n{markup}",
        handlers("on:")
    )
}

/// Renders www/npm/types/vue.d.ts: the elements in the templates of Vue.
pub(crate) fn vue() -> String {
    let types = imports(TYPES, "../widget.js");
    let handler = |event: &Event| {
        format!(
            "  on{}?: ((event: Events[{:?}]) => void) | undefined;\n",
            capital(&camel(event.name)),
            event.name
        )
    };
    let shared: String = EVENTS.iter().filter(|event| event.on == On::Both).map(handler).collect();
    let own: String = EVENTS.iter().filter(|event| event.on == On::Payment).map(handler).collect();
    let member = |element: &Element| {
        let class = element.class;
        let handlers = if element.is_payment {
            "PaymentHandlers".to_owned()
        } else {
            format!("Handlers<{class}EventMap>")
        };
        format!(
            "    {:?}: Component<{class}, RemitAttributes & {class}Properties & {handlers}>;\n",
            element.tag
        )
    };
    let members: String = ELEMENTS.iter().map(member).collect();
    let own = own.replace("Events[", "RemitPaymentEventMap[");
    format!(
        "{HEAD}\nimport type {{ HTMLAttributes }} from \"vue\";\n{types}\n\
         interface Handlers<Events extends RemitInvoiceEventMap | RemitPaymentEventMap> {{\n{shared}}}\n\n\
         interface PaymentHandlers extends Handlers<RemitPaymentEventMap> {{\n{own}}}\n\n\
         type Component<Element, Properties> = new () => Element & {{ $props: HTMLAttributes & Properties }};\n\n\
         declare module \"vue\" {{\n  interface GlobalComponents {{\n{members}  }}\n}}\n"
    )
}

/// Renders www/npm/react.d.ts: the components for React 18 and 19.
pub(crate) fn react_components() -> String {
    let types = imports(
        &[
            "RemitInvoice as RemitInvoiceElement",
            "RemitInvoiceEventMap",
            "RemitInvoiceProperties",
            "RemitPayment as RemitPaymentElement",
            "RemitPaymentEventMap",
            "RemitPaymentProperties",
        ],
        "./widget.js",
    );
    let member = |event: &Event| {
        let (about, handler, name) = (comment(event.about, "  "), handler(event.name), event.name);
        format!("{about}  {handler}?: ((event: Events[{name:?}]) => void) | undefined;\n")
    };
    let shared: String = EVENTS.iter().filter(|event| event.on == On::Both).map(member).collect();
    let own: String = EVENTS.iter().filter(|event| event.on == On::Payment).map(member).collect();
    let own = own.replace("Events[", "RemitPaymentEventMap[");
    let mut text = format!(
        "{HEAD}\nimport type {{ ForwardRefExoticComponent, HTMLAttributes, ReactNode, RefAttributes }} from \"react\";\n{types}\n\
         {}interface Common extends Omit<HTMLAttributes<HTMLElement>, \"onChange\" | \"onInvalid\" | \"onSubmit\" | \"children\"> {{\n{}  \
         children?: ReactNode;\n}}\n\n\
         {}interface Handlers<Events extends RemitInvoiceEventMap | RemitPaymentEventMap> {{\n{shared}}}\n",
        comment("the attributes that every HTML element accepts", ""),
        comment("the fallback shown until the form is loaded, and if it cannot be loaded", "  "),
        comment("the handlers for an element's events", ""),
    );
    for element in &ELEMENTS {
        let class = element.class;
        let body = if element.is_payment { format!("{{\n{own}}}") } else { "{}".to_owned() };
        text += &format!(
            "\n{}export interface {class}Props extends Common, {class}Properties, Handlers<{class}EventMap> {body}\n",
            comment(
                &format!("the properties of `{class}`; `value` is set again only if its content changes"),
                ""
            ),
        );
    }
    for element in &ELEMENTS {
        let class = element.class;
        text += &format!(
            "\n{}export const {class}: ForwardRefExoticComponent<{class}Props & RefAttributes<{class}Element>>;\n",
            comment(&format!("{}; the code is loaded when the first component mounts", element.about), ""),
        );
    }
    text
}
