/** Joining a school: the invitation on the console, read by the camera, opened as a link, or pasted. */

import { Showings } from '../../core/showing.js';
import { LinkError } from '../../core/errors.js';
import { icon, make } from '../../shared/elements.js';
import { askToInstall, installing } from '../../shared/install.js';
import { StoreFault } from '../../shared/store.js';
import { Camera } from '../camera.js';
import { NotAnswered, NotInvited, invitationIn } from '../invited.js';
import { Reading } from '../reading.js';
import { filled, words } from '../say.js';
import { NotLoaded } from '../stages.js';
import { Finder } from './finder.js';

/** @typedef {import('../app.js').App} App */

const SHARE = 'M12 15V3M8 6.5L12 3l4 3.5M6 11H5v10h14V11h-1';
const PLUS = 'M5 5h14v14H5zM12 9v6M9 12h6';

/**
 * @param {App} app
 * @returns {import('../app.js').Screen}
 */
export function joinScreen(app) {
  if (installing() === 'apple' && !app.withoutInstalling)
    return { title: words.installFirst, parts: installFirst(app) };
  const joining = new Joining(app);
  return {
    title: words.join.title,
    parts: [
      make('h1', { tabindex: '-1' }, words.join.title),
      make('p', {}, words.join.what),
      ...joining.parts,
    ],
    left: () => joining.stop(),
  };
}

class Joining {
  #wrong = make('p', { id: 'wrong', class: 'wrong', role: 'alert' });
  #place = make('div', { class: 'scanning' });
  #input = make('textarea', {
    id: 'invitation',
    rows: '3',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    'aria-describedby': 'invitation-hint wrong',
  });
  #send = make('button', { class: 'primary' }, words.join.send);
  /** @type {(() => void) | null} */
  #end = null;

  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.#input.value = app.invitation;
    this.#rest();
    this.parts = app.invitation
      ? [this.#found(), this.#form(), ...this.#leaving()]
      : [make('p', { class: 'soft' }, words.join.where), this.#place, this.#pasting(), install()];
  }

  #found() {
    const { membership, journal } = /** @type {import('../device.js').Device} */ (this.app.device);
    if (!membership.joined) return make('p', { class: 'soft' }, words.join.found);
    const count = String(journal?.unsent ?? 0);
    return make('p', { class: 'wrong' }, filled(words.join.already, { count }));
  }

  /** A way out for a scanner that opened another invitation. */
  #leaving() {
    if (!this.app.device?.membership.joined) return [];
    const leave = () => {
      this.app.invitation = '';
      this.app.again();
    };
    return [make('button', { onclick: leave }, words.join.stay)];
  }

  /** Let the camera go. */
  stop() {
    this.#end?.();
    this.#end = null;
  }

  #rest() {
    this.stop();
    const scan = { class: 'primary', onclick: () => this.#scan() };
    this.#place.replaceChildren(make('button', scan, words.join.scan));
  }

  #scan() {
    const video = make('video', { playsinline: true, muted: true });
    const camera = new Camera(video);
    const read = ({ text = '' }) => this.#read(text);
    const showings = new Showings();
    const reading = new Reading({ video, showings, nowMs: Date.now, onShowing: read });
    const finder = new Finder(video, camera, reading);
    const draw = () => finder.draw();
    for (const source of [camera, reading]) source.addEventListener('change', draw);
    this.#end = () => {
      reading.stop();
      camera.stop();
    };
    const stop = make('button', { onclick: () => this.#rest() }, words.join.stop);
    this.#place.replaceChildren(make('p', {}, words.join.aim), finder.element, stop);
    draw();
    this.#place.scrollIntoView({ block: 'nearest' }); // the picture, whole, on a small phone
    camera.start();
    reading.start();
  }

  /** @param {string} text */
  #read(text) {
    if (!invitationIn(text).startsWith('PQE')) {
      this.#wrong.textContent = words.wrong.invitation;
      return;
    }
    this.#rest();
    this.#input.value = text;
    this.#join();
  }

  #pasting() {
    return make(
      'details',
      {},
      make('summary', {}, words.join.paste),
      make('label', { for: 'invitation' }, words.join.label),
      this.#input,
      make('p', { id: 'invitation-hint', class: 'soft' }, words.join.hint),
      this.#form(),
    );
  }

  #form() {
    const submit = (/** @type {Event} */ event) => {
      event.preventDefault();
      this.#join();
    };
    return make('form', { class: 'bare', onsubmit: submit }, this.#wrong, this.#send);
  }

  async #join() {
    if (this.#send.disabled) return;
    this.#send.disabled = true;
    this.#send.textContent = this.#wrong.textContent = '';
    this.#send.textContent = words.join.joining;
    try {
      await this.app.device?.join(this.#input.value.trim());
      return this.app.joined();
    } catch (fault) {
      this.#wrong.textContent = joinFaultWords(fault);
      this.app.invitation = '';
    }
    this.#send.disabled = false;
    this.#send.textContent = words.join.send;
  }
}

/** @param {unknown} fault */
function joinFaultWords(fault) {
  if (fault instanceof StoreFault) return words.wrong[fault.kind];
  if (fault instanceof NotInvited) return words.wrong.refused;
  if (fault instanceof NotAnswered || fault instanceof NotLoaded) return words.wrong.offline;
  if (fault instanceof LinkError) return words.wrong.impostor;
  throw fault;
}

function install() {
  const way = installing();
  if (way === 'installed') return make('div', {});
  const how =
    way === 'ask'
      ? make('button', { onclick: askToInstall }, words.install)
      : make('p', { class: 'soft' }, words.installMenu);
  return make(
    'section',
    {},
    make('h2', {}, words.install),
    make('p', { class: 'soft' }, words.installWhy),
    how,
  );
}

/**
 * On an iPhone, before a key is made: what Safari keeps and what the installed app keeps are apart.
 * @param {App} app
 * @returns {Node[]}
 */
function installFirst(app) {
  const goOn = () => {
    app.withoutInstalling = true;
    app.again();
  };
  return [
    make('h1', { tabindex: '-1' }, words.installFirst),
    make('p', {}, words.installApple),
    make(
      'ol',
      { class: 'steps' },
      make('li', {}, icon(SHARE), words.installApple1),
      make('li', {}, icon(PLUS), words.installApple2),
      make('li', {}, words.installApple3),
    ),
    make('button', { class: 'quiet', onclick: goOn }, words.withoutInstalling),
  ];
}
