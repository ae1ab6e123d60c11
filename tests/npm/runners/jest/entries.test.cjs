const assert = require("node:assert/strict");
const { complaint, entries, tick, uses } = require("../entries.cjs");

for (const name of entries) {
  test(`requires ${name}`, async () => {
    const loaded = require(name);
    if (uses[name]) assert.ok(uses[name](loaded));
    else assert.equal(typeof loaded, "object");
    // A promise that is rejected afterwards would end the process.
    await tick(20);
  });
}

if (typeof document !== "undefined") {
  test("an element says what jsdom lacks", async () => {
    require("remit-payments/widget");
    console.error = () => {};
    assert.match(await complaint(), /ElementInternals.*remit-payments\/testing/);
  });
}
