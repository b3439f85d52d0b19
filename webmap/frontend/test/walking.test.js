import assert from "node:assert/strict";
import { test } from "node:test";
import { walked } from "../src/chart/walking.js";

/** @typedef {[number, number]} Point */

test("along a street one walks from its end, whatever the order of its trees", () => {
  const street = /** @type {Point[]} */ ([[30, 0], [0, 0], [20, 0], [10, 0], [40, 0]]);

  assert.deepEqual(walked(street), [1, 3, 2, 0, 4]);
  assert.deepEqual(walked(street, [50, 0]), [4, 0, 2, 3, 1]);
});

test("both sides of a block are walked round, not crossed over and over", () => {
  const sides = /** @type {Point[]} */ (Array.from({ length: 20 }, (_, nth) => [10 * (nth % 10), nth < 10 ? 0 : 25]));

  const way = walked(sides);

  const long = way.slice(1).reduce((sum, one, nth) => sum + Math.hypot((sides[one]?.[0] ?? 0) - (sides[way[nth] ?? 0]?.[0] ?? 0), (sides[one]?.[1] ?? 0) - (sides[way[nth] ?? 0]?.[1] ?? 0)), 0);
  assert.deepEqual([...way].sort((one, other) => one - other), [...sides.keys()]);
  assert.equal(long, 90 + 25 + 90);
});

test("no tree, one tree, and two at one spot have a way", () => {
  assert.deepEqual([walked([]), walked([[5, 5]]), walked([[5, 5], [5, 5]]).length], [[], [0], 2]);
});
