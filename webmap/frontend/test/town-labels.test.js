import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { placeTownLabels } from "../src/render/town-labels.js";
import { projectTown, toSquare } from "../src/tiles/projection.js";

const frame = { zoom: 10, left: 0, top: 0, width: 800, height: 600 };
const FONT_PX = 16;
const widthOf = (/** @type {string} */ text, /** @type {number} */ fontScale) => 9 * fontScale * text.length;
const EARTH = 256 * 2 ** 10;

/** A town as a box in pixels of the frame. @param {string} name @param {number} west @param {number} north @param {number} wide @param {string | null} valueText */
function town(name, west, north, wide, tall = 60, valueText = null) {
  const corners = [[0, 0], [wide, 0], [wide, tall], [0, tall], [0, 0]];
  const ring = /** @type {[number, number][]} */ (corners.map(([x = 0, y = 0]) => [(west + x) / EARTH, (north + y) / EARTH]));
  return { name, valueText, properties: {}, areas: [[ring]], labelPoint: /** @type {[number, number]} */ ([(west + wide / 3) / EARTH, (north + tall / 2) / EARTH]) };
}

const textsOf = (/** @type {any[]} */ towns, covered = /** @type {any[]} */ ([])) => placeTownLabels(towns, frame, widthOf, covered).map(({ text }) => text);

/** Counts the pairs of lines that overlap. @param {import("../src/render/town-labels.js").TextLine[]} lines */
function overlaps(lines, measure = widthOf) {
  const boxes = lines.map(({ text, x, y, fontScale }) => ({ left: x - measure(text, fontScale) / 2, right: x + measure(text, fontScale) / 2, top: y - (FONT_PX * fontScale) / 2, bottom: y + (FONT_PX * fontScale) / 2 }));
  return boxes.flatMap((one, index) => boxes.slice(index + 1).filter((other) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom)).length;
}

test("a name stands in the middle of its town, on as many lines as it needs", () => {
  const [one, two, ...others] = placeTownLabels([town("Cool Valley", 100, 100, 50)], frame, widthOf, []);

  assert.deepEqual([one?.text, two?.text, others.length], ["Cool", "Valley", 0]);
  assert.ok(Math.abs((one?.x ?? 0) - 125) < 0.01);
  assert.ok(Math.abs(((one?.y ?? 0) + (two?.y ?? 0)) / 2 - 130) < 0.01);
});

test("a figure stands under a name where both have room", () => {
  const normandy = town("Normandy", 0, 0, 100, 60, "12%");

  assert.deepEqual(textsOf([normandy]), ["Normandy", "12%"]);
  assert.deepEqual(textsOf([normandy], [{ left: 0, right: 100, top: 30, bottom: 60 }]), ["Normandy"]);
  assert.deepEqual(textsOf([town("Normandy", 0, 0, 100, 30, "12%")]), ["Normandy"]); // too low for two lines
});

test("a name moves within its town to where no other is, and gives way where there is no room at all", () => {
  const moved = placeTownLabels([town("Normandy", 40, 5, 100)], frame, widthOf, [{ left: 40, right: 140, top: 25, bottom: 45 }]);
  assert.deepEqual([moved.length, (moved[0]?.y ?? 0) > 45 || (moved[0]?.y ?? 99) < 25], [1, true]);

  assert.deepEqual(textsOf([town("Normandy", 40, 5, 100)], [{ left: 0, right: 200, top: 0, bottom: 100 }]), []);
});

test("a town too narrow for its name gets smaller type, and one far too narrow no name", () => {
  const [label] = placeTownLabels([town("Pagedale", 0, 0, 40)], frame, widthOf, []);
  assert.deepEqual([label?.text, label?.fontScale], ["Pagedale", 0.75]);

  assert.deepEqual(textsOf([town("Northwoods", 0, 0, 20)]), []);
});

test("a town without a point inside it has no name, and one beside the view neither", () => {
  assert.deepEqual(textsOf([{ ...town("Normandy", 0, 0, 200), labelPoint: null }]), []);
  assert.deepEqual(textsOf([town("Normandy", 900, 0, 200)]), []);
});

