// The entry for applications that load the module's bytes themselves.

export * from "./index.js";
export { initialize, initializeSync, isInitialized } from "#load";
