/**
 * Chip badges held to the back of the phone, where its browser reads chips (Web NFC: Chrome on Android
 * alone, so far). Elsewhere, and for badges that hold no NDEF data, a reader that types does it.
 *
 *     badge ─▶ its own pass, written on it ─▶ decided as paper: whoever copies the chip copies the pass
 *           └▶ its number alone            ─▶ proves nothing: the agent compares and answers
 *
 * Nothing is ever written to a chip. What the last one held is known again while it is read, no longer;
 * a phone that plays many chips one after the other floods no journal.
 */

import { remember, remembered } from '../shared/remembered.js';
import { Rate } from './rate.js';

const KEPT = 'portique-scanner-chips';
const ON = 'yes';
const PASS_PREFIX = 'PQ';
const NONE = Object.freeze({ text: '', atMs: -Infinity });
const SAME_MS = 2_000; // a badge that stays is read over and over by some phones: it is shown once

/** @typedef {{recordType: string, encoding?: string, data?: DataView}} Record  one of a chip's (Web NFC, NDEFRecord) */
/** @typedef {{serialNumber: string, message: {records: readonly Record[]}, timeStamp: number}} Held  a chip */
/** @typedef {EventTarget & {scan: (options: {signal: AbortSignal}) => Promise<void>}} ChipReader */
/** @typedef {new () => ChipReader} MakeReader */

/**
 * Why chips aren't read though they were asked for: `denied` (the browser was told not to), `off` (the
 * phone's own switch, or it has no antenna).
 * @typedef {'denied' | 'off'} ChipFault
 */

/** What this browser reads chips with; undefined: it does not. */
const ITS_OWN = /** @type {MakeReader | undefined} */ (Reflect.get(globalThis, 'NDEFReader'));

/** Takes what chips hold while switched on and started; sends `change` when `on` or `fault` changes. */
export class Chips extends EventTarget {
  /** Whether an agent wants chips to be read by this phone, which remembers it. */
  on = remembered(KEPT) === ON;
  /** @type {ChipFault | null} */
  fault = null;
  #onText;
  #onUnread;
  #MakeReader;
  /** @type {AbortController | null} */
  #reading = null;
  /** @type {{text: string, atMs: number}} */
  #last = NONE;
  #rate = new Rate();

  /**
   * @param {object} parts
   * @param {(text: string) => void} parts.onText A pass's text, or a badge's number.
   * @param {() => void} parts.onUnread A chip that gave nothing: whoever holds it waits.
   * @param {MakeReader} [parts.Reader]
   */
  constructor({ onText, onUnread, Reader = ITS_OWN }) {
    super();
    this.#onText = onText;
    this.#onUnread = onUnread;
    this.#MakeReader = Reader;
  }

  /** Whether this browser reads chips at all. */
  get possible() {
    return this.#MakeReader !== undefined;
  }

  /**
   * Read chips from now on, or no more; switch on by a touch: the browser asks whether it may.
   * @param {boolean} on
   */
  async turn(on) {
    this.on = on;
    remember(KEPT, on ? ON : null);
    this.stop();
    this.#become(null);
    await this.start();
  }

  /** Read, if that is switched on. A browser that must ask first does so. */
  async start() {
    if (!this.on || !this.#MakeReader || this.#reading) return;
    const reading = new AbortController();
    this.#reading = reading;
    const { signal } = reading;
    const reader = new this.#MakeReader();
    reader.addEventListener('reading', (event) => this.#read(/** @type {any} */ (event)), {
      signal,
    });
    reader.addEventListener('readingerror', () => this.#onUnread(), { signal });
    try {
      await reader.scan({ signal });
      if (!signal.aborted) this.#become(null);
    } catch (error) {
      if (signal.aborted) return; // it was stopped meanwhile
      this.stop();
      this.#become(nameOf(error) === 'NotAllowedError' ? 'denied' : 'off');
    }
  }

  /** Read no more, until started again. */
  stop() {
    this.#reading?.abort();
    this.#reading = null;
    this.#last = NONE;
  }

  /** @param {Held} held */
  #read({ serialNumber, message, timeStamp }) {
    const text = passOn(message.records) ?? serialNumber;
    if (!text) return this.#onUnread();
    const { text: lastText, atMs } = this.#last;
    this.#last = { text, atMs: timeStamp };
    const isSame = text === lastText && timeStamp - atMs <= SAME_MS;
    if (!isSame && this.#rate.takes(timeStamp)) this.#onText(text);
  }

  /** @param {ChipFault | null} fault */
  #become(fault) {
    this.fault = fault;
    this.dispatchEvent(new Event('change'));
  }
}

/**
 * Return the pass that somebody wrote on a chip as a text, if there is one.
 * @param {readonly Record[]} records
 */
function passOn(records) {
  const texts = records
    .filter(({ recordType, data }) => recordType === 'text' && data)
    .map(({ encoding, data }) => decoded(/** @type {DataView} */ (data), encoding));
  return texts.find((text) => text.startsWith(PASS_PREFIX));
}

/**
 * @param {DataView} data
 * @param {string} [encoding]
 */
function decoded(data, encoding = 'utf-8') {
  try {
    return new TextDecoder(encoding).decode(data);
  } catch {
    return ''; // an encoding nobody knows
  }
}

/** @param {unknown} error */
function nameOf(error) {
  return error instanceof Error ? error.name : '';
}
