// Amounts in decimal.js, for the peers that use it.

import Decimal from "decimal.js";
import { EXPONENTS, MOST, decimal } from "./rules.mjs";

const LIMITS = [0, 1, 2, 3, 4].map((exponent) => new Decimal(`${MOST}e-${exponent}`));

/** The amount with all decimals of its currency; `undefined` if it is invalid or not above zero. */
export function amount(text, currency) {
  const exponent = EXPONENTS.get(currency) ?? 4;
  const plain = decimal(text, exponent);
  if (plain === undefined) return undefined;
  const number = new Decimal(plain);
  // A short amount is always within the limit.
  if (number.decimalPlaces() > exponent || (plain.length > 15 && number.gt(LIMITS[exponent]))) return undefined;
  // The minimum needs a known currency. An unknown currency is already an issue.
  if ((number.isZero() || number.isNegative()) && EXPONENTS.has(currency)) return undefined;
  return number.toFixed(exponent);
}
