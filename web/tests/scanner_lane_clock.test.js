/** The scanner's clock: never back, never walked away, honest about doubt, and not deceived by sleep. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { BUILT_AT_MS, CLAIM_MS_MAX, Clock, STEP_MS, UNSYNCHRONISED_MS } from '../scanner/clock.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;
const NOON = BUILT_AT_MS + 30 * DAY;
const HIGH = NOON - HOUR; // what the journal says was seen

/** A phone whose clock anybody may set, whose steady time nobody can, and which may sleep. */
class Phone {
  wall = NOON;
  steady = 1_000;
  wallMs = () => this.wall;
  steadyMs = () => this.steady + 0.25;

  /** @param {number} ms */
  passTime(ms) {
    this.wall += ms;
    this.steady += ms;
  }

  /** @param {number} ms */
  sleep(ms) {
    this.wall += ms; // its steady time stands still meanwhile
  }
}

/** @param {{wall?: number, high?: number}} [at] */
function started({ wall = NOON, high = HIGH } = {}) {
  const phone = new Phone();
  phone.wall = wall;
  const clock = new Clock(phone);
  clock.atLeast(high);
  return { phone, clock };
}

test('A sound clock is followed and trusted.', () => {
  const { phone, clock } = started();
  phone.passTime(DAY);

  assert.equal(clock.nowMs(), NOON + DAY);
  assert.deepEqual([clock.state.trusted, clock.state.offByMs], [true, 0]);
});

for (const [jump, doubt] of /** @type {const} */ ([
  [-10 * YEAR, 'before-build'],
  [-HOUR, 'rolled-back'],
  [HOUR, 'jumped-forward'],
  [10 * YEAR, 'jumped-forward'],
])) {
  test(`A jump by ${jump} ms in sight is ${doubt}, and not followed.`, () => {
    const { phone, clock } = started();
    clock.nowMs();
    phone.wall += jump;
    phone.passTime(1_000);
    const { state } = clock;

    assert.equal(clock.nowMs(), NOON + 1_000);
    assert.deepEqual([state.doubt, state.trusted, state.offByMs], [doubt, false, jump]);
    assert.ok(state.uncertaintyMs >= Math.abs(jump));
  });
}

test('A step of everyday synchronisation is no doubt, and time never runs back by it.', () => {
  for (const step of [-STEP_MS, -1, 1, STEP_MS]) {
    const { phone, clock } = started();
    const before = clock.nowMs();
    phone.wall += step;

    assert.ok(clock.state.trusted);
    assert.equal(clock.nowMs(), Math.max(before, NOON + step));
  }
});

test('Many small steps can’t walk the time away.', () => {
  const { phone, clock } = started();
  for (let turn = 0; turn < 2; turn += 1) {
    phone.passTime(60_000);
    phone.wall += 4_000;
    clock.nowMs();
  }
  assert.equal(clock.state.doubt, 'jumped-forward');
});

test('A clock put right again is trusted again.', () => {
  const { phone, clock } = started();
  phone.wall += 10 * YEAR;
  assert.ok(!clock.state.trusted);
  phone.wall -= 10 * YEAR;
  phone.passTime(HOUR);

  assert.ok(clock.state.trusted);
  assert.equal(clock.nowMs(), NOON + HOUR);
});

test('A start below what was seen goes on from there, untrusted, until the clock is back.', () => {
  for (const wall of [0, BUILT_AT_MS - 1, HIGH - HOUR]) {
    const { phone, clock } = started({ wall });
    phone.passTime(2_000);
    assert.deepEqual([clock.nowMs(), clock.state.trusted], [HIGH + 2_000, false]);
    phone.wall = NOON + 12 * HOUR;
    assert.deepEqual([clock.state.trusted, clock.nowMs()], [true, NOON + 12 * HOUR]);
  }
});

test('A first start in 1970 knows when the software was built.', () => {
  const { clock } = started({ wall: 0, high: 0 });

  assert.deepEqual([clock.nowMs(), clock.state.doubt], [BUILT_AT_MS, 'before-build']);
});

// --- sleep ---------------------------------------------------------------------------------------

test('A phone that slept in a pocket is trusted at once when it is looked at again.', () => {
  const { phone, clock } = started();
  phone.passTime(HOUR);
  phone.sleep(3 * HOUR);
  clock.woke();

  assert.deepEqual([clock.state.trusted, clock.nowMs()], [true, NOON + 4 * HOUR]);
  assert.equal(clock.state.uncertaintyMs, UNSYNCHRONISED_MS);
});

test('Sleep hides no clock that was set back.', () => {
  const { phone, clock } = started();
  clock.nowMs();
  phone.sleep(-HOUR);
  clock.woke();

  assert.deepEqual([clock.state.doubt, clock.nowMs()], ['rolled-back', NOON]);
});

test('After sleep a phone whose clock was wrong waits for the server.', () => {
  const { phone, clock } = started();
  clock.heard(NOON - HOUR, 0);
  assert.ok(clock.state.trusted);
  for (let night = 0; night < 2; night += 1) {
    phone.sleep(HOUR);
    clock.woke();
    assert.equal(clock.state.doubt, 'slept');
  }
  assert.ok(clock.heard(NOON + HOUR, 0));

  assert.deepEqual([clock.state.trusted, clock.nowMs()], [true, NOON + HOUR]);
});

