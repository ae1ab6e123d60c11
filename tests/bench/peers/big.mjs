// Amounts in big.js, for the peers that use it.

import Big from "big.js";
import { EXPONENTS, MOST, decimal } from "./rules.mjs";

const LIMITS = [0, 1, 2, 3, 4].map((exponent) => new Big(`${MOST}e-${exponent}`));

/** The amount with all decimals of its currency; `undefined` if it is invalid or not above zero. */
export function amount(text, currency) {
  const exponent = EXPONENTS.get(currency) ?? 4;
  const plain = decimal(text, exponent);
  if (plain === undefined) return undefined;
  const number = new Big(plain);
  // `c` has the digits without trailing zeros, and `e` the exponent. A short amount is always within the limit.
  if (number.c.length - 1 - number.e > exponent || (plain.length > 15 && number.gt(LIMITS[exponent]))) return undefined;
  // The minimum needs a known currency. An unknown currency is already an issue.
  if ((number.s < 0 || number.c[0] === 0) && EXPONENTS.has(currency)) return undefined;
  return number.toFixed(exponent);
}
