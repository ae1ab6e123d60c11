import { test } from "node:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { assertPrinted, here, output, run } from "../harness.mjs";

const NODENEXT = { module: "nodenext", files: ["use.ts", "slim.ts", "session.ts", "widget.ts", "react.tsx", "require.cts"] };

/** The newest version, and the last one written in JavaScript, which still supports the module resolution of Node 10. */
const COMPILERS = [
  {
    version: 7,
    path: ["typescript", "bin", "tsc"],
    kinds: {
      nodenext: NODENEXT,
      bundler: { module: "esnext", moduleResolution: "bundler", files: ["use.ts", "slim.ts", "session.ts", "widget.ts", "react.tsx"] },
      commonjs: { module: "commonjs", moduleResolution: "bundler", files: ["use.ts", "slim.ts", "session.ts"] },
      // With the types of Node and without those of a browser.
      node: { module: "nodenext", lib: ["es2022"], types: ["node"], files: ["use.ts", "slim.ts", "session.ts", "require.cts"] },
    },
  },
  {
    version: 5,
    path: ["typescript5", "lib", "tsc.js"],
    kinds: {
      nodenext: NODENEXT,
      node10: { module: "commonjs", moduleResolution: "node10", esModuleInterop: true, files: ["use.ts", "slim.ts", "session.ts", "widget.ts", "react.tsx"] },
    },
  },
];

for (const { version, path, kinds } of COMPILERS) {
  for (const [kind, { files, ...options }] of Object.entries(kinds)) {
    test(`TypeScript ${version} (${kind}) compiles correct programs and rejects each marked mistake`, async () => {
      const out = output(`typescript-${version}-${kind}`);
      const config = {
        extends: "../../typescript/tsconfig.json",
        compilerOptions: { ...options, rootDir: "../..", outDir: "." },
        files: files.map((file) => `../../typescript/${file}`),
      };
      writeFileSync(join(out, "tsconfig.json"), JSON.stringify(config));
      await run(process.execPath, [join(here, "node_modules", ...path), "--project", out]);
      if (kind === "nodenext") assertPrinted(await run(process.execPath, [join(out, "typescript", "use.js")]));
    });
  }
}
