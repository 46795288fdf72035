/** Maps of one plane to another, nine numbers row by row, and the little algebra they need. */

/** @typedef {import('./shapes.js').Point} Point */
/** @typedef {import('./shapes.js').Quad} Quad */
/** @typedef {readonly number[]} Matrix */

/** @type {Matrix} */
export const SAME = Object.freeze([1, 0, 0, 0, 1, 0, 0, 0, 1]);

/**
 * @param {Matrix} matrix
 * @param {Point} point
 * @returns {Point}
 */
export function pointAfter(matrix, [x, y]) {
  const [a, b, c, d, e, f, g, h, i] = matrix;
  const depth = g * x + h * y + i;
  return [(a * x + b * y + c) / depth, (d * x + e * y + f) / depth];
}

/**
 * @param {Quad} quad
 * @param {Matrix} matrix
 * @returns {Quad}
 */
export function quadAfter(quad, matrix) {
  const [a, b, c, d] = quad.map((point) => pointAfter(matrix, point));
  return [a, b, c, d];
}

/**
 * Return the map that does the second, then the first.
 * @param {Matrix} first
 * @param {Matrix} second
 * @returns {Matrix}
 */
export function product(first, second) {
  return SAME.map((_, at) => {
    const [row, column] = [3 * Math.floor(at / 3), at % 3];
    return (
      first[row] * second[column] +
      first[row + 1] * second[column + 3] +
      first[row + 2] * second[column + 6]
    );
  });
}

/**
 * Return the map back; null: there is none.
 * @param {Matrix} matrix
 * @returns {Matrix | null}
 */
export function inverse([a, b, c, d, e, f, g, h, i]) {
  const cofactors = [
    ...[e * i - f * h, c * h - b * i, b * f - c * e],
    ...[f * g - d * i, a * i - c * g, c * d - a * f],
    ...[d * h - e * g, b * g - a * h, a * e - b * d],
  ];
  const size = a * cofactors[0] + b * cofactors[3] + c * cofactors[6];
  return Math.abs(size) > 1e-12 ? cofactors.map((one) => one / size) : null;
}

/**
 * Return the map that takes the corners of one quad to those of another; null: one has no area.
 * @param {Quad} from
 * @param {Quad} to
 * @returns {Matrix | null}
 */
export function between(from, to) {
  const rows = from.flatMap(([x, y], at) => {
    const [u, v] = to[at];
    return [
      [x, y, 1, 0, 0, 0, -u * x, -u * y, u],
      [0, 0, 0, x, y, 1, -v * x, -v * y, v],
    ];
  });
  const solved = solve(rows);
  return solved && [...solved, 1];
}

/**
 * Solve linear equations, each a row that ends with what it equals; null: they have no one answer.
 * @param {number[][]} rows Overwritten.
 * @returns {number[] | null}
 */
export function solve(rows) {
  const count = rows.length;
  for (let at = 0; at < count; at += 1) {
    const best = largestBelow(rows, at);
    [rows[at], rows[best]] = [rows[best], rows[at]];
    if (!(Math.abs(rows[at][at]) > 1e-12)) return null;
    for (let other = 0; other < count; other += 1)
      if (other !== at) subtract(rows[other], rows[at], rows[other][at] / rows[at][at], at);
  }
  return rows.map((row, at) => row[count] / row[at]);
}

/**
 * @param {number[][]} rows
 * @param {number} at
 */
function largestBelow(rows, at) {
  let best = at;
  for (let row = at + 1; row < rows.length; row += 1)
    if (Math.abs(rows[row][at]) > Math.abs(rows[best][at])) best = row;
  return best;
}

/**
 * @param {number[]} row
 * @param {number[]} other
 * @param {number} times
 * @param {number} first
 */
function subtract(row, other, times, first) {
  for (let column = first; column < row.length; column += 1) row[column] -= times * other[column];
}
