/**
 * Finding somebody by what is typed in a hurry: a few letters of a name, and a class.
 *
 * By the same rules as the console and the gate's own screen.
 */

export const LETTERS_MIN = 3; // fewer would list a school
export const NAMES_MAX = 8;
// Letters that no accent parts from their plain form.
/** @type {Record<string, string>} */
const LETTERS = { œ: 'oe', æ: 'ae', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ı: 'i', ς: 'σ' };
const LETTER = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'g');
// Marks that have several forms, or that people leave out.
const APOSTROPHES = /['’‘ʼʹ`´]/g;
const HYPHENS = /[-‐‑‒–—−]/g;

/**
 * Return a text as people type it in a hurry: no accents, capitals, hyphens or apostrophes.
 *
 * @param {string} text
 */
export function plain(text) {
  const bare = text.replace(APOSTROPHES, '').replace(HYPHENS, ' ');
  const small = bare.toUpperCase().toLowerCase(); // so that «ß» is two letters, as capitals are
  return small
    .replace(LETTER, (letter) => LETTERS[letter])
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '');
}

/**
 * Return a class or service as it is compared: "2de 4" is "2DE4".
 *
 * @param {string} label
 */
export function joined(label) {
  return partsOf(plain(label)).join('');
}

/** @param {string} text */
function partsOf(text) {
  return text.split(/\s+/).filter((part) => part !== '');
}

/**
 * Return the words of a name, and of those that an apostrophe joins also the second part.
 *
 * @param {string} name
 */
export function wordsOf(name) {
  const [, ...parts] = name.replaceAll('’', "'").split("'");
  const inner = parts.flatMap((part) => partsOf(plain(part)).slice(0, 1));
  return [...new Set([...partsOf(plain(name)), ...inner])];
}

/**
 * Return whether a name and a class may be those meant by what was typed.
 *
 * @param {string} letters that begin words of the name, in any order
 * @param {string} label the beginning of the class
 * @returns {((name: string, label: string) => boolean) | null} null: too few letters to ask anything
 */
export function asked(letters, label) {
  if ([...letters.trim()].length < LETTERS_MIN) return null;
  const [starts, begins] = [partsOf(plain(letters)), joined(label)];
  return (name, theirs) => {
    const words = wordsOf(name);
    const answers = starts.every((start) => words.some((word) => word.startsWith(start)));
    return answers && joined(theirs).startsWith(begins);
  };
}
