/** What the board keeps, for how long, and how it tells the screen. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Outcome } from '../core/decide.js';
import { TooLate } from '../core/errors.js';
import { ALERTS_MAX, Board, OLD_MS, RULINGS_KEPT, SETTLED_SHOWN_MS } from '../scanner/board.js';
import { Cards, BROUGHT_BACK_MAX } from '../scanner/cards.js';
import { ANSWERED_MAX, RECENT_MAX, RECENT_MS, WAITING_MAX, cardWith } from '../scanner/shown.js';
import { LANES } from './pocket_school.js';

/** @typedef {import('../scanner/shown.js').Card} Card */

const AT_MS = 1_789_970_880_000;
const [ZOE, TOM] = ['aa'.repeat(8), 'bb'.repeat(8)];
/** @type {import('../scanner/shown.js').Ruled} */
const ADMITTED = { ruling: 'admit', reason: 'known', agent: 'loge-1', atMs: AT_MS };
/** @type {import('../scanner/shown.js').Ruled} */
const DENIED = { ruling: 'deny', reason: 'sent', agent: 'cpe', atMs: AT_MS };

/**
 * @param {number} outcome
 * @param {string} reason
 */
function maker(outcome, reason) {
  const reasons = reason ? [reason] : [];
  return (/** @type {number} */ showing, /** @type {Partial<Card>} */ known = {}) =>
    cardWith({ atMs: AT_MS, medium: 'paper', reasons, ...known, showing, outcome });
}
const grant = maker(Outcome.GRANT, '');
const refer = maker(Outcome.REFER, 'expired');
const refuse = maker(Outcome.REFUSE, 'not-a-pass');

/** @param {readonly Card[]} cards */
const showings = (cards) => cards.map(({ showing }) => showing);

/** @param {Card[]} cards */
function boardWith(...cards) {
  const board = new Board(LANES.entry);
  for (const card of cards) board.present(card);
  return board;
}

test('Grants never push away what waits, which stays in its order.', () => {
  const made = Array.from({ length: WAITING_MAX }, (_, n) => [grant, refer, refuse][n % 3](n));
  const board = boardWith(...made, ...Array.from({ length: 99 }, (_, n) => grant(100 + n)));

  assert.deepEqual(
    showings(board.snapshot.waiting),
    showings(made.filter(({ outcome }) => outcome !== Outcome.GRANT)),
  );
});

test('Recent grants are newest first and few.', () => {
  const board = boardWith(...Array.from({ length: RECENT_MAX + 5 }, (_, n) => grant(n)));

  assert.equal(board.snapshot.recent.length, RECENT_MAX);
  assert.deepEqual(showings(board.snapshot.recent).slice(0, 2), [RECENT_MAX + 4, RECENT_MAX + 3]);
});

test('The last answers stay in sight while grants stream by.', () => {
  const board = new Board(LANES.entry);
  for (let showing = 1; showing <= ANSWERED_MAX + 2; showing += 1) {
    board.present(refer(showing));
    board.settle(showing, DENIED);
  }
  for (let showing = 100; showing < 150; showing += 1) board.present(grant(showing));
  const seen = showings(board.snapshot.recent);

  assert.deepEqual([seen.length, seen[0]], [RECENT_MAX, 149]);
  assert.deepEqual(seen.slice(-ANSWERED_MAX), [6, 5, 4, 3]);
});

test('A later grant takes names older than ten minutes off the board.', () => {
  const board = boardWith(grant(1, { name: 'Zoé' }), grant(2, { atMs: AT_MS + RECENT_MS + 1 }));
  assert.deepEqual(showings(board.snapshot.recent), [2]);

  board.forget(AT_MS + RECENT_MS + 2);
  assert.deepEqual(board.snapshot.recent, []);
});

test('A ruled card moves to the recent ones with its answer; a second answer is too late.', () => {
  const board = boardWith(refer(1));
  board.settle(1, ADMITTED);

  assert.deepEqual(board.snapshot.waiting, []);
  assert.deepEqual(board.snapshot.recent[0].ruled, ADMITTED);
  assert.throws(() => board.settle(1, DENIED), TooLate);
  assert.equal(board.ruledOn(1), ADMITTED);
});

