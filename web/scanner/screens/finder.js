/** The camera's picture, what would help it read, and the way back when there is none. */

import { icon, make } from '../../shared/elements.js';
import { words } from '../say.js';
import { refresh } from './parts.js';

/** @typedef {import('../camera.js').Camera} Camera */
/** @typedef {import('../reading.js').Reading} Reading */

const LAMP = 'M8 3h8l-1.5 6v12h-5V9zM8 6h8M12 13v2';
const PAUSE = 'M8 5v14M16 5v14';
const GO = 'M8 5l11 7-11 7z';
const TURN = 'M4 12a8 8 0 0113.7-5.6L20 9M20 4v5h-5M20 12a8 8 0 01-13.7 5.6L4 15M4 20v-5h5';

/** What the finder shows of a camera. @typedef {{paused: boolean, toggle: () => void}} Pausing */

export class Finder {
  #hint = make('p', { class: 'hint', role: 'status' });
  #fault;
  #lights = make('div', { class: 'lights' });

  /**
   * @param {HTMLVideoElement} video
   * @param {Camera} camera
   * @param {Reading} reading
   * @param {Pausing | null} [pausing] Null: it can't be paused here.
   */
  constructor(video, camera, reading, pausing = null) {
    this.camera = camera;
    this.reading = reading;
    this.pausing = pausing;
    this.#fault = make('div', { class: pausing ? 'trouble lane-trouble' : 'trouble' });
    video.setAttribute('aria-label', words.lane.finder);
    const corners = make('div', { class: 'corners', 'aria-hidden': 'true' });
    this.element = make(
      'section',
      { class: 'finder', 'aria-label': words.lane.finder },
      video,
      corners,
      this.#hint,
      this.#fault,
      this.#lights,
    );
  }

  draw() {
    const { state, fault, torch, several } = this.camera;
    const paused = this.pausing?.paused ?? false;
    const kind = this.#kind();
    this.element.dataset.state = kind;
    const hint = this.#hintWords();
    if (this.#hint.textContent !== hint) this.#hint.textContent = hint;
    refresh(this.#fault, [kind, fault?.kind], () => this.#trouble(kind));
    refresh(this.#lights, [state, torch, several, paused, kind], () => this.#buttons(paused));
  }

  #kind() {
    if (this.pausing?.paused) return 'paused';
    if (this.camera.state === 'fault') return 'fault';
    if (!this.reading.state.works) return 'unreading';
    return this.camera.state === 'on' ? 'on' : 'starting';
  }

  #hintWords() {
    const { crowded, overstayed, unread } = this.reading.state;
    if (this.#kind() === 'starting') return words.lane.starting;
    if (this.#kind() !== 'on') return '';
    if (crowded) return words.asked.crowded;
    if (overstayed) return words.asked.overstayed;
    return unread ? words.asked.unread : words.lane.aim;
  }

  /**
   * What is in the way; at the lane the longer words stand below, and the picture's place is small.
   * @param {string} kind
   */
  #trouble(kind) {
    if (kind === 'paused') return [said({ title: words.lane.paused, what: words.lane.pausedWhat })];
    if (kind === 'unreading') return [said(words.faults.reader)];
    const { fault } = this.camera;
    if (kind !== 'fault' || !fault) return [];
    const { title, what } = cameraTrouble(fault);
    const again = () => this.camera.start();
    return [
      said({ title, what: this.pausing ? '' : what }),
      make('button', { onclick: again }, words.retry),
    ];
  }

  /** @param {boolean} paused */
  #buttons(paused) {
    const { torch, several, state } = this.camera;
    const lit = { 'aria-pressed': String(torch === true), onclick: () => this.#light(!torch) };
    const halt = paused ? words.lane.resume : words.lane.pause;
    return [
      several && state === 'on' && light(TURN, words.lane.turn, () => this.camera.change()),
      torch !== null && light(LAMP, words.lane.torch, lit.onclick, lit['aria-pressed']),
      this.pausing && light(paused ? GO : PAUSE, halt, this.pausing.toggle),
    ];
  }

  /** @param {boolean} on */
  #light(on) {
    return this.camera.setTorch(on);
  }
}

/**
 * Say why there is no picture, and what to do.
 * @param {import('../camera.js').CameraFault} fault
 */
export function cameraTrouble({ kind }) {
  if (kind !== 'unsafe') return words.faults[kind];
  return { title: words.faults.failed.title, what: words.wrong.unsafe };
}

/** @param {{title: string, what: string}} found */
function said({ title, what }) {
  return make('div', { role: 'alert' }, make('h2', {}, title), what && make('p', {}, what));
}

/**
 * @param {string} path
 * @param {string} name
 * @param {() => void} pressed
 * @param {string} [on]
 */
function light(path, name, pressed, on) {
  const state = on === undefined ? {} : { 'aria-pressed': on };
  return make(
    'button',
    { class: 'light', title: name, onclick: pressed, ...state },
    icon(path),
    make('span', { class: 'unseen' }, name),
  );
}
