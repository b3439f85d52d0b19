import assert from "node:assert/strict";
import { test } from "node:test";

import { isFarFromTowns } from "../src/cards/mapped-area.js";

/** @type {[number, number, number, number]} */
const TOWNS = [-90.36, 38.66, -90.24, 38.75];

test("a point in or beside the towns is near", () => {
  assert.equal(isFarFromTowns(TOWNS, [-90.3, 38.7]), false);
  assert.equal(isFarFromTowns(TOWNS, [-90.3, 38.83]), false); // 9 km north
});

test("a point 300 km away is far, and so is one 11 km away", () => {
  assert.equal(isFarFromTowns(TOWNS, [-93.3, 37.2]), true);
  assert.equal(isFarFromTowns(TOWNS, [-90.3, 38.85]), true);
});
