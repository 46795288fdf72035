/**
 * Knowledge on its way from the worker that read it to the page that judges by it.
 *
 * What is posted arrives as plain values: two parts have methods, and are put together again.
 */

import { Badges } from '../core/badges.js';
import { StatusList } from '../core/revocation.js';

/** @typedef {import('../core/knowing.js').Knowledge} Knowledge */

/**
 * Return knowledge as it can be posted.
 *
 * @param {Knowledge} knowledge
 */
export function cloneable({ status, badges, ...plain }) {
  const { packed, issuedMs, expiresMs, ttlS } = status;
  return {
    plain,
    status: { packed, span: { issuedMs, expiresMs, ttlS } },
    badges: badges && badges.parts,
  };
}

/**
 * Return the knowledge that was posted.
 *
 * @param {ReturnType<typeof cloneable>} posted
 * @returns {Knowledge}
 */
export function uncloned({ plain, status, badges }) {
  return {
    ...plain,
    status: new StatusList(status.packed, status.span),
    badges: badges && new Badges(badges.keys, badges.passes),
  };
}
