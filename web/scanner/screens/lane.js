/**
 * The lane: what an agent sees for hours, holding the phone in one hand.
 *
 *     bar       lane, counts, freshness
 *     finder    the camera's picture
 *     plaque    whoever stands there now: outcome, name, class
 *     middle    the card that waits: why, what to say, what comes next; then the lists
 *     thumb     its answers, and the tools, always at the same place
 */

import { element, icon, make } from '../../shared/elements.js';
import { Following, keyOf, onPlaque } from '../following.js';
import { legible } from '../legible.js';
import { filled, ofWords, words } from '../say.js';
import { askForgotten, askManual, askReason } from './asking.js';
import { Finder } from './finder.js';
import { Lists } from './lists.js';
import { AlertList } from './alarms.js';
import { standing, troubleLine, troubles } from './notices.js';
import { isSheetOpen, keepFocus, refresh, toast } from './parts.js';
import { announced, answerHelp, plaque, whose } from './stage.js';

/** @typedef {import('../app.js').App} App */
/** @typedef {import('../duty.js').Duty} Duty */
/** @typedef {import('../shown.js').Card} Card */
/** @typedef {import('../../core/values.js').Direction} Direction */

const ENTRY = 'M4 12h15M13 6l6 6-6 6';
const EXIT = 'M20 12H5M11 6l-6 6 6 6';
const REDRAW_MS = 1000; // ages and waits go on without any event

/**
 * @param {App} app
 * @returns {import('../app.js').Screen}
 */
export function laneScreen(app) {
  const lane = new LaneScreen(app, /** @type {Duty} */ (app.duty));
  return {
    title: words.title,
    parts: lane.parts,
    placed: () => lane.start(),
    left: () => lane.stop(),
  };
}

class LaneScreen {
  #following = new Following();
  #bar = make('header', { class: 'lane-bar' });
  #troubles = make('div', { class: 'notices', 'aria-live': 'polite' });
  #plaque = make('section', { class: 'stage', 'aria-label': words.lane.last });
  #card = make('section', { class: 'card' });
  #thumb = make('div', { class: 'answers' });
  #told = '';
  #frame = 0;
  #redraw = () => this.#later();
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #ticking;

  /**
   * @param {App} app
   * @param {Duty} duty
   */
  constructor(app, duty) {
    this.app = app;
    this.duty = duty;
    const { video, camera, reading } = duty;
    this.finder = new Finder(video, camera, reading, {
      get paused() {
        return duty.paused;
      },
      toggle: () => duty.pause(!duty.paused),
    });
    this.alerts = new AlertList(duty.desk);
    this.lists = new Lists({
      choose: (card) => this.#choose(card),
      fileOld: () => this.#fileOld(),
    });
    const middle = make(
      'div',
      { class: 'middle', tabindex: '0', role: 'region', 'aria-label': words.waiting.title },
      this.#card,
      this.alerts.element,
      this.#troubles,
      this.lists.element,
    );
    const foot = make('div', { class: 'thumb' }, this.#thumb, this.#tools());
    this.parts = [this.#bar, this.finder.element, this.#plaque, middle, foot];
  }

  /** The screen is on the page. */
  start() {
    this.duty.addEventListener('change', this.#redraw);
    this.#ticking = setInterval(this.#redraw, REDRAW_MS);
    this.duty.reading.held = isSheetOpen; // what is decided under a sheet is neither seen nor said
    this.duty.look();
    this.#draw();
    keepFocus();
  }

  stop() {
    this.duty.removeEventListener('change', this.#redraw);
    clearInterval(this.#ticking);
    cancelAnimationFrame(this.#frame);
    this.duty.lookAway();
    element('announce').textContent = ''; // no name stays
  }

  /** Draw once for all that changes before the next frame. */
  #later() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    const { snapshot } = this.duty.board;
    const moved = this.#following.see(snapshot, performance.now());
    document.body.dataset.mode = snapshot.mode;
    refresh(this.#bar, [snapshot.lane, snapshot.counts, standing(this.duty)], () =>
      this.#barParts(),
    );
    this.#drawNotices();
    const { mode, posture } = snapshot;
    refresh(this.#plaque, [this.#stage, mode, posture], () => this.#plaqueParts());
    document.body.dataset.outcome = plaqueLooks(this.#plaque);
    this.#drawCard();
    this.lists.draw(snapshot, this.#following.card);
    this.finder.draw();
    if (moved) this.#card.parentElement?.scrollTo(0, 0);
    this.#announce();
  }

  #barParts() {
    const { lane, counts } = this.duty.board.snapshot;
    const count = (/** @type {string} */ name, /** @type {number} */ many) =>
      make('div', {}, make('dt', {}, name), make('dd', {}, String(many)));
    const said = standing(this.duty).map(({ state, said: text }) =>
      make('span', { 'data-state': state }, text),
    );
    return [
      make(
        'h1',
        {},
        icon(lane.direction === 'entry' ? ENTRY : EXIT, 'icon arrow'),
        make('span', {}, words.lane[lane.direction]),
        make('span', { class: 'lane-name' }, legible(ofWords(lane.title))),
      ),
      make(
        'dl',
        { class: 'counts', 'aria-label': words.lane.counts },
        count(words.lane.entered, counts.entered),
        count(words.lane.left, counts.left),
      ),
      make('button', { class: 'standing', onclick: () => this.app.show('about') }, ...said),
    ];
  }

  #drawNotices() {
    const found = troubles(this.duty);
    this.alerts.draw(this.duty.board.snapshot.alerts);
    refresh(this.#troubles, found, () => [
      found.length > 0 && make('ul', { class: 'troubles' }, ...found.map(troubleLine)),
    ]);
  }

  /** Who is on the plaque. */
  get #stage() {
    return onPlaque(this.duty.board.snapshot);
  }

  #plaqueParts() {
    const stage = this.#stage;
    const { mode, posture } = this.duty.board.snapshot;
    if (stage) return [plaque(stage)];
    const [word, what] =
      posture !== 'normal'
        ? [words.posture[posture], words.lane.suspended]
        : mode === 'control'
          ? [words.lane.calm, words.lane.calmWhat]
          : [words.mode[mode], words.mode[`${mode}What`]];
    return [make('div', { class: 'calm' }, make('strong', {}, word), make('p', {}, what))];
  }

  /** Help for whoever is on the plaque, then the card that waits, with its answers. */
  #drawCard() {
    const card = this.#following.card;
    const stage = this.#stage;
    const { lane, mode, posture: now } = this.duty.board.snapshot;
    const same = card !== null && stage !== null && keyOf(card) === keyOf(stage);
    const other = same || (card !== null && stage?.ruled) ? null : stage;
    refresh(this.#card, [card, same, other, lane.point], () => [
      other && answerHelp(other, lane),
      card !== null && !same && plaque(card),
      card !== null && answerHelp(card, lane),
    ]);
    const counting = mode === 'counting' && now === 'normal';
    const { others } = this.#following;
    refresh(this.#thumb, [card, same, counting, others, lane.direction], () => [
      card !== null && this.#whom(card, same, others),
      card !== null && this.#answers(card, lane.direction),
      counting && this.#counting(),
    ]);
  }

