/** A card in words: the plaque that one glance reads, and what the agent needs to answer. */

import { LABELS } from '../../core/sentences_table.js';
import { OUTCOMES } from '../../core/decide.js';
import { make } from '../../shared/elements.js';
import { looks } from '../following.js';
import { legible } from '../legible.js';
import { capital, filled, hour, named, ofWords, reasonWords, words } from '../say.js';
import { COUNTED } from '../shown.js';
import { shape } from './parts.js';

const LONG = 20; // letters: beyond, a name takes three lines of a small phone

/** @typedef {import('../shown.js').Card} Card */
/** @typedef {import('../../core/zones.js').Lane} Lane */

/**
 * Say whether a card is for somebody let through without a code: nobody is on it.
 * @param {Card} card
 */
export function isManual(card) {
  return card.ruled !== null && card.ruled.reason in LABELS.manual;
}

/**
 * Name a card's outcome.
 * @param {Card} card
 */
export function outcomeWord(card) {
  if (card.showing === COUNTED) return words.card.counted;
  if (isManual(card)) return words.card.manual;
  return capital(named('outcomes', card.ruled ? looks(card) : OUTCOMES[card.outcome]));
}

/**
 * Say whose card it is; null where nobody is on it.
 * @param {Card} card
 */
export function whose(card) {
  if (isManual(card) || card.showing === COUNTED) return null;
  return card.name ? legible(card.name) : words.card.nameless;
}

/**
 * Say class or service, and kind.
 * @param {Card} card
 */
export function more(card) {
  const said = [card.label && legible(card.label), card.kind && named('kinds', card.kind)];
  return said.filter(Boolean).join(' · ');
}

/**
 * Say who answered what.
 * @param {Card} card
 */
export function ruledBy({ ruled }) {
  if (!ruled) return '';
  const groups = /** @type {const} */ (['admit', 'deny', 'manual', 'forgotten']);
  const group = groups.find((each) => ruled.reason in LABELS[each]);
  const reason = group ? named(group, ruled.reason) : legible(ruled.reason);
  return filled(words.ruled[ruled.ruling], { agent: legible(ruled.agent), reason });
}

/**
 * The plaque: outcome by colour, form and word; name and class large enough for an arm's length.
 * @param {Card} card
 */
export function plaque(card) {
  const name = whose(card);
  const facts = [hour(card.atMs), card.medium && named('media', card.medium)];
  if (card.times > 1) facts.push(filled(words.card.times, { times: String(card.times) }));
  return make(
    'div',
    { class: 'plaque', 'data-outcome': looks(card) },
    shape(looks(card)),
    make(
      'div',
      { class: 'said' },
      make(
        'p',
        { class: 'outcome' },
        make('strong', {}, outcomeWord(card)),
        make('span', {}, facts.filter(Boolean).join(' · ')),
      ),
      name !== null && make('p', { class: looksOf(name) }, make('bdi', {}, name)),
      make('p', { class: 'more' }, make('bdi', {}, more(card))),
      card.ruled && make('p', { class: 'ruling' }, ruledBy(card)),
    ),
  );
}

/** @param {string} name */
function looksOf(name) {
  return [...name].length > LONG ? 'name long' : 'name';
}

/**
 * What the agent needs to answer: why, what to say aloud, what comes next; only why, once they let in.
 * @param {Card} card
 * @param {Lane} lane
 */
export function answerHelp(card, { point }) {
  const said = card.reasons.map((reason) => reasonWords(reason, point));
  const [first] = said;
  return make(
    'div',
    { class: 'why' },
    said.length > 0 &&
      make(
        'ul',
        { class: 'reasons', 'aria-label': words.card.why },
        ...said.map((each) => make('li', {}, each.agent)),
      ),
    card.note && make('p', { class: 'note' }, legible(ofWords(card.note), 500)),
    first && card.ruled?.ruling !== 'admit' && speech(first),
  );
}

/** @param {import('../../core/sentences.js').Sentence} said */
function speech({ aloud, nextStep }) {
  const rows = [
    [words.card.aloud, aloud, 'aloud'],
    [words.card.next, nextStep, 'next'],
  ];
  return make(
    'dl',
    { class: 'speech' },
    ...rows.map(([term, text, kind]) =>
      make('div', { class: kind }, make('dt', {}, term), make('dd', {}, text)),
    ),
  );
}

/**
 * Say a card aloud for a screen reader, once.
 * @param {Card} card
 * @param {Lane} lane
 */
export function announced(card, { point }) {
  const [first] = card.reasons.map((reason) => reasonWords(reason, point));
  const said = [outcomeWord(card), whose(card), more(card)];
  if (card.ruled) said.push(ruledBy(card));
  else if (first) said.push(first.agent, first.nextStep);
  return said
    .filter(Boolean)
    .map((each) => (/[.!?…]$/.test(String(each)) ? each : `${each}.`))
    .join(' ');
}
