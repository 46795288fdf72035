import assert from 'node:assert/strict';
import { test } from 'node:test';

import { mayBeReversed, mend, reversed } from '../scanner/sight/corners.js';
import { fastLength, pictureOf, spectrumOf } from '../scanner/sight/fourier.js';
import { areaOf, hullOf, quadAround, smallestRectangle } from '../scanner/sight/hulls.js';
import { candidates, Restorer } from '../scanner/sight/kernels.js';
import { resized, seenSharply, seenThrough, smoothed } from '../scanner/sight/layers.js';
import { levelAt, levelsOf, partingLevel } from '../scanner/sight/levels.js';
import { between, inverse, pointAfter, product } from '../scanner/sight/matrices.js';
import { register } from '../scanner/sight/registration.js';
import { blank } from '../scanner/sight/shapes.js';
import { affordable, trusted } from '../scanner/sight/sharpen.js';
import { areAlike, estimateSpread, isDirected } from '../scanner/sight/spread.js';
import { findSuspects } from '../scanner/sight/suspects.js';
import { Track } from '../scanner/sight/tracks.js';
import { Work } from '../scanner/sight/work.js';
import { encode } from '../third/uqr.js';

/** @typedef {import('../scanner/sight/shapes.js').Layer} Layer */
/** @typedef {import('../scanner/sight/shapes.js').Quad} Quad */

const SIDE = 240;
const MODULE = 4;
/** @type {Quad} */
const PLACE = [
  [60, 60],
  [240, 60],
  [240, 240],
  [60, 240],
];

/**
 * Return numbers from 0 to 1 that look random and are the same in each run.
 * @param {number} seed
 */
