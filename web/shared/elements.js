/** Making and replacing parts of a page. Text is only ever text: nothing here reads markup. */

const SVG = 'http://www.w3.org/2000/svg';

/** @typedef {Node | string | false | null | undefined} Part */

/**
 * Make an element with its attributes, listeners (`onclick: function`) and parts.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | boolean | undefined | ((event: any) => void)>} [attributes] False or undefined: left out; true: present, empty.
 * @param {Part[]} parts False, null and undefined are left out.
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...parts) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false)
      made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...present(parts));
  return made;
}

/**
 * Return the parts that are there.
 * @param {Part[]} parts
 * @returns {(Node | string)[]}
 */
function present(parts) {
  return /** @type {(Node | string)[]} */ (
    parts.filter((part) => part !== false && part !== null && part !== undefined)
  );
}

/**
 * Draw a small picture of lines, hidden from screen readers: words beside it say the same.
 * @param {string} path As SVG's `d`, in a square of 24.
 * @param {string} [kind] Class of the picture.
 * @returns {SVGSVGElement}
 */
export function icon(path, kind = 'icon') {
  const picture = document.createElementNS(SVG, 'svg');
  for (const [name, value] of Object.entries({
    viewBox: '0 0 24 24',
    class: kind,
    'aria-hidden': 'true',
    focusable: 'false',
  })) {
    picture.setAttribute(name, value);
  }
  const line = document.createElementNS(SVG, 'path');
  line.setAttribute('d', path);
  picture.append(line);
  return picture;
}

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
