// TextEncoder and TextDecoder for UTF-8. Jest's environment for jsdom has neither, so these are replacements. Every other environment
// uses its own.

class Encoder {
  encode(text) {
    const bytes = [];
    for (const character of text) {
      const code = character.codePointAt(0);
      if (code < 0x80) bytes.push(code);
      else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
      // Half of a surrogate pair.
      else if (code >= 0xd800 && code < 0xe000) bytes.push(0xef, 0xbf, 0xbd);
      else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
      else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    }
    return Uint8Array.from(bytes);
  }

  /** Writes a text for which there is room. */
  encodeInto(text, into) {
    const bytes = this.encode(text);
    into.set(bytes);
    return { read: text.length, written: bytes.length };
  }
}

class Decoder {
  constructor(encoding = "utf-8") {
    if (encoding !== "utf-8") throw new RangeError(`This environment has no TextDecoder for ${encoding}.`);
  }

  /** Reads valid UTF-8, which is all that the module writes. */
  decode(bytes = new Uint8Array()) {
    let escaped = "";
    for (const byte of bytes) escaped += `%${byte.toString(16).padStart(2, "0")}`;
    return decodeURIComponent(escaped);
  }
}

export const TextEncoder = globalThis.TextEncoder ?? Encoder;
export const TextDecoder = globalThis.TextDecoder ?? Decoder;
