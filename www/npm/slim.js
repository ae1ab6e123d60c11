// The entry for those who bring the module's bytes themselves.

export * from "./index.js";
export { initialize, initializeSync, isInitialized } from "#load";