test('Who ruled is remembered for a bounded number.', () => {
  const board = new Board(LANES.entry);
  for (let showing = 0; showing <= RULINGS_KEPT; showing += 1) {
    board.present(refer(showing));
    board.settle(showing, ADMITTED);
  }

  assert.deepEqual([board.ruledOn(0), board.ruledOn(RULINGS_KEPT)], [null, ADMITTED]);
});

test('A pass shown again waits once, in its place, on the stage as well.', () => {
  const [one, other] = [{ passId: ZOE }, { passId: TOM }];
  const board = boardWith(refer(1, one), refer(2, other), refer(3, one), refer(4, one));
  const [first, second] = board.snapshot.waiting;

  assert.deepEqual([first.showing, first.first, first.times, second.showing], [4, 1, 3, 2]);
  assert.equal(board.snapshot.stage, first);
});

test('The same pass for another reason, and codes without an id, are cards of their own.', () => {
  const again = refer(2, { passId: ZOE, reasons: ['double-use'] });
  const board = boardWith(refer(1, { passId: ZOE }), again, refuse(3), refuse(4));

  assert.deepEqual(showings(board.snapshot.waiting), [1, 2, 3, 4]);
});

test('A flood of unknown codes pushes out no genuine referral, and is counted.', () => {
  const strangers = Array.from({ length: WAITING_MAX + 2 }, (_, n) => refuse(n + 1));
  const { waiting, setAside } = boardWith(refer(0, { passId: ZOE }), ...strangers).snapshot;

  assert.deepEqual([waiting.length, waiting[0].showing, setAside], [WAITING_MAX, 0, 3]);
});

for (const [what, goes, stays] of /** @type {const} */ ([
  ['a stranger, though only referred', { refer: true }, { passId: ZOE }],
  ['a refusal, though newer', { passId: TOM, later: 1 }, { passId: ZOE, refer: true }],
  ['the older of two alike', { passId: TOM }, { passId: ZOE, later: 1 }],
])) {
  test(`Of too many cards the least useful goes: ${what}.`, () => {
    /** @param {{passId?: string, refer?: boolean, later?: number}} of @param {number} showing */
    const card = ({ passId, refer: isReferred, later = 0 }, showing) =>
      (isReferred ? refer : refuse)(showing, { passId: passId ?? null, atMs: AT_MS + later });
    const others = Array.from({ length: WAITING_MAX - 1 }, (_, n) =>
      refer(n + 10, { passId: `${n + 10}`.repeat(8), atMs: AT_MS + 2 }),
    );
    for (const two of [
      [card(goes, 1), card(stays, 2)],
      [card(stays, 2), card(goes, 1)],
    ]) {
      const { waiting } = boardWith(...two, ...others).snapshot;
      assert.deepEqual(
        showings(waiting).filter((showing) => showing < 10),
        [2],
      );
    }
  });
}

test('A grant leaves the stage after ten seconds: it must not wave the next one through.', () => {
  const board = new Board(LANES.entry);
  board.beat(1_000);
  board.present(grant(1));
  board.beat(1_000 + SETTLED_SHOWN_MS - 1);
  assert.equal(board.snapshot.stage?.showing, 1);
  board.beat(1_000 + SETTLED_SHOWN_MS);

  assert.equal(board.snapshot.stage, null);
});

test('What waits stays on the stage until it is answered, then as long as a grant.', () => {
  const board = new Board(LANES.entry);
  board.beat(0);
  board.present(refer(1));
  board.beat(60_000);
  assert.equal(board.snapshot.stage?.showing, 1);
  board.settle(1, ADMITTED);
  assert.equal(board.snapshot.stage?.ruled, ADMITTED);
  board.beat(60_000 + SETTLED_SHOWN_MS);

  assert.equal(board.snapshot.stage, null);
});

test('Answering somebody aside does not wave the one at the gate through.', () => {
  const board = boardWith(refer(1), refer(2));
  board.settle(1, ADMITTED);

  assert.deepEqual([board.snapshot.stage?.showing, board.snapshot.stage?.ruled], [2, null]);
});

