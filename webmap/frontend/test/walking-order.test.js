import assert from "node:assert/strict";
import { test } from "node:test";
import { walkingOrder } from "../src/print/walking-order.js";

/** @typedef {[number, number]} Point */

test("along a street one walks from its end, whatever the order of its trees", () => {
  const street = /** @type {Point[]} */ ([[30, 0], [0, 0], [20, 0], [10, 0], [40, 0]]);

  assert.deepEqual(walkingOrder(street), [1, 3, 2, 0, 4]);
  assert.deepEqual(walkingOrder(street, [50, 0]), [4, 0, 2, 3, 1]);
});

test("both sides of a block are walked round, not crossed over and over", () => {
  const sides = /** @type {Point[]} */ (Array.from({ length: 20 }, (_, nth) => [10 * (nth % 10), nth < 10 ? 0 : 25]));

  const way = walkingOrder(sides);

  const long = way.slice(1).reduce((sum, one, nth) => sum + Math.hypot((sides[one]?.[0] ?? 0) - (sides[way[nth] ?? 0]?.[0] ?? 0), (sides[one]?.[1] ?? 0) - (sides[way[nth] ?? 0]?.[1] ?? 0)), 0);
  assert.deepEqual([...way].sort((one, other) => one - other), [...sides.keys()]);
  assert.equal(long, 90 + 25 + 90);
});

test("no tree, one tree, and two at one spot have a way", () => {
  assert.deepEqual([walkingOrder([]), walkingOrder([[5, 5]]), walkingOrder([[5, 5], [5, 5]]).length], [[], [0], 2]);
});

test("a route never crosses itself, and every tree is on it once", () => {
  let seed = 11;
  const chance = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  const turn = (/** @type {Point} */ a, /** @type {Point} */ b, /** @type {Point} */ c) => Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
  for (let round = 0; round < 20; round += 1) {
    const trees = /** @type {Point[]} */ (Array.from({ length: 30 }, () => [chance(), chance()]));

    const route = walkingOrder(trees).map((index) => /** @type {Point} */ (trees[index]));

    assert.equal(new Set(route).size, trees.length);
    for (let i = 1; i < route.length; i += 1) {
      for (let j = i + 2; j < route.length; j += 1) {
        const [a, b, c, d] = /** @type {[Point, Point, Point, Point]} */ ([route[i - 1], route[i], route[j - 1], route[j]]);
        assert.ok(turn(a, b, c) === turn(a, b, d) || turn(c, d, a) === turn(c, d, b), `round ${round}: leg ${i} crosses leg ${j}`);
      }
    }
  }
});

test("the route begins with the tree nearest to the crew", () => {
  const trees = /** @type {Point[]} */ ([[0, 0], [10, 10], [20, 0]]);

  assert.deepEqual([[1, 0], [10, 9], [21, 0]].map((crew) => walkingOrder(trees, /** @type {Point} */ (crew))[0]), [0, 1, 2]);
});

test("the list of trees itself stays in its order", () => {
  const trees = /** @type {Point[]} */ ([[30, 0], [0, 0], [20, 0]]);

  walkingOrder(trees);

  assert.deepEqual(trees, [[30, 0], [0, 0], [20, 0]]);
});
