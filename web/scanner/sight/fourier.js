/**
 * The Fourier transform of a picture and the way back: real numbers in, half a spectrum out.
 *
 * Lengths are products of 2 and 3. Each pass runs along the slow axis of all columns at once, so that
 * the innermost loop is long and goes straight through memory.
 */

const RADICES = [4, 3, 2];
const SIN_60 = Math.sqrt(3) / 2;

/** Numbers with two parts, row by row. @typedef {{re: Float32Array, im: Float32Array}} Complex */

/**
 * Half a spectrum of a picture, the rest being its mirror: a row for each frequency across, in it
 * the frequencies down from 0 to a half.
 * @typedef {Complex & {width: number, height: number, half: number}} Spectrum
 */

/** @typedef {{length: number, radices: number[], cos: Float64Array, sin: Float64Array}} Plan */

/**
 * One step of a transform.
 * @callback Pass
 * @param {Plan} plan
 * @param {Complex} from
 * @param {Complex} to
 * @param {number} left What is left of the length.
 * @param {number} stride
 * @returns {void}
 */

/** @type {Map<number, Plan>} */
const plans = new Map();

/**
 * Return an even length, no smaller, whose transform is quick.
 * @param {number} length
 */
export function fastLength(length) {
  let fast = length + (length % 2);
  while (radicesOf(fast) === null) fast += 2;
  return fast;
}

/**
 * Transform a picture.
 * @param {Float32Array} values Row by row.
 * @param {number} width Even, and quick as `fastLength` says.
 * @param {number} height The same.
 * @returns {Spectrum}
 */
export function spectrumOf(values, width, height) {
  const pair = width / 2; // two columns travel as one complex column
  const packed = complex(pair * height);
  for (let row = 0; row < height; row += 1) {
    const start = row * width;
    packed.re.set(values.subarray(start, start + pair), row * pair);
    packed.im.set(values.subarray(start + pair, start + width), row * pair);
  }
  const half = height / 2 + 1;
  const across = parted(transformed(packed, height, pair), pair, height);
  return { ...transformed(across, width, half), width, height, half };
}

/**
 * Return the picture of a spectrum, which is lost.
 * @param {Spectrum} spectrum
 * @returns {Float32Array} Row by row.
 */
export function pictureOf({ re, im, width, height, half }) {
  const [pair, scale] = [width / 2, 1 / (width * height)];
  const across = transformed({ re: im, im: re }, width, half); // its parts exchanged: the way back
  const packed = transformed(joined(across, pair, height), height, pair);
  const values = new Float32Array(width * height);
  for (let row = 0, from = 0; row < height; row += 1)
    for (let column = 0, to = row * width; column < pair; column += 1, from += 1, to += 1) {
      values[to] = packed.im[from] * scale;
      values[to + pair] = packed.re[from] * scale;
    }
  return values;
}

/** @param {number} length @returns {Complex} */
function complex(length) {
  return { re: new Float32Array(length), im: new Float32Array(length) };
}

/** @param {number} length @returns {number[] | null} */
function radicesOf(length) {
  const radices = [];
  let left = length;
  for (const radix of RADICES) for (; left % radix === 0; left /= radix) radices.push(radix);
  return left === 1 ? radices : null;
}

/** @param {number} length @returns {Plan} */
function planOf(length) {
  const known = plans.get(length);
  if (known) return known;
  const radices = radicesOf(length);
  if (!radices) throw new RangeError(`no transform of length ${length}`);
  const turn = (2 * Math.PI) / length;
  const cos = Float64Array.from({ length }, (_, place) => Math.cos(turn * place));
  const sin = Float64Array.from({ length }, (_, place) => -Math.sin(turn * place));
  const plan = { length, radices, cos, sin };
  plans.set(length, plan);
  return plan;
}

/**
 * Transform each column; the way back is the same with the two parts exchanged.
 * @param {Complex} values Overwritten.
 * @param {number} length Of a column.
 * @param {number} columns
 * @returns {Complex}
 */
function transformed(values, length, columns) {
  const plan = planOf(length);
  let [from, to] = [values, complex(length * columns)];
  let [left, stride] = [length, columns];
  for (const radix of plan.radices) {
    PASSES[radix](plan, from, to, left, stride);
    [from, to] = [to, from];
    left /= radix;
    stride *= radix;
  }
  return from;
}

/**
 * Part the spectra of two real columns that were transformed as one, and turn rows into columns.
 * @param {Complex} packed
 * @param {number} pair
 * @param {number} height
 * @returns {Complex}
 */
function parted({ re, im }, pair, height) {
  const half = height / 2 + 1;
  const out = complex(2 * pair * half);
  for (let k = 0; k < half; k += 1) {
    let here = k * pair;
    let mirror = ((height - k) % height) * pair;
    let left = k;
    let right = k + pair * half;
    for (const end = here + pair; here < end; here += 1, mirror += 1) {
      out.re[left] = (re[here] + re[mirror]) / 2;
      out.im[left] = (im[here] - im[mirror]) / 2;
      out.re[right] = (im[here] + im[mirror]) / 2;
      out.im[right] = (re[mirror] - re[here]) / 2;
      left += half;
      right += half;
    }
  }
  return out;
}

