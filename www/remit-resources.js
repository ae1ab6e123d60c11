// The files that the elements need: the module, the style sheet and the sentences. All elements of a page share them.

import init from "./remit-element.js";
import * as load from "./remit-load.js";

const once = (make) => {
  let promise;
  // A failure is not cached: the next element tries again.
  return () => (promise ??= make().catch((error) => ((promise = undefined), Promise.reject(error))));
};
/** Whether a Trusted Types policy has refused a script. Webpack never settles a second `import()` of it. */
const isRefused = ({ message }) => /TrustedScript/.test(message);

/** Tries once more if the network fails, which `fetch` and `import` report as a TypeError. */
const retried = (make) => async () => {
  try {
    return await make();
  } catch (error) {
    if (error?.name !== "TypeError" || isRefused(error)) throw error;
    await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY));
    return make();
  }
};
const RETRY_DELAY = 500;

/** Loads the module and its functions. */
export const module = once(
  retried(async () => {
    if (typeof WebAssembly === "undefined") throw new Error("This browser has no WebAssembly, or it is turned off.");
    return init({ module_or_path: await load.module() });
  }),
);

let css;
/** Loads the style sheet. */
export const style = once(retried(async () => (css = await load.sheet())));
const sheets = new WeakMap();
/** The loaded style sheet for a document: a document only adopts its own. */
export const sheetFor = (document) => {
  if (!sheets.has(document)) {
    const sheet = new document.defaultView.CSSStyleSheet();
    sheet.replaceSync(css);
    sheets.set(document, sheet);
  }
  return sheets.get(document);
};

const tables = new Map();
/** A language's table of sentences as JSON, or undefined for English, which is part of the module. */
export const table = (language) => {
  if (language === "en") return undefined;
  if (!tables.has(language)) {
    const read = async () => {
      const text = await load.sentences(language);
      if (Object.prototype.toString.call(JSON.parse(text)) !== "[object Object]") throw new Error("not a JSON object");
      return text;
    };
    tables.set(language, once(retried(read)));
  }
  return tables.get(language)();
};

/** The smallest module. Only a policy, or a host that compiles nothing, rejects it. */
const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
/** What to do about an error, for the page's developer. */
export const remedy = (error) => {
  if (error?.name !== "CompileError") return "";
  try {
    new WebAssembly.Module(EMPTY_MODULE);
  } catch {
    return "The page's Content-Security-Policy must allow 'wasm-unsafe-eval' in script-src. ";
  }
  return "The WebAssembly module is damaged or is another file: check the server's response for it. ";
};
