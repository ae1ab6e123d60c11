// The default entry: what `import … from "remit-payments"` gives.

export * from "./providers.js";
export { anyPayment, parseMany, payment } from "./validator.js";
