// A page that is rendered on a server imports the element there too, where there are no elements.

export const HTMLElement = globalThis.HTMLElement ?? class {};
export const customElements = globalThis.customElements ?? { get: () => true };
