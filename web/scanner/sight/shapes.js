/** Pictures and places in them: the few shapes that every part of sight shares. */

/** Grey levels, row by row. @typedef {{data: Float32Array, width: number, height: number}} Layer */

/** A picture's grey, in bytes. @typedef {{data: Uint8Array, width: number, height: number}} Grey */

/** @typedef {readonly [number, number]} Point */

/** Corners in pixels, clockwise. @typedef {readonly [Point, Point, Point, Point]} Quad */

/** A part of a picture: `left <= x < right`, in pixels. @typedef {{left: number, top: number, right: number, bottom: number}} Box */

/** @typedef {{data: ArrayLike<number>, width: number, height: number}} Pixels  red, green, blue, alpha */

/**
 * @param {number} width
 * @param {number} height
 * @returns {Layer}
 */
export function blank(width, height) {
  return { data: new Float32Array(width * height), width, height };
}

/**
 * @param {Pixels} picture
 * @returns {Grey}
 */
export function greyOf({ data, width, height }) {
  const grey = new Uint8Array(width * height);
  for (let to = 0, from = 0; to < grey.length; to += 1, from += 4)
    grey[to] = (306 * data[from] + 601 * data[from + 1] + 117 * data[from + 2] + 512) >> 10;
  return { data: grey, width, height };
}

/**
 * Return grey levels as a picture of the kind that decoders take, rounded and clipped.
 * @param {Layer | Grey} layer
 * @returns {ImageData}
 */
export function pictureFrom({ data, width, height }) {
  const pixels = new Uint8ClampedArray(4 * data.length).fill(255);
  for (let from = 0, to = 0; from < data.length; from += 1, to += 4) {
    pixels[to] = data[from];
    pixels[to + 1] = pixels[to];
    pixels[to + 2] = pixels[to];
  }
  return /** @type {ImageData} */ ({ data: pixels, width, height, colorSpace: 'srgb' });
}

/** @param {Quad} quad @returns {Point} */
export function centreOf(quad) {
  return [sum(quad.map(([x]) => x)) / 4, sum(quad.map(([, y]) => y)) / 4];
}

/**
 * Return the lengths of the four sides, from the top one, clockwise.
 * @param {Quad} quad
 */
export function sidesOf(quad) {
  return quad.map(([x, y], at) => {
    const [nextX, nextY] = quad[(at + 1) % 4];
    return Math.hypot(nextX - x, nextY - y);
  });
}

/** @param {Quad} quad */
export function meanSide(quad) {
  return sum(sidesOf(quad)) / 4;
}

/**
 * Return the smallest upright box that holds the points.
 * @param {readonly Point[]} points
 * @returns {Box}
 */
export function boxAround(points) {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return {
    left: Math.floor(Math.min(...xs)),
    top: Math.floor(Math.min(...ys)),
    right: Math.ceil(Math.max(...xs)),
    bottom: Math.ceil(Math.max(...ys)),
  };
}

/** @param {Box} box @returns {Point} */
export function middleOf({ left, top, right, bottom }) {
  return [(left + right) / 2, (top + bottom) / 2];
}

/**
 * @param {Box} box
 * @param {Point} point
 */
export function holds({ left, top, right, bottom }, [x, y]) {
  return left <= x && x < right && top <= y && y < bottom;
}

/** @param {readonly number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
