import assert from "node:assert/strict";
import { test } from "node:test";
import { ViewIndex } from "../src/render/view-index.js";
import { SCALE, TILE, boxFeature, loadedTile, viewOfTown } from "../test-support/small-map.js";
import { tileToSquare } from "../src/tiles/projection.js";

/** A tree on the map. @param {string} id @param {number} x in pixels @param {number} y in pixels @param {Record<string, any>} properties */
function treeAt(id, x, y, properties = {}) {
  return /** @type {any} */ ({ feature: { id, properties }, code: "prune", rank: 0, position: tileToSquare(TILE, 8 * x, 8 * y) });
}

/** An index of a view of 500 by 400 pixels. @param {any[]} points @param {Record<string, any>} scene */
function indexOf(points, scene = {}, tileset = "sites", level = /** @type {any} */ ("features")) {
  const index = new ViewIndex(tileset, SCALE);
  index.setScene(viewOfTown(), /** @type {any} */ ({ points, groundTiles: [], countsByMark: { prune: points.length }, matchesFilter: () => true, ...scene }), level, 2);
  return index;
}

const idsOf = (/** @type {{feature: {id: string}}[]} */ rows) => rows.map(({ feature }) => feature.id);

test("before the first picture a view holds nothing", () => {
  const index = new ViewIndex("sites", SCALE);

  assert.deepEqual(index.summarizeView(true), { level: "towns", count: 0, countsByMark: {}, towns: [], offline: true, failedTiles: 0 });
  assert.deepEqual([index.rowsInView(), index.hitTest({ x: 0, y: 0, radiusPx: 99 }), index.findParcelInView({ id: "L-1" })], [[], null, null]);
});

test("the summary counts the trees in view, not those in its padding, and names the towns with most trees first", () => {
  const index = indexOf([treeAt("A", 10, 10, { town: "Bel-Nor" }), treeAt("B", 20, 10, { town: "Normandy" }), treeAt("C", 30, 10, { town: "Normandy" }), treeAt("D", 40, 10), treeAt("E", -5, 10, { town: "Pagedale" })]);

  assert.deepEqual(index.summarizeView(false), { level: "features", count: 4, countsByMark: { prune: 5 }, towns: ["Normandy", "Bel-Nor"], offline: false, failedTiles: 2 });
});

test("a far view lists nothing, since it shows no single trees", () => {
  const index = indexOf([treeAt("A", 10, 10)], {}, "sites", "hexbins");

  assert.deepEqual([index.summarizeView(false).level, index.summarizeView(false).count, index.rowsInView()], ["hexbins", 0, []]);
});

test("the list is in the order of the map, or by distance once the device's position is known", () => {
  const index = indexOf([treeAt("far", 400, 10), treeAt("near", 20, 10), treeAt("middle", 200, 10)]);
  assert.deepEqual(idsOf(index.sortedRows("distance")), ["far", "near", "middle"]);

  index.devicePosition = tileToSquare(TILE, 0, 80);

  assert.deepEqual(idsOf(index.sortedRows("need")), ["far", "near", "middle"]);
  assert.deepEqual(idsOf(index.sortedRows("distance")), ["near", "middle", "far"]);
});

test("a row has the distance in meters, or none while the position is unknown", () => {
  const index = indexOf([treeAt("A", 100, 0)]);
  assert.equal(index.rowsInView()[0]?.distanceM, null);

  index.devicePosition = tileToSquare(TILE, 0, 0);

  const meters = index.rowsInView()[0]?.distanceM ?? 0;
  assert.ok(Math.abs(meters - 93.2) < 0.5, String(meters)); // 100 pixels of 0.93 m at 38.7 degrees north
});

test("a page of the list has some rows and the count of all", () => {
  const index = indexOf(["A", "B", "C", "D"].map((id, nth) => treeAt(id, 10 * nth, 10)));

  const { rows, count } = index.pageOfRows({ start: 1, end: 3, order: "need" });

  assert.deepEqual([idsOf(rows), count], [["B", "C"], 4]);
  assert.deepEqual(index.pageOfRows({ start: 4, end: 8, order: "need" }), { rows: [], count: 4 });
});

test("the arrows of a card lead to the rows before and after it, and end at both ends", () => {
  const index = indexOf(["A", "B", "C"].map((id, nth) => treeAt(id, 10 * nth, 10)));
  const neighbors = (/** @type {string} */ id) => {
    const adjacent = index.adjacentRows({ id, order: "need" });
    return adjacent && [adjacent.previous?.feature.id, adjacent.next?.feature.id];
  };

  assert.deepEqual(["A", "B", "C", "gone"].map(neighbors), [[undefined, "B"], ["A", "C"], ["B", undefined], null]);
});

test("a tap takes the nearest mark within reach, and none beyond it", () => {
  const index = indexOf([treeAt("A", 100, 100), treeAt("B", 130, 100)]);

  assert.equal(index.hitTest({ x: 112, y: 100, radiusPx: 22 })?.row.feature.id, "A");
  assert.equal(index.hitTest({ x: 118, y: 100, radiusPx: 22 })?.row.feature.id, "B");
  assert.equal(index.hitTest({ x: 78, y: 100, radiusPx: 22 }), null);
});

test("a tap also finds the marks hidden under the nearest, at most five", () => {
  const index = indexOf([treeAt("top", 100, 100), ...Array.from({ length: 7 }, (_, nth) => treeAt(`under-${nth}`, 105 + nth / 10, 100)), treeAt("beside", 112, 100)]);

  const hit = index.hitTest({ x: 100, y: 100, radiusPx: 22 });

  assert.equal(hit?.row.feature.id, "top");
  assert.deepEqual(idsOf(hit?.stacked ?? []), ["under-0", "under-1", "under-2", "under-3", "under-4"]);
});

test("a map of lots lists the lots in view by street and number", () => {
  const tile = loadedTile({ parcels: [boxFeature(1, 0, 0, 80, 80), boxFeature(2, 80, 0, 160, 80), boxFeature(3, 9_000, 0, 9_100, 80)] }, [[1, "L-1", { address: "110 Oak St" }], [2, "L-2", { address: "12 Oak St" }], [3, "L-3", { address: "1 Oak St" }]]);
  const index = indexOf([], { groundTiles: [tile] }, "lots");

  assert.deepEqual(idsOf(index.rowsInView()), ["L-2", "L-1"]);
  assert.equal(index.findParcelInView({ id: "L-3" })?.properties["address"], "1 Oak St");
});

test("lots are listed by their canopy, least or most first, those of unknown canopy last", () => {
  const canopies = /** @type {[string, number | null][]} */ ([["L-1", 12], ["L-2", null], ["L-3", 0], ["L-4", 40], ["L-5", null]]);
  const boxes = canopies.map((_, nth) => boxFeature(nth + 1, 80 * nth, 0, 80 * nth + 80, 80));
  const tile = loadedTile({ parcels: boxes }, canopies.map(([id, canopy], nth) => [nth + 1, id, { address: `${nth + 1} Oak St`, canopy_pct: canopy }]));
  const index = indexOf([], { groundTiles: [tile] }, "lots");

  assert.deepEqual(idsOf(index.sortedRows("least")), ["L-3", "L-1", "L-4", "L-2", "L-5"]);
  assert.deepEqual(idsOf(index.pageOfRows({ start: 0, end: 3, order: "most" }).rows), ["L-4", "L-1", "L-3"]);
  assert.deepEqual(idsOf(index.sortedRows("need")), ["L-1", "L-2", "L-3", "L-4", "L-5"]);
});
