const remit = require("remit-payments");
const slim = require("remit-payments/slim");
const schema = require("remit-payments/schema/clockify.draft-07.json");
const { version } = require("remit-payments/package.json");
const { readFileSync } = require("node:fs");

import("../expect.js").then(({ check }) => {
  slim.initializeSync(readFileSync(require.resolve("remit-payments/remit.wasm")));
  check(slim);
  if (!schema.properties || !version) throw new Error("no JSON Schema, or no version");
  console.log(JSON.stringify(check(remit)));
});
