/** One pass: what it is, how it stands, its holder's data, and taking it out of the phone. */

import { make } from '../../shared/elements.js';
import { isShort } from '../obstacles.js';
import { day, filled, words } from '../say.js';
import { whose } from './card.js';
import { lookedAt } from './obstacle.js';

/** @typedef {import('../app.js').App} App */
/** @typedef {import('../wallet.js').Held} Held */

/**
 * @param {App} app
 * @returns {import('../app.js').Screen}
 */
export function passScreen(app) {
  const held = /** @type {Held} */ (app.wallet.chosen);
  return {
    title: words.aboutPass,
    parts: [
      whose(held),
      facts(held),
      part(
        words.myData,
        words.myDataWhat,
        make('button', { class: 'primary', onclick: () => app.show('data') }, words.showMyData),
      ),
      recorded(held),
      part(words.kept, words.keptWhat),
      make('button', { class: 'quiet', onclick: () => app.show('enrol') }, words.addPass),
      removing(app, held),
    ],
  };
}

/**
 * @param {string} title
 * @param {string} text
 * @param {Node[]} more
 */
function part(title, text, ...more) {
  return make('section', {}, make('h2', {}, title), make('p', {}, text), ...more);
}

/** @param {Held} held */
function facts(held) {
  const hour = isShort(held);
  const standing = held.standing && `${words.standings[held.standing.status]}`;
  const checked = lookedAt(held);
  const rows = [
    [words.school, held.school.name],
    [
      words.validity,
      filled(words.fromTo, {
        from: day(held.not_before, hour),
        until: day(held.expires - 1, hour),
      }),
    ],
    [words.standing, standing ? `${standing}. ${checked}` : checked],
    [words.number, held.id],
  ];
  return make(
    'dl',
    { class: 'facts' },
    ...rows.map(([term, text]) => make('div', {}, make('dt', {}, term), make('dd', {}, text))),
  );
}

/** @param {Held} held */
function recorded(held) {
  return make(
    'section',
    {},
    make('h2', {}, words.recorded),
    make('ul', {}, ...held.recorded.map((sentence) => make('li', {}, sentence))),
  );
}

/**
 * @param {App} app
 * @param {Held} held
 */
function removing(app, held) {
  const remove = async () => {
    await app.wallet.remove(held);
    app.show('code', { replacing: true, announce: words.removed });
  };
  return make(
    'details',
    { class: 'removing' },
    make('summary', {}, words.remove),
    make('p', {}, words.removeWhat),
    make('button', { class: 'danger', onclick: remove }, words.removeSure),
  );
}
