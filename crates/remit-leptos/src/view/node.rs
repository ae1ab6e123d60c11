//! Every element of the widget as one Leptos type.
//!
//! `view!` gives every tree its own type, and each type adds code for building, rebuilding and unmounting: 167 KB of
//! WebAssembly (brotli) for this widget. With erased attributes and children there is one element type and one kind of
//! closure, and the widget had 102 KB. DESIGN.md has the details. Elements are created by name, never from markup, so a
//! page may require Trusted Types.

use leptos::html::custom;
use leptos::prelude::*;
use leptos::tachys::html::attribute::any_attribute::{AnyAttribute, IntoAnyAttribute};
use leptos::tachys::html::attribute::custom::custom_attribute;
use leptos::tachys::html::event::on;
use leptos::tachys::html::property::prop;
use web_sys::Event;

/// An element under construction. Boxed, because every call moves it.
pub(crate) struct Node(Box<Parts>);

struct Parts {
    tag: &'static str,
    attributes: Vec<AnyAttribute>,
    children: Vec<AnyView>,
}

/// An element whose `part` is its class, so that the page can style it.
#[inline(never)]
pub(crate) fn node(tag: &'static str, class: &'static str) -> Node {
    bare(tag).attr("class", class).attr("part", class)
}

/// An element without a class or a `part`.
#[inline(never)]
pub(crate) fn bare(tag: &'static str) -> Node {
    Node(Box::new(Parts { tag, attributes: Vec::new(), children: Vec::new() }))
}

impl Node {
    /// Adds a constant attribute.
    #[inline(never)]
    pub(crate) fn attr(mut self, name: &'static str, value: &str) -> Self {
        self.0.attributes.push(custom_attribute(name, value.to_owned()).into_any_attr());
        self
    }

    /// Adds a constant attribute if it has a value.
    pub(crate) fn maybe(self, name: &'static str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.attr(name, value),
            None => self,
        }
    }

    /// Adds an attribute that follows the state; `None` removes it.
    pub(crate) fn live(
        self,
        name: &'static str,
        value: impl Fn() -> Option<String> + Send + 'static,
    ) -> Self {
        self.live_boxed(name, Box::new(value))
    }

    #[inline(never)]
    fn live_boxed(mut self, name: &'static str, value: Box<dyn Fn() -> Option<String> + Send>) -> Self {
        self.0.attributes.push(custom_attribute(name, value).into_any_attr());
        self
    }

    /// Sets the property `value` of a control, which follows the state.
    pub(crate) fn value(mut self, value: impl Fn() -> String + Send + 'static) -> Self {
        let value: Box<dyn Fn() -> String + Send> = Box::new(value);
        // HTML has no properties. A select marks its chosen option, and the browser fills in a text area.
        #[cfg(feature = "ssr")]
        if self.0.tag == "input" {
            self = self.attr("value", &value());
        }
        self.0.attributes.push(prop("value", value).into_any_attr());
        self
    }

    /// Handles an event.
    pub(crate) fn on(self, name: &'static str, handler: impl Fn(Event) + 'static) -> Self {
        self.on_boxed(name, Box::new(handler))
    }

    #[inline(never)]
    fn on_boxed(mut self, name: &'static str, handler: Box<dyn FnMut(Event)>) -> Self {
        self.0.attributes.push(on(leptos::ev::Custom::<Event>::new(name), handler).into_any_attr());
        self
    }

    /// Adds a constant text.
    #[inline(never)]
    pub(crate) fn text(self, text: &str) -> Self {
        self.child(text.to_owned().into_any())
    }

    /// Adds a text that follows the state.
    pub(crate) fn words(self, text: impl Fn() -> String + Send + 'static) -> Self {
        self.child(live(move || text().into_any()))
    }

    /// Adds a view as a child.
    #[inline(never)]
    pub(crate) fn child(mut self, child: AnyView) -> Self {
        self.0.children.push(child);
        self
    }

    /// Adds an element as a child.
    #[inline(never)]
    pub(crate) fn node(self, child: Node) -> Self {
        self.child(child.view())
    }

    /// Adds several children.
    #[inline(never)]
    pub(crate) fn children(mut self, children: Vec<AnyView>) -> Self {
        self.0.children.extend(children);
        self
    }

    /// Builds the view.
    #[inline(never)]
    pub(crate) fn view(self) -> AnyView {
        let Parts { tag, attributes, children } = *self.0;
        // A server ends a list of children with a comment, even an empty list. In an input, the comment would become its
        // sibling, and in a text area its value.
        #[cfg(any(feature = "hydrate", feature = "ssr"))]
        match tag {
            "input" => return leptos::html::input().add_any_attr(attributes).into_any(),
            "textarea" => return leptos::html::textarea().add_any_attr(attributes).into_any(),
            _ => {}
        }
        custom(tag).add_any_attr(attributes).child(children).into_any()
    }
}

/// A view that follows the state.
pub(crate) fn live(view: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    live_boxed(Box::new(view))
}

#[inline(never)]
fn live_boxed(view: Box<dyn Fn() -> AnyView + Send>) -> AnyView {
    view.into_any()
}

/// A view for a key, or nothing without a key. The view is rebuilt only when the key changes: rebuilding it on every
/// keystroke would move the focus and make a screen reader repeat it.
pub(crate) fn keyed(
    key: impl Fn() -> Option<String> + Send + Sync + 'static,
    view: impl Fn(String) -> AnyView + Send + 'static,
) -> AnyView {
    keyed_boxed(Box::new(key), Box::new(view))
}

#[inline(never)]
fn keyed_boxed(
    key: Box<dyn Fn() -> Option<String> + Send + Sync>,
    view: Box<dyn Fn(String) -> AnyView + Send>,
) -> AnyView {
    let key = Memo::new(move |_| key());
    live(move || key.get().map_or_else(nothing, |key| untrack(|| view(key))))
}

/// An optional view that follows the state.
pub(crate) fn maybe(view: impl Fn() -> Option<AnyView> + Send + 'static) -> AnyView {
    live(move || view().unwrap_or_else(nothing))
}

/// Several views.
pub(crate) fn all(views: Vec<AnyView>) -> AnyView {
    views.into_any()
}

/// An empty view.
pub(crate) fn nothing() -> AnyView {
    all(Vec::new())
}
