/**
 * What the app loads after its first screen, so that a slow line doesn't keep anybody before a blank one.
 *
 *     app.js ──▶ first screen ──▶ at_school.js (journal, calls) ──▶ on_shift.js (the lane and its screens)
 *
 * Both begin to load as soon as the first screen is there, and are waited for where they are needed. The
 * service worker keeps them with the rest: without network they are there.
 */

import { LinkError } from '../core/errors.js';

/** The network went while the app was still coming. */
export class NotLoaded extends LinkError {}

/** What a phone does for its school. */
export const atSchool = () => import('./at_school.js').catch(notLoaded);

/** What an agent does at the lane. */
export const onShift = () => import('./on_shift.js').catch(notLoaded);

/** Load all that comes after the first screen; what doesn't come is asked for again where it is needed. */
export async function loadAhead() {
  await Promise.allSettled([atSchool(), onShift()]);
}

/**
 * A module that can't be fetched is a `TypeError`; whatever else is wrong with it is a fault of ours.
 * @param {unknown} fault
 * @returns {never}
 */
function notLoaded(fault) {
  if (fault instanceof TypeError) throw new NotLoaded('a part of the app could not be loaded');
  throw fault;
}
