import { test } from "node:test";
import { assertLeft, browse, page, serve, sources } from "../harness.mjs";

test("a worker of a page could not use it", async () => {
  const served = await serve({ ...sources("web-worker"), "/": page("/web-worker/main.js") });
  try {
    assertLeft(await browse(served.url));
  } finally {
    await served.close();
  }
});
