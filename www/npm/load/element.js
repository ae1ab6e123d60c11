// Where the element's module, style sheet and sentences come from, in the package: they are scripts, since every bundler
// knows how to keep those next to a script that imports them, and few how to keep any other file.

import css from "#css";
import { sentences as tables } from "#sentences";

/** What the module is made of, as wasm-bindgen takes it. */
export const module = async () => (await import("./element/module.js")).bytes();
export const sheet = async () => css;
/** The sentences of a language, as JSON. */
export const sentences = async (language) => (await tables[language]()).default;
