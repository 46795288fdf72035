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
    { class: 'obstacle', 'data-state': state },
    icon(CARE, 'icon care'),
    make('h2', {}, said.title),
    make('p', {}, whatOf(held, found)),
    make('div', { class: 'next' }, make('p', {}, said.next), state === 'clock' && clockWays()),
    app.wallet.online === false && make('p', { class: 'wrong' }, words.wrong.unanswered),
    state !== 'lost' &&
      Boolean(held.standing?.at_ms) &&
      make('p', { class: 'looked' }, lookedAt(held)),
    make('div', { class: 'actions' }, ...actions(app, held, found)),
  );
}

/** Where a phone's clock is set, by make. */
export function clockWays() {
  return make('ul', { class: 'ways' }, ...words.clockWays.map((way) => make('li', {}, way)));
}

/**
 * Say in one breath what is in the way, for who does not see it.
 * @param {Held} held
 * @param {Obstacle} found
 */
export function obstacleSaid(held, found) {
  const { title, next } = words.states[found.state];
  return `${title}. ${whatOf(held, found)} ${next}`;
}

/**
 * Say when the server was last asked.
 * @param {Held} held
 */
export function lookedAt({ standing }) {
  return standing?.at_ms
    ? filled(words.checked, { date: day(standing.at_ms / 1000, true) })
    : words.neverChecked;
}

/**
 * @param {Held} held
 * @param {Obstacle} found
 */
function whatOf(held, found) {
  return filled(words.states[found.state].what, places(held, found));
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
  const kind = offered.length ? 'quiet' : 'primary';
  offered.push(state === 'lost' ? retryButton(app, kind) : checkButton(app, held, kind));
  if (mayShow(state)) {
    const anyway = () => {
      app.anyway.add(held.id + state);
      app.show('code', { replacing: true }); // from its top: these buttons may be far down
    };
    offered.push(make('button', { class: 'quiet', onclick: anyway }, words.showAnyway));
  }
  return offered;
}

/**
 * Ask the server now; the answer draws this screen anew.
 * @param {App} app
 * @param {Held} held
 * @param {string} kind
 */
function checkButton(app, held, kind) {
  const check = async (/** @type {Event} */ event) => {
    const button = /** @type {HTMLButtonElement} */ (event.currentTarget);
    button.textContent = words.moment;
    await app.wallet.check(held, true);
    if (app.isObstructed) app.say(answered(app));
  };
  return make('button', { class: kind, 'data-name': 'check', onclick: check }, words.checkNow);
}

/** @param {App} app */
function answered(app) {
  return app.wallet.online === false ? words.wrong.unanswered : words.checkedNow;
}

/**
 * Read the key once more: a browser that refused it may give it now.
 * @param {App} app
 * @param {string} kind
 */
function retryButton(app, kind) {
  return make('button', { class: kind, onclick: () => app.retry() }, words.retry);
}
