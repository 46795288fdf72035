/** What is done to whole pictures of grey levels: reduced, smoothed, seen through a map. */

import { blank } from './shapes.js';

/** @typedef {import('./shapes.js').Layer} Layer */
/** @typedef {import('./shapes.js').Grey} Grey */
/** @typedef {import('./shapes.js').Box} Box */
/** @typedef {import('./matrices.js').Matrix} Matrix */

/**
 * Return a picture a whole number of times smaller, each pixel the mean of those it stands for.
 * @param {Grey | Layer} grey
 * @param {number} times
 * @returns {Layer}
 */
export function reduced({ data, width, height }, times) {
  const small = blank(Math.floor(width / times), Math.floor(height / times));
  const share = 1 / (times * times);
  for (let y = 0, to = 0; y < small.height; y += 1)
    for (let x = 0; x < small.width; x += 1, to += 1) {
      let sum = 0;
      let from = y * times * width + x * times;
      for (let row = 0; row < times; row += 1, from += width - times)
        for (const end = from + times; from < end; from += 1) sum += data[from];
      small.data[to] = sum * share;
    }
  return small;
}

/**
 * Cut a box out of a picture, its border repeated beyond it.
 * @param {Grey} grey
 * @param {Box} box
 * @returns {Layer}
 */
export function cutOut({ data, width, height }, { left, top, right, bottom }) {
  const part = blank(right - left, bottom - top);
  for (let y = 0, to = 0; y < part.height; y += 1) {
    const row = width * clipped(top + y, height);
    for (let x = 0; x < part.width; x += 1, to += 1)
      part.data[to] = data[row + clipped(left + x, width)];
  }
  return part;
}

/**
 * Return a picture in another size, not larger: each pixel is the mean of what it covers.
 * @param {Layer} layer
 * @param {number} width
 * @param {number} height
 * @returns {Layer}
 */
export function resized(layer, width, height) {
  return turnedRows(turnedRows(layer, width), height);
}

/**
 * Return each row in another length, as a column.
 * @param {Layer} layer
 * @param {number} length
 * @returns {Layer}
 */
function turnedRows({ data, width, height }, length) {
  const turned = blank(height, length);
  const step = width / length;
  for (let x = 0; x < length; x += 1) {
    const [start, end] = [x * step, Math.min((x + 1) * step, width)];
    for (let column = Math.floor(start); column < end; column += 1) {
      const share = (Math.min(end, column + 1) - Math.max(start, column)) / step;
      for (let y = 0; y < height; y += 1)
        turned.data[x * height + y] += share * data[y * width + column];
    }
  }
  return turned;
}

/**
 * Smooth a picture by a gaussian.
 * @param {Layer} layer
 * @param {number} sigma
 * @returns {Layer}
 */
export function smoothed(layer, sigma) {
  const reach = Math.ceil(3 * sigma);
  const weights = Array.from({ length: reach + 1 }, (_, away) =>
    Math.exp(-((away / sigma) ** 2) / 2),
  );
  const whole = weights.reduce((sum, weight) => sum + 2 * weight, -weights[0]);
  const shares = weights.map((weight) => weight / whole);
  return smoothedAcross(smoothedAcross(layer, shares), shares);
}

/**
 * Smooth along the rows and turn them into columns.
 * @param {Layer} layer
 * @param {readonly number[]} shares
 * @returns {Layer}
 */
function smoothedAcross({ data, width, height }, shares) {
  const turned = blank(height, width);
  const reach = shares.length - 1;
  const line = new Float32Array(width + 2 * reach);
  for (let y = 0; y < height; y += 1) {
    line.set(data.subarray(y * width, (y + 1) * width), reach);
    line.fill(data[y * width], 0, reach);
    line.fill(data[(y + 1) * width - 1], width + reach);
    for (let x = 0; x < width; x += 1) {
      let sum = shares[0] * line[x + reach];
      for (let away = 1; away <= reach; away += 1)
        sum += shares[away] * (line[x + reach - away] + line[x + reach + away]);
      turned.data[x * height + y] = sum;
    }
  }
  return turned;
}

/**
 * Return what each pixel of a new picture sees through a map to another, whose border is repeated.
 * @param {Layer} layer
 * @param {Matrix} matrix From the new picture to the one given.
 * @param {number} width
 * @param {number} height
 * @returns {Layer}
 */
export function seenThrough(layer, matrix, width, height) {
  const [a, b, c, d, e, f, g, h, i] = matrix;
  const seen = blank(width, height);
  for (let y = 0, to = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1, to += 1) {
      const depth = g * x + h * y + i;
      seen.data[to] = between4(layer, (a * x + b * y + c) / depth, (d * x + e * y + f) / depth);
    }
  return seen;
}

/**
 * The same, each pixel from sixteen: unlike the mean of four, it blurs next to nothing. Written out
 * again: one loop that is handed the function takes half as long again, for every picture.
 * @param {Layer} layer
 * @param {Matrix} matrix
 * @param {number} width
 * @param {number} height
 * @returns {Layer}
 */
export function seenSharply(layer, matrix, width, height) {
  const [a, b, c, d, e, f, g, h, i] = matrix;
  const seen = blank(width, height);
  for (let y = 0, to = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1, to += 1) {
      const depth = g * x + h * y + i;
      seen.data[to] = among16(layer, (a * x + b * y + c) / depth, (d * x + e * y + f) / depth);
    }
  return seen;
}

/**
 * @param {Layer} layer
 * @param {number} x
 * @param {number} y
 */
function between4({ data, width, height }, x, y) {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const right = x - left;
  const x0 = clipped(left, width);
  const x1 = clipped(left + 1, width);
  const y0 = width * clipped(top, height);
  const y1 = width * clipped(top + 1, height);
  const above = data[y0 + x0] + right * (data[y0 + x1] - data[y0 + x0]);
  const below = data[y1 + x0] + right * (data[y1 + x1] - data[y1 + x0]);
  return above + (y - top) * (below - above);
}

/**
 * @param {Layer} layer
 * @param {number} x
 * @param {number} y
 */
function among16(layer, x, y) {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const right = x - left;
  const down = y - top;
  const outer = cubicFar(1 + right);
  const inner = cubicNear(right);
  const next = cubicNear(1 - right);
  const last = 1 - outer - inner - next;
  const { data, width, height } = layer;
  const x0 = clipped(left - 1, width);
  const x1 = clipped(left, width);
  const x2 = clipped(left + 1, width);
  const x3 = clipped(left + 2, width);
  let sum = 0;
  for (let row = -1; row <= 2; row += 1) {
    const at = width * clipped(top + row, height);
    const away = Math.abs(down - row);
    const share = away <= 1 ? cubicNear(away) : cubicFar(away);
    sum +=
      share *
      (outer * data[at + x0] + inner * data[at + x1] + next * data[at + x2] + last * data[at + x3]);
  }
  return sum;
}

/** @param {number} away up to 1 */
function cubicNear(away) {
  return (1.25 * away - 2.25) * away * away + 1;
}

/** @param {number} away from 1 to 2 */
function cubicFar(away) {
  return ((-0.75 * away + 3.75) * away - 6) * away + 3;
}

/**
 * @param {number} place
 * @param {number} count
 */
function clipped(place, count) {
  return place < 0 ? 0 : place >= count ? count - 1 : place;
}
