/**
 * Plain data: what crosses from a school to its gates, read strictly, as `portique.core.plain` does.
 *
 * Knowledge travels as maps, lists, texts, whole numbers and truths. Reading is the one place where
 * its shape is checked, key by key, so that the rest never meets a half-right value.
 */

import { readDay } from './days.js';
import { KnowledgeError } from './errors.js';

export const TEXT_CHARS_MAX = 80;
export const ROWS_MAX = 100_000;
export const DAY_MINUTES = 24 * 60;
const CODE = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,39}$/;
const CLOCK = /^([0-2][0-9]):([0-5][0-9])$/;

/** @typedef {{fr: string, en: string}} Words  one short text in French and in English */

/**
 * Read one map strictly: each key present, of its type, and none left over.
 *
 * @template T
 * @param {unknown} data
 * @param {string} what what is read, for the error
 * @param {(fields: Fields) => T} read
 * @returns {T}
 * @throws {KnowledgeError} any deviation; names the place and the key
 */
export function readFields(data, what, read) {
  const fields = new Fields(data, what);
  const value = read(fields);
  fields.end();
  return value;
}

/** The fields of one map, each taken once. Every method throws `KnowledgeError`. */
export class Fields {
  /** @type {Map<unknown, unknown>} */
  #left;
  #what;

  /**
   * @param {unknown} data
   * @param {string} what
   */
  constructor(data, what) {
    if (!(data instanceof Map)) throw new KnowledgeError(`${what}: a map was expected`);
    this.#left = new Map(data);
    this.#what = what;
  }

  /** Refuse keys that nobody asked for. */
  end() {
    for (const key of this.#left.keys()) {
      throw new KnowledgeError(`${this.#what}: unknown key ${key}`);
    }
  }

  /** @param {string} key */
  #take(key) {
    const value = this.#left.get(key);
    if (!this.#left.delete(key)) throw new KnowledgeError(`${this.#what}: ${key} is missing`);
    return value;
  }

