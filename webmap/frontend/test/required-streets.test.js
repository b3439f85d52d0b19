import assert from "node:assert/strict";
import { test } from "node:test";
import { nameRequiredStreets, streetsOfPoints } from "../src/render/required-streets.js";
import { placeStreetLabels } from "../src/render/street-labels.js";
import { TILE, lineFeature, loadedTile, viewOfTown } from "../test-support/small-map.js";
import { tileToSquare } from "../src/tiles/projection.js";

const frame = viewOfTown(); // 500 by 400 pixels
const widthOf = (/** @type {string} */ text) => 8 * text.length;

/** @param {string} name @param {...number} numbers x, y, x, y in pixels */
const line = (name, ...numbers) => ({ name, points: Array.from({ length: numbers.length / 2 }, (_, index) => ({ x: numbers[2 * index] ?? 0, y: numbers[2 * index + 1] ?? 0 })) });

/** Names some streets as on paper. @param {ReturnType<typeof line>[]} lines @param {string[]} requiredNames @param {{x: number, y: number}[]} marks */
const namesOn = (lines, requiredNames, marks = []) => nameRequiredStreets(placeStreetLabels(lines, widthOf, marks), lines, requiredNames, frame, widthOf, marks);

test("a street too short for its name is named all the same where the list mentions it", () => {
  const lines = [line("Oak St", 20, 200, 480, 200), line("Marigold Ct", 250, 200, 250, 240)];

  assert.deepEqual(namesOn(lines, []).map(({ name }) => name), ["Oak St"]);
  assert.ok(namesOn(lines, ["Marigold Ct"]).some(({ name, isOverMarks }) => name === "Marigold Ct" && isOverMarks));
});

test("no name is cut off by the edge of the map", () => {
  const lines = [line("Hanley Rd", -400, 100, 60, 100), line("Pecan Blvd", 300, 395, 900, 395), line("Page Ave", 100, -300, 100, 600)];

  const labels = namesOn(lines, ["Hanley Rd", "Page Ave"]);
  for (const { x, y, angle, width } of labels) {
    const [dx, dy] = [(width / 2) * Math.abs(Math.cos(angle)), (width / 2) * Math.abs(Math.sin(angle))];
    assert.ok(x - dx >= 0 && x + dx <= 500 && y - dy >= 0 && y + dy <= 400, JSON.stringify({ x, y, angle, width }));
  }
  assert.ok(["Page Ave"].every((name) => labels.some((label) => label.name === name)));
});

test("a required name avoids marks and other names", () => {
  const marks = Array.from({ length: 12 }, (_, index) => ({ x: 20 * index, y: 200 }));
  const [label] = namesOn([line("Oak St", 0, 200, 500, 200)], ["Oak St"], marks);

  assert.ok(label && marks.every(({ x }) => Math.abs(x - label.x) > 20), JSON.stringify(label));
});

test("a street that the map does not show gets no name", () => {
  assert.deepEqual(namesOn([line("Oak St", 0, 900, 500, 900)], ["Oak St", "Elm Ave"]), []);
});

test("a point's street is the one of its address, else the nearest", () => {
  const groundTiles = [loadedTile({ streets: [lineFeature(1, [0, 800, 4_000, 800], { name: "Oak St" }), lineFeature(2, [0, 2_400, 4_000, 2_400], { name: "St. Charles Rock Rd" })] })];
  const at = (/** @type {number} */ y, /** @type {Record<string, any>} */ properties) => /** @type {any} */ ({ feature: { properties }, position: tileToSquare(TILE, 800, 8 * y) });
  const streetsOf = (/** @type {any[]} */ ...points) => streetsOfPoints(points, /** @type {any} */ ({ groundTiles, frame }));

  assert.deepEqual(streetsOf(at(110, { address: "12 ST. CHARLES ROCK RD" })), ["St. Charles Rock Rd"]);
  assert.deepEqual(streetsOf(at(110, { on_street: "Oak St" })), ["Oak St"]);
  assert.deepEqual(streetsOf(at(110, { address: null }), at(290, { address: "4 Elm Ave" }), at(120, {})), ["Oak St", "St. Charles Rock Rd"]);
});
