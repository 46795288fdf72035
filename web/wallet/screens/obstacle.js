/** What is in the way of a pass, said plainly, with the next step: never a dead end. */

import { icon, make } from '../../shared/elements.js';
import { isShort, mayShow, needsNewCode } from '../obstacles.js';
import { day, filled, words } from '../say.js';

/** @typedef {import('../app.js').App} App */
/** @typedef {import('../wallet.js').Held} Held */
/** @typedef {import('../obstacles.js').Obstacle} Obstacle */

const CARE = 'M12 3l9.5 17h-19zM12 10v4.5M12 17.2v.3';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * @param {App} app
 * @param {Held} held
 * @param {Obstacle} found
 */
export function obstaclePanel(app, held, found) {
  const { state } = found;
  const said = words.states[state];
  return make(
    'section',
    { class: 'obstacle' },
    icon(CARE, 'icon care'),
    make(
      'div',
      { class: 'said', role: 'alert' },
      make('h2', {}, said.title),
      make('p', {}, filled(said.what, places(held, found))),
    ),
    make('p', { class: 'next' }, said.next),
    app.wallet.online === false && make('p', { class: 'wrong' }, words.wrong.offline),
    make('div', { class: 'actions' }, ...actions(app, held, found)),
  );
}

/**
 * @param {Held} held
 * @param {Obstacle} found
 */
function places(held, { state, gap_ms }) {
  const hour = isShort(held);
  const date = state === 'notYet' ? day(held.not_before, hour) : day(held.expires - 1, hour);
  return { date, way: gap_ms > 0 ? words.clockAhead : words.clockBehind, gap: gapWords(gap_ms) };
}

/**
 * Say how far a clock is off.
 * @param {number} gap_ms
 */
export function gapWords(gap_ms) {
  const off = Math.abs(gap_ms);
  if (off < 2 * MINUTE_MS)
    return filled(words.gapSeconds, { count: String(Math.round(off / 1000)) });
  if (off < 2 * HOUR_MS)
    return filled(words.gapMinutes, { count: String(Math.round(off / MINUTE_MS)) });
  return filled(words.gapHours, { count: String(Math.floor(off / HOUR_MS)) });
}

/**
 * @param {App} app
 * @param {Held} held
 * @param {Obstacle} found
 * @returns {Node[]}
 */
function actions(app, held, { state }) {
  const offered = [];
  if (needsNewCode(state))
    offered.push(
      make('button', { class: 'primary', onclick: () => app.show('enrol') }, words.enterCode),
    );
  if (state !== 'lost') offered.push(checkButton(app, held, offered.length ? 'quiet' : 'primary'));
  if (mayShow(state)) {
    const anyway = () => {
      app.anyway.add(held.id + state);
      app.again();
    };
    offered.push(make('button', { class: 'quiet', onclick: anyway }, words.showAnyway));
  }
  return offered;
}

/**
 * @param {App} app
 * @param {Held} held
 * @param {string} kind
 */
function checkButton(app, held, kind) {
  const check = async (/** @type {Event} */ event) => {
    const button = /** @type {HTMLButtonElement} */ (event.currentTarget);
    button.textContent = words.moment;
    await app.wallet.check(held, true);
    if (app.showsCode) app.again(); // what somebody went on to type stays
    if (app.wallet.online === false) app.say(words.wrong.offline);
  };
  return make('button', { class: kind, onclick: check }, words.checkNow);
}
