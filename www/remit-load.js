// Loads the element's module, style sheet and sentences from files next to the script. The npm package replaces this file
// with load/element.js, because some bundlers do not copy such files.

const here = (path) => new URL(path, import.meta.url);
const fetched = async (path) => {
  const response = await fetch(here(path));
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`);
  return response.text();
};

/** The URL of the module, for wasm-bindgen. */
export const module = async () => here("./remit-widget_bg.wasm");
export const sheet = () => fetched("./remit.css");
/** A language's table of sentences, as JSON. */
export const sentences = (language) => fetched(`./locales/${language}.json`);
