export * from "./types/index.js";

/**
 * A source of the validator's WebAssembly module: the bytes of `remit-payments/remit.wasm`, a compiled
 * `WebAssembly.Module`, a `Response` with the bytes, or their URL.
 */
export type ModuleSource =
  | ArrayBuffer
  | ArrayBufferView
  | string
  | { readonly href: string }
  | { arrayBuffer(): Promise<ArrayBuffer> }
  | CompiledModule;

/** A `WebAssembly.Module`. Declared as an object, because only the types of browsers declare that name. */
export type CompiledModule = object;

/** Sets the module. Before that, every function that checks or interprets throws an `Error`. */
export function initialize(source: ModuleSource | PromiseLike<ModuleSource>): Promise<void>;

/** Sets the module synchronously, from its bytes or a `WebAssembly.Module`. */
export function initializeSync(source: ArrayBuffer | ArrayBufferView | CompiledModule): void;

/** Whether the module is set. */
export function isInitialized(): boolean;
