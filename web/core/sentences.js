/** Words for people: every reason and label, in French and in English. */

import { LABELS, POINT, SENTENCES } from './sentences_table.js';

/** @typedef {'fr' | 'en'} Language */
/** @typedef {{agent: string, aloud: string, nextStep: string}} Sentence */

/** @type {Record<Language, Record<string, string[]>>} */
const SAID = SENTENCES;
/** @type {Record<string, Record<string, Record<Language, string>>>} */
const LABELLED = LABELS;

/**
 * Say one reason in words: what is the matter, what to say aloud, and what to do next.
 *
 * @param {string} reason
 * @param {Language} language
 * @param {string} [point] the staffed point with its article, worded to follow «vers» and «voir»
 * @returns {Sentence}
 */
export function sentence(reason, language, point = POINT[language]) {
  const filled = SAID[language][reason].map((text) => text.replaceAll('{point}', () => point));
  const [agent, aloud, nextStep] = filled;
  return { agent, aloud, nextStep };
}

/**
 * Name an outcome, kind, medium, direction or preset reason on a screen.
 *
 * @param {keyof typeof LABELS} what
 * @param {string} code
 * @param {Language} language
 */
export function label(what, code, language) {
  return LABELLED[what][code][language];
}
