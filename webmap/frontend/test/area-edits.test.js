import assert from "node:assert/strict";
import { test } from "node:test";
import { applyHexbinEdits, applyParcelEdits } from "../src/tiles/area-edits.js";
import { findParcel, hexbinAt } from "../src/tiles/feature-lookup.js";
import { EditOverlay } from "../src/tiles/point-features.js";
import { TILE, boxFeature, boxGeometry, latLonAt, loadedTile } from "../test-support/small-map.js";

const LOTS = loadedTile({ parcels: [boxFeature(1, 0, 0, 80, 80), boxFeature(2, 80, 0, 160, 80)], streets: [] }, [[1, "L-1", { town: "Bel-Nor", address: "1 Oak St" }], [2, "L-2", { town: "Bel-Nor" }]]);
const HEX_COORD = { z: 13, x: TILE.x >> 3, y: TILE.y >> 3 };
const HEXAGONS = loadedTile({ blocks: [boxFeature(1, 0, 0, 80, 80, { trees: 4 }), boxFeature(2, 80, 0, 160, 80, { trees: 9 })] }, null, { coord: HEX_COORD });

/** @param {any[]} changed @param {string[]} deleted */
function edited(changed, deleted = []) {
  const edits = new EditOverlay();
  edits.apply({ changed, deleted });
  return edits;
}

test("without edits the tiles stay the very same, so that nothing is painted again", () => {
  const tiles = [LOTS];

  assert.equal(applyParcelEdits(tiles, new EditOverlay()), tiles);
  assert.equal(applyHexbinEdits(tiles, []), tiles);
});

test("an edited value joins the others of its lot, and the loaded tile is left as it was", () => {
  const [tile] = applyParcelEdits([LOTS], edited([{ id: "L-1", values: { town: "Normandy" } }]));

  assert.deepEqual(tile?.values?.get(1), { id: "L-1", properties: { town: "Normandy", address: "1 Oak St" } });
  assert.equal(LOTS.values?.get(1)?.properties["town"], "Bel-Nor");
});

test("a deleted lot is gone from the map, its neighbor stays", () => {
  const tiles = applyParcelEdits([LOTS], edited([], ["L-1"]));

  assert.deepEqual([findParcel(tiles, { id: "L-1" }), findParcel(tiles, { id: "L-2" })?.id], [null, "L-2"]);
});

test("a lot that was drawn anew is found in its new outline, not in its old one", () => {
  const tiles = applyParcelEdits([LOTS], edited([{ id: "L-1", values: { town: "Bel-Nor" }, geometry: boxGeometry(400, 400, 600, 600) }]));

  assert.equal(findParcel(tiles, { latLon: latLonAt(40, 40) }), null);
  assert.equal(findParcel(tiles, { latLon: latLonAt(500, 500) })?.id, "L-1");
});

test("a new lot of two parts is found in both, and is not clipped to any tile", () => {
  const [first, second] = [boxGeometry(-90, 0, -10, 80), boxGeometry(400, 0, 480, 80)];
  const tiles = applyParcelEdits([LOTS], edited([{ id: "L-3", values: {}, geometry: { type: "MultiPolygon", coordinates: [first.coordinates, second.coordinates] } }]));

  assert.deepEqual([latLonAt(-50, 40), latLonAt(440, 40)].map((latLon) => findParcel(tiles, { latLon })?.id), ["L-3", "L-3"]);
  assert.equal(tiles.at(-1)?.isUnclipped, true);
});

test("two new lots never take each other's values", () => {
  const tiles = applyParcelEdits([LOTS], edited([{ id: "L-3", values: { address: "3 Oak St" }, geometry: boxGeometry(200, 0, 280, 80) }, { id: "L-4", values: { address: "5 Oak St" }, geometry: boxGeometry(300, 0, 380, 80) }]));

  assert.deepEqual(["L-3", "L-4"].map((id) => findParcel(tiles, { id })?.properties["address"]), ["3 Oak St", "5 Oak St"]);
});

test("a lot that lost its outline is gone", () => {
  const tiles = applyParcelEdits([LOTS], edited([{ id: "L-1", values: {}, geometry: null }]));

  assert.deepEqual([tiles.length, findParcel(tiles, { id: "L-1" })], [1, null]);
});

test("a tile without values cannot be edited and stays as it is", () => {
  const bare = loadedTile({ parcels: [boxFeature(1, 0, 0, 80, 80)] });

  assert.equal(applyParcelEdits([bare], edited([{ id: "L-1", values: { town: "Normandy" } }]))[0], bare);
});

test("a recounted hexagon has its new counts, and one without any record is gone", () => {
  const tiles = applyHexbinEdits([HEXAGONS], [{ zoom: 13, number: 1, values: { trees: 5 } }, { zoom: 13, number: 2, values: null }]);

  assert.deepEqual([hexbinAt(tiles, latLonAt(40, 40, HEX_COORD)), hexbinAt(tiles, latLonAt(120, 40, HEX_COORD))], [{ trees: 5 }, null]);
});

test("recounts of another zoom leave the hexagons of this one alone", () => {
  assert.deepEqual(applyHexbinEdits([HEXAGONS], [{ zoom: 12, number: 1, values: { trees: 5 } }]), [HEXAGONS]);
});

test("a hexagon with its first record appears", () => {
  const tiles = applyHexbinEdits([HEXAGONS], [{ zoom: 13, number: 3, values: { trees: 1 }, geometry: boxGeometry(8_000, 0, 8_500, 500) }]);

  assert.deepEqual(hexbinAt(tiles, latLonAt(8_200, 200)), { trees: 1 });
});
