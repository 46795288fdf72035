/** Small parts of the scanner's screens: outcomes' shapes, sheets, toasts, redrawing what changed. */

import { element, make } from '../../shared/elements.js';
import { words } from '../say.js';

const SVG = 'http://www.w3.org/2000/svg';
const TOAST_MS = 6000;
const FRESH_MS = 350; // a second tap of a gloved hand is not an answer to what it just opened

/** Each outcome by its form as well as by its colour: circle, triangle, octagon. */
const SHAPES = {
  grant: ['M24 2a22 22 0 100 44 22 22 0 000-44z', 'M13 25l8 8 15-18'],
  refer: ['M24 3L47 44H1z', 'M24 18v12M24 37v.01'],
  refuse: ['M15 2h18l13 13v18L33 46H15L2 33V15z', 'M16 16l16 16M32 16L16 32'],
};

/**
 * Draw an outcome's shape; words beside it say the same.
 * @param {keyof typeof SHAPES} outcome
 */
export function shape(outcome) {
  const picture = document.createElementNS(SVG, 'svg');
  const attributes = { viewBox: '0 0 48 48', class: 'shape', 'aria-hidden': 'true' };
  for (const [name, value] of Object.entries(attributes)) picture.setAttribute(name, value);
  SHAPES[outcome].forEach((path, place) => {
    const line = document.createElementNS(SVG, 'path');
    line.setAttribute('class', place ? 'mark' : 'ground');
    line.setAttribute('d', path);
    picture.append(line);
  });
  return picture;
}

/** @type {WeakMap<Element, string>} */
const prints = new WeakMap();

/**
 * Draw a part of the page anew if what it shows has changed, so that nothing flickers, moves under a
 * finger or is announced twice. The focus stays on the part's button of the same name.
 * @param {Element} place
 * @param {unknown} values
 * @param {() => (Node | string | false | null)[]} parts
 */
export function refresh(place, values, parts) {
  const print = JSON.stringify(values) ?? '';
  if (prints.get(place) === print) return false;
  prints.set(place, print);
  const focused = place.contains(document.activeElement)
    ? document.activeElement?.textContent
    : null;
  const made = /** @type {(Node | string)[]} */ (parts().filter(Boolean));
  place.replaceChildren(...made);
  if (focused) {
    const buttons = [...place.querySelectorAll('button')];
    buttons.find((button) => button.textContent === focused)?.focus({ preventScroll: true });
    keepFocus();
  }
  return true;
}

/** Put a focus that was lost with what had it on what the screen is about. */
export function keepFocus() {
  if (document.activeElement !== document.body) return;
  const about = element('screen').querySelector('.middle, h1[tabindex]');
  if (about instanceof HTMLElement) about.focus({ preventScroll: true });
}

/** Say whether a sheet is open: nothing below it is seen, or said. */
export function isSheetOpen() {
  return document.querySelector('dialog[open]') !== null;
}

/** @type {WeakMap<Element, number>} since when each sheet shows what it shows */
const steadyFromMs = new WeakMap();

/**
 * Take a second tap on what a sheet showed before for no answer to what it shows now.
 * @param {Element} sheet
 */
export function renew(sheet) {
  steadyFromMs.set(sheet, performance.now() + FRESH_MS);
}

/**
 * Open a sheet at the bottom of the screen, where a thumb reaches; `Escape` and its button close it.
 * @param {string} title
 * @param {(Node | string | false | null)[]} parts
 * @param {string} [kind] Class of the sheet.
 */
export function openSheet(title, parts, kind = '') {
  closeSheets();
  const close = make('button', { class: 'quiet', onclick: () => sheet.close() }, words.cancel);
  const head = make('h2', { id: 'sheet-title', tabindex: '-1', autofocus: true }, title);
  const sheet = make(
    'dialog',
    { class: `sheet ${kind}`, 'aria-labelledby': 'sheet-title' },
    head,
    make('div', { class: 'body' }, ...parts),
    close,
  );
  renew(sheet);
  sheet.addEventListener('click', (event) => early(event, sheet), { capture: true });
  sheet.addEventListener('close', () => {
    sheet.remove();
    keepFocus();
  });
  document.body.append(sheet);
  sheet.showModal();
  return sheet;
}

/**
 * @param {MouseEvent} event
 * @param {Element} sheet
 */
function early(event, sheet) {
  const pressed = event.detail > 0; // not by a keyboard
  if (!pressed || performance.now() >= (steadyFromMs.get(sheet) ?? 0)) return;
  event.stopPropagation();
  event.preventDefault();
}

/** Close whatever sheet is open: nothing may stand before the news that the scanner is locked. */
export function closeSheets() {
  for (const sheet of document.querySelectorAll('dialog')) sheet.close();
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let fading;

/**
 * Say something for a few seconds, aloud too.
 * @param {string} said
 * @param {'done' | 'wrong'} [kind]
 */
export function toast(said, kind = 'done') {
  const place = element('toast');
  place.textContent = said;
  place.dataset.kind = kind;
  clearTimeout(fading);
  fading = setTimeout(() => (place.textContent = ''), TOAST_MS);
}

/**
 * Make the preset answers of a sheet.
 * @param {readonly string[]} codes
 * @param {(code: string) => string} wording
 * @param {(code: string) => void} chosen
 */
export function presets(codes, wording, chosen) {
  return make(
    'div',
    { class: 'presets' },
    ...codes.map((code) =>
      make('button', { 'data-code': code, onclick: () => chosen(code) }, wording(code)),
    ),
  );
}
