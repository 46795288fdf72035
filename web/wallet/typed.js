/** Enrolment codes as people type and read them. */

const ALPHABET = /^(?:[0-9A-HJKMNP-TV-Z]{8}|[0-9A-HJKMNP-TV-Z]{12})$/;

/**
 * Read a code as people type it: any case, with or without hyphens; O for 0, I and L for 1.
 * @param {string} typed
 * @returns {string | null} Null: not complete.
 */
export function normalised(typed) {
  const code = typed
    .toUpperCase()
    .replace(/[\s\u2010-\u2015-]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
  return ALPHABET.test(code) ? code : null;
}

/**
 * Write a code as it is printed, in groups of four.
 * @param {string} code
 */
export function grouped(code) {
  return (code.match(/.{1,4}/g) ?? []).join('-');
}
