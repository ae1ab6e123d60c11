// Declarations for `require`, derived from those for `import`.

/** Imports from the package itself get the other extension; comments stay. */
export const forRequire = (types) =>
  types
    .split("\n")
    .map((line) => (/(from |import\()"\.\.?\//.test(line) && !line.trimStart().startsWith("*") ? line.replaceAll('.js"', '.cjs"') : line))
    .join("\n");
