/** Patches of marked pixels: widened, narrowed, and told from each other. */

/** Marked pixels, 1 or 0, row by row. @typedef {{data: Uint8Array, width: number, height: number}} Mask */

/** One patch, and the first and last pixel of each of its rows. @typedef {{mark: number, rows: Map<number, [number, number]>}} Patch */

/**
 * Take away what is narrower than a square of this side.
 * @param {Mask} mask
 * @param {number} side Odd.
 */
export function opened(mask, side) {
  return widened(narrowed(mask, side), side);
}

/**
 * Fill what is narrower than a square of this side.
 * @param {Mask} mask
 * @param {number} side Odd.
 */
export function closed(mask, side) {
  return narrowed(widened(mask, side), side);
}

/** @param {Mask} mask @param {number} side @returns {Mask} */
function widened(mask, side) {
  return counted(counted(mask, side, 1), side, 1);
}

/** @param {Mask} mask @param {number} side @returns {Mask} */
function narrowed(mask, side) {
  return counted(counted(mask, side, side), side, side);
}

/**
 * Mark where enough pixels of a row are marked around a place, rows turned into columns. What lies
 * beyond the border counts as wanted: it neither widens nor narrows a patch.
 * @param {Mask} mask
 * @param {number} side
 * @param {number} least
 * @returns {Mask}
 */
function counted({ data, width, height }, side, least) {
  const turned = new Uint8Array(data.length);
  const reach = side >> 1;
  const line = new Uint8Array(width + 2 * reach).fill(least === 1 ? 0 : 1);
  for (let y = 0; y < height; y += 1) {
    line.set(data.subarray(y * width, (y + 1) * width), reach);
    let sum = 0;
    for (let x = 0; x < 2 * reach; x += 1) sum += line[x];
    for (let x = 0, to = y; x < width; x += 1, to += height) {
      sum += line[x + 2 * reach];
      if (sum >= least) turned[to] = 1;
      sum -= line[x];
    }
  }
  return { data: turned, width: height, height: width };
}

/**
 * Return the patches of a mask, which is left with each one's number.
 * @param {Mask} mask Overwritten: 0, or 2 and more.
 * @returns {Patch[]}
 */
export function patchesOf(mask) {
  /** @type {Patch[]} */
  const patches = [];
  for (let at = 0; at < mask.data.length && patches.length < 250; at += 1)
    if (mask.data[at] === 1) patches.push(flooded(mask, at, patches.length + 2));
  return patches;
}

/**
 * @param {Mask} mask
 * @param {number} start
 * @param {number} mark
 * @returns {Patch}
 */
function flooded({ data, width }, start, mark) {
  /** @type {Patch['rows']} */
  const rows = new Map();
  const waiting = [start];
  data[start] = mark;
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const x = at % width;
    extend(rows, (at - x) / width, x);
    for (const next of [at - width, at + width, x > 0 ? at - 1 : -1, x < width - 1 ? at + 1 : -1])
      if (data[next] === 1) {
        data[next] = mark;
        waiting.push(next);
      }
  }
  return { mark, rows };
}

/**
 * @param {Patch['rows']} rows
 * @param {number} y
 * @param {number} x
 */
function extend(rows, y, x) {
  const ends = rows.get(y);
  if (!ends) rows.set(y, [x, x]);
  else if (x < ends[0]) ends[0] = x;
  else if (x > ends[1]) ends[1] = x;
}

/**
 * Return the ends of each row: they have the hull of all.
 * @param {Patch['rows']} rows
 * @returns {import('./shapes.js').Point[]}
 */
export function endsOf(rows) {
  return [...rows].flatMap(([y, [first, last]]) => [
    /** @type {const} */ ([first, y]),
    /** @type {const} */ ([last, y]),
  ]);
}
