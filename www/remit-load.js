// Loads the element's module, style sheet and sentences from files next to the script. The npm package replaces this file
// with load/element.js, because some bundlers do not copy such files.

const here = (path) => new URL(path, import.meta.url);
const fetched = async (path) => {
  const response = await fetch(here(path));
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`);
  return response;
};

/** The response with the module, for wasm-bindgen. */
export const module = () => fetched("./remit-element_bg.wasm");
export const sheet = async () => (await fetched("./remit.css")).text();
/** A language's table of sentences, as JSON. */
export const sentences = async (language) => (await fetched(`./locales/${language}.json`)).text();
