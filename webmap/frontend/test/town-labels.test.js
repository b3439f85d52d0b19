import assert from "node:assert/strict";
import { test } from "node:test";
import { placeTownLabels } from "../src/render/town-labels.js";

const frame = { zoom: 10, left: 0, top: 0, width: 800, height: 600 };
const widthOf = (/** @type {string} */ text) => 9 * text.length;
const EARTH = 256 * 2 ** 10;

/** A town as a box in pixels of the frame. @param {string} name @param {number} west @param {number} north @param {number} wide */
function town(name, west, north, wide, tall = 60) {
  const corners = [[0, 0], [wide, 0], [wide, tall], [0, tall], [0, 0]];
  const ring = /** @type {[number, number][]} */ (corners.map(([x = 0, y = 0]) => [(west + x) / EARTH, (north + y) / EARTH]));
  return { name, properties: {}, areas: [[ring]], labelPoint: /** @type {[number, number]} */ ([(west + wide / 3) / EARTH, (north + tall / 2) / EARTH]) };
}

test("a name stands in the middle of its town, on as many lines as it needs", () => {
  const [one, two, ...others] = placeTownLabels([town("Cool Valley", 100, 100, 50)], frame, widthOf, []);

  assert.deepEqual([one?.text, two?.text, others.length], ["Cool", "Valley", 0]);
  assert.ok(Math.abs((one?.x ?? 0) - 125) < 0.01);
  assert.ok(Math.abs(((one?.y ?? 0) + (two?.y ?? 0)) / 2 - 130) < 0.01);
});

test("a figure stands under a name where both have room", () => {
  const figure = () => "12 %";

  assert.deepEqual(placeTownLabels([town("Normandy", 0, 0, 100)], frame, widthOf, [], figure).map(({ text }) => text), ["Normandy", "12 %"]);
  assert.deepEqual(placeTownLabels([town("Normandy", 0, 0, 100)], frame, widthOf, [{ left: 0, right: 100, top: 42, bottom: 60 }], figure).map(({ text }) => text), ["Normandy"]);
});

test("a town without room has no name, and the smaller one steps back", () => {
  const names = (/** @type {any[]} */ towns, taken = /** @type {any[]} */ ([])) => placeTownLabels(towns, frame, widthOf, taken).map(({ text }) => text);

  assert.deepEqual(names([town("Northwoods", 0, 0, 20)]), []);
  assert.deepEqual(names([town("Pagedale", 0, 0, 70), town("Normandy", 40, 5, 100)]), ["Normandy"]);
  assert.deepEqual(names([town("Normandy", 40, 5, 100)], [{ left: 50, right: 80, top: 0, bottom: 50 }]), []);
});

test("a town without a point inside it has no name", () => {
  assert.deepEqual(placeTownLabels([{ ...town("Normandy", 0, 0, 200), labelPoint: null }], frame, widthOf, []), []);
});

test("a name may be a little wider than its town, but not much", () => {
  const namesAt = (/** @type {number} */ widthPx) => placeTownLabels([town("Pagedale", 0, 0, widthPx)], frame, widthOf, []).map(({ text }) => text);

  assert.deepEqual([namesAt(56), namesAt(55)], [["Pagedale"], []]); // the name is 72 pixels wide
});

test("a town with a hole has its name beside the hole, on the side of its point", () => {
  const ring = (/** @type {number} */ west, /** @type {number} */ east) => town("", west, 0, east - west).areas[0]?.[0] ?? [];
  const holed = { ...town("Normandy", 0, 0, 300), areas: [[ring(0, 300), ring(120, 160)]], labelPoint: /** @type {[number, number]} */ ([200 / EARTH, 30 / EARTH]) };

  const [label] = placeTownLabels([holed], frame, widthOf, []);

  assert.ok(Math.abs((label?.x ?? 0) - 230) < 0.01, String(label?.x));
});

test("two towns side by side both have their names", () => {
  assert.deepEqual(placeTownLabels([town("Pagedale", 0, 0, 90), town("Normandy", 90, 0, 90)], frame, widthOf, []).map(({ text }) => text), ["Pagedale", "Normandy"]);
});
