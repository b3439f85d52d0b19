import assert from "node:assert/strict";
import { test } from "node:test";
import { bordered, codeOf, colour, day, distance, figure, stands, rankOf, told, words } from "../src/figures.js";

const share = { title: "", says: "", unit: "", over: ["a", "b"], under: "all", breaks: [10, 20], colours: ["low", "middle", "high"], unknown: "grey" };
const plain = { ...share, over: ["pct"], under: null };

test("zero is a figure and unknown is none", () => {
  assert.equal(figure(plain, { pct: 0 }), 0);
  assert.equal(figure(plain, { pct: null }), null);
  assert.equal(figure(share, { a: 1, b: null, all: 10 }), null);
  assert.equal(figure(share, { a: 1, b: 1, all: 0 }), null);
  assert.equal(figure(share, { a: 1, b: 1, all: 10 }), 20);
});

test("a break belongs to the step above it, and unknown to no step", () => {
  assert.deepEqual([0, 9.9, 10, 20, 99].map((value) => colour(share, value)), ["low", "low", "middle", "high", "high"]);
  assert.equal(colour(share, null), null);
});

test("unknown is said, zero is a number", () => {
  assert.deepEqual([told(null), told(undefined), told(""), told(0), told(1234.56, "ft")], ["unknown", "unknown", "unknown", "0", "1,234.6 ft"]);
  assert.equal(words("very_good"), "very good");
});

test("an open inspection is overdue the day after it was due, not on the day", () => {
  const due = { status: "open", due_on: "2026-11-23" };

  assert.equal(codeOf("status", due, "2026-11-23"), "open");
  assert.equal(codeOf("status", due, "2026-11-24"), "overdue");
  assert.equal(codeOf("status", { ...due, status: "closed" }, "2026-11-24"), "closed");
  assert.equal(codeOf("status", { status: "open", due_on: null }, "2026-11-24"), "open");
  assert.equal(codeOf("need", { need: null }, "2026-11-24"), "unknown");
});

test("removals come first, and a missing risk never sorts as low", () => {
  const trees = [["prune", "extreme"], ["remove", "low"], ["remove", null], ["remove", "high"]].map(([need, risk]) => ({ need, risk }));
  const rank = (/** @type {any} */ tree) => rankOf(["remove", "prune"], tree.need, tree);

  const ordered = trees.sort((one, other) => rank(one) - rank(other));

  assert.deepEqual(ordered.map((tree) => tree.risk), ["high", null, "low", "extreme"]);
});

test("what is overdue longest comes first, and what is never due last", () => {
  const cases = ["2026-11-06", null, "2025-08-02", "2026-01-31"].map((due_on) => ({ due_on }));
  const rank = (/** @type {any} */ one) => rankOf(["overdue"], "overdue", one);

  assert.deepEqual(cases.sort((one, other) => rank(one) - rank(other)).map((one) => one.due_on), ["2025-08-02", "2026-01-31", "2026-11-06", null]);
});

test("days and distances are told as people read them", () => {
  assert.deepEqual(["2026-01-07", "2026-11-29T20:20:32-06:00", null].map(day), ["7 Jan 2026", "29 Nov 2026", "unknown"]);
  assert.deepEqual([0.1, 5, 34, 400, 2_000].map(distance), ["1 ft", "16 ft", "110 ft", "0.2 mi", "1.2 mi"]);
});

test("Vinita Terrace stood until it merged", () => {
  const terrace = { valid_from: null, valid_to: "2017-05-31" };

  assert.equal(stands(terrace, "2017-05-31"), true);
  assert.equal(stands(terrace, "2017-06-01"), false);
  assert.equal(stands({}, "2026-01-01"), true);
});

test("the shares of a lot that a border crosses are told as percentages, and what is left lies outside", () => {
  assert.equal(bordered("Charlack 0.94"), "94 % Charlack, 6 % outside every town");
  assert.equal(bordered("Normandy 0.62; Bel-Nor 0.38"), "62 % Normandy, 38 % Bel-Nor");
  assert.equal(bordered("Normandy 0.33; Bel-Nor 0.33; Charlack 0.33"), "33 % Normandy, 33 % Bel-Nor, 33 % Charlack");
  assert.equal(bordered("Charlack 0.99"), "99 % Charlack, 1 % outside every town");
  assert.equal(bordered("another form"), "another form");
});
