/**
 * Texts of codes: prefixes and Base45.
 *
 * Source: RFC 9285 (Base45); `docs/formats/README.md`.
 */

import { NotAPass, UnreadablePass } from './errors.js';

export const PREFIX_PASS = 'PQ1:';
export const PREFIX_PHONE = 'PQ2:';
export const TEXT_CHARACTERS_MAX = 1200;

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const VALUE = new Map(Array.from(ALPHABET, (character, value) => [character, value]));
const BASE = 45;

/**
 * Write bytes in Base45: two bytes as three characters, a last one as two.
 *
 * @param {Uint8Array} data
 * @returns {string}
 */
export function toBase45(data) {
  let text = '';
  for (let at = 0; at + 1 < data.length; at += 2) {
    text += group(data[at] * 256 + data[at + 1], 3);
  }
  return data.length % 2 ? text + group(data[data.length - 1], 2) : text;
}

/**
 * @param {number} number
 * @param {number} characters
 */
function group(number, characters) {
  let text = '';
  let rest = number;
  for (let place = 0; place < characters; place += 1) {
    text += ALPHABET[rest % BASE];
    rest = Math.floor(rest / BASE);
  }
  return text;
}

/**
 * Read Base45 back into bytes.
 *
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 * @throws {UnreadablePass} A character outside the alphabet, a length no encoder makes, or a
 *   group above its maximum (RFC 9285 §6).
 */
export function fromBase45(text) {
  if (text.length % 3 === 1) throw new UnreadablePass('a length Base45 never has');
  const data = new Uint8Array(Math.floor((text.length * 2) / 3));
  for (let from = 0, to = 0; from < text.length; from += 3, to += 2) {
    const characters = text.slice(from, from + 3);
    const number = numberOf(characters);
    if (number > (characters.length === 3 ? 0xffff : 0xff)) {
      throw new UnreadablePass('a Base45 group out of range');
    }
    data.set(characters.length === 3 ? [number >> 8, number & 0xff] : [number], to);
  }
  return data;
}

/** @param {string} characters the lowest digit first */
function numberOf(characters) {
  let number = 0;
  for (let place = characters.length - 1; place >= 0; place -= 1) {
    const value = VALUE.get(characters[place]);
    if (value === undefined) throw new UnreadablePass('a character outside Base45');
    number = number * BASE + value;
  }
  return number;
}

/**
 * Cut a code's text into its prefix and its bytes.
 *
 * One final LF or CR LF is dropped, because readers add it; nothing else is trimmed: the Base45
 * alphabet contains the space.
 *
 * @param {string} text
 * @returns {{prefix: string, data: Uint8Array<ArrayBuffer>}}
 * @throws {NotAPass} No prefix of ours.
 * @throws {UnreadablePass} Ours, but too long or not Base45.
 */
export function split(text) {
  const line = withoutLineEnd(text);
  const prefix = line.slice(0, 4);
  if (prefix !== PREFIX_PASS && prefix !== PREFIX_PHONE) {
    throw new NotAPass("not a code of Portique's");
  }
  if (line.length > TEXT_CHARACTERS_MAX) {
    throw new UnreadablePass(`more than ${TEXT_CHARACTERS_MAX} characters`);
  }
  return { prefix, data: fromBase45(line.slice(4)) };
}

/**
 * Drop exactly one line end, LF or CR LF, as keyboard and serial readers append.
 *
 * @param {string} text
 */
export function withoutLineEnd(text) {
  return text.replace(/\r?\n$/, '');
}
