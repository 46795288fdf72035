/** The white card: whose pass it is, and its code, drawn anew every 15 seconds. */

import { parse, phoneText } from '../../core/passes.js';
import { make } from '../../shared/elements.js';
import { keepAwake } from '../../shared/wake.js';
import { draw, modulesOf } from '../drawing.js';
import { isShort } from '../obstacles.js';
import { Rotation } from '../rotation.js';
import { day, filled, words } from '../say.js';

/** @typedef {import('../wallet.js').Held} Held */

export class Card {
  #canvas = make('canvas', { role: 'img', 'aria-label': words.codePicture });
  #room = make('div', { class: 'room' }, this.#canvas);
  #turning = make('div', { class: 'turning', 'aria-hidden': 'true' }, make('i'));
  /** @type {import('../drawing.js').Modules | null} */
  #modules = null;
  #rotation = new Rotation((seconds) => this.#turn(seconds));
  #resized = new ResizeObserver(() => this.#fit());

  /**
   * @param {Held} held
   * @param {{shown: () => void, turned: () => void, lost: () => void}} told `shown`: called once, when the first code is there; `turned`: at each redraw; `lost`: the key doesn't sign.
   */
  constructor(held, told) {
    this.held = held;
    this.told = told;
    this.element = make(
      'article',
      { class: 'card drawn' },
      whose(held),
      this.#room,
      this.#turning,
      make(
        'p',
        { class: 'until' },
        filled(words.until, { date: day(held.expires - 1, isShort(held)) }),
      ),
    );
  }

  /** Begin to draw; the element is on the page. */
  start() {
    this.#resized.observe(this.#room);
    this.#rotation.start();
    keepAwake();
  }

  stop() {
    this.#resized.disconnect();
    this.#rotation.stop();
  }

  /** @param {number} seconds */
  async #turn(seconds) {
    let text;
    try {
      text = await textOf(this.held, seconds);
    } catch {
      return this.told.lost();
    }
    const first = this.#modules === null;
    this.#modules = modulesOf(text);
    this.#fit();
    this.#canvas.dataset.seconds = String(seconds);
    this.#restart();
    if (first) this.told.shown();
    this.told.turned();
  }

  #fit() {
    if (this.#modules && this.#room.clientWidth)
      draw(this.#canvas, this.#modules, this.#room.clientWidth);
  }

  /** Let the line under the code run from its beginning. */
  #restart() {
    this.#turning.replaceChildren(make('i'));
  }
}

/**
 * @param {Held} held
 * @param {number} seconds
 */
function textOf(held, seconds) {
  const key = /** @type {import('../../core/keys.js').PrivateKey} */ (held.key);
  return phoneText(parse(held.text).sealed, key, { uai: held.school.uai, seconds });
}

/**
 * Say whose pass it is: name, class or service, kind.
 * @param {Held} held
 */
export function whose(held) {
  const kinds = /** @type {Record<string, string>} */ (words.kinds);
  const more = [held.label, kinds[held.kind]].filter(Boolean);
  return make(
    'header',
    {},
    make('h1', { tabindex: '-1' }, make('bdi', {}, held.name)),
    make('p', {}, make('bdi', {}, more.join(' · '))),
  );
}
