/**
 * Make text from outside harmless to read: what it hides is shown, nothing is obeyed.
 *
 * A pass's name is signed, but a stolen key or a careless import can put anything into it. Markup is
 * inert because pages only ever set text; what is left are the characters that deceive the eye:
 * controls, invisible ones, and those that turn the direction of writing. The same as
 * `portique.gate.screen.plain`.
 */

const TEXT_MAX = 200; // characters shown of one text; a name on a pass is at most 32 bytes
const MARKS_MAX = 3; // combining marks kept on one letter; enough for any orthography
const CONTROL_PICTURES = 0x2400;
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u2028\u2029\u3164\u115f\u1160\u2800]/u;
const KEPT = /[\u200c\u200d\u00ad]/; // joiners and soft hyphen: spelling, not deceit
const MARK = /\p{M}/u;

/**
 * Return `text` with every control or invisible character made visible, cut at `most`.
 * @param {string} text
 * @param {number} [most]
 */
export function legible(text, most = TEXT_MAX) {
  const letters = [...text];
  const cut = letters.length <= most ? letters : [...letters.slice(0, most - 1), '…'];
  return withoutPiles(cut).map(shown).join('');
}

/** @param {string[]} letters */
function withoutPiles(letters) {
  let pile = 0;
  return letters.filter((letter) => {
    pile = MARK.test(letter) ? pile + 1 : 0;
    return pile <= MARKS_MAX;
  });
}

/** @param {string} letter */
function shown(letter) {
  const code = /** @type {number} */ (letter.codePointAt(0));
  if (code < 0x20) return String.fromCodePoint(CONTROL_PICTURES + code);
  if (code === 0x7f) return '\u2421';
  if (KEPT.test(letter) || !HIDDEN.test(letter)) return letter;
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
