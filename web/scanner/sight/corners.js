/**
 * A code given back the corners that glare, dirt or a thumb took.
 *
 * A decoder starts from the three finder patterns: one lost, and a code whose data would survive by its
 * error correction is never even located. The patterns are always the same, so a lost one can be drawn
 * where it must be: the outline of the remaining modules gives the corners, the rhythm of their edges
 * gives the number of modules. As in `portique.sight.corners`.
 */

import { areaOf, hullOf, quadAround } from './hulls.js';
import { seenThrough, smoothed } from './layers.js';
import { levelAt, levelsOf, partingLevel } from './levels.js';
import { closed, endsOf, opened, patchesOf } from './masks.js';
import { between } from './matrices.js';
import { centreOf, sidesOf } from './shapes.js';

/** @typedef {import('./shapes.js').Layer} Layer */
/** @typedef {import('./shapes.js').Point} Point */
/** @typedef {import('./shapes.js').Quad} Quad */
/** @typedef {import('./masks.js').Mask} Mask */

/** A code laid flat with its lost corners drawn, and the way back. @typedef {{layer: Layer, toPlace: import('./matrices.js').Matrix}} Mended */

const MODULE_PX = 5;
const QUIET_MODULES = 4;
const FLAT_PX = 320; // side of the picture on which the rhythm is counted
const JOIN_SHARE = 0.04; // of the place: joins modules, not the code and its card's edge
const VERSIONS_MAX = 15; // what a lane meets; larger codes are not rescued
const FINDER_MODULES = 8; // with its separator
const INTACT_MIN = 0.62; // correlation with a drawn finder pattern
const EDGE_SHARE = 0.2; // of the place, on each side: what is beside the code
const PAPER_LEVEL = 230;
const FILL_MIN = 0.12; // of the place
const SIDES_MIN = 0.4; // the shortest to the longest

/**
 * Yield flat pictures of the dark code that fills most of a place, its lost corners drawn.
 *
 * Finder patterns that are there are drawn as well: a spot that only touches one is enough to stop a
 * decoder.
 * @param {Layer} layer
 * @returns {Generator<Mended>}
 */
export function* mend(layer) {
  const corners = cornersOf(layer);
  const modules = corners && likelySize(layer, corners);
  const toPlace = modules && between(flatSquare(modules), wider(corners));
  if (!toPlace) return;
  const side = (modules + 2 * QUIET_MODULES) * MODULE_PX;
  const flat = stretched(seenThrough(layer, toPlace, side, side));
  for (const drawn of withDrawnCorners(flat)) yield { layer: drawn, toPlace };
}

/**
 * Return the same picture, light and dark exchanged.
 * @param {Layer} layer
 * @returns {Layer}
 */
export function reversed({ data, width, height }) {
  return { data: data.map((level) => 255 - level), width, height };
}

/**
 * Tell whether the code may be light on dark: what is around it is darker than its inside.
 * @param {Layer} layer
 */
export function mayBeReversed({ data, width, height }) {
  const reach = Math.max(2, Math.floor(height / 12));
  let [inside, within, ring, around] = [0, 0, 0, 0];
  for (let y = reach, at = 0; y < height - reach; y += 1)
    for (let x = reach; x < width - reach; x += 1) {
      at = y * width + x;
      const away = Math.min(x, y, width - 1 - x, height - 1 - y);
      if (away < 2 * reach) [ring, around] = [ring + data[at], around + 1];
      else if (away >= width / 4) [inside, within] = [inside + data[at], within + 1];
    }
  return ring / around < inside / within;
}

/**
 * Return the corners of the joined dark modules, clockwise, or null.
 * @param {Layer} layer
 * @returns {Quad | null}
 */
function cornersOf(layer) {
  const dark = darkOf(layer);
  const rows = middlePatch(dark);
  const points = endsOf(rows);
  if (points.length < 50) return null;
  const hull = hullOf(points);
  if (hull.length < 4 || areaOf(hull) < FILL_MIN * layer.data.length) return null;
  const quad = quadAround(hull);
  const sides = quad ? sidesOf(quad) : [0];
  return quad && Math.min(...sides) > SIDES_MIN * Math.max(...sides) ? clockwise(quad) : null;
}

