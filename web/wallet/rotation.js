/** Drawing the code again every 15 seconds from its opening, and whenever somebody comes back to it. */

import { REDRAWN_MS } from './obstacles.js';

/** Opening the app shows the page as well: one drawing is enough. */
const FRESH_MS = 1_000;

export class Rotation {
  #draw;
  #drawn_ms = -Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #running = false;

  /** @param {(seconds: number) => Promise<void>} draw Draws the code of an instant, seconds since 1970. */
  constructor(draw) {
    this.#draw = draw;
  }

  /** Draw now and from now on. */
  start() {
    if (this.#running) return;
    this.#running = true;
    document.addEventListener('visibilitychange', this.#comeBack);
    addEventListener('pageshow', this.#comeBack);
    this.#turn();
  }

  /** Draw no more. */
  stop() {
    this.#running = false;
    clearTimeout(this.#timer);
    document.removeEventListener('visibilitychange', this.#comeBack);
    removeEventListener('pageshow', this.#comeBack);
  }

  // A phone that slept, or a page kept by the browser, has timers that stood still.
  #comeBack = () => {
    if (document.visibilityState !== 'visible') return;
    const age_ms = Date.now() - this.#drawn_ms;
    if (age_ms >= FRESH_MS || age_ms < 0) this.#turn();
  };

  #turn = () => {
    clearTimeout(this.#timer);
    if (!this.#running) return;
    this.#timer = setTimeout(this.#turn, REDRAWN_MS);
    this.#drawn_ms = Date.now();
    this.#draw(Math.floor(this.#drawn_ms / 1000));
  };
}
