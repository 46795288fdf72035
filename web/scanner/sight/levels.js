/** How a picture's grey levels are spread: shares, and the level that parts dark from light. */

/** @typedef {import('./shapes.js').Layer} Layer */

/**
 * Count the levels of a picture's pixels, or of its middle, less a share of each side.
 * @param {Layer} layer
 * @param {number} [less]
 */
export function levelsOf({ data, width, height }, less = 0) {
  const counts = new Uint32Array(256);
  const [across, down] = [Math.floor(width * less), Math.floor(height * less)];
  for (let y = down; y < height - down; y += 1)
    for (let x = across; x < width - across; x += 1)
      counts[Math.min(Math.max(Math.round(data[y * width + x]), 0), 255)] += 1;
  return counts;
}

/**
 * Return the level below which this share of the pixels lies.
 * @param {Uint32Array} counts
 * @param {number} share
 */
export function levelAt(counts, share) {
  let left = share * counts.reduce((sum, count) => sum + count, 0);
  let level = 0;
  while (level < 255 && left > counts[level]) {
    left -= counts[level];
    level += 1;
  }
  return level;
}

/**
 * Return the level that parts dark from light, where the two sides differ most (Otsu); between two
 * levels with none in between, the middle.
 * @param {Uint32Array} counts
 */
export function partingLevel(counts) {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const weight = counts.reduce((sum, count, level) => sum + count * level, 0);
  let [first, last, widest, below, darkness] = [0, 0, -1, 0, 0];
  counts.forEach((count, level) => {
    below += count;
    darkness += count * level;
    const apart = (weight * below - darkness * all) ** 2 / (below * (all - below));
    if (apart > widest) [first, last, widest] = [level, level, apart];
    else if (apart === widest) last = level;
  });
  return (first + last + 1) / 2;
}
