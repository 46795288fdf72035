/** Who waits, and who passed last: quiet lists below the card. */

import { make } from '../../shared/elements.js';
import { keyOf, looks, newestFirst } from '../following.js';
import { filled, hour, words } from '../say.js';
import { refresh, shape } from './parts.js';
import { more, outcomeWord, ruledBy, whose } from './stage.js';

/** @typedef {import('../shown.js').Card} Card */
/** @typedef {import('../shown.js').Snapshot} Snapshot */

/**
 * The two lists.
 * @param {{choose: (card: Card) => void, fileOld: () => void}} desk
 */
export class Lists {
  #waiting = make('div', {});
  #recent = make('div', {});

  /** @param {{choose: (card: Card) => void, fileOld: () => void}} desk */
  constructor(desk) {
    this.desk = desk;
    this.element = make('div', { class: 'lists' }, this.#waiting, this.#recent);
  }

  /**
   * @param {Snapshot} snapshot
   * @param {Card | null} chosen The card on the stage.
   */
  draw({ waiting, recent, setAside }, chosen) {
    const ordered = newestFirst(waiting);
    const present = ordered.filter((card) => !card.old);
    const old = ordered.filter((card) => card.old);
    const current = chosen && keyOf(chosen);
    refresh(this.#waiting, [ordered, current, setAside], () => [
      make('h2', { id: 'waiting', tabindex: '-1' }, words.waiting.title, number(present.length)),
      present.length ? this.#rows(present, current) : nobody(words.waiting.none),
      old.length > 0 && this.#old(old, current),
      setAside > 0 &&
        make('p', { class: 'wrong' }, filled(words.waiting.aside, { count: String(setAside) })),
    ]);
    refresh(this.#recent, recent, () => [
      make('h2', {}, words.recent.title),
      recent.length ? passed(recent) : nobody(words.recent.none),
    ]);
  }

  /**
   * @param {Card[]} cards
   * @param {number | null} current
   */
  #rows(cards, current) {
    const rows = cards.map((card) =>
      make(
        'li',
        {},
        make(
          'button',
          {
            class: 'line',
            'aria-current': String(keyOf(card) === current),
            onclick: () => this.desk.choose(card),
          },
          ...line(card),
        ),
      ),
    );
    return make('ul', {}, ...rows);
  }

  /**
   * @param {Card[]} cards
   * @param {number | null} current
   */
  #old(cards, current) {
    return make(
      'section',
      { class: 'old' },
      make('h3', {}, words.waiting.old, number(cards.length)),
      make('p', { class: 'soft' }, words.waiting.oldWhat),
      this.#rows(cards, current),
      make('button', { onclick: () => this.desk.fileOld() }, words.waiting.clear),
    );
  }
}

/** @param {readonly Card[]} cards */
function passed(cards) {
  const rows = cards.map((card) => make('li', { class: 'line' }, ...line(card)));
  return make('ol', {}, ...rows);
}

/** @param {Card} card */
function line(card) {
  const said = [whose(card) === null ? '' : more(card), ruledBy(card)];
  return [
    make('span', { class: 'mini', 'data-outcome': looks(card) }, shape(looks(card))),
    make(
      'span',
      { class: 'who' },
      make('bdi', { class: 'line-name' }, whose(card) ?? outcomeWord(card)),
      make('span', { class: 'unseen' }, ` ${outcomeWord(card)} `),
      make('span', { class: 'line-more' }, said.filter(Boolean).join(' · ')),
    ),
    make('time', {}, hour(card.atMs)),
  ];
}

/** @param {number} count */
function number(count) {
  return make('span', { class: 'number' }, String(count));
}

/** @param {string} said */
function nobody(said) {
  return make('p', { class: 'soft' }, said);
}
