// Loads the element's module, style sheet and sentences in the package. They are scripts, because every bundler bundles
// imported scripts, and few bundle other files.

import css from "#css";
import { sentences as tables } from "#sentences";

/** The bytes of the module, for wasm-bindgen. */
export const module = async () => (await import("./element/module.js")).bytes();
export const sheet = async () => css;
/** A language's table of sentences, as JSON. */
export const sentences = async (language) => (await tables[language]()).default;
