// The script that wasm-bindgen writes, without the parts that nothing uses.

/** Removes the default location of the module, which bundlers would try to resolve, and marks the registries of unused
    classes as removable. */
export const plain = (bindings) => {
  const located = /new URL\('[^']*_bg\.wasm', import\.meta\.url\)/;
  if (!located.test(bindings)) throw new Error("wasm-bindgen locates the module in a new way: adapt bindings.mjs");
  return bindings.replace(located, "undefined").replaceAll("new FinalizationRegistry(", "/* @__PURE__ */ new FinalizationRegistry(");
};
