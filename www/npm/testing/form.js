// The form of a double: labelled controls and buttons among the element's children, where the queries of a test find them.

/** The attribute of the form's outermost element. */
const MARK = "data-remit-double";
let forms = 0;

const make = (document, tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) node.setAttribute(name, value);
  node.append(...children);
  return node;
};

/** Makes these nodes the children. Nodes that stay are not moved, so that one with the focus keeps it. */
const arrange = (parent, wanted) => {
  for (const child of [...parent.children]) if (!wanted.includes(child)) child.remove();
  wanted.forEach((node, at) => {
    if (parent.children[at] !== node) parent.insertBefore(node, parent.children[at] ?? null);
  });
};

/** A form in an element. `enter` is called with a field's name and text, `press` with an action. */
export class Form {
  #document;
  #root;
  #status;
  #fields;
  #buttons;
  #recorded;
  #rows = new Map();
  #id = `${MARK}-${(forms += 1)}`;
  #enter;
  #press;
  #drawn = "";

  constructor(element, { enter, press }) {
    this.#document = element.ownerDocument;
    this.#enter = enter;
    this.#press = press;
    // A copy of an element has the form of the original.
    for (const child of [...element.children]) if (child.hasAttribute(MARK)) child.remove();
    this.#status = make(this.#document, "p", { role: "status" });
    this.#fields = make(this.#document, "div");
    this.#buttons = make(this.#document, "div");
    this.#recorded = make(this.#document, "input", { type: "hidden", disabled: "" });
    this.#root = make(this.#document, "div", { [MARK]: "", role: "group" }, this.#status, this.#fields, this.#buttons, this.#recorded);
    element.append(this.#root);
  }

  remove() {
    this.#root.remove();
  }

  /** Draws a page: its title, its status, the fields to ask for, the name and the value for the <form> around the element, and the
      buttons as pairs of an action and a label. */
  draw({ title, status, fields, values, errors, recorded: [name, value], isDisabled, buttons }) {
    Object.assign(this.#recorded, { name, value: value ?? "", disabled: value === undefined || name === "" });
    this.#root.setAttribute("aria-label", title);
    if (this.#status.textContent !== status) this.#status.textContent = status;
    arrange(this.#fields, fields.map((field) => this.#row(field, values[field.name] ?? "", errors[field.name], isDisabled)));
    const drawn = JSON.stringify([buttons, isDisabled]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#buttons.replaceChildren(...buttons.map((button) => this.#button(button, isDisabled)));
  }

  focus(options) {
    this.#root.querySelector("input, select, textarea, button")?.focus(options);
  }

  #button([action, label], isDisabled) {
    const button = make(this.#document, "button", { type: "button", disabled: isDisabled ? "" : undefined }, label);
    button.addEventListener("click", () => this.#press(action));
    return button;
  }

  #row(field, value, error, isDisabled) {
    if (!this.#rows.has(field.name)) this.#rows.set(field.name, this.#newRow(field));
    const { row, control, message } = this.#rows.get(field.name);
    if (control.value !== value) control.value = value;
    control.disabled = isDisabled;
    control.setAttribute("aria-invalid", error ? "true" : "false");
    message.textContent = error ?? "";
    return row;
  }

  #newRow(field) {
    const id = `${this.#id}-${field.name}`;
    const attributes = { id, "aria-required": `${field.required}`, "aria-describedby": `${id}-error` };
    const control = field.choices
      ? make(this.#document, "select", attributes, ...[{ value: "", label: "" }, ...field.choices].map((one) => this.#option(one)))
      : make(this.#document, field.lines ? "textarea" : "input", attributes);
    // `input` for typing, `change` for a select in environments that fire only that.
    for (const type of ["input", "change"]) control.addEventListener(type, () => this.#enter(field.name, control.value));
    const message = make(this.#document, "span", { id: `${id}-error` });
    const label = make(this.#document, "label", { for: id }, field.label);
    return { row: make(this.#document, "div", {}, label, control, message), control, message };
  }

  #option({ value, label }) {
    return make(this.#document, "option", { value }, label);
  }
}
