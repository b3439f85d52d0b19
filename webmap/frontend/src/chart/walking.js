// The order in which a crew walks to a day's trees: from one to the nearest next, then untangled.

/** @typedef {[number, number]} Point */

/**
 * Order points so that the way along them is short: nearest next from the first, then every crossing taken out (2-opt).
 * @param {Point[]} points
 * @param {Point | null} from where the way begins; else at the point farthest north-west
 * @returns {number[]} the points' places, each once
 */
export function walked(points, from = null) {
  if (!points.length) return [];
  const start = from ?? points.reduce((least, one) => (one[0] + one[1] < least[0] + least[1] ? one : least));
  return untangled(nearestNext(points, start), points);
}

/** @param {Point[]} points @param {Point} start */
function nearestNext(points, start) {
  const left = new Set(points.keys());
  /** @type {number[]} */
  const order = [];
  let here = start;
  while (left.size) {
    const next = [...left].reduce((best, one) => (apart(point(points, one), here) < apart(point(points, best), here) ? one : best));
    left.delete(next);
    order.push(next);
    here = point(points, next);
  }
  return order;
}

/** Turn pieces of the way round for as long as that makes it shorter. @param {number[]} order @param {Point[]} points */
function untangled(order, points) {
  const way = [...order];
  const at = (/** @type {number} */ nth) => point(points, /** @type {number} */ (way[nth]));
  for (let better = true; better; ) {
    better = false;
    for (let one = 0; one < way.length - 2; one += 1) {
      for (let other = one + 2; other < way.length; other += 1) {
        const last = other + 1 === way.length;
        const now = apart(at(one), at(one + 1)) + (last ? 0 : apart(at(other), at(other + 1)));
        const then = apart(at(one), at(other)) + (last ? 0 : apart(at(one + 1), at(other + 1)));
        if (then >= now - 1e-12) continue;
        way.splice(one + 1, other - one, ...way.slice(one + 1, other + 1).reverse());
        better = true;
      }
    }
  }
  return way;
}

/** @param {Point[]} points @param {number} nth @returns {Point} */
function point(points, nth) {
  return /** @type {Point} */ (points[nth]);
}

/** @param {Point} one @param {Point} other */
function apart(one, other) {
  return Math.hypot(one[0] - other[0], one[1] - other[1]);
}