test("a town with a hole has its name beside the hole, on the side of its point", () => {
  const ring = (/** @type {number} */ west, /** @type {number} */ east) => town("", west, 0, east - west).areas[0]?.[0] ?? [];
  const holed = { ...town("Normandy", 0, 0, 300), areas: [[ring(0, 300), ring(120, 160)]], labelPoint: /** @type {[number, number]} */ ([200 / EARTH, 30 / EARTH]) };

  const [label] = placeTownLabels([holed], frame, widthOf, []);

  assert.ok(Math.abs((label?.x ?? 0) - 230) < 0.01, String(label?.x));
});

test("two towns side by side both have their names, whichever is the larger", () => {
  assert.deepEqual(textsOf([town("Pagedale", 0, 0, 90), town("Normandy", 90, 0, 90)]), ["Pagedale", "Normandy"]);
  assert.deepEqual(textsOf([town("Pagedale", 0, 0, 70), town("Normandy", 40, 5, 100)]).sort(), ["Normandy", "Pagedale"]);
});

test("a town that found no place gets the first choice in another try, if then all have names", () => {
  const [large, small] = [town("Normandy", 0, 0, 300, 40), town("Uplands", 110, 10, 60, 20)];

  const lines = placeTownLabels([large, small], frame, widthOf, [{ left: 0, right: 110, top: 0, bottom: 60 }]);

  assert.deepEqual([lines.map(({ text }) => text).sort(), overlaps(lines)], [["Normandy", "Uplands"], 0]);
});

/** The towns of the committed sample, with the point halfway across each at the middle of its height. */
function sampleTowns() {
  const { features } = JSON.parse(readFileSync(new URL("../../../data/boundaries/municipalities.geojson", import.meta.url), "utf-8"));
  return features.filter((/** @type {any} */ { properties }) => !properties.valid_to).map((/** @type {any} */ { properties, geometry }) => {
    const areas = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    const points = /** @type {number[][]} */ (areas.flat(2));
    const lat = (Math.min(...points.map(([, y = 0]) => y)) + Math.max(...points.map(([, y = 0]) => y))) / 2;
    const crossings = areas[0][0].flatMap(([x, y]= [0, 0], /** @type {number} */ index) => {
      const [fromX, fromY] = areas[0][0][index - 1] ?? [x, y];
      return fromY < lat === y < lat ? [] : [fromX + ((lat - fromY) / (y - fromY)) * (x - fromX)];
    }).sort((/** @type {number} */ a, /** @type {number} */ b) => a - b);
    return projectTown({ name: properties.name, valueText: "13.9%", properties, areas, labelPoint: [(crossings[0] + crossings[1]) / 2, lat] });
  });
}

/** Returns the zoom and corner of the home view of a map of some size, as Leaflet fits it. @param {any[]} towns @param {number} width @param {number} height */
function homeFrame(towns, width, height) {
  const points = /** @type {number[][]} */ (towns.flatMap(({ areas }) => areas.flat(2)));
  const [xs, ys] = [points.map(([x = 0]) => x), points.map(([, y = 0]) => y)];
  const [west, east, north, south] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const fits = (/** @type {number} */ zoom) => (east - west) * 256 * 2 ** zoom <= width - 32 && (south - north) * 256 * 2 ** zoom <= height - 32;
  const zoom = Array.from({ length: 20 }, (_, step) => 15.5 - step / 2).find(fits) ?? 0;
  const size = 256 * 2 ** zoom;
  return { zoom, left: ((west + east) / 2) * size - width / 2, top: ((north + south) / 2) * size - height / 2, width, height };
}

for (const [screen, width, height, least] of /** @type {[string, number, number, number][]} */ ([["a desk of 1280 by 800 pixels", 896, 693, 18], ["a tablet of 768 by 1024 pixels", 768, 402, 12]])) {
  test(`nearly all towns of the sample have names at the home view of ${screen}, and none overlap`, () => {
    const towns = sampleTowns();
    const measure = (/** @type {string} */ text, /** @type {number} */ fontScale) => 0.56 * FONT_PX * fontScale * text.length;

    const lines = placeTownLabels(towns, homeFrame(towns, width, height), measure, []);

    const texts = new Set(lines.map(({ text }) => text));
    const words = lines.map(({ text }) => text).join(" ");
    const named = towns.filter((/** @type {any} */ { name }) => texts.has(name) || words.includes(name));
    assert.ok(towns.length >= 23, String(towns.length));
    assert.ok(named.length >= least, `${named.length} of ${towns.length}`);
    assert.equal(overlaps(lines, measure), 0);
  });
}