function drawing(seed) {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/**
 * Draw random modules with paper around them: what a code looks like from afar.
 * @param {number} seed
 * @returns {Layer}
 */
function modules(seed) {
  const draw = drawing(seed);
  const layer = blank(SIDE, SIDE);
  layer.data.fill(220);
  for (let row = 8; row < SIDE / MODULE - 8; row += 1)
    for (let column = 8; column < SIDE / MODULE - 8; column += 1)
      if (draw() < 0.5) square(layer, column * MODULE, row * MODULE);
  return layer;
}

/** @param {Layer} layer @param {number} left @param {number} top */
function square({ data, width }, left, top) {
  for (let y = top; y < top + MODULE; y += 1)
    data.fill(40, y * width + left, y * width + left + MODULE);
}

/** Draw a code of 37 modules with paper around it. @returns {Layer} */
function code() {
  const layer = blank(SIDE, SIDE);
  layer.data.fill(220);
  encode('PQ1:'.padEnd(80, 'x'), { ecc: 'M', border: 0 }).data.forEach((row, down) =>
    row.forEach((dark, across) => dark && square(layer, 44 + across * MODULE, 44 + down * MODULE)),
  );
  return layer;
}

/** @param {Layer} layer @param {number} sigma @param {number} [seed] */
function noisy(layer, sigma, seed = 7) {
  const draw = drawing(seed);
  const noise = () => (draw() + draw() + draw() + draw() - 2) * Math.sqrt(3);
  return { ...layer, data: layer.data.map((level) => level + sigma * noise()) };
}

/** @param {Layer} layer @param {number} length */
function movedAcross(layer, length) {
  const out = blank(layer.width, layer.height);
  for (let at = 0; at < out.data.length; at += 1)
    for (let back = 0; back < length; back += 1)
      out.data[at] += layer.data[Math.max(0, at - back)] / length;
  return out;
}

/** Return how far two pictures differ. @param {Layer} one @param {Layer} other */
function difference(one, other) {
  const sum = one.data.reduce((total, level, at) => total + (level - other.data[at]) ** 2, 0);
  return Math.sqrt(sum / one.data.length);
}

test('A spectrum is the sum that defines it, and leads back to the picture.', () => {
  const [width, height] = [18, 12];
  const draw = drawing(3);
  const values = Float32Array.from({ length: width * height }, draw);
  const spectrum = spectrumOf(values, width, height);
  for (const [across, down] of [
    [0, 0],
    [5, 3],
    [17, 6],
    [9, 1],
  ]) {
    let [re, im] = [0, 0];
    values.forEach((value, at) => {
      const turn = (across * (at % width)) / width + (down * Math.floor(at / width)) / height;
      re += value * Math.cos(2 * Math.PI * turn);
      im -= value * Math.sin(2 * Math.PI * turn);
    });
    const at = across * spectrum.half + down;
    assert.ok(Math.hypot(spectrum.re[at] - re, spectrum.im[at] - im) < 1e-3, `${across} ${down}`);
  }

  pictureOf(spectrum).forEach((value, at) => assert.ok(Math.abs(value - values[at]) < 1e-5));
});

test('Quick lengths are even, and never smaller than asked.', () => {
  assert.deepEqual([1, 97, 200, 330].map(fastLength), [2, 108, 216, 384]);
});

test('A hull leaves inner points out, and its rectangle may be turned.', () => {
  const hull = hullOf([
    [0, 5],
    [5, 0],
    [10, 5],
    [5, 10],
    [5, 5],
    [4, 5],
  ]);
  assert.equal(hull.length, 4);
  assert.equal(areaOf(hull), 50);

  const { short, long } = smallestRectangle(hull) ?? assert.fail();
  assert.ok(Math.abs(short - Math.sqrt(50)) < 1e-9 && Math.abs(long - Math.sqrt(50)) < 1e-9);
});

test('A quad around a hull gives a cut corner back.', () => {
  const hull = hullOf([
    [0, 0],
    [8, 0],
    [10, 2],
    [10, 10],
    [0, 10],
  ]);
  const corners = quadAround(hull) ?? assert.fail();

  assert.ok(corners.some(([x, y]) => Math.hypot(x - 10, y) < 1e-9));
});

test('A map between quads takes each corner to its place, and there is a way back.', () => {
  /** @type {Quad} */
  const seen = [
    [10, 12],
    [90, 20],
    [80, 95],
    [5, 80],
  ];
  const map = between(PLACE, seen) ?? assert.fail();
  const back = inverse(map) ?? assert.fail();
  PLACE.forEach((corner, at) => {
    const [x, y] = pointAfter(map, corner);
    const [u, v] = pointAfter(product(back, map), corner);
    assert.ok(Math.hypot(x - seen[at][0], y - seen[at][1]) < 1e-6);
    assert.ok(Math.hypot(u - corner[0], v - corner[1]) < 1e-6);
  });
});

test('A reduced picture keeps its light.', () => {
  const layer = modules(5);
  const small = resized(layer, 97, 131);
  const mean = (/** @type {Layer} */ { data }) =>
    data.reduce((sum, level) => sum + level) / data.length;

  assert.deepEqual([small.width, small.height], [97, 131]);
  assert.ok(Math.abs(mean(small) - mean(layer)) < 0.1);
});

test('A place full of modules is suspected; a wall, stripes and noise are not.', () => {
  const shown = (/** @type {Layer} */ layer) =>
    findSuspects({ ...layer, data: Uint8Array.from(layer.data) });
  const stripes = blank(SIDE, SIDE);
  stripes.data.forEach((_, at) => (stripes.data[at] = at % 16 < 8 ? 40 : 220));
  const wall = blank(SIDE, SIDE);
  wall.data.fill(128);

  const [[[left, top]]] = shown(noisy(smoothed(modules(1), 2.4), 5)).map((quad) =>
    [...quad].sort(([ax, ay], [bx, by]) => ax + ay - bx - by),
  );
  assert.ok(Math.abs(left - 32) < 24 && Math.abs(top - 32) < 24, `${left} ${top}`);
  assert.deepEqual([stripes, wall, noisy(wall, 8)].map(shown), [[], [], []]);
});

test('The spectrum tells how far a picture is out of focus, and which way it moved.', () => {
  const [little, much] = [2, 3].map((sigma) =>
    estimateSpread(noisy(smoothed(modules(1), sigma), 3)),
  );
  assert.ok(Math.abs(much.least - little.least - 5) < 1.5, `${much.least - little.least}`);
  assert.deepEqual([little, much].map(isDirected), [false, false]);
  assert.equal(areAlike(little, much), false);

  const moved = estimateSpread(noisy(movedAcross(modules(1), 9), 3));
  assert.equal(isDirected(moved), true);
  const off = Math.min(moved.angle, Math.PI - moved.angle); // from the horizontal
  assert.ok(off < 0.12, `${off}`);
});

test('The likeliest blur, undone, brings the modules nearer to what they were.', () => {
  const sharp = modules(1);
  const faults = [
    { blurred: smoothed(sharp, 2.4), middle: 0 },
    { blurred: movedAcross(sharp, 5), middle: 2 },
  ];
  for (const { blurred, middle } of faults) {
    const picture = noisy(blurred, 2);
    const [likeliest] = candidates(estimateSpread(picture));
    const restored = new Restorer(picture).restore(likeliest, 1e-3);
    // A movement is put back to its middle.
    const there = seenThrough(restored, [1, 0, middle, 0, 1, 0, 0, 0, 1], SIDE, SIDE);
    assert.ok(difference(there, sharp) < 0.8 * difference(picture, sharp));
  }
});

test('Two pictures of one code are laid over each other; those of two codes never.', () => {
  /** @type {Quad} */
  const seen = [
    [63, 62],
    [244, 59],
    [241, 243],
    [58, 239],
  ];
  const view = between(seen, PLACE) ?? assert.fail();
  const sharp = smoothed(modules(1), 1.6);
  const other = seenSharply(sharp, view, SIDE, SIDE);
  const matrix = register(noisy(sharp, 4, 1), noisy(other, 4, 2)) ?? assert.fail();
  PLACE.forEach((corner, at) => {
    const [x, y] = pointAfter(matrix, corner);
    assert.ok(Math.hypot(x - seen[at][0], y - seen[at][1]) < 0.5);
  });

  assert.equal(register(sharp, smoothed(modules(2), 1.6)), null);
});

test('A sum grows by pictures of one code and starts anew with the next.', () => {
  const track = new Track(PLACE, { ms: 0, picture: 1 });
  /** @param {number} code @param {number} seed */
  const look = (code, seed) => {
    const { data, width, height } = noisy(smoothed(modules(code), 2), 6, seed);
    track.look({ data: Uint8Array.from(data), width, height });
    return track.sum?.pictures;
  };

  assert.deepEqual([look(1, 1), look(1, 2), look(1, 3), look(2, 4), look(2, 5)], [1, 2, 3, 1, 2]);
});

test('After sharpening, a text without signature waits for a second, different reading.', () => {
  const track = new Track(PLACE, { ms: 0, picture: 1 });
  const view = track.look({ data: new Uint8Array(300 * 300).fill(9), width: 300, height: 300 });
  /** @param {'sum' | 'plain'} family @param {number} number @param {string} text */
  const read = (family, number, text) => {
    const run = async () => [];
    return trusted(track, { number, family, view, units: 1, run }, [{ text, quad: PLACE }])?.text;
  };

  assert.equal(read('sum', 110, 'PQ2:A'), 'PQ2:A');
  assert.equal(read('plain', 0, 'menu'), 'menu');
  assert.equal(read('sum', 110, 'drinks'), undefined);
  assert.equal(read('sum', 110, 'drinks'), undefined, 'a sum shares its past with the sums before');
  assert.equal(read('sum', 111, 'drinks'), 'drinks');
});

test('What one picture’s work can’t hold goes on with the next.', () => {
  const track = new Track(PLACE, { ms: 0, picture: 1 });
  const view = { layer: blank(1, 1), toPicture: [], pictures: 1 };
  const all = [0, 1, 2, 3, 4].map((number) => ({
    number,
    family: /** @type {const} */ ('alone'),
    units: 10,
    view,
    run: async () => [],
  }));
  const turn = () => [...affordable(track, all, new Work(30))].map(({ number }) => number);

  assert.deepEqual(
    [turn(), turn(), turn()],
    [
      [0, 2, 1],
      [0, 3, 1],
      [0, 4, 1],
    ],
  );
});

test('A level parts dark from light, and shares of the levels are told.', () => {
  const counts = levelsOf(code());

  assert.ok(Math.abs(partingLevel(counts) - 130.5) < 1, `${partingLevel(counts)}`);
  assert.deepEqual([levelAt(counts, 0.03), levelAt(counts, 0.9)], [40, 220]);
});

test('A finder pattern that glare took is drawn again where it must be.', () => {
  const whole = code();
  const { data: modules } = encode('PQ1:'.padEnd(80, 'x'), { ecc: 'M', border: 0 });
  const spotted = { ...whole, data: whole.data.slice() };
  for (let y = 40; y < 72; y += 1) spotted.data.fill(255, y * SIDE + 40, y * SIDE + 72);

  const wrong = [...mend(noisy(spotted, 3))].map(({ layer }) => {
    const level = (/** @type {number} */ row, /** @type {number} */ column) =>
      layer.data[(4 + row) * 5 * layer.width + (4 + column) * 5 + 2 * layer.width + 2];
    return modules.flatMap((row, down) =>
      row.filter((dark, across) => dark !== level(down, across) < 128),
    ).length;
  });
  assert.ok(Math.min(...wrong) <= 4, `${wrong}`);
});

test('Light on dark is known by what is around it.', () => {
  assert.deepEqual([code(), reversed(code())].map(mayBeReversed), [false, true]);
});
