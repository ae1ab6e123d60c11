"use client";
// The elements as components, for React 18 and 19. Neither hands a custom element its properties and events alike, so
// these components do it themselves; what is left to React is what every element has. Nothing here looks for a page
// before there is one.

import { createElement, forwardRef, useEffect, useImperativeHandle, useLayoutEffect, useRef } from "react";

const ATTRIBUTES = ["provider", "baseUrl", "workspaceId", "invoiceId", "businessId", "clientId", "currency", "locale", "theme"];
const FLAGS = ["disabled", "removable"];
const OBJECTS = ["invoice", "transactions", "value", "credentials"];
const PROPERTIES = [...ATTRIBUTES, ...FLAGS, ...OBJECTS];
const EVENTS = {
  onReady: "remit-ready",
  onChange: "remit-change",
  onInvalid: "remit-invalid",
  onSubmit: "remit-submit",
  onSuccess: "remit-success",
  onRemove: "remit-remove",
  onFailure: "remit-failure",
  onUnknown: "remit-unknown",
  onLoadError: "remit-load-error",
};

/** Before the page is painted; a server, which paints nothing, would only warn of it. */
const useEarlyEffect = typeof document === "undefined" ? useEffect : useLayoutEffect;

/** An object that is written anew at each rendering is no change: setting `value` again would undo what was typed. */
const same = (a, b) => Object.is(a, b) || (typeof a === "object" && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b));

const register = (element) =>
  import("./widget.js").catch((error) => {
    const detail = { message: String(error?.message ?? error) };
    element.dispatchEvent(new CustomEvent("remit-load-error", { bubbles: true, composed: true, detail }));
  });

const component = (tag, name) => {
  const Component = forwardRef((props, ref) => {
    const element = useRef(null);
    const set = useRef({});
    const latest = useRef(props);
    useImperativeHandle(ref, () => element.current, []);
    useEarlyEffect(() => {
      latest.current = props;
      for (const property of PROPERTIES) {
        const [before, now] = [set.current[property], props[property]];
        if (same(before, now)) continue;
        element.current[property] = now ?? (FLAGS.includes(property) ? false : null);
        set.current[property] = now;
      }
    });
    useEarlyEffect(() => {
      const node = element.current;
      const heard = Object.entries(EVENTS).map(([handler, event]) => [event, (happened) => latest.current[handler]?.(happened)]);
      for (const [event, listener] of heard) node.addEventListener(event, listener);
      return () => {
        for (const [event, listener] of heard) node.removeEventListener(event, listener);
      };
    }, []);
    useEffect(() => void register(element.current), []);
    const { className, ...rest } = props;
    for (const taken of [...PROPERTIES, ...Object.keys(EVENTS)]) delete rest[taken];
    return createElement(tag, { ...rest, class: className, ref: element });
  });
  Component.displayName = name;
  return Component;
};

/** The form that records a payment. */
export const RemitPayment = /* @__PURE__ */ component("remit-payment", "RemitPayment");
/** The form that adds an invoice. */
export const RemitInvoice = /* @__PURE__ */ component("remit-invoice", "RemitInvoice");
