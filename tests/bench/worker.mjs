// The worker that reads files, off the main thread.

import { files } from "./files.mjs";

const port = typeof postMessage === "function" ? globalThis : (await import("node:worker_threads")).parentPort;

port.addEventListener("message", async ({ data }) => {
  try {
    port.postMessage({ results: await files(data) });
  } catch (error) {
    port.postMessage({ error: error.stack });
  }
});
port.start?.();