test('A card nobody answered for long is old and off the stage, until it is shown again.', () => {
  const board = new Board(LANES.entry);
  board.present(refer(1, { passId: ZOE }));
  board.beat(1_000);
  board.beat(1_000 + OLD_MS - 1);
  assert.equal(board.snapshot.waiting[0].old, false);
  board.beat(1_000 + OLD_MS);
  assert.deepEqual([board.snapshot.waiting[0].old, board.snapshot.stage], [true, null]);
  board.present(refer(2, { passId: ZOE }));
  board.beat(1_000 + OLD_MS);

  assert.equal(board.snapshot.waiting[0].old, false);
});

test('Cards taken away at midnight leave the stage with their names.', () => {
  const board = boardWith(refer(1, { name: 'Zoé' }));

  assert.deepEqual([board.clearWaiting(), board.snapshot.stage], [1, null]);
  assert.equal(board.clearWaiting(), 0);
});

test('An organ has one fault; told again, it redraws nothing; then it is gone.', () => {
  const board = new Board(LANES.entry);
  board.setFault('camera', 'denied');
  board.setFault('journal', 'full');
  board.setFault('camera', 'in-use');
  const { version } = board.snapshot;
  board.setFault('camera', 'in-use');
  board.setFault('server', null);

  assert.equal(board.snapshot.version, version);
  assert.deepEqual(
    board.snapshot.faults.map(({ why }) => why),
    ['full', 'in-use'],
  );
  board.setFault('camera', null);
  assert.deepEqual(
    board.snapshot.faults.map(({ organ }) => organ),
    ['journal'],
  );
});

test('Alerts stay until dismissed once; of too many the newest are kept.', () => {
  const board = new Board(LANES.entry);
  for (let alert = 0; alert < ALERTS_MAX + 2; alert += 1) {
    board.raiseAlert({ alert, kind: 'notice', atMs: AT_MS, detail: null });
  }
  assert.deepEqual([board.snapshot.alerts.length, board.snapshot.alerts[0].alert], [ALERTS_MAX, 2]);
  board.dropAlert(2);

  assert.throws(() => board.dropAlert(2), TooLate);
});

test('Each change is told, with a snapshot that nobody can change.', () => {
  const board = new Board(LANES.entry);
  let heard = 0;
  board.addEventListener('change', () => (heard += 1));
  board.present(refer(1));
  const { snapshot } = board;

  assert.deepEqual([heard, snapshot.version], [1, 2]);
  for (const held of [snapshot, snapshot.waiting, snapshot.waiting[0], snapshot.counts]) {
    assert.ok(Object.isFrozen(held));
  }
});

test('A lane renamed by the school is shown renamed.', () => {
  const board = new Board(LANES.entry);
  const title = { fr: 'Portail sud', en: 'South gate' };
  board.setLane({ ...LANES.entry, title });

  assert.equal(board.snapshot.lane.title, title);
});

/**
 * @param {number} showing
 * @param {string[]} reasons
 */
function unanswered(showing, ...reasons) {
  const body = { kind: 'decision', showing, lane: 'entry-1', outcome: 2, reasons, medium: null };
  const nobody = { passId: null, holder: null, personKind: null };
  return { receipt: { epoch: 1, number: showing }, atMs: AT_MS, body: { ...body, ...nobody } };
}

test('A reason of another version is left out of a card brought back.', () => {
  const board = new Board(LANES.entry);
  new Cards(board).bringBack([unanswered(1, 'of-tomorrow', 'revoked')]);

  assert.deepEqual(board.snapshot.waiting[0].reasons, ['revoked']);
});

test('A long list of unanswered cards is cut, and those that wait can be answered.', () => {
  const board = new Board(LANES.entry);
  const cards = new Cards(board);
  cards.bringBack(Array.from({ length: 5_000 }, (_, n) => unanswered(n + 1, 'not-a-pass')));
  const { waiting, setAside } = board.snapshot;

  assert.equal(waiting.length + setAside, BROUGHT_BACK_MAX);
  for (const { showing } of waiting) {
    assert.equal(cards.showingOf({ epoch: 1, number: showing }), showing);
  }
  assert.throws(() => cards.showingOf({ epoch: 1, number: 1 }), TooLate);
});