/** @param {Layer} layer @returns {Mask} */
function darkOf({ data, width, height }) {
  // A saturated spot in a dim picture would be all that the threshold sees: cut it to paper.
  const paper = levelAt(levelsOf({ data, width, height }, EDGE_SHARE), 0.8);
  const share = PAPER_LEVEL / Math.max(paper, 1);
  const grey = { data: new Float32Array(data.length), width, height };
  for (let at = 0; at < data.length; at += 1) grey.data[at] = Math.min(data[at] * share, 255);
  const parting = partingLevel(levelsOf(grey, EDGE_SHARE));
  const soft = smoothed(grey, 1).data;
  const dark = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at += 1) if (soft[at] < parting) dark[at] = 1;
  return { data: dark, width, height };
}

/**
 * Join dark modules and return the rows of those in the patch that fills most of the middle.
 *
 * At half the size, for time; not the largest patch of all, which may be a dark wall behind.
 * @param {Mask} dark
 * @returns {Map<number, [number, number]>}
 */
function middlePatch(dark) {
  const small = halved(dark);
  const side = Math.max(3, Math.floor(JOIN_SHARE * Math.max(small.width, small.height)) | 1);
  const joined = opened(closed(small, side), side);
  const patches = patchesOf(joined);
  const areas = new Array(patches.length + 2).fill(0);
  const [left, top] = [small.width >> 2, small.height >> 2];
  for (let y = top; y < small.height - top; y += 1)
    for (let x = left; x < small.width - left; x += 1) areas[joined.data[y * small.width + x]] += 1;
  const fills = (/** @type {{mark: number}} */ { mark }) => areas[mark];
  const [most] = patches.sort((one, other) => fills(other) - fills(one));
  return most ? endsIn(dark, joined, most.mark) : new Map();
}

/** @param {Mask} mask @returns {Mask} */
function halved({ data, width, height }) {
  const small = {
    data: new Uint8Array((width >> 1) * (height >> 1)),
    width: width >> 1,
    height: height >> 1,
  };
  for (let y = 0, to = 0; y < small.height; y += 1)
    for (let x = 0; x < small.width; x += 1, to += 1) {
      const at = 2 * (y * width + x);
      const marked = data[at] + data[at + 1] + data[at + width] + data[at + width + 1];
      small.data[to] = marked >= 2 ? 1 : 0;
    }
  return small;
}

/**
 * Return the first and last dark pixel of each row in one patch of the halved picture.
 * @param {Mask} dark
 * @param {Mask} joined
 * @param {number} mark
 */
function endsIn(dark, joined, mark) {
  /** @type {Map<number, [number, number]>} */
  const rows = new Map();
  for (let y = 0; y < 2 * joined.height; y += 1)
    for (let x = 0; x < 2 * joined.width; x += 1) {
      if (!dark.data[y * dark.width + x]) continue;
      if (joined.data[(y >> 1) * joined.width + (x >> 1)] !== mark) continue;
      const ends = rows.get(y);
      if (ends) ends[1] = x;
      else rows.set(y, [x, x]);
    }
  return rows;
}

/** From the upper left. @param {Quad} quad @returns {Quad} */
function clockwise(quad) {
  const [x, y] = centreOf(quad);
  const angle = (/** @type {Point} */ point) => Math.atan2(point[1] - y, point[0] - x);
  const [a, b, c, d] = [...quad].sort((one, other) => angle(one) - angle(other));
  return [a, b, c, d];
}

/** Half a pixel more on each side: pixels have a width. @param {Quad} corners @returns {Quad} */
function wider(corners) {
  const [x, y] = centreOf(corners);
  const [a, b, c, d] = corners.map(
    (corner) =>
      /** @type {const} */ ([
        corner[0] + Math.sign(corner[0] - x) / 2,
        corner[1] + Math.sign(corner[1] - y) / 2,
      ]),
  );
  return [a, b, c, d];
}

/** @param {number} low @param {number} high @returns {Quad} */
function squareOf(low, high) {
  return [
    [low - 0.5, low - 0.5],
    [high - 0.5, low - 0.5],
    [high - 0.5, high - 0.5],
    [low - 0.5, high - 0.5],
  ];
}

/** @param {number} modules */
function flatSquare(modules) {
  return squareOf(QUIET_MODULES * MODULE_PX, (QUIET_MODULES + modules) * MODULE_PX);
}

/**
 * Return the number of modules whose rhythm the edges keep best.
 * @param {Layer} layer
 * @param {Quad} corners
 * @returns {number | null}
 */
