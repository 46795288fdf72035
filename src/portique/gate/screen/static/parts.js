/** Small parts of the agent's page: finding, filling, telling. */

const TOAST_MS = 7000;

/**
 * Return an element the page is known to have.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element ${id}`);
  return found;
}

/**
 * Copy a template and fill its places with text; text is never markup.
 * @param {string} template
 * @param {Record<string, any>} values
 * @returns {HTMLElement}
 */
export function filled(template, values) {
  const copy = /** @type {HTMLTemplateElement} */ (element(template)).content.cloneNode(true);
  const root = /** @type {HTMLElement} */ (/** @type {DocumentFragment} */ (copy).firstElementChild);
  fill(root, values);
  return root;
}

/**
 * Fill the places of a part of the page; a place without value disappears.
 * @param {HTMLElement} root
 * @param {Record<string, any>} values
 */
export function fill(root, values) {
  for (const place of root.querySelectorAll("[data-slot]")) {
    place.textContent = values[place.getAttribute("data-slot") ?? ""] ?? "";
  }
  for (const part of root.querySelectorAll("[data-if]")) {
    /** @type {HTMLElement} */ (part).hidden = !values[part.getAttribute("data-if") ?? ""];
  }
  for (const list of root.querySelectorAll("[data-list]")) {
    const texts = /** @type {string[]} */ (values[list.getAttribute("data-list") ?? ""] ?? []);
    list.replaceChildren(...texts.map(item));
    /** @type {HTMLElement} */ (list).hidden = texts.length === 0;
  }
}

/** @param {string} text */
function item(text) {
  const line = document.createElement("li");
  line.textContent = text;
  return line;
}

/** @type {WeakMap<HTMLElement, string>} */
const prints = new WeakMap();

/**
 * Say whether a part of the page is to show something else than it does, and remember it.
 * @param {HTMLElement} part
 * @param {any} values
 */
export function changed(part, values) {
  const print = JSON.stringify(values);
  if (prints.get(part) === print) return false;
  prints.set(part, print);
  return true;
}

/**
 * Replace a list's lines only when they changed, so that nothing is announced or flickers twice.
 * @param {HTMLElement} list
 * @param {any[]} values
 * @param {(value: any) => HTMLElement} make
 */
export function relist(list, values, make) {
  if (!changed(list, values)) return;
  const focused = document.activeElement?.getAttribute("data-key");
  list.replaceChildren(...values.map(make));
  list.hidden = values.length === 0;
  if (focused) /** @type {HTMLElement | null} */ (list.querySelector(`[data-key="${focused}"]`))?.focus();
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let fading;

/**
 * Say something for a few seconds; without words, that there was no answer.
 * @param {string | undefined} words
 * @param {"done" | "wrong"} [kind]
 */
export function toast(words, kind = "wrong") {
  const place = element("toast");
  place.textContent = words ?? place.dataset.lost ?? "";
  place.dataset.kind = kind;
  clearTimeout(fading);
  fading = setTimeout(() => {
    place.textContent = "";
  }, TOAST_MS);
}

/**
 * Say whether a choice of this browser (sounds, keys) is on; it is until turned off.
 * @param {string} id
 * @returns {boolean}
 */
export function wanted(id) {
  return /** @type {HTMLInputElement} */ (element(id)).checked;
}

for (const id of ["keys-on", "sound-on"]) {
  const box = /** @type {HTMLInputElement} */ (element(id));
  box.checked = localStorage.getItem(id) !== "no";
  box.addEventListener("change", () => localStorage.setItem(id, box.checked ? "yes" : "no"));
}
