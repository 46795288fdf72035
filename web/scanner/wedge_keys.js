/**
 * Key positions to characters, as a reader types them and whatever the phone's own layout is.
 *
 * A wedge reader is a keyboard: it sends key positions for the layout *it* is set to. The same as
 * `portique.gate.readers.keys`, by the names browsers give to positions.
 */

/** @typedef {Record<string, string>} Table  a character by the position's name */
/** @typedef {{plain: Table, shifted: Table}} Layout */

const ROWS = [
  ['Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Minus Equal'],
  ['KeyQ KeyW KeyE KeyR KeyT KeyY KeyU KeyI KeyO KeyP BracketLeft BracketRight'],
  ['KeyA KeyS KeyD KeyF KeyG KeyH KeyJ KeyK KeyL Semicolon Quote Backquote'],
  ['Backslash KeyZ KeyX KeyC KeyV KeyB KeyN KeyM Comma Period Slash'],
  ['Space'],
  ['IntlBackslash'],
].map(([names]) => names.split(' '));

// One character a key, row by row as above; NUL where the key gives none (a dead key).
const US = ['1234567890-=', 'qwertyuiop[]', "asdfghjkl;'`", '\\zxcvbnm,./', ' ', '<'];
const US_SHIFT = ['!@#$%^&*()_+', 'QWERTYUIOP{}', 'ASDFGHJKL:"~', '|ZXCVBNM<>?', ' ', '>'];
const FR = ['&é"\'(-è_çà)=', 'azertyuiop\0$', 'qsdfghjklmù²', '*wxcvbn,;:!', ' ', '<'];
const FR_SHIFT = ['1234567890°+', 'AZERTYUIOP\0£', 'QSDFGHJKLM%\0', 'µWXCVBN?./§', ' ', '>'];
const KEYPAD = Object.fromEntries([
  ...Array.from({ length: 10 }, (_, digit) => [`Numpad${digit}`, String(digit)]),
  ['NumpadMultiply', '*'],
  ['NumpadSubtract', '-'],
  ['NumpadAdd', '+'],
  ['NumpadDecimal', '.'],
  ['NumpadDivide', '/'],
]);

/**
 * @param {readonly string[]} rows
 * @returns {Table}
 */
function table(rows) {
  const keys = rows.flatMap((row, at) => [...row].map((each, key) => [ROWS[at][key], each]));
  return Object.fromEntries([
    ...keys.filter(([, each]) => each !== '\0'),
    ...Object.entries(KEYPAD),
  ]);
}

/** The layouts that readers in schools are set to. @type {{us: Layout, fr: Layout}} */
export const LAYOUTS = {
  us: { plain: table(US), shifted: table(US_SHIFT) },
  fr: { plain: table(FR), shifted: table(FR_SHIFT) },
};

/**
 * Return the character at a position, or null if the layout has none there.
 * @param {Layout} layout
 * @param {string} position
 * @param {{shift: boolean, caps: boolean}} held
 * @returns {string | null}
 */
export function character({ plain, shifted }, position, { shift, caps }) {
  const usual = plain[position];
  const isLetter = usual !== undefined && /^[a-z]$/.test(usual);
  const upper = isLetter ? shift !== caps : shift; // caps lock turns letters only
  return (upper ? shifted[position] : usual) ?? null;
}
