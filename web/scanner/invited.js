/** An invitation as it is shown, and why one that was answered leads nowhere: `joining.js` answers it. */

import { LinkError } from '../core/errors.js';

const LINK = /^https?:\/\/[^#]+#(.+)$/;

/** The invitation does not count, or not any more: another is needed. */
export class NotInvited extends LinkError {}

/** The server can't be reached, or can't answer now: the same invitation still counts. */
export class NotAnswered extends LinkError {}

/**
 * Return the invitation in what a camera or a field was shown.
 *
 * @param {string} shown
 */
export function invitationIn(shown) {
  const behind = LINK.exec(shown.trim())?.[1];
  if (behind === undefined) return shown;
  try {
    return decodeURIComponent(behind);
  } catch {
    return shown; // a link of somebody else's: refused as no invitation
  }
}
