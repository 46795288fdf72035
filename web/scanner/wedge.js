/**
 * Readers that are keyboards: by cable or Bluetooth, they type a code's text and end it with Enter.
 *
 * Told from a hand by their pace. What they type reaches no button of the page: a space or an Enter
 * of theirs must not press one. Into a field somebody types: it is left alone, reader or not.
 */

import { numberOf } from '../core/badges.js';
import { TEXT_CHARACTERS_MAX } from '../core/qr.js';
import { Rate } from './rate.js';
import { character, LAYOUTS } from './wedge_keys.js';

const KEY_GAP_MS = 200; // a reader types 10 to 50 characters in that time, a hand one
const KEYS_MIN = 4; // a shorter burst ended by Enter is a hand's
const PASS_PREFIX = 'PQ';
const ENTERS = ['Enter', 'NumpadEnter'];
const NO_FIELDS = ['checkbox', 'radio', 'button', 'submit', 'reset', 'range', 'color', 'file'];

/** What was let go, as counts: no text is ever kept. @typedef {{overlong: number, flooded: number, unreadable: number, typed: number}} Counts */

/** A text as each way of reading its keys has it; null: that way has no character for one of them. @typedef {{keys: string | null, us: string | null, fr: string | null}} Readings */

/** @returns {Readings} */
const nothing = () => ({ keys: '', us: '', fr: '' });

/** Takes texts off the page's key events while started. */
export class Wedge {
  /** @type {Counts} */
  counts = { overlong: 0, flooded: 0, unreadable: 0, typed: 0 };
  #onText;
  #onUnread;
  #page;
  #readings = nothing();
  #pressed = 0;
  #lastMs = -Infinity;
  #rates = new Map(['pass', 'number', 'other'].map((sort) => [sort, new Rate()]));

  /**
   * @param {object} parts
   * @param {(text: string) => void} parts.onText One whole text, as read.
   * @param {() => void} [parts.onUnread] A reader's line that is no text: whoever showed it waits.
   * @param {EventTarget} [parts.page]
   */
  constructor({ onText, onUnread = () => {}, page = window }) {
    this.#onText = onText;
    this.#onUnread = onUnread;
    this.#page = page;
  }

  /** Listen from now on. */
  start() {
    this.#begin();
    // Before anything else on the page, which must not take a reader's keys for its own.
    this.#page.addEventListener('keydown', this.#down, { capture: true });
    this.#page.addEventListener('keyup', this.#up, { capture: true });
  }

  /** Listen no more. */
  stop() {
    this.#page.removeEventListener('keydown', this.#down, { capture: true });
    this.#page.removeEventListener('keyup', this.#up, { capture: true });
  }

  #down = (/** @type {any} */ event) => this.#press(/** @type {KeyboardEvent} */ (event));

  /** A button is pressed by a space when the key comes up. */
  #up = (/** @type {any} */ event) => {
    if (this.#pressed > 1 && !isField(event.target)) event.preventDefault();
  };

  #begin() {
    this.#readings = nothing();
    this.#pressed = 0;
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (isField(event.target)) return this.#begin();
    if (event.repeat || event.isComposing || event.ctrlKey || event.metaKey) return;
    const isEnter = ENTERS.includes(event.code) || event.key === 'Enter';
    if (!isEnter && isSilent(event.key)) return;
    if (event.timeStamp - this.#lastMs > KEY_GAP_MS) this.#drop();
    this.#lastMs = event.timeStamp;
    if (isEnter) return this.#finish(event);
    this.#add(event);
    if (this.#pressed > 1) keep(event);
  }

  /** Let go what came before a silence that no reader makes. */
  #drop() {
    if (this.#pressed) this.counts.typed += 1;
    this.#begin();
  }

  /** @param {KeyboardEvent} event */
  #add(event) {
    this.#pressed += 1;
    if (this.#pressed > TEXT_CHARACTERS_MAX + 1) return; // enough to be found overlong
    const { key, code } = event;
    const held = { shift: event.shiftKey, caps: event.getModifierState('CapsLock') };
    const { keys, us, fr } = this.#readings;
    this.#readings = {
      keys: joined(keys, [...key].length === 1 ? key : null),
      us: joined(us, character(LAYOUTS.us, code, held)),
      fr: joined(fr, character(LAYOUTS.fr, code, held)),
    };
  }

  /** @param {KeyboardEvent} event */
  #finish(event) {
    const [pressed, readings] = [this.#pressed, this.#readings];
    this.#begin();
    if (pressed < KEYS_MIN) return;
    keep(event);
    const text = meant(readings);
    if (text === null) this.#unread('unreadable');
    else if (pressed > TEXT_CHARACTERS_MAX) this.#unread('overlong');
    else if (!this.#rates.get(sortOf(text))?.takes(event.timeStamp)) this.counts.flooded += 1;
    else this.#onText(text);
  }

  /** @param {'overlong' | 'unreadable'} why */
  #unread(why) {
    this.counts[why] += 1;
    this.#onUnread();
  }
}

/**
 * Return the reading that makes sense: a pass, else a badge's number, else what the phone understood.
 *
 * Nobody has to set a layout: a pass read by the wrong one doesn't begin like a pass, and a number
 * read by the wrong one has letters or signs that no number has.
 * @param {Readings} readings
 * @returns {string | null}
 */
function meant({ keys, us, fr }) {
  const all = [keys, us, fr].filter((text) => text !== null);
  const told = all.find((text) => text.startsWith(PASS_PREFIX));
  return told ?? all.find((text) => numberOf(text) !== null) ?? all[0] ?? null;
}

/** @param {string} text */
function sortOf(text) {
  if (text.startsWith(PASS_PREFIX)) return 'pass';
  return numberOf(text) === null ? 'other' : 'number';
}

/**
 * @param {string | null} text
 * @param {string | null} more
 */
function joined(text, more) {
  return text === null || more === null ? null : text + more;
}

/**
 * Say whether a key makes no character of its own: Shift, an arrow, a phone's volume.
 * @param {string} key
 */
function isSilent(key) {
  return [...key].length > 1 && key !== 'Dead' && key !== 'Unidentified';
}

/**
 * Keep a key from whatever has the focus, and from the page's own shortcuts.
 * @param {KeyboardEvent} event
 */
function keep(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** @param {any} target */
function isField(target) {
  if (target?.isContentEditable) return true;
  const isInput = target?.tagName === 'INPUT' && !NO_FIELDS.includes(target.type);
  return isInput || target?.tagName === 'TEXTAREA' || target?.tagName === 'SELECT';
}
