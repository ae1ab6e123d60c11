import { test } from "node:test";
import { assertLeft, browse, page, serve, sources } from "../harness.mjs";

test("the package works in a web worker", async () => {
  const served = await serve({ ...sources("web-worker"), "/": page("/web-worker/main.js") });
  try {
    assertLeft(await browse(served.url));
  } finally {
    await served.close();
  }
});
