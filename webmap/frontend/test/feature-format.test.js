import assert from "node:assert/strict";
import { test } from "node:test";
import { daysBetween, formatScaleValue, formatTownShares, featureMarkCode, scaleColor, scaleValue, isInForce, urgencyRank, formatValue, formatCode } from "../src/tiles/feature-format.js";

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
  assert.deepEqual([formatValue(null), formatValue(undefined), formatValue(""), formatValue(0), formatValue(1234.56)], ["unknown", "unknown", "unknown", "0", "1,234.6"]);
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

test("an inspection of unknown status may be overdue the day after it was due", () => {
  const due = { status: "unknown", due_on: "2026-11-23" };

  assert.equal(featureMarkCode("status", due, "2026-11-23"), "unknown");
  assert.equal(featureMarkCode("status", due, "2026-11-24"), "maybe_overdue");
  assert.equal(featureMarkCode("need", { need: "unknown", due_on: "2026-11-23" }, "2026-11-24"), "unknown");
});

test("what is overdue longest comes first, and what is never due last", () => {
  const cases = ["2026-11-06", null, "2025-08-02", "2026-01-31"].map((due_on) => ({ due_on }));
  const rank = (/** @type {any} */ one) => urgencyRank(["overdue"], "overdue", one);

  assert.deepEqual(cases.sort((one, other) => rank(one) - rank(other)).map((one) => one.due_on), ["2025-08-02", "2026-01-31", "2026-11-06", null]);
});

test("the most urgent inspection has been overdue the longest, then come the open by due date, then those of no known due date, then the closed", () => {
  const today = "2026-05-04";
  const cases = /** @type {[string, Record<string, any>][]} */ ([
    ["closed long ago", { status: "closed", due_on: "2020-01-01", closed_on: "2021-01-01" }],
    ["closed lately", { status: "closed", due_on: "2026-04-01", closed_on: "2026-05-01" }],
    ["closed, no date", { status: "closed", due_on: "2019-01-01", closed_on: null }],
    ["open, no due date", { status: "open", due_on: null }],
    ["due in June", { status: "open", due_on: "2026-06-01" }],
    ["due today", { status: "open", due_on: "2026-05-04" }],
    ["overdue since May", { status: "open", due_on: "2026-05-03" }],
    ["overdue since 2024", { status: "open", due_on: "2024-02-01" }],
  ]);
  const rank = (/** @type {Record<string, any>} */ properties) => urgencyRank(["overdue", "open", "closed", "cancelled", "unknown"], featureMarkCode("status", properties, today), properties);

  const ordered = cases.sort(([, one], [, other]) => rank(one) - rank(other)).map(([name]) => name);

  assert.deepEqual(ordered, ["overdue since 2024", "overdue since May", "due today", "due in June", "open, no due date", "closed lately", "closed long ago", "closed, no date"]);
});

test("days are counted between dates, also where one has a time, and not from unknown ones", () => {
  assert.deepEqual([["2026-05-01", "2026-05-04"], ["2026-05-01T23:00:00-05:00", "2026-05-04"], ["2026-05-04", "2026-05-01"], [null, "2026-05-04"], ["last spring", "2026-05-04"]].map(([from, to]) => daysBetween(from, to)), [3, 3, -3, null, null]);
});

test("codes are told in words, and those of needs as on the marks", () => {
  assert.deepEqual([formatCode("very_good"), formatCode("heat_zone"), formatCode(null), formatCode("unknown"), formatCode("remove", "need"), formatCode(null, "need")], ["very good", "heat zone", "unknown", "unknown", "Needs removal", "Need not recorded"]);
});

test("Vinita Terrace stood until it merged", () => {
  const terrace = { valid_from: null, valid_to: "2017-05-31" };

  assert.equal(isInForce(terrace, "2017-05-31"), true);
  assert.equal(isInForce(terrace, "2017-06-01"), false);
  assert.equal(isInForce({}, "2026-01-01"), true);
});

test("the shares of a lot that a border crosses are told as percentages, and what is left lies outside", () => {
  assert.equal(formatTownShares("Charlack 0.94"), "94% Charlack, 6% outside every town");
  assert.equal(formatTownShares("Normandy 0.62; Bel-Nor 0.38"), "62% Normandy, 38% Bel-Nor");
  assert.equal(formatTownShares("Normandy 0.33; Bel-Nor 0.33; Charlack 0.33"), "33% Normandy, 33% Bel-Nor, 33% Charlack");
  assert.equal(formatTownShares("Charlack 0.99"), "99% Charlack, 1% outside every town");
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

  assert.deepEqual([formatScaleValue(scale, 0), formatScaleValue(scale, 12.34), formatScaleValue(scale, null)], ["0%", "12.3%", "unknown"]);
});

test("texts and numbers are written as they are, and false is not unknown", () => {
  assert.deepEqual([formatValue("Oak St"), formatValue(false), formatValue(-4.25)], ["Oak St", "false", "-4.3"]);
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
