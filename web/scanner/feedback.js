/** What an agent hears and feels, without looking: one short sound and one vibration for each outcome. */

import { remember, remembered } from '../shared/remembered.js';

/** @typedef {'grant' | 'refer' | 'refuse' | 'alert'} Sign */

/**
 * Triples of (frequency in Hz, start in s, length in s): up is go, level is look, down is no.
 * @type {Record<Sign, [number, number, number][]>}
 */
const TUNES = {
  grant: [
    [659.3, 0, 0.16],
    [987.8, 0.12, 0.32],
  ],
  refer: [
    [392, 0, 0.22],
    [392, 0.28, 0.34],
  ],
  refuse: [
    [440, 0, 0.2],
    [293.7, 0.18, 0.42],
  ],
  alert: [
    [784, 0, 0.15],
    [622.3, 0.18, 0.15],
    [784, 0.36, 0.15],
    [622.3, 0.54, 0.25],
  ],
};
/** On and off, in ms. @type {Record<Sign, number[]>} */
const SHAKES = {
  grant: [60],
  refer: [120, 100, 120],
  refuse: [400],
  alert: [300, 150, 300, 150, 300],
};
const LOUDNESS = 0.35;
const OFF = 'no';
const KEPT = 'portique-scanner-';

/** The phone's voice; both halves can be switched off, which this phone remembers. */
export class Feedback {
  /** @type {AudioContext | null} */
  #context = null;
  #sound = isOn('sound');
  #vibration = isOn('vibration');

  /** Whether this phone can vibrate for a page at all. */
  get canVibrate() {
    return 'vibrate' in navigator;
  }

  /** Whether sounds are played. */
  get sound() {
    return this.#sound;
  }

  set sound(on) {
    this.#sound = on;
    keep('sound', on);
  }

  /** Whether the phone vibrates. */
  get vibration() {
    return this.#vibration;
  }

  set vibration(on) {
    this.#vibration = on;
    keep('vibration', on);
  }

  /** Whether the browser lets this page be heard; most want a touch first. */
  get audible() {
    return this.#context?.state === 'running';
  }

  /** Ask the browser to be heard; call it from touches and keys: phones silence a page that slept. */
  async allow() {
    this.#context ??= new AudioContext();
    if (!this.audible) await this.#context.resume().catch(() => {});
  }

  /**
   * Give a sign, as far as it is switched on and the phone lets it be given.
   * @param {Sign} sign
   */
  give(sign) {
    if (this.#vibration && this.canVibrate) navigator.vibrate(SHAKES[sign]);
    if (this.#sound && this.#context && this.audible) play(this.#context, TUNES[sign]);
  }
}

/**
 * @param {AudioContext} context
 * @param {[number, number, number][]} tune
 */
function play(context, tune) {
  for (const [frequency, start, length] of tune) {
    const from = context.currentTime + start;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.type = 'triangle';
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0, from);
    volume.gain.linearRampToValueAtTime(LOUDNESS, from + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.001, from + length);
    tone.connect(volume).connect(context.destination);
    tone.start(from);
    tone.stop(from + length);
  }
}

/**
 * @param {string} name
 * @returns {boolean} True also where a browser keeps nothing.
 */
function isOn(name) {
  return remembered(KEPT + name) !== OFF;
}

/**
 * @param {string} name
 * @param {boolean} on
 */
function keep(name, on) {
  remember(KEPT + name, on ? 'yes' : OFF);
}
