// node elements.mjs ROOT: writes custom-elements.json for the package in the current folder. ROOT is the root of the project.
//
// Nothing is described here. Names come from the code (the built classes, the parts of the view, the events, the style sheet),
// descriptions from the tables of docs/element.md and the comments in remit.js and remit.css. It fails where the two name
// different things.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const root = process.argv[2];
const read = (...path) => readFileSync(join(root, ...path), "utf8");
const [page, script, style] = [read("docs", "element.md"), read("www", "remit.js"), read("www", "remit.css")];
const { RemitPayment, RemitInvoice } = await import(pathToFileURL("widget.js"));
const { version } = JSON.parse(readFileSync("package.json", "utf8"));

const fail = (text) => {
  throw new Error(`custom-elements.json: ${text}`);
};
const agree = (what, code, words) => {
  for (const name of code) if (!words.has(name)) fail(`${what} ${name} is in the code, and nothing is said of it`);
  for (const name of words.keys()) if (!code.includes(name)) fail(`${what} ${name} is described, and not in the code`);
};
const plain = (markdown) => markdown.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll("`", "").trim();
const sentence = (text) => {
  const words = plain(text).replace(/\.$/, "");
  // What is written as code is a word of the code's.
  return words && `${/^[a-z]/.test(text.trim()) ? words[0].toUpperCase() : words[0]}${words.slice(1)}.`;
};
const camel = (attribute) => attribute.replaceAll(/-(.)/g, (_, letter) => letter.toUpperCase());

/** The rows of the table in docs/element.md under this head: what its first cell names, and what its second says. */
const table = (head) => {
  const lines = page.split("\n");
  const from = lines.findIndex((line) => line.startsWith(`| ${head} |`));
  if (from < 0) fail(`docs/element.md has no table "${head}"`);
  const rows = new Map();
  for (const line of lines.slice(from + 2)) {
    if (!line.startsWith("|")) break;
    const [, names, words] = line.split(/(?<!\\)\|/);
    for (const [, name] of names.matchAll(/`([^`]+)`/g)) rows.set(name, { words: words.trim(), note: names.match(/\(([a-z]+)\)/)?.[1] });
  }
  return rows;
};

/** The comment before a member of a class in remit.js. */
const comment = (member) => {
  const found = script.match(new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s*${member}\\(`));
  if (!found) fail(`${member}() in remit.js has no comment`);
  return plain(found[1].replaceAll(/\s*\n\s*\*?\s*/g, " "));
};

const shared = Object.getPrototypeOf(RemitPayment);
const described = (prototype) =>
  Object.entries(Object.getOwnPropertyDescriptors(prototype)).filter(([name]) => !/^_|^constructor$|Callback$/.test(name));
const accessors = (prototype) => described(prototype).filter(([, { get }]) => get);
const methods = described(shared.prototype).filter(([, { value }]) => typeof value === "function");
const reflected = (element) => {
  const attributes = [...table("attribute").keys()];
  const known = accessors(shared.prototype).map(([name]) => name);
  for (const attribute of element.observedAttributes) if (!attributes.includes(attribute)) fail(`the attribute ${attribute} is not in docs/element.md`);
  for (const attribute of attributes) if (!known.includes(camel(attribute))) fail(`the attribute ${attribute} has no property`);
  return attributes;
};

const FLAG = { type: { text: "boolean" }, default: "false" };
const TEXT = { type: { text: "string" }, default: '""' };
/** Setting a flag and reading it back shows what it is, without a page. */
const isFlag = (attribute) => {
  const { get } = Object.getOwnPropertyDescriptor(shared.prototype, camel(attribute));
  return typeof get.call({ hasAttribute: () => false, getAttribute: () => "" }) === "boolean";
};

const attributes = (element) =>
  reflected(element).map((name) => ({ name, ...(isFlag(name) ? FLAG : TEXT), description: sentence(table("attribute").get(name).words) || `Fills in the field ${camel(name)}.`, fieldName: camel(name) }));

