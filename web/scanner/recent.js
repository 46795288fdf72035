/**
 * What an app that was opened again reads back: used phone proofs, grants, counts, what nobody answered.
 *
 * From the phone's own entries, oldest first. The same as `portique.gate.journal_recent`.
 */

/** @typedef {import('../core/entries.js').Body} Body */
/** @typedef {import('../core/values.js').Direction} Direction */
/** @typedef {import('../core/zones.js').Lane['mode']} Mode */

export const RESTORED_MS = 25 * 3_600_000; // the longest day, when clocks go back

/** @typedef {{epoch: number, number: number}} Receipt  an entry that is on the disk */
/** @typedef {import('./journal_reading.js').Dated} Dated */

/**
 * @typedef {object} Counted People through a lane: granted, let in by an agent, or counted
 * @property {string | null} lane null: the entry names none
 * @property {Direction | null} direction null: the lane's own
 * @property {number} people below zero: taken back
 * @property {number} atMs
 */

/** @typedef {{receipt: Receipt, atMs: number, body: Body}} Unanswered  not granted, and not answered */

/**
 * @typedef {object} Recent What must be remembered, each part oldest first
 * @property {{passId: string, seconds: number}[]} proofs
 * @property {{whose: string, lane: string, atMs: number}[]} grants the last for each person and lane
 * @property {Counted[]} counted
 * @property {Unanswered[]} unanswered
 * @property {{lane: string, mode: Mode, agent: string | null, atMs: number}[]} modes the last of each lane
 * @property {{admission: string, atMs: number}[]} admissions what consoles asked and was done
 * @property {number} lastShowing the highest number of a showing; 0: there is none
 */

/**
 * Gather what must be remembered.
 *
 * @param {Iterable<Dated>} entries
 * @returns {Recent}
 */
export function gather(entries) {
  const gathering = new Gathering();
  for (const entry of entries) gathering.take(entry);
  return gathering.recent();
}

/**
 * Return a number that no showing of the journal's recent past has.
 *
 * Most showings are entries, but not all: a flood is counted, and a new epoch numbers from 1.
 *
 * @param {{number: number}} head where the journal stands
 * @param {Iterable<Dated>} entries
 */
export function firstShowing(head, entries) {
  return Math.max(head.number, gather(entries).lastShowing) + 1;
}

class Gathering {
  /** @type {Map<string, Body>} */
  #decisions = new Map();
  /** @type {Recent['proofs']} */
  #proofs = [];
  /** @type {Map<string, Recent['grants'][number]>} */
  #grants = new Map();
  /** @type {Counted[]} */
  #counted = [];
  /** @type {Map<string, Unanswered>} */
  #unanswered = new Map();
  /** @type {Map<string, Recent['modes'][number]>} */
  #modes = new Map();
  /** @type {Recent['admissions']} */
  #admissions = [];
  #lastShowing = 0;

  /** @param {Dated} entry */
  take({ epoch, number, atMs, body }) {
    if (body.kind === 'decision') this.#decide({ receipt: { epoch, number }, atMs, body });
    if (body.kind === 'ruling') this.#rule(body, atMs);
    if (body.kind === 'manualAdmission') this.#admit(body, atMs);
    if (body.kind === 'mode') {
      const { lane, mode, agent } = body;
      this.#modes.set(lane, { lane, mode, agent, atMs });
    }
    if (body.kind === 'count') {
      const { lane, direction, people } = body;
      this.#counted.push({ lane, direction, people, atMs });
    }
  }

  /** @param {Unanswered} entry */
  #decide({ receipt, atMs, body }) {
    const { passId, proofS, showing } = body;
    this.#lastShowing = Math.max(this.#lastShowing, showing);
    this.#decisions.set(keyOf(receipt), body);
    if (passId !== null && proofS !== null) this.#proofs.push({ passId, seconds: proofS });
    if (body.outcome === 0) this.#letThrough(body, atMs);
    else this.#unanswered.set(keyOf(receipt), { receipt, atMs, body });
  }

  /**
   * @param {Body} body
   * @param {number} atMs
   */
  #rule({ epoch, number, ruling }, atMs) {
    const decided = keyOf({ epoch, number });
    this.#unanswered.delete(decided);
    // Nothing to find: its showing could not be written, or is of yesterday.
    if (ruling === 'admit') this.#letThrough(this.#decisions.get(decided) ?? null, atMs);
  }

  /**
   * @param {Body} body
   * @param {number} atMs
   */
  #admit({ lane, people, admission }, atMs) {
    this.#counted.push({ lane, direction: null, people, atMs });
    if (admission !== null) this.#admissions.push({ admission, atMs });
  }

  /**
   * @param {Body | null} decided
   * @param {number} atMs
   */
  #letThrough(decided, atMs) {
    this.#counted.push({ lane: decided?.lane ?? null, direction: null, people: 1, atMs });
    const whose = decided?.holder ?? decided?.passId ?? null;
    if (decided === null || whose === null) return;
    const { lane } = decided;
    this.#grants.delete(`${whose} ${lane}`); // so that the order is of the last grants
    this.#grants.set(`${whose} ${lane}`, { whose, lane, atMs });
  }

  /** @returns {Recent} */
  recent() {
    return {
      proofs: this.#proofs,
      grants: [...this.#grants.values()],
      counted: this.#counted,
      unanswered: [...this.#unanswered.values()],
      modes: [...this.#modes.values()],
      admissions: this.#admissions,
      lastShowing: this.#lastShowing,
    };
  }
}

/** @param {Receipt} receipt */
function keyOf({ epoch, number }) {
  return `${epoch} ${number}`;
}
