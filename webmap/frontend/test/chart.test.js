import assert from "node:assert/strict";
import { test } from "node:test";
import { Edits, isMeant, ordered, spotsIn } from "../src/chart/features.js";
import { metresApart, tilesIn, toDegrees, toSquare } from "../src/chart/projecting.js";
import { readValues } from "../src/chart/reading.js";
import { Tiles } from "../src/chart/tiles.js";

const place = { z: 16, x: 100, y: 200 };
const code = (/** @type {any} */ properties) => properties.need;
const chosen = { town: null, fields: /** @type {[string, string[]][]} */ ([]), since: /** @type {[string, string][]} */ ([]) };

/** @param {number} number @param {number} x @param {number} y */
const spot = (number, x, y) => ({ number, kind: 1, lines: [[x, y]], properties: {} });

/** @param {import("../src/chart/mvt.js").Shape[]} sites @param {[number, {id: string, properties: any}][]} values */
const tile = (sites, values) => ({ place, layers: { sites }, values: new Map(values), failed: false });

test("degrees go to the square and back", () => {
  const [lon, lat] = toDegrees(...toSquare(-90.3, 38.7));

  assert.ok(Math.abs(lon + 90.3) < 1e-12 && Math.abs(lat - 38.7) < 1e-12);
  assert.ok(Math.abs(metresApart(toSquare(-90.3, 38.7), toSquare(-90.3, 38.701)) - 111.2) < 0.3);
});

test("a frame is covered by the tiles that it meets, the middle ones first", () => {
  const frame = { zoom: 3, left: 900, top: 700, width: 300, height: 200 };

  assert.deepEqual(tilesIn(frame, 2).map(({ x, y }) => [x, y]), [[2, 1], [1, 1]]);
});

test("columns are read in each of their forms", () => {
  const read = readValues({
    numbers: [5, 1, 3, 1],
    id: { of: ["S-##", "X"], at: [1, 1, 2, 1], steps: [7, 1, 91] },
    fields: {
      dbh_in: [4, null, 0, 1],
      need: { of: ["prune"], at: [1, 0, 1, 1] },
      tree_id: { at: [1], else: [null] },
      common: { of: [null, "Oak"], by: "species" },
      species: { of: ["Quercus"], at: [1, 1, 0, 1] },
      surveyed_on: { from: "2024-02-28", days: [0, 1, null, 2] },
      address: { of: ["# Elm St", "Elm & Oak"], at: [1, 2, 0, 1], steps: [9, -2] },
    },
  });

  const rest = (/** @type {any[]} */ [dbh_in, need, tree_id, common, species, surveyed_on, address]) => ({ dbh_in, need, tree_id, common, species, surveyed_on, address });
  assert.deepEqual([...read], [
    [5, { id: "S-07", properties: rest([4, "prune", "S-07", "Oak", "Quercus", "2024-02-28", "9 Elm St"]) }],
    [6, { id: "S-08", properties: rest([null, null, null, "Oak", "Quercus", "2024-02-29", "Elm & Oak"]) }],
    [9, { id: "X", properties: rest([0, "prune", "X", null, null, null, null]) }],
    [10, { id: "S-99", properties: rest([1, "prune", "S-99", "Oak", "Quercus", "2024-03-01", "7 Elm St"]) }],
  ]);
});

test("what stands beyond a tile's edge is its neighbour's", () => {
  const found = spotsIn([tile([spot(1, 10, 10), spot(2, -3, 10), spot(3, 4096, 10)], [[1, { id: "a", properties: { need: "prune" } }], [2, { id: "b", properties: {} }], [3, { id: "c", properties: {} }]])], "sites", new Edits(), code, ["prune"]);

  assert.deepEqual(found.map(({ feature }) => feature.id), ["a"]);
});

