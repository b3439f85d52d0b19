// Orders a crew's trees for walking: nearest neighbor first, then 2-opt.

/** @typedef {[number, number]} Point */

/**
 * Orders points so that the route along them is short: nearest neighbor from the start, then 2-opt removes every crossing.
 * @param {Point[]} points
 * @param {Point | null} origin where the route begins; by default the point farthest northwest
 * @returns {number[]} the points' indexes, each once
 */
export function walkingOrder(points, origin = null) {
  if (!points.length) return [];
  const start = origin ?? points.reduce((northwestmost, candidate) => (candidate[0] + candidate[1] < northwestmost[0] + northwestmost[1] ? candidate : northwestmost));
  return improveWithTwoOpt(nearestNeighborOrder(points, start), points);
}

/** @param {Point[]} points @param {Point} start */
function nearestNeighborOrder(points, start) {
  const remaining = new Set(points.keys());
  /** @type {number[]} */
  const order = [];
  let current = start;
  while (remaining.size) {
    const next = [...remaining].reduce((nearest, candidate) => (distanceBetween(pointAt(points, candidate), current) < distanceBetween(pointAt(points, nearest), current) ? candidate : nearest));
    remaining.delete(next);
    order.push(next);
    current = pointAt(points, next);
  }
  return order;
}

/** Reverses parts of the route as long as that makes it shorter (2-opt). @param {number[]} order @param {Point[]} points */
function improveWithTwoOpt(order, points) {
  const route = [...order];
  const routePoint = (/** @type {number} */ index) => pointAt(points, /** @type {number} */ (route[index]));
  for (let hasImproved = true; hasImproved; ) {
    hasImproved = false;
    for (let i = 0; i < route.length - 2; i += 1) {
      for (let j = i + 2; j < route.length; j += 1) {
        const isLast = j + 1 === route.length;
        const currentLength = distanceBetween(routePoint(i), routePoint(i + 1)) + (isLast ? 0 : distanceBetween(routePoint(j), routePoint(j + 1)));
        const reversedLength = distanceBetween(routePoint(i), routePoint(j)) + (isLast ? 0 : distanceBetween(routePoint(i + 1), routePoint(j + 1)));
        if (reversedLength >= currentLength - 1e-12) continue;
        route.splice(i + 1, j - i, ...route.slice(i + 1, j + 1).reverse());
        hasImproved = true;
      }
    }
  }
  return route;
}

/** @param {Point[]} points @param {number} index @returns {Point} */
function pointAt(points, index) {
  return /** @type {Point} */ (points[index]);
}

/** @param {Point} a @param {Point} b */
function distanceBetween(a, b) {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}
