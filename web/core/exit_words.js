/**
 * The exit rule explained in one line, for the agent, the pupil and the parents.
 *
 *     «sortie possible à 15 h 30 : régime vert, plus de cours»
 */

import { localClock } from './localtime.js';
import { EXIT_WORDS } from './sentences_table.js';

/** @typedef {import('./exits.js').ExitAnswer} ExitAnswer */
/** @typedef {import('./plain.js').Words} Words */
/** @typedef {'fr' | 'en'} Language */

const COLON = { fr: '\u00a0:', en: ':' };
const SEMICOLON = { fr: '\u202f;', en: ';' };

/**
 * Put an answer in words.
 *
 * @param {ExitAnswer} answer
 * @param {string} zone the school's time zone
 * @returns {Words}
 */
export function answerInWords(answer, zone) {
  return { fr: lineOf(answer, zone, 'fr'), en: lineOf(answer, zone, 'en') };
}

/**
 * @param {ExitAnswer} answer
 * @param {string} zone
 * @param {Language} language
 */
function lineOf(answer, zone, language) {
  const head = EXIT_WORDS.heads[answer.verdict][language];
  const reasons = reasonsOf(answer, language).join(', ');
  const line = `${head} ${clockWords(answer.atMs, zone, language)}${COLON[language]} ${reasons}`;
  if (answer.later === null) return line;
  const when = clockWords(answer.later.atMs, zone, language);
  const why = EXIT_WORDS.why[answer.later.why][language];
  return `${line}${SEMICOLON[language]} ${EXIT_WORDS.later[language]} ${when} (${why})`;
}

/**
 * List the regime, what the answer rests on, and by whom; never a permission's own reason.
 *
 * @param {ExitAnswer} answer
 * @param {Language} language
 */
function reasonsOf({ why, regime, permission }, language) {
  const named = regime !== null && why !== 'permission' && why !== 'regime-unknown';
  return [
    ...(named ? [EXIT_WORDS.regime[language].replace('{}', () => regime.title[language])] : []),
    EXIT_WORDS.why[why][language],
    ...(permission === null ? [] : [permission.by]),
  ];
}

/**
 * Write a local time in prose: 15 h 30, 15 h in French; 15:30 in English.
 *
 * @param {number} atMs
 * @param {string} zone
 * @param {Language} language
 */
export function clockWords(atMs, zone, language) {
  const [hour, minute] = localClock(atMs, zone);
  const minutes = String(minute).padStart(2, '0');
  if (language === 'en') return `${hour}:${minutes}`;
  return minute ? `${hour}\u00a0h\u00a0${minutes}` : `${hour}\u00a0h`;
}
