/** Whatever is shown, answered, broken or opened again: what may never happen at a lane, searched for. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Outcome } from '../core/decide.js';
import { JournalError, TooLate } from '../core/errors.js';
import { PocketSchool } from './pocket_school.js';
import { openLane } from './working_lane.js';

const DOUBLE_USE_MS = 5 * 60_000;
const AFTER_MS = [0, 1_000, 14_000, 31_000, 60_000, DOUBLE_USE_MS, DOUBLE_USE_MS + 1];
const AGES_MS = [0, 15_000, 40_000];
const RUBBISH = ['', 'PQ1:', 'https://example.org', 'PQ1:ABCDEF', 'Zébulon Canari'];
const CANARIES = ['Zébulon Canari', 'Ophélie Témoin', 'Barnabé Leurre', 'Isaure Appât'];
const WALKS = 12;
const STEPS = 40;

const school = await PocketSchool.open();
const papers = await Promise.all(CANARIES.map((name) => school.issue({ name })));
const phones = await Promise.all(
  papers.slice(0, 2).map(({ name, holder }) => school.issue({ name, holder, phone: true })),
);
const [{ name, holder }] = papers;
const revoked = await school.issue({ name, holder, status: 'revoked' });
const MEDIA = [...papers, ...phones, revoked];
const knowledge = school.knowledge();

/** @param {number} seed */
function dice(seed) {
  let state = seed;
  return (/** @type {number} */ below) => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** One walk: an agent, holders with several media, a disk that breaks, an app that is closed. */
class Walk {
  /** @type {Map<string, number>} when each was last let through without being asked */
  #passed = new Map();
  /** @type {string[]} */
  errors = [];
  shown = 0;

  /**
   * @param {(below: number) => number} draw
   * @param {Awaited<ReturnType<typeof openLane>>} working
   */
  constructor(draw, working) {
    this.draw = draw;
    this.working = working;
  }

  async step() {
    const deeds = [this.show, this.show, this.show, this.rubbish, this.answer, this.byHand];
    const deed = [...deeds, this.breakOrMend, this.reopen][this.draw(deeds.length + 2)];
    await deed.call(this);
    await this.working.lane.tend();
  }

  async show() {
    const { clock, board, show } = this.working;
    clock.advance(AFTER_MS[this.draw(AFTER_MS.length)]);
    const held = MEDIA[this.draw(MEDIA.length)];
    const nowMs = clock.nowMs();
    const text = phones.includes(held)
      ? await held.drawn(nowMs - AGES_MS[this.draw(AGES_MS.length)])
      : held.text;
    const judged = await show(text);
    assert.equal(board.snapshot.stage?.outcome, judged?.decision.outcome);
    if (judged?.decision.outcome !== Outcome.GRANT) return;
    const last = this.#passed.get(held.holder) ?? -Infinity;
    assert.ok(nowMs - last > DOUBLE_USE_MS, 'let through twice in five minutes');
    this.#passed.set(held.holder, nowMs);
    this.shown += 1;
  }

  async rubbish() {
    const judged = await this.working.show(RUBBISH[this.draw(RUBBISH.length)]);
    assert.notEqual(judged?.decision.outcome, Outcome.GRANT);
  }

  async answer() {
    const { board, lane } = this.working;
    const { waiting } = board.snapshot;
    if (waiting.length === 0) return;
    const card = waiting[this.draw(waiting.length)];
    const showing = this.draw(2) ? card.showing : (card.first ?? card.showing);
    const admits = this.draw(2) === 1;
    await this.#ask(
      admits
        ? lane.rule(showing, 'admit', 'checked', 'loge-1').then(() => (this.shown += 1))
        : lane.rule(showing, 'deny', 'sent', 'loge-1'),
    );
  }

  async byHand() {
    const { lane } = this.working;
    await this.#ask(lane.admitManually('forgotten', 'loge-1').then(() => (this.shown += 1)));
  }

  /** @param {Promise<unknown>} asked */
  async #ask(asked) {
    try {
      await asked;
    } catch (error) {
      if (!(error instanceof TooLate) && !(error instanceof JournalError)) throw error;
      this.errors.push(error.message);
    }
  }

  async breakOrMend() {
    this.working.storage.full = this.draw(2) === 1;
  }

  async reopen() {
    const { storage, clock } = this.working;
    storage.full = false;
    this.working = await openLane({ knowledge, storage, clock });
  }
}

/** @param {import('../core/entries.js').Body} body */
function justifies({ kind, outcome, ruling }) {
  return outcome === Outcome.GRANT || ruling === 'admit' || kind === 'manualAdmission';
}

test('Nobody is shown to pass without an entry, nor twice in five minutes, and no name is kept.', async () => {
  for (let seed = 1; seed <= WALKS; seed += 1) {
    const walk = new Walk(dice(seed), await openLane({ knowledge }));
    for (let step = 0; step < STEPS; step += 1) await walk.step();
    const { bodies } = walk.working.storage;

    assert.equal(walk.shown, bodies.filter(justifies).length, `seed ${seed}`);
    const kept = JSON.stringify([bodies, walk.errors]);
    const words = CANARIES.flatMap((canary) => canary.split(' '));
    assert.deepEqual(
      words.filter((word) => kept.includes(word)),
      [],
    );
  }
});
