// Elements of the document.

/** The element with an id. @param {string} id @returns {any} */
export const find = (id) => document.getElementById(id);

/**
 * Makes an element.
 * @param {string} tag
 * @param {Object<string, any>} properties Properties of the element; `on` has listeners by the name of their event.
 * @param {...(Node|string)} children
 * @returns {any}
 */
export const make = (tag, properties = {}, ...children) => {
  const { on = {}, ...others } = properties;
  const element = Object.assign(document.createElement(tag), others);
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener);
  element.append(...children);
  return element;
};

/** A button that submits nothing. @param {string} text @param {() => void} click @param {string} [className] */
export const button = (text, click, className = "") => make("button", { type: "button", textContent: text, className, on: { click } });

/**
 * Replaces a field by a list of choices with the same id, or renews the choices, and keeps what is chosen if it is among them.
 * @param {string} id
 * @param {[string, string][]} choices Values and their texts.
 * @param {string} chosen
 */
export const choose = (id, choices, chosen) => {
  const list = make("select", { id, name: find(id).name }, ...choices.map(([value, text]) => make("option", { value, textContent: text })));
  list.value = choices.some(([value]) => value === chosen) ? chosen : choices[0][0];
  find(id).replaceWith(list);
};

/** Says something to screen readers. @param {string} text */
export const say = (text) => {
  find("status").textContent = text;
};

/** Shows an element, or hides it. @param {string} id @param {boolean} isShown */
export const show = (id, isShown = true) => {
  find(id).hidden = !isShown;
};

/**
 * Puts texts and other formats into the clipboard. It works without a secure context, where navigator.clipboard does not exist.
 * @param {Object<string, string>} formats Texts by their media type.
 */
export const copy = (formats) => {
  const fill = (event) => {
    for (const [type, text] of Object.entries(formats)) event.clipboardData.setData(type, text);
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  document.addEventListener("copy", fill, { capture: true, once: true });
  const isCopied = document.execCommand("copy");
  document.removeEventListener("copy", fill, { capture: true });
  return isCopied;
};

/** Saves bytes under a name. @param {Blob} blob @param {string} name */
export const save = (blob, name) => {
  const href = URL.createObjectURL(blob);
  make("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
};
