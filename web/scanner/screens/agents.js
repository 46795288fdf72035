/** The agents of this phone: who they are, one more, one less. */

import { make } from '../../shared/elements.js';
import { filled, words } from '../say.js';
import { agentFaultWords, agentForm, pinFault, pinField } from './agent_form.js';
import { labelled, tellFaults } from './fields.js';
import { openSheet, toast } from './parts.js';

/** @typedef {import('../app.js').App} App */
/** @typedef {import('../agents.js').Agents} Agents */

/**
 * @param {App} app
 * @returns {import('../app.js').Screen}
 */
export function agentsScreen(app) {
  const { agents } = /** @type {import('../device.js').Device} */ (app.device);
  const me = app.duty?.agent ?? '';
  const save = async (/** @type {import('./agent_form.js').Asked} */ { alias, pin, own }) => {
    await agents.add(alias, pin, { alias: me, pin: own });
    app.again();
    toast(filled(words.agent.added, { alias }));
  };
  return {
    title: words.menu.people,
    parts: [
      make('h1', { tabindex: '-1' }, words.menu.people),
      list(app, agents, me),
      make('h2', {}, words.agent.addTitle),
      make('p', {}, words.agent.addWhat),
      agentForm(save, agents.aliases, true),
    ],
  };
}

/**
 * @param {App} app
 * @param {Agents} agents
 * @param {string} me
 */
function list(app, agents, me) {
  const rows = agents.aliases.map((alias) =>
    make(
      'li',
      { class: 'row' },
      make('span', {}, alias, alias === me && ` (${words.agent.you})`),
      alias !== me &&
        make(
          'button',
          { class: 'quiet', onclick: () => askRemoval(app, agents, alias, me) },
          filled(words.agent.remove, { alias }),
        ),
    ),
  );
  return make('ul', { class: 'rows', 'aria-label': words.agent.here }, ...rows);
}

/**
 * @param {App} app
 * @param {Agents} agents
 * @param {string} alias
 * @param {string} me
 */
function askRemoval(app, agents, alias, me) {
  const pin = labelled(pinField('removing-pin', words.agent.own), words.agent.own);
  const remove = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const typed = pin.input.value.trim();
    if (tellFaults({ pin }, { pin: pinFault(typed) })) return;
    try {
      await agents.forget(alias, { alias: me, pin: typed });
    } catch (fault) {
      pin.fault.textContent = agentFaultWords(fault);
      return;
    }
    sheet.close();
    app.again();
    toast(filled(words.agent.removed, { alias }));
  };
  const said = filled(words.agent.remove, { alias });
  const form = make(
    'form',
    { onsubmit: remove, novalidate: true },
    ...pin.parts,
    make('button', { class: 'danger' }, said),
  );
  const sheet = openSheet(said, [form]);
  pin.input.focus();
}
