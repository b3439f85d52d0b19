import assert from "node:assert/strict";
import { test } from "node:test";
import { findParcel, hexbinAt, isInView, parcelsInView, townNameAt } from "../src/tiles/feature-lookup.js";
import { projectTown } from "../src/tiles/projection.js";
import { boundsOfLines, containsPoint, squareBounds } from "../src/tiles/tile-geometry.js";
import { TILE, boxFeature, boxGeometry, latLonAt, loadedTile, viewOfTown } from "../test-support/small-map.js";

const LOTS = loadedTile({ parcels: [boxFeature(1, 0, 0, 80, 80), boxFeature(2, 80, 0, 160, 80), boxFeature(3, 160, 0, 240, 80)] }, [[1, "L-1", { address: "4021 Oak St" }], [2, "L-2", { address: "12 Elm Ave" }]]);
const idsOf = (/** @type {{feature: {id: string}}[]} */ rows) => rows.map(({ feature }) => feature.id);
const inView = (/** @type {any[]} */ tiles, view = viewOfTown(), matches = (/** @type {any} */ _) => true) => idsOf(parcelsInView(tiles, view, matches));

test("a point on the edge of a view is in it, one beyond is not", () => {
  const view = { width: 500, height: 400 };

  assert.deepEqual([[0, 0], [500, 400], [501, 10], [10, 401], [-1, 10], [10, -1]].map(([x = 0, y = 0]) => isInView({ x, y }, view)), [true, true, false, false, false, false]);
});

test("a lot is found by its id or by a point in it, with its center", () => {
  assert.equal(findParcel([LOTS], { id: "L-2" })?.properties["address"], "12 Elm Ave");
  const found = findParcel([LOTS], { latLon: latLonAt(30, 70) });
  const [lat, lon] = latLonAt(40, 40);

  assert.equal(found?.id, "L-1");
  assert.ok(Math.abs((found?.position.lat ?? 0) - lat) < 1e-6 && Math.abs((found?.position.lon ?? 0) - lon) < 1e-6);
});

test("a lot whose values are not loaded, and a point in no lot, find nothing", () => {
  assert.deepEqual([findParcel([LOTS], { latLon: latLonAt(200, 40) }), findParcel([LOTS], { latLon: latLonAt(40, 90) }), findParcel([LOTS], { id: "L-9" }), findParcel([], { id: "L-1" })], [null, null, null, null]);
});

test("lots are listed by street, then by number as a number, and those without an address last", () => {
  const addresses = ["110 Oak St", null, "12 Oak St", "9 Elm Ave", "12A Oak St"];
  const tile = loadedTile({ parcels: addresses.map((_, index) => boxFeature(index, 80 * index, 0, 80 * index + 80, 80)) }, addresses.map((address, index) => [index, `L-${index}`, { address }]));

  assert.deepEqual(parcelsInView([tile], viewOfTown(), () => true).map(({ feature }) => feature.properties["address"]), ["9 Elm Ave", "12 Oak St", "12A Oak St", "110 Oak St", null]);
});

test("a lot that only reaches into the view is listed, one beside it is not", () => {
  const view = viewOfTown();

  assert.deepEqual(inView([LOTS], { ...view, left: view.left + 5 }), ["L-2", "L-1"]);
  assert.deepEqual(inView([LOTS], { ...view, left: view.left + 12 }), ["L-2"]);
  assert.deepEqual(inView([LOTS], { ...view, top: view.top + 11 }), []);
});

test("a lot in two tiles is listed once, also if only its other half is in view", () => {
  const half = (/** @type {number} */ west, coord = TILE) => loadedTile({ parcels: [boxFeature(1, west, 0, west + 400, 80)] }, [[1, "L-1", {}]], { coord });
  const halves = [half(3_900), half(-196, { ...TILE, x: TILE.x + 1 })];
  const view = viewOfTown({ left: viewOfTown().left + 500, width: 50 });

  assert.deepEqual([inView(halves), inView(halves, view)], [["L-1"], ["L-1"]]);
});

test("lots that do not match the filter are not listed", () => {
  assert.deepEqual(inView([LOTS], viewOfTown(), ({ address }) => address.includes("Oak")), ["L-1"]);
});

test("a point finds the hexagon around it, in any of the tiles", () => {
  const east = { ...TILE, x: TILE.x + 1 };
  const tiles = [loadedTile({ blocks: [boxFeature(1, 0, 0, 80, 80, { trees: 4 })] }), loadedTile({ blocks: [boxFeature(2, 0, 0, 80, 80, { trees: 9 })] }, null, { coord: east })];

  assert.deepEqual([hexbinAt(tiles, latLonAt(40, 40)), hexbinAt(tiles, latLonAt(40, 40, east)), hexbinAt(tiles, latLonAt(90, 40))], [{ trees: 4 }, { trees: 9 }, null]);
});

test("a point in the hole of a town belongs to the town in the hole", () => {
  const ring = (/** @type {number} */ west, /** @type {number} */ east) => boxGeometry(west, west, east, east).coordinates[0] ?? [];
  const town = (/** @type {string} */ name, /** @type {number[][][][]} */ areas) => projectTown({ name, valueText: null, properties: {}, areas, labelPoint: null });
  const towns = [town("Normandy", [[ring(0, 900), ring(300, 600)]]), town("Bellerive", [[ring(300, 600)]])];

  assert.deepEqual([100, 450, 950].map((place) => townNameAt(towns, latLonAt(place, place))), ["Normandy", "Bellerive", null]);
});

test("a town in two parts is found in both", () => {
  const areas = [boxGeometry(0, 0, 80, 80).coordinates, boxGeometry(400, 0, 480, 80).coordinates];
  const towns = [projectTown({ name: "Pagedale", valueText: null, properties: {}, areas, labelPoint: null })];

  assert.deepEqual([40, 200, 440].map((x) => townNameAt(towns, latLonAt(x, 40))), ["Pagedale", null, "Pagedale"]);
});

test("the bounds of a shape hold all of its lines", () => {
  assert.deepEqual(boundsOfLines({ lines: [[5, 5, 9, 1], [-2, 30, 4, 4]] }), [-2, 1, 9, 30]);
  const [west, north, east, south] = squareBounds(TILE, boxFeature(1, 0, 0, 4_096, 4_096));
  assert.deepEqual([west * 2 ** 16, north * 2 ** 16, east * 2 ** 16, south * 2 ** 16], [TILE.x, TILE.y, TILE.x + 1, TILE.y + 1]);
});

test("a point between the arms of a U-shaped lot is outside of it", () => {
  const lines = [[0, 0, 10, 0, 10, 30, 20, 30, 20, 0, 30, 0, 30, 40, 0, 40, 0, 0]];

  assert.deepEqual([[5, 10], [15, 10], [15, 35], [25, 10], [35, 10]].map(([x = 0, y = 0]) => containsPoint({ lines }, [x, y])), [true, false, true, true, false]);
});

test("a slanted border separates the points on both sides of it", () => {
  const lines = [[0, 0, 100, 0, 0, 50, 0, 0]];

  assert.deepEqual([[10, 44], [10, 46], [80, 9], [80, 11], [50, -1]].map(([x = 0, y = 0]) => containsPoint({ lines }, [x, y])), [true, false, true, false, false]);
});
