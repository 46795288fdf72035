/** Installing the app: by a button where the browser offers it, by three steps on an iPhone. */

import { icon, make } from '../../shared/elements.js';
import { askToInstall, installing } from '../../shared/install.js';
import { words } from '../say.js';
import { grouped, normalised } from '../typed.js';

/** @typedef {import('../app.js').App} App */

const SHARE = 'M12 15V3M8 6.5L12 3l4 3.5M6 11H5v10h14V11h-1';
const PLUS = 'M5 5h14v14H5zM12 9v6M9 12h6';

/** A button that installs the app. */
export function installButton() {
  return make('button', { class: 'quiet', onclick: askToInstall }, words.install);
}

/**
 * How the app is installed here; nothing once it is.
 * @returns {Node[]}
 */
export function installWays() {
  const way = installing();
  if (way === 'installed') return [];
  const parts = {
    ask: () => [make('p', {}, words.installWhy), installButton()],
    apple: () => [make('p', {}, words.installFirstWhat), steps('')],
    browser: () => [make('p', {}, words.installMenu)],
  }[way]();
  return [make('section', {}, make('h2', {}, words.install), ...parts)];
}

/**
 * On an iPhone, before a key is made: what Safari keeps and what the installed app keeps are apart.
 * @param {App} app
 * @returns {Node[]}
 */
export function installFirst(app) {
  const goOn = () => {
    app.withoutInstalling = true;
    app.again();
  };
  return [
    make('h1', { tabindex: '-1' }, words.installFirst),
    make('p', {}, words.installFirstWhat),
    steps(normalised(app.code) ?? ''),
    make('p', { class: 'soft' }, words.notSafari),
    make('button', { class: 'quiet', onclick: goOn }, words.withoutInstalling),
  ];
}

/** @param {string} code */
function steps(code) {
  const last = code
    ? [
        what(words.installApple3),
        make('strong', { class: 'code' }, grouped(code)),
        copyButton(code),
      ]
    : [what(words.installApple3NoCode)];
  return make(
    'ol',
    { class: 'steps' },
    make('li', {}, icon(SHARE), what(words.installApple1)),
    make('li', {}, icon(PLUS), what(words.installApple2)),
    make('li', {}, ...last),
  );
}

/** @param {string} step */
function what(step) {
  return make('span', { class: 'what' }, step);
}

/** @param {string} code */
function copyButton(code) {
  const said = make('span', { role: 'status' });
  const copy = () =>
    navigator.clipboard?.writeText(grouped(code)).then(
      () => (said.textContent = words.copied),
      () => {},
    );
  return make(
    'span',
    { class: 'copy' },
    make('button', { class: 'quiet', onclick: copy }, words.copyCode),
    said,
  );
}
