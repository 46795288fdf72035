/** Small choices of whoever holds the phone, none of them secret: kept where the browser keeps anything. */

/**
 * @param {string} name
 * @returns {string | null} null: nothing was kept, or a browser keeps nothing
 */
export function remembered(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/**
 * Keep a choice; one that can't be kept lasts as long as the page.
 * @param {string} name
 * @param {string | null} value null: forget it
 */
export function remember(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // It then lasts as long as the page.
  }
}
