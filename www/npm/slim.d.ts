export * from "./types/index.js";

/**
 * What the validator's WebAssembly module can be had from: the bytes of `remit-payments/remit.wasm`, the
 * `WebAssembly.Module` that they were compiled to, a `Response` with them, or a URL to fetch them from.
 */
export type ModuleSource =
  | ArrayBuffer
  | ArrayBufferView
  | string
  | { readonly href: string }
  | { arrayBuffer(): Promise<ArrayBuffer> }
  | CompiledModule;

/** A `WebAssembly.Module`: the types of a browser call it so, and others do not know it. */
export type CompiledModule = object;

/** Brings the module. Until it is there, everything else throws an `Error` that says so. */
export function initialize(source: ModuleSource | PromiseLike<ModuleSource>): Promise<void>;

/** Brings the module without waiting: its bytes, or the `WebAssembly.Module`. */
export function initializeSync(source: ArrayBuffer | ArrayBufferView | CompiledModule): void;

/** Whether the module is there. */
export function isInitialized(): boolean;