const members = (element) => {
  const attributes = reflected(element);
  const own = [...accessors(shared.prototype), ...accessors(element.prototype)].filter(([name]) => !attributes.some((attribute) => camel(attribute) === name));
  const words = table("property");
  if (element === RemitPayment) agree("the property", own.map(([name]) => name), words);
  return [
    ...attributes.map((attribute) => ({ kind: "field", name: camel(attribute), attribute, reflects: true, ...(isFlag(attribute) ? FLAG : TEXT) })),
    ...own.map(([name, { set }]) => ({ kind: "field", name, description: sentence(words.get(name)?.words ?? fail(`the property ${name} is not in docs/element.md`)), ...(set ? {} : { readonly: true }) })),
    ...methods.map(([name, { value }]) => ({ kind: "method", name, description: comment(name), parameters: Array.from({ length: value.length }, (_, at) => ({ name: script.match(new RegExp(`\\n  ${name}\\(([^)]*)\\)`))[1].split(",")[at].trim() })) })),
  ];
};

const sources = (directory) =>
  readdirSync(join(root, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    return entry.isDirectory() ? sources(path) : entry.name.endsWith(".rs") ? [read(path)] : [];
  });
const widget = sources(join("crates", "remit-widget", "src"));
const all = (texts, pattern) => [...new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map(([, name]) => name)))];

const events = (element) => {
  const code = [...all(widget, /"(remit-[a-z-]+)"/g), ...all([script], /#tell\("(remit-[a-z-]+)"/g)];
  const words = table("event");
  agree("the event", code, words);
  return [...words]
    .filter(([name]) => element === RemitPayment || name !== "remit-remove")
    .map(([name, { words, note }]) => ({ name, type: { text: "CustomEvent" }, description: `${note === "cancelable" ? "Cancelable. " : ""}detail: ${plain(element === RemitPayment ? words : words.replace("payment, ", "invoice, "))}` }));
};

/** Each styled node is a part, named as its class is. */
const parts = () => {
  const found = all(widget, /(?:\bnode\(\s*"[a-z0-9]+",|\bsaid\(|\bbutton\(\s*state,|\.attr\("part",)\s*"([a-z -]+)"/g);
  return [...new Set(found.flatMap((classes) => classes.split(" ")))].sort().map((name) => ({ name }));
};

/** The properties that the style sheet reads, each with its default and what its line says of it. */
const properties = () => {
  const found = new Map();
  let section = "";
  for (const line of style.split("\n")) {
    const alone = line.match(/^\s*\/\* (.*) \*\/$/);
    if (alone) section = alone[1];
    const at = line.indexOf("var(--remit-");
    if (at < 0) continue;
    const name = line.slice(at + 4).match(/^--remit-[a-z-]+/)[0];
    let [end, depth] = [at + 4, 1];
    while (depth) depth += { "(": 1, ")": -1 }[line[end++]] ?? 0;
    const said = line.match(/\/\* (.*) \*\/\s*$/)?.[1];
    const value = line.slice(at + 4 + name.length, end - 1).replace(/^,\s*/, "").replaceAll("--_", "--remit-");
    if (!found.has(name)) found.set(name, { name, default: value, description: sentence(said ? `${section}: ${said}` : section) });
  }
  if (found.size < 40) fail(`only ${found.size} custom properties were found in remit.css`);
  return [...found.values()];
};

const declaration = (tagName, name, element, description) => ({
  kind: "class",
  name,
  tagName,
  customElement: true,
  description,
  superclass: { name: "HTMLElement" },
  attributes: attributes(element),
  members: members(element),
  events: events(element),
  slots: [{ name: "", description: "Shown when the form cannot be." }],
  cssParts: parts(),
  cssProperties: properties(),
});

const path = "widget.js";
const declarations = [
  declaration("remit-payment", "RemitPayment", RemitPayment, "A form that records a payment against an invoice."),
  declaration("remit-invoice", "RemitInvoice", RemitInvoice, "A form that adds an invoice, where the provider lets one be added."),
];
const reference = (name) => ({ name, module: path });
const manifest = {
  schemaVersion: "2.1.0",
  readme: "README.md",
  modules: [
    {
      kind: "javascript-module",
      path,
      declarations,
      exports: [
        ...declarations.map(({ name }) => ({ kind: "js", name, declaration: reference(name) })),
        ...declarations.map(({ name, tagName }) => ({ kind: "custom-element-definition", name: tagName, declaration: reference(name) })),
      ],
    },
  ],
};
if (!version) fail("the package has no version");
writeFileSync("custom-elements.json", `${JSON.stringify(manifest, null, 2)}\n`);
