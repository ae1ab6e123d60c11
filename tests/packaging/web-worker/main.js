import { leave } from "/page.js";

await leave(
  () =>
    new Promise((resolve, reject) => {
      const worker = new Worker("/web-worker/worker.js", { type: "module" });
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(`the worker failed: ${message}`));
    }),
);
