/**
 * The wallet: which screen is shown, and what changes it.
 *
 *     opened ──▶ no pass ──▶ enrol ──▶ the code ◀──▶ this pass, data, help, another code
 *
 * Screens below the code are entries of the browser's history: a phone's back button leaves them.
 */

import { element, icon, make } from '../shared/elements.js';
import { onInstalling } from '../shared/install.js';
import { workOffline } from '../shared/offline.js';
import { StoreFault } from '../shared/store.js';
import { letSleep } from '../shared/wake.js';
import { onBatteryLow } from './battery.js';
import { codeScreen } from './screens/code.js';
import { dataScreen } from './screens/data.js';
import { enrolScreen } from './screens/enrol.js';
import { helpScreen } from './screens/help.js';
import { passScreen } from './screens/pass.js';
import { stuckScreen } from './screens/stuck.js';
import { changeLanguage, inLanguage, words } from './say.js';
import { normalised } from './typed.js';
import { onChangedElsewhere, Wallet } from './wallet.js';

/** @typedef {'code' | 'enrol' | 'pass' | 'data' | 'help'} Name */

/**
 * A screen: its title, what it shows, what is to be done once it is on the page, whether it would be another by now.
 * @typedef {{title: string, parts: Node[], placed?: () => void, isOld?: () => boolean}} Screen
 */

const SCREENS = {
  code: codeScreen,
  enrol: enrolScreen,
  pass: passScreen,
  data: dataScreen,
  help: helpScreen,
};
const ARROW = 'M15 5l-7 7 7 7';
const ADDRESS = '/wallet/';

export class App {
  wallet = new Wallet();
  /** The code of the address it was opened by, until it is used. */
  code = '';
  /** The card with the code, as long as it is shown. @type {import('./screens/card.js').Card | null} */
  card = null;
  /** Passes whose code is shown although something is in the way, by id and state. @type {Set<string>} */
  anyway = new Set();
  /** Whether a pass was added since the app was opened. */
  fresh = false;
  /** Whether somebody on an iPhone goes on in Safari. */
  withoutInstalling = false;
  /** Whether there can be no wallet in this browser. */
  stuck = false;
  /** @type {Name} */
  #name = 'code';
  /** @type {Screen | null} */
  #shown = null;
  /** Whether there was no pass when the screen was made. */
  #wasEmpty = true;
  /** What was last said of the code's screen: of which pass, and what. */
  #told = '';

  /** Read what is kept and show it. */
  async open() {
    document.documentElement.lang = inLanguage;
    document.title = words.title;
    this.takeCode();
    try {
      if (!window.isSecureContext || !crypto.subtle) return this.#stick('unsafe');
      await this.wallet.load();
    } catch (fault) {
      if (!(fault instanceof StoreFault)) throw fault;
      return this.#stick('closed');
    }
    if (!this.wallet.passes.length) this.code ||= this.wallet.pending?.code ?? '';
    this.show(this.code ? 'enrol' : 'code', { replacing: true });
    this.look();
  }

