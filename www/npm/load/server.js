// Replacements for the element's browser globals, for a server that renders a page and imports the element.

export const HTMLElement = globalThis.HTMLElement ?? class {};
export const customElements = globalThis.customElements ?? { get: () => true };
