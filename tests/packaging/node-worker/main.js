import { Worker, isMainThread, parentPort } from "node:worker_threads";
import { fileURLToPath } from "node:url";
import * as remit from "remit-payments";
import { check } from "../expect.js";

if (isMainThread) {
  const worker = new Worker(fileURLToPath(import.meta.url));
  worker.once("message", (result) => console.log(JSON.stringify(result)));
} else {
  parentPort.postMessage(check(remit));
}
