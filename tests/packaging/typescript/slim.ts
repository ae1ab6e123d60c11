import { type CompiledModule, clockify, initialize, initializeSync, isInitialized } from "remit-payments/slim";

export const start = async (bytes: Uint8Array, fetched: Promise<Response>, module: CompiledModule): Promise<boolean> => {
  await initialize(bytes);
  await initialize(fetched);
  await initialize(module);
  await initialize(new URL("https://example.com/remit.wasm"));
  initializeSync(bytes);
  initializeSync(module);
  // @ts-expect-error: a number is not a module source.
  await initialize(1);
  return isInitialized() && clockify.payment.parse({}).ok;
};