  /** @param {'unsafe' | 'closed'} why */
  #stick(why) {
    this.stuck = true;
    this.#place(stuckScreen(why));
  }

  /** Somebody looks, or no more: see what changed meanwhile, and ask the server about the chosen pass. */
  look() {
    if (document.visibilityState !== 'visible') return this.wallet.leave();
    this.reconsider();
    if (this.wallet.chosen) this.wallet.check(this.wallet.chosen);
  }

  /** Show the screen again if time alone has made it another. */
  reconsider() {
    if (this.#shown?.isOld?.()) this.again();
  }

  /** Take the code out of the address, where it would stay in the history. */
  takeCode() {
    const found = /^#(?:code=)?([0-9A-Za-z-]{8,20})$/.exec(location.hash);
    if (location.hash) history.replaceState(history.state, '', ADDRESS);
    if (found) this.code = found[1];
    return Boolean(found);
  }

  /**
   * Show a screen; without a pass, `code` is the screen where one is got.
   * @param {Name} name
   * @param {{replacing?: boolean, announce?: string}} [how]
   */
  show(name, { replacing = false, announce = '' } = {}) {
    const target = name === 'help' || this.wallet.passes.length ? name : 'enrol';
    const deep = !this.#isFirst(target);
    if (deep && !replacing) history.pushState({ screen: target, deep }, '', ADDRESS);
    else
      history.replaceState(
        { screen: target, deep: deep && history.state?.deep === true },
        '',
        ADDRESS,
      );
    this.#name = target;
    this.say(announce);
    this.#place(SCREENS[target](this));
  }

  /**
   * Say whether a screen is the one the app opens with.
   * @param {Name} name
   */
  #isFirst(name) {
    return name === 'code' || (name === 'enrol' && this.wallet.passes.length === 0);
  }

  /** Go back to the code, as the phone's own back button does. */
  back() {
    if (history.state?.deep) history.back();
    else this.show('code', { replacing: true });
  }

  /** Show the same screen with what is known now. */
  again() {
    if (this.#shown && !this.stuck) this.#place(SCREENS[this.#name](this), false);
  }

  /** Show what another call, or another tab, changed; what somebody reads or types stays. */
  changed() {
    if (!this.#shown || this.stuck) return;
    const isEmpty = this.wallet.passes.length === 0;
    const isOver = isEmpty ? !['enrol', 'help'].includes(this.#name) : this.#isEnrolledElsewhere();
    if (isOver) this.show('code', { replacing: true });
    else if (this.#name === 'code') this.again();
  }

  /**
   * Another tab changed what is kept; perhaps it used the very code that waits here.
   * @param {string} code
   */
  async changedElsewhere(code) {
    if (code && normalised(this.code) === code) this.code = '';
    await this.wallet.load().catch(() => {}); // storage gone: what is shown goes on
  }

  /** Say whether another tab got the first pass, which this one was asked to get. */
  #isEnrolledElsewhere() {
    return this.#name === 'enrol' && this.#wasEmpty && !this.code;
  }

  /** @param {PopStateEvent} event */
  popped(event) {
    if (this.stuck || location.hash) return; // a code's link, opened in the running app: `hashchange` follows
    const name = /** @type {Name} */ (event.state?.screen ?? 'code');
    this.show(name in SCREENS ? name : 'code', { replacing: true });
  }

  /**
   * Have screen readers say something, once.
   * @param {string} sentence
   */
  say(sentence) {
    element('announce').textContent = sentence;
  }

  /**
   * Say how a pass stands, unless that was the last thing said: the screen is made anew more often.
   * @param {import('./wallet.js').Held} held
   * @param {string} sentence
   */
  tell(held, sentence) {
    if (this.#told === held.id + sentence) return;
    this.#told = held.id + sentence;
    this.say(sentence);
  }

  /** Leave what must not stay in a page that the browser keeps. */
  forget() {
    if (this.#name === 'data') this.show('code', { replacing: true });
  }

  /** Begin anew in the other language, with the code that the app was opened by. */
  turnLanguage() {
    if (this.code) history.replaceState(history.state, '', `${ADDRESS}#code=${this.code}`);
    changeLanguage();
  }

  /** Read what is kept once more: a browser that refused a key may give it now. */
  async retry() {
    this.#told = '';
    await this.wallet.load().catch(() => this.say(words.wrong.closed));
  }

  /** Draw the code no more, and let the screen go dark. */
  hideCard() {
    this.card?.stop();
    this.card = null;
    letSleep();
  }

  /** Whether the code is what is shown. */
  get showsCode() {
    return this.#name === 'code';
  }

  /** Whether something is shown in the place of the code. */
  get isObstructed() {
    return this.showsCode && !this.card;
  }

  /**
   * @param {Screen} screen
   * @param {boolean} [moved] Whether the reader's place moves to the new screen's title.
   */
  #place(screen, moved = true) {
    if (this.#name !== 'code') {
      this.hideCard();
      this.#told = '';
    }
    const isFirst = this.#shown === null;
    const held = moved ? '' : focused();
    this.#shown = screen;
    this.#wasEmpty = this.wallet.passes.length === 0;
    document.title = screen.title;
    document.body.dataset.screen = this.stuck ? 'stuck' : this.#name;
    document.body.toggleAttribute('data-drawn', this.card !== null);
    element('bar').replaceChildren(...this.#bar(screen));
    element('screen').replaceChildren(...screen.parts);
    screen.placed?.();
    if (!moved) return void (held && focusOn(held));
    scrollTo(0, 0);
    if (this.#name !== 'code' || !isFirst) focusOnTitle();
  }

  /** @param {Screen} screen */
  #bar(screen) {
    const school = this.wallet.chosen?.school.name ?? 'Portique';
    const back = make(
      'button',
      { class: 'quiet back', onclick: () => this.back() },
      icon(ARROW),
      words.back,
    );
    const other = inLanguage === 'fr' ? 'en' : 'fr';
    const change = make(
      'button',
      { class: 'quiet tongue', lang: other, onclick: () => this.turnLanguage() },
      words.otherLanguage,
    );
    const leading = this.#isFirst(this.#name) ? make('p', { class: 'school' }, school) : back;
    return screen.title ? [leading, change] : [change];
  }
}

const TITLED = 'button, summary';

/** Return the name of the button that has the focus, or `title`; nothing if nothing of ours has it. */
function focused() {
  const { activeElement } = document;
  if (!activeElement || activeElement === document.body) return '';
  return activeElement.matches(TITLED) ? nameOf(activeElement) : 'title';
}

/** @param {Element} button */
function nameOf(button) {
  const { name } = /** @type {HTMLElement} */ (button).dataset;
  return name ?? button.getAttribute('aria-label') ?? button.textContent;
}

/**
 * Give the focus back to the button that had it, in a screen made anew; to the title if it is gone.
 * @param {string} name
 */
function focusOn(name) {
  const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll(TITLED));
  const again = [...buttons].find((button) => nameOf(button) === name && !button.disabled);
  if (again) again.focus({ preventScroll: true });
  else focusOnTitle();
}

function focusOnTitle() {
  const title = element('screen').querySelector('h1');
  if (title instanceof HTMLElement) title.focus({ preventScroll: true });
}

const app = new App();
app.wallet.addEventListener('change', () => app.changed());
document.addEventListener('visibilitychange', () => app.look());
addEventListener('online', () => app.look());
addEventListener('popstate', (event) => app.popped(event));
addEventListener('hashchange', () => app.takeCode() && !app.stuck && app.show('enrol'));
addEventListener('pagehide', () => app.forget());
addEventListener('pageshow', (event) => event.persisted && app.wallet.load().catch(() => {}));
onChangedElsewhere((code) => app.changedElsewhere(code));
onBatteryLow(() => app.showsCode && app.again());
onInstalling(() => app.showsCode && app.again());
app.open();
workOffline('/web/wallet/service-worker.js', ADDRESS, () => app.showsCode && location.reload());
