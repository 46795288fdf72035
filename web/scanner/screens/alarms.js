/** What must be seen on every screen: the school's posture, above all else, and alerts. */

import { element, make } from '../../shared/elements.js';
import { legible } from '../legible.js';
import { hour, ofWords, words } from '../say.js';
import { keepFocus, refresh } from './parts.js';

/** @typedef {import('../duty.js').Duty} Duty */
/** @typedef {import('../shown.js').Alert} Alert */
/** @typedef {import('../shown.js').Snapshot} Snapshot */

const DETAIL_MAX = 500;

/**
 * Show posture and alerts above whatever screen is open, for as long as the page lives.
 * @param {Duty} duty
 */
export function showAlarms({ board, desk }) {
  const place = make('div', { 'aria-live': 'assertive' });
  const alerts = new AlertList(desk); // at the lane they stand below the card
  const draw = () => {
    const { snapshot } = board;
    refresh(place, [snapshot.posture, snapshot.drill], () => [posture(snapshot)]);
    alerts.draw(snapshot.alerts);
  };
  element('alarm').replaceChildren(place, alerts.element);
  board.addEventListener('change', draw);
  draw();
}

/** Alerts with a line each, which stays itself until it is dismissed: it is read aloud once. */
export class AlertList {
  element = make('ul', { class: 'alerts', 'aria-live': 'assertive' });
  #desk;
  /** @type {Map<number, HTMLElement>} */
  #lines = new Map();

  /** @param {Pick<import('../desk.js').Desk, 'dismiss'>} desk */
  constructor(desk) {
    this.#desk = desk;
  }

  /** @param {readonly Alert[]} alerts */
  draw(alerts) {
    const there = new Set(alerts.map(({ alert }) => alert));
    for (const [alert, line] of this.#lines) {
      if (there.has(alert)) continue;
      line.remove();
      this.#lines.delete(alert);
      keepFocus();
    }
    for (const alert of alerts.filter((each) => !this.#lines.has(each.alert))) {
      const line = alertLine(alert, (id) => this.#desk.dismiss(id));
      this.#lines.set(alert.alert, line);
      this.element.append(line);
    }
  }
}

/** @param {Snapshot} snapshot */
function posture({ posture: now, drill }) {
  if (now === 'normal') return null;
  return make(
    'p',
    { class: 'posture' },
    make('strong', {}, words.posture[now]),
    drill && make('span', { class: 'drill' }, words.posture.drill),
  );
}

/**
 * @param {Alert} alert
 * @param {(alert: number) => void} dismiss
 */
function alertLine({ alert, kind, atMs, detail }, dismiss) {
  const what = kind === 'notice' ? '' : words.alert[`${kind}What`];
  return make(
    'li',
    {},
    make('strong', {}, words.alert[kind]),
    make('time', {}, hour(atMs)),
    what && make('p', {}, what),
    detail && make('p', {}, legible(ofWords(detail), DETAIL_MAX)),
    make('button', { onclick: () => dismiss(alert) }, words.alert.dismiss),
  );
}
