import assert from "node:assert/strict";
import { test } from "node:test";
import { formatScaleValue, formatTownShares, featureMarkCode, scaleColor, formatDay, formatDistance, scaleValue, isInForce, urgencyRank, formatValue, formatCode } from "../src/tiles/feature-format.js";

const share = { title: "", description: "", unit: "", numerator_fields: ["a", "b"], denominator_field: "all", breaks: [10, 20], colors: ["low", "middle", "high"], unknown_color: "grey" };
const plain = { ...share, numerator_fields: ["pct"], denominator_field: null };

test("zero is a figure and unknown is none", () => {
  assert.equal(scaleValue(plain, { pct: 0 }), 0);
  assert.equal(scaleValue(plain, { pct: null }), null);
  assert.equal(scaleValue(share, { a: 1, b: null, all: 10 }), null);
  assert.equal(scaleValue(share, { a: 1, b: 1, all: 0 }), null);
  assert.equal(scaleValue(share, { a: 1, b: 1, all: 10 }), 20);
});

test("a break belongs to the step above it, and unknown to no step", () => {
  assert.deepEqual([0, 9.9, 10, 20, 99].map((value) => scaleColor(share, value)), ["low", "low", "middle", "high", "high"]);
  assert.equal(scaleColor(share, null), null);
});

test("unknown is said, zero is a number", () => {
  assert.deepEqual([formatValue(null), formatValue(undefined), formatValue(""), formatValue(0), formatValue(1234.56, "ft")], ["unknown", "unknown", "unknown", "0", "1,234.6 ft"]);
  assert.equal(formatCode("very_good"), "very good");
});

test("an open inspection is overdue the day after it was due, not on the day", () => {
  const due = { status: "open", due_on: "2026-11-23" };

  assert.equal(featureMarkCode("status", due, "2026-11-23"), "open");
  assert.equal(featureMarkCode("status", due, "2026-11-24"), "overdue");
  assert.equal(featureMarkCode("status", { ...due, status: "closed" }, "2026-11-24"), "closed");
  assert.equal(featureMarkCode("status", { status: "open", due_on: null }, "2026-11-24"), "open");
  assert.equal(featureMarkCode("need", { need: null }, "2026-11-24"), "unknown");
});

test("removals come first, and a missing risk never sorts as low", () => {
  const trees = [["prune", "extreme"], ["remove", "low"], ["remove", null], ["remove", "high"]].map(([need, risk]) => ({ need, risk }));
  const rank = (/** @type {any} */ tree) => urgencyRank(["remove", "prune"], tree.need, tree);

  const ordered = trees.sort((one, other) => rank(one) - rank(other));

  assert.deepEqual(ordered.map((tree) => tree.risk), ["high", null, "low", "extreme"]);
});

test("what is overdue longest comes first, and what is never due last", () => {
  const cases = ["2026-11-06", null, "2025-08-02", "2026-01-31"].map((due_on) => ({ due_on }));
  const rank = (/** @type {any} */ one) => urgencyRank(["overdue"], "overdue", one);

  assert.deepEqual(cases.sort((one, other) => rank(one) - rank(other)).map((one) => one.due_on), ["2025-08-02", "2026-01-31", "2026-11-06", null]);
});

test("days and distances are told as people read them", () => {
  assert.deepEqual(["2026-01-07", "2026-11-29T20:20:32-06:00", null].map(formatDay), ["7 Jan 2026", "29 Nov 2026", "unknown"]);
  assert.deepEqual([0.1, 5, 34, 400, 2_000].map(formatDistance), ["1 ft", "16 ft", "110 ft", "0.2 mi", "1.2 mi"]);
});

test("Vinita Terrace stood until it merged", () => {
  const terrace = { valid_from: null, valid_to: "2017-05-31" };

  assert.equal(isInForce(terrace, "2017-05-31"), true);
  assert.equal(isInForce(terrace, "2017-06-01"), false);
  assert.equal(isInForce({}, "2026-01-01"), true);
});

test("the shares of a lot that a border crosses are told as percentages, and what is left lies outside", () => {
  assert.equal(formatTownShares("Charlack 0.94"), "94 % Charlack, 6 % outside every town");
  assert.equal(formatTownShares("Normandy 0.62; Bel-Nor 0.38"), "62 % Normandy, 38 % Bel-Nor");
  assert.equal(formatTownShares("Normandy 0.33; Bel-Nor 0.33; Charlack 0.33"), "33 % Normandy, 33 % Bel-Nor, 33 % Charlack");
  assert.equal(formatTownShares("Charlack 0.99"), "99 % Charlack, 1 % outside every town");
  assert.equal(formatTownShares("another form"), "another form");
});

test("a value between two steps is colored by the step below it, and one beyond the colors by none", () => {
  assert.equal(scaleColor({ ...share, colors: ["low", "middle"] }, 20), null);
  assert.equal(scaleColor({ ...share, breaks: [] }, 99), "low");
});

test("a value of a single field is not divided, and one that was not recorded is unknown", () => {
  assert.equal(scaleValue(plain, { pct: 12.34 }), 12.34);
  assert.equal(scaleValue(plain, {}), null);
  assert.equal(scaleValue(share, { a: 1, b: 1 }), null);
});

test("a value of a scale carries its unit, and an unknown one does not", () => {
  const scale = { ...plain, unit: "%" };

  assert.deepEqual([formatScaleValue(scale, 0), formatScaleValue(scale, 12.34), formatScaleValue(scale, null)], ["0 %", "12.3 %", "unknown"]);
});

test("texts and numbers are written as they are, and false is not unknown", () => {
  assert.deepEqual([formatValue("Oak St"), formatValue(false), formatValue(-4.25), formatValue("7", "in")], ["Oak St", "false", "-4.3", "7 in"]);
});

test("a date that is none is written as it was recorded", () => {
  assert.deepEqual(["spring 2024", "2024", ""].map(formatDay), ["spring 2024", "2024", "unknown"]);
});

test("a need that no list knows ranks before the known ones, not among those that need nothing", () => {
  assert.ok(urgencyRank(["remove", "none"], "fell", {}) < urgencyRank(["remove", "none"], "none", {}));
});

test("a risk that no list knows ranks as unknown", () => {
  const rank = (/** @type {string | null} */ risk) => urgencyRank(["prune"], "prune", { risk });

  assert.deepEqual([rank("odd") === rank(null), rank("moderate") < rank("odd"), rank("odd") < rank("low")], [true, true, true]);
});

test("a due date with a time is due on its day", () => {
  assert.equal(featureMarkCode("status", { status: "open", due_on: "2026-11-23T23:59:00-06:00" }, "2026-11-23"), "open");
});

test("a town that is not founded yet is not in force", () => {
  assert.deepEqual(["2025-12-31", "2026-01-01"].map((today) => isInForce({ valid_from: "2026-01-01", valid_to: null }, today)), [false, true]);
});