test("an edit changes a value, moves, brings and takes away", () => {
  const edits = new Edits();
  const tiles = [tile([spot(1, 1, 1), spot(2, 2, 2), spot(3, 3, 3)], [[1, { id: "a", properties: { need: "prune", town: "Charlack" } }], [2, { id: "b", properties: { need: "prune" } }], [3, { id: "c", properties: {} }]])];
  edits.take({ changed: [{ id: "a", values: { need: "none" } }, { id: "b", values: { need: "prune" }, shape: { type: "Point", coordinates: [-90, 38] } }, { id: "new", values: { need: "plant" }, shape: { type: "Point", coordinates: [-91, 38] } }], gone: ["c"] });

  const found = new Map(spotsIn(tiles, "sites", edits, code, []).map((one) => [one.feature.id, one]));

  assert.deepEqual([...found.keys()].sort(), ["a", "b", "new"]);
  assert.deepEqual(found.get("a")?.feature.properties, { need: "none", town: "Charlack" });
  assert.ok(Math.abs((found.get("b")?.feature.geometry.coordinates[0] ?? 0) + 90) < 1e-9);

  edits.take({ changed: [{ id: "b", values: { need: "remove" } }], gone: ["new"] });
  const later = new Map(spotsIn(tiles, "sites", edits, code, []).map((one) => [one.feature.id, one]));
  assert.deepEqual([...later.keys()].sort(), ["a", "b"]);
  assert.equal(later.get("b")?.code, "remove");
  assert.ok(Math.abs((later.get("b")?.feature.geometry.coordinates[0] ?? 0) + 90) < 1e-9);
});

test("filters mean what the export means: null is unknown", () => {
  const tree = { town: "Charlack", condition: null, species: "Acer rubrum", opened_on: "2026-03-01" };

  assert.ok(isMeant(tree, chosen));
  assert.ok(isMeant(tree, { ...chosen, fields: [["condition", ["null", "poor"]]] }));
  assert.ok(!isMeant(tree, { ...chosen, fields: [["condition", ["poor"]]] }));
  assert.ok(!isMeant(tree, { ...chosen, town: "Bel-Nor" }));
  assert.ok(!isMeant(tree, { ...chosen, since: [["opened_on", "2026-04-01"]] }));
  assert.ok(!isMeant({ opened_on: null }, { ...chosen, since: [["opened_on", "2026-04-01"]] }));
});

test("near comes before urgent where the list goes by distance", () => {
  const spots = /** @type {any[]} */ ([{ feature: { id: "far" }, rank: 0, at: [0.5, 0.5] }, { feature: { id: "near" }, rank: 9, at: [0.2, 0.2] }]);

  assert.deepEqual(ordered([...spots], null).map(({ feature }) => feature.id), ["far", "near"]);
  assert.deepEqual(ordered([...spots], [0.21, 0.2]).map(({ feature }) => feature.id), ["near", "far"]);
});

test("a tile is asked for once; one that did not come is asked for again", async () => {
  let [asked, fails] = [0, true];
  const get = async () => {
    asked += 1;
    if (fails) throw new Error("no signal");
    return /** @type {any} */ ({ ok: true, arrayBuffer: async () => new ArrayBuffer(0) });
  };
  const tiles = new Tiles(get, { lots: { tiles: "/tiles/lots/1", values: null, version: 1 } });

  assert.ok((await tiles.ask("lots", place, false)).failed);
  fails = false;
  const [one, other] = await Promise.all([tiles.ask("lots", place, false), tiles.ask("lots", place, false)]);

  assert.equal(one, other);
  assert.equal(asked, 2);
  assert.ok(tiles.use({ lots: { tiles: "/tiles/lots/2", values: null, version: 2 } }));
  await tiles.ask("lots", place, false);
  assert.equal(asked, 3);
});

test("a server that says so is asked again", async () => {
  const answers = [{ ok: false, status: 503, headers: new Headers({ "Retry-After": "0.01" }) }, { ok: true, arrayBuffer: async () => new ArrayBuffer(0) }];
  const tiles = new Tiles(async () => /** @type {any} */ (answers.shift()), { lots: { tiles: "/t", values: null, version: 1 } });

  assert.ok(!(await tiles.ask("lots", place, false)).failed);
});
