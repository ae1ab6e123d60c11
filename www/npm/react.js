"use client";
// The elements as components, for React 18 and 19. The two versions pass properties and events to custom elements
// differently, so these components do it themselves. React sets only the attributes common to all elements. On a server,
// nothing here accesses the document.

import { createElement, forwardRef, useEffect, useImperativeHandle, useLayoutEffect, useRef } from "react";
import { ATTRIBUTES, EVENTS, FLAGS, PROPERTIES } from "../remit-declared.js";

const REFLECTED = ATTRIBUTES.map((name) => name.replaceAll(/-(.)/g, (_, letter) => letter.toUpperCase()));
const SET = [...REFLECTED, ...PROPERTIES];

/** An effect that runs before the page is painted. On a server, useLayoutEffect only causes a warning. */
const useEarlyEffect = typeof document === "undefined" ? useEffect : useLayoutEffect;

/** Whether two values are equal, so that an equal object from a new rendering is no change: setting `value` again would undo
    the user's changes. */
const same = (a, b) => Object.is(a, b) || (typeof a === "object" && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b));

/** Loads the elements, unless the page or a test has defined them. */
const register = (element) => {
  if (customElements.get(element.localName)) return;
  import("./widget.js").catch((error) => {
    const detail = { message: String(error?.message ?? error) };
    element.dispatchEvent(new CustomEvent("remit-load-error", { bubbles: true, composed: true, detail }));
  });
};

const component = (tag, name) => {
  const Component = forwardRef((props, ref) => {
    const element = useRef(null);
    const set = useRef({});
    const latest = useRef(props);
    useImperativeHandle(ref, () => element.current, []);
    useEarlyEffect(() => {
      latest.current = props;
      for (const property of SET) {
        const [before, now] = [set.current[property], props[property]];
        if (same(before, now)) continue;
        element.current[property] = now ?? (FLAGS.includes(property) ? false : null);
        set.current[property] = now;
      }
    });
    useEarlyEffect(() => {
      const node = element.current;
      const listeners = Object.entries(EVENTS).map(([handler, type]) => [type, (event) => latest.current[handler]?.(event)]);
      for (const [type, listener] of listeners) node.addEventListener(type, listener);
      return () => {
        for (const [type, listener] of listeners) node.removeEventListener(type, listener);
      };
    }, []);
    useEffect(() => register(element.current), []);
    const { className, ...rest } = props;
    for (const own of [...SET, ...Object.keys(EVENTS)]) delete rest[own];
    return createElement(tag, { ...rest, class: className, ref: element });
  });
  Component.displayName = name;
  return Component;
};

/** The form that records a payment. */
export const RemitPayment = /* @__PURE__ */ component("remit-payment", "RemitPayment");
/** The form that adds an invoice. */
export const RemitInvoice = /* @__PURE__ */ component("remit-invoice", "RemitInvoice");
