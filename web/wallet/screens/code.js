/** The main screen: the code, or what is in its way and how to get past it. */

import { icon, make } from '../../shared/elements.js';
import { installing } from '../../shared/install.js';
import { isBatteryLow } from '../battery.js';
import { mayShow, obstacle } from '../obstacles.js';
import { filled, words } from '../say.js';
import { Card, whose } from './card.js';
import { installButton } from './install.js';
import { gapWords, obstaclePanel, obstacleSaid } from './obstacle.js';

/** @typedef {import('../app.js').App} App */
/** @typedef {import('../wallet.js').Held} Held */
/** @typedef {import('../obstacles.js').Obstacle} Obstacle */

const SUN =
  'M12 8a4 4 0 100 8 4 4 0 000-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6L19 19M5 19l1.4-1.4M17.6 6.4L19 5';
const LEFT = 'M15 5l-7 7 7 7';
const RIGHT = 'M9 5l7 7-7 7';
const SWIPE_PX = 60;

/**
 * @param {App} app
 * @returns {import('../app.js').Screen}
 */
export function codeScreen(app) {
  const held = /** @type {Held} */ (app.wallet.chosen);
  const now = () => obstacle(held, Date.now(), app.wallet.ahead_ms);
  const found = now();
  const inTheWay =
    found?.blocks && !(mayShow(found.state) && app.anyway.has(held.id + found.state));
  const middle = inTheWay && found ? blocked(app, held, found) : shown(app, held, found);
  return {
    title: words.title,
    parts: [...switcher(app, held), ...middle, links(app)],
    placed: () => {
      app.card?.start();
      if (inTheWay && found) app.tell(held, obstacleSaid(held, found));
    },
    isOld: () => now()?.state !== found?.state,
  };
}

/**
 * @param {App} app
 * @param {Held} held
 * @param {Obstacle} found
 * @returns {Node[]}
 */
function blocked(app, held, found) {
  app.hideCard();
  const card = make('article', { class: 'card' }, whose(held), obstaclePanel(app, held, found));
  swiped(card, app, held);
  return [card];
}

/**
 * @param {App} app
 * @param {Held} held
 * @param {Obstacle | null} found
 * @returns {Node[]}
 */
function shown(app, held, found) {
  if (app.card?.held.text !== held.text) {
    app.card?.stop();
    app.card = new Card(held, {
      shown: () => app.tell(held, shownSaid(app, held)),
      turned: () => app.reconsider(),
      lost: () => app.wallet.lose(held),
    });
    swiped(app.card.element, app, held);
  }
  return [...warning(app, held, found), app.card.element, hints(app)];
}

/**
 * Say that the code is there; whose, where there are several.
 * @param {App} app
 * @param {Held} held
 */
function shownSaid(app, held) {
  const { name } = held;
  return app.wallet.passes.length < 2 ? words.codeShown : filled(words.codeShownOf, { name });
}

/**
 * Say in one line what is in the way of a code shown all the same.
 * @param {App} app
 * @param {Held} held
 * @param {Obstacle | null} found
 * @returns {Node[]}
 */
function warning(app, held, found) {
  if (!found) return [];
  const said = found.blocks
    ? words.states[found.state].title
    : filled(words.clockNear, { gap: gapWords(found.gap_ms) });
  const more = make(
    'button',
    { class: 'link', onclick: () => explain(app, held, found) },
    words.howToMend,
  );
  return [make('p', { class: 'warning' }, said, ' ', more)];
}

/**
 * @param {App} app
 * @param {Held} held
 * @param {Obstacle} found
 */
function explain(app, held, found) {
  if (app.anyway.delete(held.id + found.state)) app.show('code', { replacing: true });
  else app.show('help');
}

/** @param {App} app */
function hints(app) {
  /** @type {HTMLElement[]} */
  const lines = [make('p', {}, icon(SUN), words.brighter)];
  if (isBatteryLow()) lines.push(make('p', { class: 'low' }, words.batteryLow));
  if (!('wakeLock' in navigator)) lines.push(make('p', {}, words.stayOn));
  if (app.wallet.online === false) lines.push(make('p', {}, words.offlineNow));
  if (app.fresh && installing() === 'ask') lines.push(installButton());
  return make('div', { class: 'hints' }, ...lines);
}

/**
 * @param {App} app
 * @param {Held} held
 * @returns {Node[]}
 */
function switcher(app, held) {
  const { passes } = app.wallet;
  if (passes.length < 2) return [];
  const place = passes.findIndex((each) => each.id === held.id);
  const said = filled(words.position, { place: String(place + 1), count: String(passes.length) });
  const button = (
    /** @type {number} */ step,
    /** @type {string} */ name,
    /** @type {string} */ path,
  ) =>
    make(
      'button',
      {
        class: 'quiet step',
        'aria-label': name,
        disabled: !passes[place + step],
        onclick: () => stepped(app, held, step),
      },
      icon(path),
    );
  return [
    make(
      'nav',
      { class: 'switch', 'aria-label': words.myPasses },
      button(-1, words.previous, LEFT),
      make('p', {}, said),
      button(1, words.next, RIGHT),
    ),
  ];
}

/**
 * Show the pass before or after.
 * @param {App} app
 * @param {Held} held
 * @param {number} step
 */
function stepped(app, held, step) {
  const { passes } = app.wallet;
  const next = passes[passes.findIndex((each) => each.id === held.id) + step];
  if (next) app.wallet.choose(next);
}

/**
 * Let one finger move from pass to pass: sideways, or it only scrolls.
 * @param {HTMLElement} card
 * @param {App} app
 * @param {Held} held
 */
function swiped(card, app, held) {
  /** @type {Touch | null} */
  let from = null;
  const begin = (/** @type {TouchEvent} */ event) =>
    (from = event.touches.length === 1 ? event.touches[0] : null); // two fingers enlarge the page
  const end = (/** @type {TouchEvent} */ event) => {
    const to = event.changedTouches[0];
    const across = from ? to.clientX - from.clientX : 0;
    const down = from ? to.clientY - from.clientY : 0;
    if (Math.abs(across) > SWIPE_PX && Math.abs(across) > 2 * Math.abs(down))
      stepped(app, held, across < 0 ? 1 : -1);
  };
  card.addEventListener('touchstart', begin, { passive: true });
  card.addEventListener('touchend', end, { passive: true });
}

/** @param {App} app */
function links(app) {
  const link = (/** @type {import('../app.js').Name} */ name, /** @type {string} */ text) =>
    make('button', { class: 'quiet', onclick: () => app.show(name) }, text);
  return make(
    'nav',
    { class: 'links', 'aria-label': words.menu },
    link('pass', words.aboutPass),
    link('help', words.help),
  );
}