function likelySize(layer, corners) {
  const matrix = between(squareOf(0, FLAT_PX), corners);
  if (!matrix) return null;
  const { data } = seenThrough(layer, matrix, FLAT_PX, FLAT_PX);
  // An edge between two pixels is a beat of the module grid: size = beats over the whole side.
  const [across, down] = [new Float64Array(FLAT_PX), new Float64Array(FLAT_PX)];
  for (let y = 1, at = FLAT_PX + 1; y < FLAT_PX; y += 1, at += 1)
    for (let x = 1; x < FLAT_PX; x += 1, at += 1) {
      across[x] += Math.abs(data[at] - data[at - 1]);
      down[y] += Math.abs(data[at] - data[at - FLAT_PX]);
    }
  const sizes = Array.from({ length: VERSIONS_MAX }, (_, at) => 21 + 4 * at);
  const strength = sizes.map((size) => beat(across, size) + beat(down, size));
  return sizes[strength.indexOf(Math.max(...strength))];
}

/**
 * Return how strongly edges keep a rhythm.
 * @param {Float64Array} edges
 * @param {number} times
 */
function beat(edges, times) {
  const turn = (2 * Math.PI * times) / edges.length;
  let [re, im] = [0, 0];
  edges.forEach((edge, at) => {
    re += edge * Math.cos(turn * at);
    im += edge * Math.sin(turn * at);
  });
  return Math.hypot(re, im);
}

/** @param {Layer} flat @returns {Layer} */
function stretched(flat) {
  const counts = levelsOf(flat);
  const [low, high] = [levelAt(counts, 0.03), levelAt(counts, 0.9)];
  const share = 255 / Math.max(high - low, 1);
  for (let at = 0; at < flat.data.length; at += 1)
    flat.data[at] = Math.min(Math.max((flat.data[at] - low) * share, 0), 255);
  return flat;
}

/**
 * Draw the lost finder patterns for each orientation that the intact ones allow.
 * @param {Layer} flat
 * @returns {Generator<Layer>}
 */
function* withDrawnCorners(flat) {
  const alike = [0, 1, 2, 3].map((corner) => likeness(flat, corner));
  const byLikeness = [0, 1, 2, 3].sort((one, other) => alike[one] - alike[other]);
  const lost = byLikeness.filter((corner) => alike[corner] < INTACT_MIN);
  // Three patterns stand: the fourth corner is bare. Otherwise any lost one may be the bare one.
  for (const bare of lost.length > 1 ? lost : byLikeness.slice(0, 1)) {
    const drawn = { ...flat, data: flat.data.slice() };
    for (const corner of byLikeness)
      if (corner !== bare) eachPixel(drawn, corner, (at, level) => (drawn.data[at] = level));
    yield drawn;
  }
}

/**
 * Tell how much a corner looks like a finder pattern, from -1 to 1.
 * @param {Layer} flat
 * @param {number} corner
 */
function likeness(flat, corner) {
  let [count, a, b, aa, bb, ab] = [0, 0, 0, 0, 0, 0];
  eachPixel(flat, corner, (at, level) => {
    const seen = flat.data[at];
    count += 1;
    a += seen;
    b += level;
    aa += seen * seen;
    bb += level * level;
    ab += seen * level;
  });
  const scale = Math.sqrt((aa - a ** 2 / count) * (bb - b ** 2 / count));
  return scale > 0 ? (ab - (a * b) / count) / scale : 0;
}

/**
 * Go through the pixels of a corner, each with the level that a finder pattern and its light separator
 * have there. Corners are counted clockwise from the upper left.
 * @param {Layer} flat
 * @param {number} corner
 * @param {(at: number, level: number) => void} call
 */
function eachPixel({ width }, corner, call) {
  const [quiet, reach] = [QUIET_MODULES * MODULE_PX, FINDER_MODULES * MODULE_PX];
  const [right, low] = [corner === 1 || corner === 2, corner >= 2];
  for (let down = 0; down < reach; down += 1)
    for (let across = 0; across < reach; across += 1) {
      const x = right ? width - 1 - quiet - across : quiet + across;
      const y = low ? width - 1 - quiet - down : quiet + down;
      const away = [across, down].map((one) => Math.abs(Math.floor(one / MODULE_PX) - 3));
      const ring = Math.max(...away);
      call(y * width + x, ring === 2 || ring > 3 ? 255 : 0);
    }
}
