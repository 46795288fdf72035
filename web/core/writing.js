/** What one lane writes of a decision; the same entry as a gate's (`portique.gate.writing`). */

/** @typedef {import('./judge.js').Bench} Bench */
/** @typedef {import('./judge.js').Judged} Judged */

const TABLE_HEAD = 16; // hexadecimal digits of the table's hash in an entry

/**
 * Make the entry of a decision, with the versions it was based on.
 *
 * @param {Judged} judged
 * @param {number} showing
 * @param {Bench} bench
 * @returns {import('./entries.js').Body}
 */
export function decisionBody({ presented, facts, decision }, showing, { lane, knowledge }) {
  const { held, proof, proofSeconds, medium } = presented;
  const version = knowledge?.manifest.version;
  return {
    kind: 'decision',
    showing,
    lane: lane.name,
    outcome: decision.outcome,
    reasons: decision.reasons,
    versions: version ? { epoch: version.epoch, knowledge: version.number } : {},
    table: decision.tableHash.slice(0, TABLE_HEAD),
    posture: facts.posture,
    medium,
    passId: held?.passId ?? null,
    holder: held?.identity?.holder ?? null,
    personKind: held?.identity?.kind ?? null,
    proofS: proof === 'valid' ? proofSeconds : null,
  };
}
