import assert from "node:assert/strict";
import { test } from "node:test";
import { placeHouseNumbers, placeMarkNumbers, streetLines } from "../src/render/labels.js";
import { TILE, boxFeature, lineFeature, loadedTile, viewOfTown } from "../test-support/small-map.js";

const frame = viewOfTown(); // 8 tile units are one pixel
const widthOf = (/** @type {string} */ text) => 9 * text.length;
const textsOf = (/** @type {{text: string}[]} */ labels) => labels.map(({ text }) => text);

/** A lot that is 80 pixels wide and deep. @param {number} number @param {number} left in pixels @param {string | null} address @param {number} top in pixels @returns {[import("../src/tiles/mvt.js").TileFeature, [number, string, any]]} */
const lot = (number, left, address, top = 0) => [boxFeature(number, 8 * left, 8 * top, 8 * (left + 80), 8 * (top + 80)), [number, `L-${number}`, { address }]];

/** @param {...ReturnType<typeof lot>} lots */
const tileOf = (...lots) => loadedTile({ parcels: lots.map(([feature]) => feature) }, lots.map(([, values]) => values));

test("a house number is the beginning of the address, in the middle of the lot", () => {
  const [label, ...others] = placeHouseNumbers([tileOf(lot(1, 0, "4021 Oak St"))], frame, [], widthOf);

  assert.deepEqual([label?.text, label?.width, others.length], ["4021", 36, 0]);
  assert.ok(Math.abs((label?.x ?? 0) - 40) < 1e-6 && Math.abs((label?.y ?? 0) - 40) < 1e-6);
});

test("ranges and letters belong to the house number, the street does not", () => {
  const lots = ["4021-25 Oak St", "401R Elm Ave", "503 1/2 Oak St"].map((address, index) => lot(index, 90 * index, address));

  assert.deepEqual(textsOf(placeHouseNumbers([tileOf(...lots)], frame, [], widthOf)), ["4021-25", "401R", "503"]);
});

test("a lot without an address, or with a street alone, has no house number", () => {
  assert.deepEqual(placeHouseNumbers([tileOf(lot(1, 0, null), lot(2, 90, "Oak St"))], frame, [], widthOf), []);
});

test("a lot in two tiles is numbered once, by the tile that holds its center", () => {
  const east = { ...TILE, x: TILE.x + 1 };
  const west = loadedTile({ parcels: [boxFeature(1, 3_900, 0, 4_400, 640)] }, [[1, "L-1", { address: "4021 Oak St" }]]);
  const other = loadedTile({ parcels: [boxFeature(1, -196, 0, 304, 640)] }, [[1, "L-1", { address: "4021 Oak St" }]], { coord: east });

  const labels = placeHouseNumbers([west, other], frame, [], widthOf);

  assert.deepEqual(textsOf(labels), ["4021"]);
  assert.ok(Math.abs((labels[0]?.x ?? 0) - 4_150 / 8) < 1e-6);
});

test("of two house numbers that would overlap, only the first is shown", () => {
  const tile = tileOf(lot(1, 0, "4021 Oak St"), lot(2, 20, "4023 Oak St"), lot(3, 100, "4025 Oak St"));

  assert.deepEqual(textsOf(placeHouseNumbers([tile], frame, [], widthOf)), ["4021", "4025"]);
});

test("a house number steps up or down from a mark, and is left out between two", () => {
  const labelYs = (/** @type {number[][]} */ marks) => placeHouseNumbers([tileOf(lot(1, 0, "4021 Oak St"))], frame, marks.map(([x = 0, y = 0]) => ({ x, y })), widthOf).map(({ y }) => Math.round(y));

  assert.deepEqual(labelYs([[40, 80]]), [40]);
  assert.deepEqual(labelYs([[40, 40]]), [62]);
  assert.deepEqual(labelYs([[40, 50]]), [18]);
  assert.deepEqual(labelYs([[40, 30], [40, 50]]), []);
  assert.deepEqual(labelYs([[90, 40]]), [40]);
});

test("streets become lines in pixels, and those without a name are left out", () => {
  const tile = loadedTile({ streets: [lineFeature(1, [0, 80, 800, 80], { name: "Oak St" }), lineFeature(2, [0, 0, 8, 8])] });

  const [line, ...others] = streetLines([tile], frame);

  assert.deepEqual([line?.name, others.length], ["Oak St", 0]);
  assert.deepEqual(line?.points.map(({ x, y }) => [Math.round(x), Math.round(y)]), [[0, 10], [100, 10]]);
});

test("a street that comes in several pieces gives a line for each", () => {
  const street = { ...lineFeature(1, [0, 0, 8, 0], { name: "Oak St" }), lines: [[0, 0, 8, 0], [80, 0, 88, 0]] };

  assert.deepEqual(streetLines([loadedTile({ streets: [street] })], frame).map(({ name }) => name), ["Oak St", "Oak St"]);
});

test("marks are numbered from one, each beside its mark", () => {
  const numbers = placeMarkNumbers([{ x: 0, y: 0 }, { x: 200, y: 0 }], widthOf);

  assert.deepEqual(numbers, [{ text: "1", x: 16.5, y: -12, width: 9 }, { text: "2", x: 216.5, y: -12, width: 9 }]);
});

test("a number moves to another side of its mark where a neighbor would be covered", () => {
  const [first] = placeMarkNumbers([{ x: 0, y: 0 }, { x: 16, y: -12 }], widthOf);

  assert.deepEqual([first?.x, first?.y], [16.5, 12]);
});

test("every mark has a number, even where all sides are taken", () => {
  const crowd = Array.from({ length: 12 }, () => ({ x: 50, y: 50 }));

  assert.deepEqual(textsOf(placeMarkNumbers(crowd, widthOf)), crowd.map((_, index) => String(index + 1)));
});
