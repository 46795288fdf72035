/** After joining: who holds this phone? Their alias and PIN seal whatever it will know. */

import { make } from '../../shared/elements.js';
import { words } from '../say.js';
import { agentFaultWords, agentForm } from './agent_form.js';
import { toast } from './parts.js';

/** @typedef {import('../app.js').App} App */

/**
 * @param {App} app
 * @returns {import('../app.js').Screen}
 */
export function firstAgentScreen(app) {
  const { agents } = /** @type {import('../device.js').Device} */ (app.device);
  const save = async (/** @type {import('./agent_form.js').Asked} */ { alias, pin }) => {
    await agents.add(alias, pin, null);
    try {
      await app.begin(alias, await agents.signIn(alias, pin));
    } catch (fault) {
      app.again(); // the agent is there: they sign in
      toast(agentFaultWords(fault), 'wrong');
    }
  };
  return {
    title: words.agent.firstTitle,
    parts: [
      make('h1', { tabindex: '-1' }, words.agent.firstTitle),
      make('p', {}, words.agent.firstWhat),
      agentForm(save, agents.aliases),
    ],
  };
}
