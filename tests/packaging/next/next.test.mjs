import assert from "node:assert/strict";
import { test } from "node:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { RESULT } from "../expect.js";
import { assertLeft, bin, browse, here, run, serving } from "../harness.mjs";

const cwd = join(here, "next");
const env = { NEXT_TELEMETRY_DISABLED: "1", NO_COLOR: "1" };

test("the package works in a Next.js application, on the server, at the edge and in the browser", async () => {
  rmSync(join(cwd, ".next"), { recursive: true, force: true });
  await run(bin("next"), ["build"], { cwd, env });
  const server = await serving(bin("next"), ["start", "--port", "0", "--hostname", "127.0.0.1"], /(http:\/\/127\.0\.0\.1:\d+)/, { cwd, env });
  try {
    for (const route of ["api", "edge"]) {
      const reply = await fetch(`${server.url}/${route}`);
      assert.equal(reply.status, 200, `/${route}`);
      assert.deepEqual(await reply.json(), RESULT);
    }
    const html = await (await fetch(server.url)).text();
    const said = (id) => JSON.parse(html.match(new RegExp(`<pre id="${id}">([^<]*)`))[1].replaceAll("&quot;", '"'));
    assert.deepEqual(said("server"), RESULT);
    assert.deepEqual(said("client"), RESULT);
    assert.match(html, /<remit-payment id="direct"><p>The form is on its way\.<\/p><\/remit-payment>/);
    assertLeft(await browse(server.url), { widget: true });
  } finally {
    await server.close();
  }
});