  /**
   * Name whom the answers are for, where the plaque shows somebody else; and the way to who else waits.
   * @param {Card} card
   * @param {boolean} same
   * @param {number} others
   */
  #whom(card, same, others) {
    const name = [whose(card), card.label && legible(card.label)].filter(Boolean).join(' · ');
    const next = () => {
      this.#following.next();
      this.#draw();
    };
    const said = filled(words.card.others, { count: String(others) });
    return make(
      'div',
      { class: 'whom' },
      !same && make('p', {}, make('bdi', {}, filled(words.card.forWhom, { name }))),
      others > 0 && make('button', { onclick: next }, said),
    );
  }

  /**
   * @param {Card} card
   * @param {Direction} direction
   */
  #answers(card, direction) {
    const answer = (/** @type {'admit' | 'deny'} */ ruling) =>
      make(
        'button',
        { class: ruling, onclick: () => this.#ask(card, ruling, direction) },
        words.rule[ruling][direction],
      );
    return make('div', { class: 'pair' }, answer('deny'), answer('admit'));
  }

  /**
   * @param {Card} card
   * @param {'admit' | 'deny'} ruling
   * @param {Direction} direction
   */
  #ask(card, ruling, direction) {
    if (!this.#following.isSteady(performance.now())) return toast(words.card.steady, 'wrong');
    askReason(this.duty.desk, card, ruling, direction);
  }

  #counting() {
    const { desk } = this.duty;
    const one = (/** @type {Direction} */ way) => {
      const undo = way === 'entry' ? words.count.entryUndo : words.count.exitUndo;
      const add = { class: 'count-one', onclick: () => desk.count(way, 1) };
      return make(
        'div',
        {},
        make('button', add, make('b', { 'aria-hidden': 'true' }, '+1'), ` ${words.count[way]}`),
        make('button', { class: 'quiet', onclick: () => desk.count(way, -1) }, undo),
      );
    };
    return make('div', { class: 'pair counting' }, one('entry'), one('exit'));
  }

  #tools() {
    const { desk } = this.duty;
    return make(
      'nav',
      { class: 'tools', 'aria-label': words.menu.title },
      make('button', { onclick: () => askForgotten(desk) }, words.forgotten.title),
      make('button', { onclick: () => askManual(desk) }, words.manual.title),
      make('button', { onclick: () => this.app.show('menu') }, words.lane.menu),
    );
  }

  /** @param {Card} card */
  #choose(card) {
    this.#following.choose(card);
    this.#draw();
    this.#card.parentElement?.scrollTo(0, 0);
  }

  async #fileOld() {
    const old = this.duty.board.snapshot.waiting.filter((card) => card.old);
    const filed = await this.duty.desk.fileLeft(old);
    if (filed !== null) toast(filled(words.waiting.cleared, { count: String(filed) }));
  }

  /** Say aloud whoever stands there now, once. */
  #announce() {
    const stage = this.#stage;
    const { lane } = this.duty.board.snapshot;
    const print = stage ? `${stage.showing} ${stage.atMs} ${stage.ruled?.ruling ?? ''}` : '';
    if (print === this.#told) return;
    this.#told = print;
    element('announce').textContent = stage ? announced(stage, lane) : '';
  }
}

/** @param {Element} place */
function plaqueLooks(place) {
  return place.querySelector('.plaque')?.getAttribute('data-outcome') ?? '';
}
