/** This phone: who it is, how it stands, what it keeps. */

import { make } from '../../shared/elements.js';
import { legible } from '../legible.js';
import { age, day, filled, ofWords, words } from '../say.js';
import { VERSION } from '../version.js';
import { freshness, troubleLine, troubles, unsentWords } from './notices.js';

/** @typedef {import('../app.js').App} App */
/** @typedef {import('../duty.js').Duty} Duty */

/**
 * @param {App} app
 * @returns {import('../app.js').Screen}
 */
export function aboutScreen(app) {
  const duty = /** @type {Duty} */ (app.duty);
  const found = troubles(duty);
  return {
    title: words.about.title,
    parts: [
      make('h1', { tabindex: '-1' }, words.about.title),
      ...(found.length ? [make('ul', { class: 'troubles' }, ...found.map(troubleLine))] : []),
      facts(duty),
      make(
        'section',
        {},
        make('h2', {}, words.about.keeps),
        make('ul', {}, ...words.about.keepsWhat.map((text) => make('li', {}, text))),
      ),
      make(
        'section',
        {},
        make('h2', {}, words.about.stolen),
        make('p', {}, words.about.stolenWhat),
      ),
    ],
  };
}

/** @param {Duty} duty */
function facts(duty) {
  const { about } = words;
  const { membership, clock, journal } = duty.device;
  const { lane } = duty.board.snapshot;
  const setAside = journal?.setAsideCount ?? 0;
  const rows = [
    [about.school, legible(duty.knowledge?.schoolName ?? membership.joined?.uai ?? '')],
    [about.lane, `${legible(ofWords(lane.title))} · ${words.lane[lane.direction]}`],
    [about.information, informationWords(duty)],
    [about.link, linkWords(duty)],
    [about.unsent, unsentWords(duty.link.snapshot.unsent)],
    setAside ? [about.aside, filled(words.link.notTaken, { count: String(setAside) })] : [],
    [about.clock, clock.state.trusted ? about.clockSure : about.clockUnsure],
    [about.gate, membership.joined?.gateId ?? ''],
    [about.version, VERSION],
  ];
  return make(
    'dl',
    { class: 'facts' },
    ...rows
      .filter((row) => row.length)
      .map(([term, text]) => make('div', {}, make('dt', {}, term), make('dd', {}, text))),
  );
}

/** @param {Duty} duty */
function informationWords({ knowledge, clock }) {
  const { state, ageMs } = freshness(knowledge, clock.nowMs());
  const said = filled(words.fresh[state], { age: age(ageMs) });
  if (!knowledge) return said;
  const { issuedMs, expiresMs } = knowledge.manifest;
  const dates = filled(words.about.dates, { from: day(issuedMs), until: day(expiresMs) });
  return `${said}. ${dates}`;
}

/** @param {Duty} duty */
function linkWords({ link }) {
  const { state, heardMs } = link.snapshot;
  if (state === 'connecting') return words.link.connecting;
  const heard =
    heardMs === null ? words.link.never : filled(words.link.heard, { age: age(heardMs) });
  return state === 'online' ? heard : `${heard}. ${words.link.offlineWhat}`;
}
