// The bytes of a module that a script carries in base64. Where a browser has no Uint8Array.fromBase64, atob reads it.

import { base64 } from "#base64";

export const bytes = () => Uint8Array.fromBase64?.(base64) ?? Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
