/**
 * The scanner: which screen is shown, and what changes it.
 *
 *     no school ──▶ join ──▶ first agent ──▶ the lane ◀──▶ menu, agents, this phone, help
 *                               sign in ──▶┘    │
 *                                  ▲────────────┘ end of shift, ten minutes idle, closing time
 *
 * Screens below the lane are entries of the browser's history: a phone's back button leaves them.
 */

import { element, icon, make } from '../shared/elements.js';
import { onInstalling } from '../shared/install.js';
import { workOffline } from '../shared/offline.js';
import { StoreFault } from '../shared/store.js';
import { Device, OpenElsewhere } from './device.js';
import { JournalFault } from './journal_rows.js';
import { changeLanguage, inLanguage, words } from './say.js';
import { firstAgentScreen } from './screens/first_agent.js';
import { joinScreen } from './screens/join.js';
import { closeSheets, toast } from './screens/parts.js';
import { removedScreen } from './screens/removed.js';
import { signScreen } from './screens/sign.js';
import { stuckScreen } from './screens/stuck.js';
import { NotLoaded, loadAhead, onShift } from './stages.js';

/** @typedef {import('./duty.js').Duty} Duty */
/** @typedef {'lane' | 'menu' | 'agents' | 'about' | 'help'} Name */

/**
 * A screen: its title, what it shows, what is to be done once it is on the page and when it goes.
 * @typedef {{title: string, parts: Node[], placed?: () => void, left?: () => void}} Screen
 */

const ARROW = 'M15 5l-7 7 7 7';
const ADDRESS = '/scanner/';
const ENDED = 'portique-scanner-ended'; // why the page began anew, for the next one

export class App {
  /** @type {Device | null} */
  device = null;
  /** @type {Duty | null} */
  duty = null;
  /** The invitation of the address the app was opened by, until it is used. */
  invitation = '';
  /** Whether somebody on an iPhone goes on in Safari. */
  withoutInstalling = false;
  /** Whether the school's removal has been read, and a new invitation is wanted. */
  joinsAgain = false;
  /** Why nobody is signed in any more. */
  ended = taken(ENDED);
  /** The screens of a shift, once one began. @type {typeof import('./on_shift.js').SCREENS | null} */
  #screens = null;
  /** @type {Name} */
  #name = 'lane';
  /** @type {Screen | null} */
  #shown = null;

  /** Take up what the phone keeps, and show it. */
  async open() {
    document.documentElement.lang = inLanguage;
    this.takeInvitation();
    if (!window.isSecureContext || !crypto.subtle) return this.#place(stuckScreen('unsafe'));
    if (!canRun()) return this.#place(stuckScreen('old'));
    try {
      this.device = await Device.open();
    } catch (fault) {
      return this.#place(stuckScreen(stuckBy(fault)));
    }
    this.#hearRemoval();
    this.show('lane', { replacing: true });
  }

  /** Take the invitation out of the address, where it would stay in the history. */
  takeInvitation() {
    const found = /^#(PQE1:.+)$/.exec(decoded(location.hash));
    if (location.hash) history.replaceState(history.state, '', ADDRESS);
    if (found) this.invitation = found[1];
    return Boolean(found);
  }

  /**
   * Show a screen; where the phone is not yet, or no more, at its lane, what comes first.
   * @param {Name} name
   * @param {{replacing?: boolean}} [how]
   */
  show(name, { replacing = false } = {}) {
    const target = this.duty ? name : 'lane';
    const state = { screen: target, deep: target !== 'lane' };
    if (state.deep && !replacing) history.pushState(state, '', ADDRESS);
    else history.replaceState(state, '', ADDRESS);
    this.#name = target;
    this.#place(this.#screen(target));
  }

  /** @param {Name} name */
  #screen(name) {
    if (this.#screens) return this.#screens[name](this);
    const { membership, agents } = /** @type {Device} */ (this.device);
    if (membership.gone && !this.joinsAgain) return removedScreen(this);
    if (!membership.joined || this.invitation) return joinScreen(this);
    return agents.aliases.length ? signScreen(this) : firstAgentScreen(this);
  }

  /** Go back to the lane, as the phone's own back button does. */
  back() {
    if (history.state?.deep) history.back();
    else this.show('lane', { replacing: true });
  }

