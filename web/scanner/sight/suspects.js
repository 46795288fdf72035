/**
 * Where a code may be although none was read: square places full of edges in all directions.
 *
 * Blur wipes out the finder patterns' rings long before it wipes out the texture of a code, so the
 * texture is what is looked for, on a smaller picture. As in `portique.sight.suspects`.
 */

import { areaOf, hullOf, smallestRectangle } from './hulls.js';
import { reduced } from './layers.js';
import { endsOf, opened, patchesOf } from './masks.js';
import { blank, boxAround, centreOf, holds, meanSide } from './shapes.js';

/** @typedef {import('./shapes.js').Grey} Grey */
/** @typedef {import('./shapes.js').Layer} Layer */
/** @typedef {import('./shapes.js').Quad} Quad */

const FINE = 4; // how many times smaller the picture is
const COARSE = 12; // for codes so near that their modules are larger than the window
const WINDOW = 7; // in reduced pixels
const EDGE_MIN = 3; // grey levels between reduced neighbours: twice what the noise of a dim picture makes
const DENSITY_MIN = 0.62; // share of a window that is edge: a lone outline fills a third of it
const COHERENCE_MAX = 0.75; // stripes have one direction, codes two
const NARROW = 5; // in reduced pixels: what is narrower joins no code
const SIDE_MIN = 18; // in reduced pixels: a pass has at least 45 modules, no smaller one can be read
const ASPECT_MIN = 0.4; // a code tilted by more than 60 degrees is not for us
const FILL_MIN = 0.6;
const SUSPECTS_MAX = 4;

/**
 * Return the most code-like places of a picture, the largest and most contrasted first.
 * @param {Grey} grey
 * @returns {Quad[]}
 */
export function findSuspects(grey) {
  const small = reduced(grey, FINE);
  const quads = [...squaresOf(small, FINE), ...squaresOf(reduced(small, COARSE / FINE), COARSE)];
  const strength = new Map(quads.map((quad) => [quad, strengthOf(grey, quad)]));
  quads.sort((one, other) => Number(strength.get(other)) - Number(strength.get(one)));
  /** @type {Quad[]} */
  const kept = [];
  for (const quad of quads)
    if (!kept.some((known) => holds(boxAround(known), centreOf(quad)))) kept.push(quad);
  return kept.slice(0, SUSPECTS_MAX);
}

/**
 * Return how much a place looks like a near code: its contrast times its side.
 * @param {Grey} grey
 * @param {Quad} quad
 */
function strengthOf({ data, width, height }, quad) {
  const { left, top, right, bottom } = boxAround(quad);
  let [count, sum, squares] = [0, 0, 0];
  for (let y = Math.max(0, top); y < Math.min(bottom, height); y += 4)
    for (let x = Math.max(0, left); x < Math.min(right, width); x += 4) {
      const level = data[y * width + x];
      count += 1;
      sum += level;
      squares += level * level;
    }
  return Math.sqrt(squares / count - (sum / count) ** 2) * meanSide(quad);
}

/**
 * Return the code-like squares of a reduced picture, as quads of the whole one.
 * @param {Layer} small
 * @param {number} times
 * @returns {Quad[]}
 */
function squaresOf(small, times) {
  if (Math.min(small.width, small.height) < 2 * WINDOW) return [];
  return patchesOf(opened(codeLike(small), NARROW)).flatMap(({ rows }) => {
    const hull = hullOf(endsOf(rows));
    const around = smallestRectangle(hull);
    const filled = [...rows.values()].reduce((sum, [first, last]) => sum + last - first, 0);
    if (!around || areaOf(hull) === 0 || !isSquare(filled, around)) return [];
    const [a, b, c, d] = around.quad.map(
      ([x, y]) => /** @type {const} */ ([(x + 0.5) * times, (y + 0.5) * times]),
    );
    return [/** @type {Quad} */ ([a, b, c, d])];
  });
}

/**
 * @param {number} area
 * @param {{short: number, long: number}} rectangle in reduced pixels
 */
function isSquare(area, { short, long }) {
  return short >= SIDE_MIN && short >= ASPECT_MIN * long && area >= FILL_MIN * short * long;
}

/**
 * Mark where edges are dense and don't share one direction.
 *
 * The coherence of the structure tensor, `hypot(xx - yy, 2 xy) / (xx + yy)`, is 0 for edges in all
 * directions and 1 for stripes; compared without its root and its division, for time.
 * @param {Layer} small
 */
function codeLike(small) {
  const { edge, xx, yy, xy } = edgesOf(small);
  const marked = new Uint8Array(small.data.length);
  const many = windowed(edge).data;
  const enough = DENSITY_MIN * WINDOW * WINDOW;
  // Most pictures show a wall: no more is asked of them.
  if (many.some((count) => count > enough)) {
    const [across, down, both] = [xx, yy, xy].map((layer) => windowed(layer).data);
    for (let at = 0; at < marked.length; at += 1)
      if (many[at] > enough && isCrossed(across[at], down[at], both[at])) marked[at] = 1;
  }
  return { data: marked, width: small.width, height: small.height };
}

/**
 * @param {number} across
 * @param {number} down
 * @param {number} both
 */
function isCrossed(across, down, both) {
  const all = COHERENCE_MAX * (across + down);
  const apart = across - down;
  return apart * apart + 4 * both * both < all * all;
}

/** @param {Layer} layer */
function edgesOf({ data, width, height }) {
  const [edge, xx, yy, xy] = [0, 1, 2, 3].map(() => blank(width, height));
  for (let y = 1; y < height - 1; y += 1)
    for (let x = 1, at = y * width + 1; x < width - 1; x += 1, at += 1) {
      const [up, low] = [at - width, at + width];
      const rising = data[low + 1] - data[up - 1];
      const falling = data[up + 1] - data[low - 1];
      const across = (rising + falling + 2 * (data[at + 1] - data[at - 1])) / 4;
      const down = (rising - falling + 2 * (data[low] - data[up])) / 4;
      edge.data[at] = Math.abs(across) > EDGE_MIN || Math.abs(down) > EDGE_MIN ? 1 : 0;
      xx.data[at] = across * across;
      yy.data[at] = down * down;
      xy.data[at] = across * down;
    }
  return { edge, xx, yy, xy };
}

/** Sum up the window around each pixel. @param {Layer} layer */
function windowed(layer) {
  return summedAcross(summedAcross(layer));
}

/**
 * Sum up the window around each pixel of a row, and turn rows into columns.
 * @param {Layer} layer
 * @returns {Layer}
 */
function summedAcross({ data, width, height }) {
  const turned = blank(height, width);
  const reach = WINDOW >> 1;
  const line = new Float32Array(width + 2 * reach);
  for (let y = 0; y < height; y += 1) {
    line.set(data.subarray(y * width, (y + 1) * width), reach);
    let sum = 0;
    for (let x = 0; x < 2 * reach; x += 1) sum += line[x];
    for (let x = 0, to = y; x < width; x += 1, to += height) {
      sum += line[x + 2 * reach];
      turned.data[to] = sum;
      sum -= line[x];
    }
  }
  return turned;
}
