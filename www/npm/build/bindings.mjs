// The script that wasm-bindgen writes, without the parts that nothing uses.

/** Imports the same script once: wasm-bindgen writes an import for each function that needs no conversion. */
const once = (bindings) => {
  const first = new Map();
  const names = [];
  const lines = bindings.split("\n").filter((line) => {
    const [, name, path] = line.match(/^import \* as (\w+) from "([^"]+)"/) ?? [];
    if (!path) return !names.some((name) => line.trim().endsWith(`: ${name},`));
    if (first.has(path)) return !names.push(name);
    return first.set(path, name);
  });
  return lines.join("\n");
};

/** Removes the default location of the module, which bundlers would try to resolve, and marks the registries of unused
    classes as removable. */
export const plain = (bindings) => {
  const located = /new URL\('[^']*_bg\.wasm', import\.meta\.url\)/;
  if (!located.test(bindings)) throw new Error("wasm-bindgen locates the module in a new way: adapt bindings.mjs");
  return once(bindings).replace(located, "undefined").replaceAll("new FinalizationRegistry(", "/* @__PURE__ */ new FinalizationRegistry(");
};