  /** Show the same screen with what is known now. */
  again() {
    if (this.#shown) this.#place(this.#screen(this.#name), false);
  }

  /** @param {PopStateEvent} event */
  popped(event) {
    if (location.hash || !this.device) return;
    const name = /** @type {Name} */ (event.state?.screen ?? 'lane');
    this.show(name in (this.#screens ?? {}) ? name : 'lane', { replacing: true });
  }

  /**
   * An agent gave the right PIN: open the lane.
   * @param {string} agent
   * @param {CryptoKey} key
   */
  async begin(agent, key) {
    const device = /** @type {Device} */ (this.device);
    const tell = (/** @type {string} */ said) => toast(said, 'wrong');
    const { duty, shift } = await device.letIn(async () => {
      const shift = await onShift();
      return { duty: await shift.Duty.begin(device, agent, key, tell), shift };
    });
    duty.addEventListener('end', () => this.end(duty.session.reason ?? ''));
    this.duty = duty;
    this.#screens = shift.SCREENS;
    this.ended = '';
    shift.showAlarms(duty);
    duty.touch();
    this.show('lane', { replacing: true });
  }

  /**
   * End the agent's time: the page begins anew, without anything that was opened.
   * @param {string} reason
   */
  async end(reason) {
    const stopped = this.duty?.stop();
    closeSheets();
    element('announce').textContent = '';
    element('screen').replaceChildren(); // no name stays in sight, or in a page that the browser keeps
    keep(ENDED, reason);
    await stopped;
    location.reload();
  }

  #hearRemoval() {
    this.device?.link?.addEventListener('removed', () => this.end('removed'));
  }

  /** The phone joined a school: who holds it? */
  joined() {
    this.invitation = '';
    this.joinsAgain = false;
    if (this.device?.isAnother) return location.reload(); // nothing of what it was stays in memory
    this.#hearRemoval();
    this.show('lane', { replacing: true });
  }

  /** Somebody touched the phone. */
  touched() {
    this.duty?.touch();
  }

  /** The page is looked at again: the phone may have slept. */
  woke() {
    if (document.visibilityState !== 'visible') return;
    this.device?.clock.woke();
    this.device?.link?.wake();
  }

  /** Begin anew in the other language, with the invitation that the app was opened by. */
  turnLanguage() {
    if (this.invitation)
      history.replaceState(history.state, '', `${ADDRESS}#${encodeURI(this.invitation)}`);
    changeLanguage();
  }

  /**
   * @param {Screen} screen
   * @param {boolean} [moved] Whether the reader's place moves to the new screen's title.
   */
  #place(screen, moved = true) {
    closeSheets(); // one belongs to the screen that goes
    this.#shown?.left?.();
    this.#shown = screen;
    document.title = screen.title;
    const atLane = this.duty !== null && this.#name === 'lane';
    document.body.dataset.screen = atLane ? 'lane' : 'page';
    element('bar').replaceChildren(...(atLane ? [] : this.#bar()));
    element('screen').replaceChildren(...screen.parts);
    screen.placed?.();
    if (!moved) return;
    scrollTo(0, 0);
    const title = element('screen').querySelector('h1');
    if (!atLane && title instanceof HTMLElement && title.tabIndex === -1)
      title.focus({ preventScroll: true });
  }

  #bar() {
    const other = inLanguage === 'fr' ? 'en' : 'fr';
    const change = { class: 'quiet tongue', lang: other, onclick: () => this.turnLanguage() };
    const back = () =>
      make('button', { class: 'quiet back', onclick: () => this.back() }, icon(ARROW), words.back);
    const leading = this.duty ? back() : make('p', { class: 'school' }, words.title);
    return [leading, make('button', change, words.otherLanguage)];
  }
}

/** @param {unknown} fault */
function stuckBy(fault) {
  if (fault instanceof OpenElsewhere) return 'elsewhere';
  if (fault instanceof StoreFault || fault instanceof JournalFault) return fault.kind;
  if (fault instanceof NotLoaded) return 'offline';
  throw fault;
}

/** Say whether the browser has what the scanner cannot do without. */
function canRun() {
  const needed = ['DecompressionStream', 'Worker', 'WebAssembly', 'indexedDB'];
  return needed.every((name) => name in window) && 'locks' in navigator;
}

/** @param {string} hash */
function decoded(hash) {
  try {
    return decodeURIComponent(hash);
  } catch {
    return hash;
  }
}

/**
 * Read a word left for this page, once.
 * @param {string} name
 */
function taken(name) {
  try {
    const word = sessionStorage.getItem(name) ?? '';
    sessionStorage.removeItem(name);
    return word;
  } catch {
    return '';
  }
}

/**
 * @param {string} name
 * @param {string} word
 */
function keep(name, word) {
  try {
    sessionStorage.setItem(name, word);
  } catch {
    // Then the next page doesn't say why.
  }
}

const app = new App();
document.addEventListener('visibilitychange', () => app.woke());
addEventListener('pageshow', () => app.woke());
for (const kind of ['pointerdown', 'keydown']) addEventListener(kind, () => app.touched());
addEventListener('popstate', (event) => app.popped(event));
addEventListener('hashchange', () => app.takeInvitation() && !app.duty && app.again());
onInstalling(() => app.device && !app.duty && !app.device.membership.joined && app.again());
app.open().finally(loadAhead);
workOffline(
  '/scanner/web/scanner/service-worker.js',
  ADDRESS,
  () => app.duty || location.reload(),
  () => app.device?.isOpen ?? true, // another window may hold a shift
);