/**
 * Undo `parted`, for values whose two parts are exchanged: the result's are, too.
 * @param {Complex} across
 * @param {number} pair
 * @param {number} height
 * @returns {Complex}
 */
function joined({ re: im, im: re }, pair, height) {
  const half = height / 2 + 1;
  const out = complex(pair * height);
  for (let k = 0; k < half; k += 1) {
    let here = k * pair;
    let mirror = ((height - k) % height) * pair;
    let left = k;
    let right = k + pair * half;
    for (const end = here + pair; here < end; here += 1, mirror += 1) {
      // The mirror first: at frequencies 0 and a half, it is the place itself.
      out.im[mirror] = re[left] + im[right];
      out.re[mirror] = re[right] - im[left];
      out.im[here] = re[left] - im[right];
      out.re[here] = im[left] + re[right];
      left += half;
      right += half;
    }
  }
  return out;
}

/** @type {Pass} */
function passOf2({ length, cos, sin }, { re, im }, to, left, stride) {
  const far = (left / 2) * stride;
  for (let p = 0; p < left / 2; p += 1) {
    const c = cos[(p * length) / left];
    const s = sin[(p * length) / left];
    let a = p * stride;
    let out = 2 * p * stride;
    for (const end = a + stride; a < end; a += 1, out += 1) {
      const dr = re[a] - re[a + far];
      const di = im[a] - im[a + far];
      to.re[out] = re[a] + re[a + far];
      to.im[out] = im[a] + im[a + far];
      to.re[out + stride] = dr * c - di * s;
      to.im[out + stride] = dr * s + di * c;
    }
  }
}

/** @type {Pass} */
function passOf3({ length, cos, sin }, { re, im }, to, left, stride) {
  const far = (left / 3) * stride;
  for (let p = 0; p < left / 3; p += 1) {
    const turn = (p * length) / left;
    const c1 = cos[turn];
    const s1 = sin[turn];
    const c2 = cos[2 * turn];
    const s2 = sin[2 * turn];
    let a = p * stride;
    let out = 3 * p * stride;
    for (const end = a + stride; a < end; a += 1, out += 1) {
      const sumR = re[a + far] + re[a + 2 * far];
      const sumI = im[a + far] + im[a + 2 * far];
      const midR = re[a] - sumR / 2;
      const midI = im[a] - sumI / 2;
      const offR = SIN_60 * (im[a + far] - im[a + 2 * far]);
      const offI = SIN_60 * (re[a + 2 * far] - re[a + far]);
      to.re[out] = re[a] + sumR;
      to.im[out] = im[a] + sumI;
      to.re[out + stride] = (midR + offR) * c1 - (midI + offI) * s1;
      to.im[out + stride] = (midR + offR) * s1 + (midI + offI) * c1;
      to.re[out + 2 * stride] = (midR - offR) * c2 - (midI - offI) * s2;
      to.im[out + 2 * stride] = (midR - offR) * s2 + (midI - offI) * c2;
    }
  }
}

/** @type {Pass} */
function passOf4({ length, cos, sin }, { re, im }, to, left, stride) {
  const far = (left / 4) * stride;
  for (let p = 0; p < left / 4; p += 1) {
    const turn = (p * length) / left;
    const c1 = cos[turn];
    const s1 = sin[turn];
    const c2 = cos[2 * turn];
    const s2 = sin[2 * turn];
    const c3 = cos[3 * turn];
    const s3 = sin[3 * turn];
    let a = p * stride;
    let out = 4 * p * stride;
    for (const end = a + stride; a < end; a += 1, out += 1) {
      const evenR = re[a] + re[a + 2 * far];
      const evenI = im[a] + im[a + 2 * far];
      const fallR = re[a] - re[a + 2 * far];
      const fallI = im[a] - im[a + 2 * far];
      const oddR = re[a + far] + re[a + 3 * far];
      const oddI = im[a + far] + im[a + 3 * far];
      const crossR = im[a + far] - im[a + 3 * far]; // times -i
      const crossI = re[a + 3 * far] - re[a + far];
      to.re[out] = evenR + oddR;
      to.im[out] = evenI + oddI;
      to.re[out + stride] = (fallR + crossR) * c1 - (fallI + crossI) * s1;
      to.im[out + stride] = (fallR + crossR) * s1 + (fallI + crossI) * c1;
      to.re[out + 2 * stride] = (evenR - oddR) * c2 - (evenI - oddI) * s2;
      to.im[out + 2 * stride] = (evenR - oddR) * s2 + (evenI - oddI) * c2;
      to.re[out + 3 * stride] = (fallR - crossR) * c3 - (fallI - crossI) * s3;
      to.im[out + 3 * stride] = (fallR - crossR) * s3 + (fallI - crossI) * c3;
    }
  }
}

/** @type {Record<number, Pass>} */
const PASSES = { 2: passOf2, 3: passOf3, 4: passOf4 };