test('Looking away without sleep changes nothing, whether the clock is right or wrong.', () => {
  for (const serverMs of [NOON, NOON - HOUR, NOON + HOUR]) {
    const { phone, clock } = started();
    clock.heard(serverMs, 0);
    phone.passTime(60_000);
    clock.woke();

    assert.deepEqual([clock.state.trusted, clock.nowMs()], [true, serverMs + 60_000]);
  }
});

test('A clock that the server put right goes on after sleep, where the phone’s own was right.', () => {
  const { phone, clock } = started();
  clock.atLeast(NOON + HOUR); // by somebody else's wrong clock
  assert.ok(!clock.state.trusted);
  clock.heard(NOON + 1_000, 0);
  phone.sleep(HOUR);
  clock.woke();

  assert.deepEqual([clock.state.trusted, clock.nowMs()], [true, phone.wall]);
});

// --- the server ----------------------------------------------------------------------------------

test('A clock that agrees with the server is left alone.', () => {
  const { clock } = started();

  assert.ok(!clock.heard(NOON - 1_500, 2_000));
  assert.ok(!clock.heard(NOON + 4_000, 0));
});

for (const off of [-DAY, 60_000, 10 * YEAR]) {
  test(`A clock that is off by ${-off} ms goes by the server’s time.`, () => {
    const { phone, clock } = started();
    assert.ok(clock.heard(NOON + off, 100));
    phone.passTime(5_000);

    assert.ok(Math.abs(clock.nowMs() - (NOON + off + 5_000)) <= 100);
    assert.ok(clock.state.trusted);
  });
}

test('A server that lives before this software corrects nothing.', () => {
  const { clock } = started();

  assert.ok(!clock.heard(BUILT_AT_MS - 1, 0));
  assert.equal(clock.nowMs(), NOON);
});

test('Only the server brings back a scanner that saw the future.', () => {
  const { phone, clock } = started({ wall: NOON + 10 * YEAR, high: NOON + 10 * YEAR });
  assert.ok(clock.heard(NOON, 0));
  phone.passTime(5_000);

  assert.deepEqual([clock.nowMs(), clock.state.trusted], [NOON + 5_000, true]);
  assert.equal(clock.state.offByMs, 10 * YEAR);
});

test('On its steady time alone it drifts: a later answer makes it sure again.', () => {
  const { phone, clock } = started();
  phone.wall += 10 * YEAR;
  clock.heard(NOON, 0);
  phone.passTime(2 * DAY);
  const drifted = clock.state.uncertaintyMs;
  assert.ok(clock.heard(NOON + 2 * DAY, 0));

  assert.ok(clock.state.uncertaintyMs < drifted);
});

test('Knowledge issued tomorrow proves that today’s clock is behind.', () => {
  const { phone, clock } = started();
  clock.atLeast(NOON + DAY);
  phone.passTime(1_000);

  assert.deepEqual([clock.nowMs(), clock.state.doubt], [NOON + DAY + 1_000, 'rolled-back']);
  phone.wall += 2 * DAY;
  assert.ok(clock.state.trusted);
});

test('A trusted clock knows the future when it sees it; one in doubt objects to nothing.', () => {
  const { clock } = started();
  const signed = [-YEAR, 0, STEP_MS, STEP_MS + 1].map((ahead) => clock.plausible(NOON + ahead));

  assert.deepEqual(signed, [true, true, true, false]);
  assert.ok(started({ wall: 0 }).clock.plausible(NOON + 10 * YEAR));
});

test('Uncertainty grows as a quartz drifts; a phone’s proof is widened by half a minute at most.', () => {
  const { phone, clock } = started();
  phone.passTime(10 * DAY);

  assert.equal(clock.state.uncertaintyMs, UNSYNCHRONISED_MS + 86_400);
  assert.equal(clock.state.claimMs, CLAIM_MS_MAX);
});

test('Intervals are measured on a clock nobody sets.', () => {
  const { phone, clock } = started();
  phone.passTime(500);
  phone.wall -= YEAR;

  assert.equal(clock.monotonicMs(), 1_500);
});

test('The browser’s own clocks answer.', () => {
  assert.ok(new Clock().nowMs() >= BUILT_AT_MS);
});

// --- whatever is done to the phone ----------------------------------------------------------------

/** @param {number} seed */
function dice(seed) {
  let state = seed;
  return (/** @type {number} */ below) => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test('Whatever is done to the phone, in any order, time never runs back but by the server.', () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const draw = dice(seed);
    const { phone, clock } = started({ wall: NOON - YEAR + draw(2 * YEAR), high: draw(NOON) });
    let highest = clock.nowMs();
    for (let step = 0; step < 30; step += 1) {
      const deed = draw(5);
      if (deed === 0) phone.passTime(draw(2) ? draw(10_000) : draw(40 * DAY));
      if (deed === 1) phone.wall += draw(2) ? draw(12_000) - 6_000 : draw(4 * YEAR) - 2 * YEAR;
      if (deed === 2) phone.sleep(draw(DAY));
      if (deed === 3) clock.woke();
      if (deed === 4 && clock.heard(NOON + draw(YEAR), draw(2_000))) highest = 0;
      const [nowMs, state] = [clock.nowMs(), clock.state];
      assert.ok(nowMs >= highest, `seed ${seed}, step ${step}`);
      assert.ok(Number.isSafeInteger(nowMs));
      assert.ok(0 <= state.claimMs && state.claimMs <= Math.min(CLAIM_MS_MAX, state.uncertaintyMs));
      highest = nowMs;
    }
  }
});
