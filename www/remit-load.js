// Where the element's module, style sheet and sentences come from: files next to the script. The npm package puts
// another file in this one's place, since not every bundler keeps such files next to it.

const here = (path) => new URL(path, import.meta.url);
const fetched = async (path) => {
  const response = await fetch(here(path));
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`);
  return response.text();
};

/** What the module is made of, as wasm-bindgen takes it. */
export const module = async () => here("./remit-widget_bg.wasm");
export const sheet = () => fetched("./remit.css");
/** The sentences of a language, as JSON. */
export const sentences = (language) => fetched(`./locales/${language}.json`);
