// The bytes of a module that is carried as text. Base64 hides from a server's compression where a byte begins, and makes
// it a quarter less good; here the bytes that are frequent are one character each, and the others two. What reads that is
// WebAssembly too, since a loop of JavaScript that runs once is slow. `cargo xtask package` writes both.

import { reader, text } from "#text";

/** What the reader needs for itself, at the start of its memory. */
const START = 384;

export const bytes = () => {
  const module = new WebAssembly.Module(Uint8Array.from(atob(reader), (character) => character.charCodeAt(0)));
  const { memory, read } = new WebAssembly.Instance(module).exports;
  const { written } = new TextEncoder().encodeInto(text, new Uint8Array(memory.buffer, START));
  return new Uint8Array(memory.buffer, START, read(START + written));
};
