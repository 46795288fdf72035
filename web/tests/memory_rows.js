/** Where a journal lies in tests: the memory, with the promises of `IdbRows`, and faults on demand. */

/** @typedef {import('../scanner/journal_rows.js').Row} Row */
/** @typedef {import('../scanner/journal_rows.js').State} State */

/** Rows in memory; what is put and given back is copied, as IndexedDB does. */
export class MemoryRows {
  /** @type {Map<string, Row>} */
  kept = new Map();
  /** @type {State | null} */
  place = null;
  /** @type {Error | null} what the next commits meet */
  fault = null;

  async state() {
    return structuredClone(this.place);
  }

  /**
   * @param {number} epoch
   * @param {number} from
   * @param {number} limit
   */
  async read(epoch, from, limit) {
    const found = this.#sorted().filter((row) => row.epoch === epoch && row.number >= from);
    return structuredClone(found.slice(0, limit));
  }

  async ends() {
    const last = new Map(this.#sorted().map(({ epoch, number }) => [epoch, number]));
    return [...last].map(([epoch, number]) => ({ epoch, number, head: null }));
  }

  /**
   * @param {State} state
   * @param {import('../scanner/journal_rows.js').Change} [change]
   */
  async commit(state, { put = [], drop = [] } = {}) {
    if (this.fault) throw this.fault;
    if ((this.place?.turn ?? 0) !== state.turn - 1) return false;
    for (const { epoch, below } of drop) {
      for (const row of this.#sorted()) {
        if (row.epoch === epoch && row.number < below) this.kept.delete(nameOf(row));
      }
    }
    for (const row of put) this.kept.set(nameOf(row), structuredClone(row));
    this.place = structuredClone(state);
    return true;
  }

  async wipe() {
    this.kept.clear();
    this.place = null;
  }

  #sorted() {
    return [...this.kept.values()].sort((a, b) => a.epoch - b.epoch || a.number - b.number);
  }
}

/** @param {{epoch: number, number: number}} row */
export function nameOf({ epoch, number }) {
  return `${epoch} ${number}`;
}
