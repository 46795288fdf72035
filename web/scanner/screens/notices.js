/** What does not work, each with its next step; and the line of freshness. */

import { make } from '../../shared/elements.js';
import { age, filled, words } from '../say.js';
import { cameraTrouble } from './finder.js';

/** @typedef {import('../duty.js').Duty} Duty */
/** @typedef {'fresh' | 'ageing' | 'stale' | 'missing'} Freshness */

const AGEING_MS = 25 * 3_600_000; // a daily export missed by an hour
const LINK_LOOKS = { connecting: 'asked', online: 'fresh', offline: 'ageing' };

/**
 * Say how far the knowledge can be trusted now.
 * @param {import('../../core/knowing.js').Knowledge | null} knowledge
 * @param {number} nowMs
 * @returns {{state: Freshness, ageMs: number}}
 */
export function freshness(knowledge, nowMs) {
  if (knowledge === null) return { state: 'missing', ageMs: 0 };
  const { issuedMs, expiresMs } = knowledge.manifest;
  const ageMs = Math.max(0, nowMs - issuedMs);
  if (nowMs >= expiresMs) return { state: 'stale', ageMs };
  return { state: ageMs >= AGEING_MS ? 'ageing' : 'fresh', ageMs };
}

/**
 * What the line under the bar says: knowledge, network, what waits to be sent.
 * @param {Duty} duty
 * @returns {{state: string, said: string}[]}
 */
export function standing(duty) {
  const { state, ageMs } = freshness(duty.knowledge, duty.clock.nowMs());
  const link = duty.link.snapshot;
  const reach = link.state === 'removed' ? 'offline' : link.state; // removed: a page of its own says it
  return [
    { state, said: filled(words.fresh[state], { age: age(ageMs) }) },
    { state: LINK_LOOKS[reach], said: words.link[reach] },
    {
      state: link.unsent ? 'waits' : 'none',
      said: filled(words.link.unsent, { count: String(link.unsent) }),
    },
  ];
}

/** @param {number} count */
export function unsentWords(count) {
  return count ? filled(words.link.unsent, { count: String(count) }) : words.link.sent;
}

/**
 * What does not work, each with its next step.
 * @param {Duty} duty
 * @returns {{title: string, what: string}[]}
 */
export function troubles(duty) {
  const { state } = freshness(duty.knowledge, duty.clock.nowMs());
  const failing = new Map(duty.board.snapshot.faults.map(({ organ, why }) => [organ, why]));
  const unwritten = failing.get('journal');
  const { fault } = duty.link.snapshot;
  const blind = duty.camera.state === 'fault' ? duty.camera.fault : null;
  const found = [
    blind !== null && cameraTrouble(blind),
    unwritten !== undefined && journalTrouble(unwritten),
    duty.chips.fault !== null && { title: words.chips.fault, what: words.chips[duty.chips.fault] },
    failing.has('clock') && words.faults.clock,
    state === 'missing' && words.faults.untold,
    state === 'stale' && words.faults.stale,
    fault !== null && words.faults[fault],
    duty.device.knowledge.fault !== null && words.faults.unkept,
    duty.begunAnew && words.faults.anew,
    duty.fragile && duty.link.snapshot.state === 'offline' && words.faults.fragile,
  ];
  return found.filter((each) => each !== false);
}

/**
 * Say why nothing is noted: each cause has its own next step, and all of them the same paper.
 * @param {string} why
 */
export function journalTrouble(why) {
  const { title, paper, full, closed, elsewhere, fails } = words.unwritten;
  const step = new Map(Object.entries({ full, closed, elsewhere })).get(why) ?? fails;
  return { title, what: `${paper} ${step}` };
}

/** @param {{title: string, what: string}} trouble */
export function troubleLine({ title, what }) {
  return make('li', {}, make('strong', {}, title), make('p', {}, what));
}