  /**
   * @param {string} key
   * @param {string} expected
   */
  #wrong(key, expected) {
    return new KnowledgeError(`${this.#what}: ${key} must be ${expected}`);
  }

  /**
   * Take a text of at most so many characters.
   *
   * @param {string} key
   */
  text(key, charsMax = TEXT_CHARS_MAX) {
    const value = this.#take(key);
    if (!isText(value, charsMax))
      throw this.#wrong(key, `a text of at most ${charsMax} characters`);
    return value;
  }

  /**
   * Take a code, as journals keep them.
   *
   * @param {string} key
   */
  code(key) {
    const value = this.#take(key);
    if (!isCode(value)) {
      throw this.#wrong(key, 'at most 40 plain letters, digits and . _ + - without spaces');
    }
    return value;
  }

  /**
   * Take true or false.
   *
   * @param {string} key
   */
  truth(key) {
    const value = this.#take(key);
    if (typeof value !== 'boolean') throw this.#wrong(key, 'true or false');
    return value;
  }

  /**
   * Take a whole number within bounds, both included.
   *
   * @param {string} key
   */
  whole(key, lowest = Number.MIN_SAFE_INTEGER, highest = Number.MAX_SAFE_INTEGER) {
    const value = this.#take(key);
    if (!isWhole(value) || value < lowest || value > highest) {
      throw this.#wrong(key, `a whole number from ${lowest} to ${highest}`);
    }
    return value;
  }

  /**
   * Take a list, its items unread.
   *
   * @param {string} key
   * @returns {unknown[]}
   */
  rows(key, rowsMax = ROWS_MAX) {
    const value = this.#take(key);
    if (!Array.isArray(value) || value.length > rowsMax) {
      throw this.#wrong(key, `a list of at most ${rowsMax}`);
    }
    return value;
  }

  /**
   * Take a list of texts.
   *
   * @param {string} key
   */
  texts(key, rowsMax = ROWS_MAX) {
    const values = this.rows(key, rowsMax);
    if (!values.every((value) => isText(value))) throw this.#wrong(key, 'a list of texts');
    return /** @type {string[]} */ (values);
  }

  /**
   * Take a map, unread.
   *
   * @param {string} key
   * @returns {Map<unknown, unknown>}
   */
  map(key) {
    const value = this.#take(key);
    if (!(value instanceof Map)) throw this.#wrong(key, 'a map');
    return value;
  }

  /**
   * Take a local time "HH:MM", up to 24:00, as minutes since midnight.
   *
   * @param {string} key
   */
  clock(key) {
    const value = this.#take(key);
    const minute = typeof value === 'string' ? clockMinute(value) : null;
    if (minute === null) throw this.#wrong(key, 'a time from 00:00 to 24:00');
    return minute;
  }

  /**
   * Take a date "YYYY-MM-DD".
   *
   * @param {string} key
   */
  day(key) {
    const day = readDay(this.#take(key));
    if (day === null) throw this.#wrong(key, 'a date YYYY-MM-DD');
    return day;
  }

  /**
   * Take a list of dates.
   *
   * @param {string} key
   */
  days(key) {
    return this.rows(key).map((value) => {
      const day = readDay(value);
      if (day === null) throw this.#wrong(key, 'dates YYYY-MM-DD');
      return day;
    });
  }

  /**
   * Take a list of ISO weekdays, 1 Monday to 7 Sunday, each once, in order.
   *
   * @param {string} key
   */
  weekdays(key) {
    const values = this.rows(key, 7);
    const rising = values.every((value, place) => {
      const least = place === 0 ? 1 : Number(values[place - 1]) + 1;
      return isWhole(value) && value >= least && value <= 7;
    });
    if (!rising) throw this.#wrong(key, 'weekdays from 1 to 7, each once, in order');
    return /** @type {number[]} */ (values);
  }

  /**
   * Take one of some values.
   *
   * @template {string} Choice
   * @param {string} key
   * @param {readonly Choice[]} among
   */
  choice(key, among) {
    const value = this.#take(key);
    const found = among.find((one) => one === value);
    if (found === undefined) throw this.#wrong(key, `one of ${among.join(', ')}`);
    return found;
  }

  /**
   * Take null, or what a method of these fields takes.
   *
   * @template T
   * @param {string} key
   * @param {(this: Fields, key: string) => T} read
   * @returns {T | null}
   */
  maybe(key, read) {
    return this.#left.get(key) === null
      ? /** @type {null} */ (this.#take(key))
      : read.call(this, key);
  }
}

/**
 * Say whether a value is a text of at most so many characters; a surrogate pair is one.
 *
 * @param {unknown} value
 * @returns {value is string}
 */
export function isText(value, charsMax = TEXT_CHARS_MAX) {
  return typeof value === 'string' && (value.length <= charsMax || [...value].length <= charsMax);
}

/**
 * Say whether a value is a code, as journals keep them.
 *
 * @param {unknown} value
 * @returns {value is string}
 */
export function isCode(value) {
  return typeof value === 'string' && CODE.test(value);
}

/**
 * @param {unknown} value
 * @returns {value is number}
 */
export function isWhole(value) {
  return Number.isSafeInteger(value);
}

/**
 * Read "HH:MM", up to 24:00, as minutes since midnight; null if it isn't that.
 *
 * @param {string} text
 */
export function clockMinute(text) {
  const found = CLOCK.exec(text);
  const minute = found ? Number(found[1]) * 60 + Number(found[2]) : DAY_MINUTES + 1;
  return minute <= DAY_MINUTES ? minute : null;
}

/**
 * @param {unknown} data
 * @returns {Words}
 */
export function readWords(data) {
  return readFields(data, 'words', (fields) => ({ fr: fields.text('fr'), en: fields.text('en') }));
}
