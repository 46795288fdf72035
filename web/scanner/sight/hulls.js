/** The outline of a patch of pixels: its hull, and the quads that hold it. */

/** @typedef {import('./shapes.js').Point} Point */
/** @typedef {import('./shapes.js').Quad} Quad */

/**
 * Return the convex hull of points, clockwise as seen on a screen.
 * @param {readonly Point[]} points
 * @returns {Point[]}
 */
export function hullOf(points) {
  const sorted = [...points].sort(([ax, ay], [bx, by]) => ax - bx || ay - by);
  const above = chain(sorted);
  const below = chain(sorted.reverse());
  return [...above.slice(0, -1), ...below.slice(0, -1)];
}

/** @param {readonly Point[]} sorted @returns {Point[]} */
function chain(sorted) {
  /** @type {Point[]} */
  const kept = [];
  for (const point of sorted) {
    while (kept.length > 1 && turn(kept[kept.length - 2], kept[kept.length - 1], point) <= 0)
      kept.pop();
    kept.push(point);
  }
  return kept;
}

/**
 * Return twice the area of a triangle, positive for a turn to the right on a screen.
 * @param {Point} a
 * @param {Point} b
 * @param {Point} c
 */
function turn([ax, ay], [bx, by], [cx, cy]) {
  return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
}

/** @param {readonly Point[]} hull */
export function areaOf(hull) {
  const triangles = hull.map((point, at) => turn(hull[0], point, hull[(at + 1) % hull.length]));
  return triangles.reduce((sum, area) => sum + area, 0) / 2;
}

/**
 * Return the smallest rectangle around a hull, in any direction.
 * @param {readonly Point[]} hull
 * @returns {{quad: Quad, short: number, long: number} | null}
 */
export function smallestRectangle(hull) {
  const along = hull.map((point, at) => rectangleAlong(hull, point, hull[(at + 1) % hull.length]));
  const area = (/** @type {{short: number, long: number}} */ { short, long }) => short * long;
  return (
    along.reduce((best, one) => (best && area(best) <= area(one) ? best : one), along[0]) ?? null
  );
}

/**
 * @param {readonly Point[]} hull
 * @param {Point} from
 * @param {Point} to
 * @returns {{quad: Quad, short: number, long: number}}
 */
function rectangleAlong(hull, [x, y], [nextX, nextY]) {
  const length = Math.hypot(nextX - x, nextY - y) || 1;
  const [right, down] = [(nextX - x) / length, (nextY - y) / length];
  const across = hull.map(([px, py]) => px * right + py * down);
  const aside = hull.map(([px, py]) => py * right - px * down);
  const [low, high] = [Math.min(...across), Math.max(...across)];
  const [near, far] = [Math.min(...aside), Math.max(...aside)];
  /** @param {number} u @param {number} v @returns {Point} */
  const corner = (u, v) => [u * right - v * down, u * down + v * right];
  return {
    quad: [corner(low, near), corner(high, near), corner(high, far), corner(low, far)],
    short: Math.min(high - low, far - near),
    long: Math.max(high - low, far - near),
  };
}

/**
 * Return the quad that holds a hull and adds the least area, or null: it has no four sides.
 *
 * Side after side is left out, the one whose neighbours meet soonest beyond it.
 * @param {readonly Point[]} hull
 * @returns {Quad | null}
 */
export function quadAround(hull) {
  let left = [...hull];
  while (left.length > 4) {
    const added = left.map((_, at) => meeting(left, at)).map((one) => one?.area ?? Infinity);
    const least = added.indexOf(Math.min(...added));
    const met = meeting(left, least);
    if (!met) return null;
    left = left.flatMap((point, at) => {
      if (at === least) return [met.point];
      return at === (least + 1) % left.length ? [] : [point];
    });
  }
  const [a, b, c, d] = left;
  return left.length === 4 ? [a, b, c, d] : null;
}

/**
 * Return where the neighbours of one side meet beyond it, and the area that this adds.
 * @param {readonly Point[]} hull
 * @param {number} at
 * @returns {{point: Point, area: number} | null}
 */
function meeting(hull, at) {
  const count = hull.length;
  const [a, b] = [hull[(at + count - 1) % count], hull[at]];
  const [c, d] = [hull[(at + 1) % count], hull[(at + 2) % count]];
  const slope = (b[0] - a[0]) * (c[1] - d[1]) - (b[1] - a[1]) * (c[0] - d[0]);
  const share = ((c[0] - b[0]) * (c[1] - d[1]) - (c[1] - b[1]) * (c[0] - d[0])) / slope;
  if (!(share >= 0 && Number.isFinite(share))) return null;
  /** @type {Point} */
  const point = [b[0] + share * (b[0] - a[0]), b[1] + share * (b[1] - a[1])];
  return { point, area: Math.abs(turn(b, c, point)) / 2 };
}
