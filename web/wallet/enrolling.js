/** Getting a pass: a one-time code in, a key of this phone's own, the pass kept beside it. */

import { makePrivateKey, Purpose } from '../core/keys.js';
import { keepForGood } from '../shared/store.js';
import { CallFault, enrol } from './calls.js';

/**
 * Give a code for a pass and keep it.
 *
 * The key lies in the phone before the code is used up: with one key, a lost answer can be asked for again.
 * @param {import('./wallet.js').Wallet} wallet
 * @param {string} code As `normalised` of `typed.js` returns it.
 * @throws {CallFault | import('../shared/store.js').StoreFault}
 */
export async function enrolWith(wallet, code) {
  const key = await wallet.begin(code, await makePrivateKey(Purpose.PHONE));
  try {
    await wallet.add(await enrol(code, key), key, code);
  } catch (fault) {
    if (fault instanceof CallFault && fault.kind === 'code') await wallet.abandon(code);
    throw fault;
  }
  keepForGood(); // not waited for: some browsers ask the person
}
