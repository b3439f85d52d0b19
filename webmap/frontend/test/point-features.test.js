import assert from "node:assert/strict";
import { test } from "node:test";
import { EditOverlay, collectPoints, filterAndCount, markCodeReader, matchesFilter, sortPoints } from "../src/tiles/point-features.js";

const coord = { z: 16, x: 100, y: 200 };
const markCodeOf = (/** @type {any} */ properties) => properties.need;
const noFilter = { town: null, fields: /** @type {[string, string[]][]} */ ([]), since: /** @type {[string, string][]} */ ([]) };

/** @param {number} number @param {number} x @param {number} y */
const pointFeature = (number, x, y) => ({ featureNumber: number, geometryType: 1, lines: [[x, y]], properties: {} });

/** @param {import("../src/tiles/mvt.js").TileFeature[]} sites @param {[number, {id: string, properties: any}][]} values */
const tile = (sites, values) => ({ coord, layers: { sites }, values: new Map(values), failed: false });

test("what stands beyond a tile's edge is its neighbour's", () => {
  const found = collectPoints([tile([pointFeature(1, 10, 10), pointFeature(2, -3, 10), pointFeature(3, 4096, 10)], [[1, { id: "a", properties: { need: "prune" } }], [2, { id: "b", properties: {} }], [3, { id: "c", properties: {} }]])], "sites", new EditOverlay(), markCodeOf, ["prune"]);

  assert.deepEqual(found.map(({ feature }) => feature.id), ["a"]);
});

test("an edit changes a value, moves, brings and takes away", () => {
  const edits = new EditOverlay();
  const tiles = [tile([pointFeature(1, 1, 1), pointFeature(2, 2, 2), pointFeature(3, 3, 3)], [[1, { id: "a", properties: { need: "prune", town: "Charlack" } }], [2, { id: "b", properties: { need: "prune" } }], [3, { id: "c", properties: {} }]])];
  edits.apply({ changed: [{ id: "a", values: { need: "none" } }, { id: "b", values: { need: "prune" }, geometry: { type: "Point", coordinates: [-90, 38] } }, { id: "new", values: { need: "plant" }, geometry: { type: "Point", coordinates: [-91, 38] } }], deleted: ["c"] });

  const found = new Map(collectPoints(tiles, "sites", edits, markCodeOf, []).map((one) => [one.feature.id, one]));

  assert.deepEqual([...found.keys()].sort(), ["a", "b", "new"]);
  assert.deepEqual(found.get("a")?.feature.properties, { need: "none", town: "Charlack" });
  assert.ok(Math.abs((found.get("b")?.feature.geometry.coordinates[0] ?? 0) + 90) < 1e-9);

  edits.apply({ changed: [{ id: "b", values: { need: "remove" } }], deleted: ["new"] });
  const later = new Map(collectPoints(tiles, "sites", edits, markCodeOf, []).map((one) => [one.feature.id, one]));
  assert.deepEqual([...later.keys()].sort(), ["a", "b"]);
  assert.equal(later.get("b")?.code, "remove");
  assert.ok(Math.abs((later.get("b")?.feature.geometry.coordinates[0] ?? 0) + 90) < 1e-9);
});

test("filters mean what the export means: null is unknown", () => {
  const tree = { town: "Charlack", condition: null, species: "Acer rubrum", opened_on: "2026-03-01" };

  assert.ok(matchesFilter(tree, noFilter));
  assert.ok(matchesFilter(tree, { ...noFilter, fields: [["condition", ["null", "poor"]]] }));
  assert.ok(!matchesFilter(tree, { ...noFilter, fields: [["condition", ["poor"]]] }));
  assert.ok(!matchesFilter(tree, { ...noFilter, town: "Bel-Nor" }));
  assert.ok(!matchesFilter(tree, { ...noFilter, since: [["opened_on", "2026-04-01"]] }));
  assert.ok(!matchesFilter({ opened_on: null }, { ...noFilter, since: [["opened_on", "2026-04-01"]] }));
});

test("near comes before urgent where the list goes by distance", () => {
  const points = /** @type {any[]} */ ([{ feature: { id: "far" }, rank: 0, position: [0.5, 0.5] }, { feature: { id: "near" }, rank: 9, position: [0.2, 0.2] }]);

  assert.deepEqual(sortPoints([...points], null).map(({ feature }) => feature.id), ["far", "near"]);
  assert.deepEqual(sortPoints([...points], [0.21, 0.2]).map(({ feature }) => feature.id), ["near", "far"]);
});

/** @param {string} id @param {string} code @param {Record<string, any>} properties @param {number} rank */
const point = (id, code, properties = {}, rank = 0) => /** @type {any} */ ({ feature: { id, properties }, code, rank, position: [0.5, 0.5] });

test("an overdue inspection is open as well, so both boxes show it", () => {
  const inspection = { status: "open" };
  const filterBy = (/** @type {string} */ status) => ({ ...noFilter, fields: /** @type {[string, string[]][]} */ ([["status", [status]]]) });

  assert.deepEqual(["open", "overdue", "closed"].map((status) => matchesFilter(inspection, filterBy(status), "overdue")), [true, true, false]);
  assert.equal(matchesFilter(inspection, filterBy("overdue"), "open"), false);
});

test("an inspection that may be overdue is of unknown status as well", () => {
  const inspection = { status: "unknown" };
  const filterBy = (/** @type {string} */ status) => ({ ...noFilter, fields: /** @type {[string, string[]][]} */ ([["status", [status]]]) });

  assert.deepEqual(["unknown", "maybe_overdue", "overdue"].map((status) => matchesFilter(inspection, filterBy(status), "maybe_overdue")), [true, true, false]);
});

test("the counts by mark ignore the mark filter but no other filter", () => {
  const points = [point("a", "prune", { need: "prune", town: "Bel-Nor" }), point("b", "remove", { need: "remove", town: "Bel-Nor" }), point("c", "prune", { need: "prune", town: "Normandy" })];

  const { matches, countsByMark } = filterAndCount(points, { ...noFilter, town: "Bel-Nor", fields: [["need", ["prune"]]] }, "need", () => true);

  assert.deepEqual([matches.map(({ feature }) => feature.id), countsByMark], [["a"], { prune: 1, remove: 1 }]);
});

test("points in the padding of a view are drawn but not counted", () => {
  const { matches, countsByMark } = filterAndCount([point("a", "prune"), point("b", "prune")], noFilter, null, ({ feature }) => feature.id === "a");

  assert.deepEqual([matches.length, countsByMark], [2, { prune: 1 }]);
});

test("points of the same urgency are always in the same order", () => {
  const points = [point("b", "prune"), point("c", "prune"), point("a", "prune"), point("z", "remove", {}, -1)];

  assert.deepEqual(sortPoints(points, null).map(({ feature }) => feature.id), ["z", "a", "b", "c"]);
});

test("a tree marked as done here is drawn so, and keeps its rank", () => {
  const tiles = [tile([pointFeature(1, 1, 1)], [[1, { id: "a", properties: { need: "prune" } }]])];
  const collect = (/** @type {boolean} */ isDone) => collectPoints(tiles, "sites", new EditOverlay(), markCodeOf, ["prune"], () => isDone)[0];

  assert.deepEqual([collect(true)?.code, collect(true)?.rank], ["done", collect(false)?.rank]);
});

test("a record of several points is drawn at its first one", () => {
  const edits = new EditOverlay();
  edits.apply({ changed: [{ id: "a", values: {}, geometry: { type: "MultiPoint", coordinates: [[-90, 38], [-91, 39]] } }], deleted: [] });

  const [found] = collectPoints([], "sites", edits, markCodeOf, []);

  assert.deepEqual(found?.feature.geometry.coordinates.map(Math.round), [-90, 38]);
});

test("a record that was deleted and made again is there", () => {
  const edits = new EditOverlay();
  edits.apply({ changed: [], deleted: ["a"] });
  edits.apply({ changed: [{ id: "a", values: {}, geometry: { type: "Point", coordinates: [-90, 38] } }], deleted: [] });

  assert.deepEqual(collectPoints([], "sites", edits, markCodeOf, []).map(({ feature }) => feature.id), ["a"]);
});

test("only edits that move or delete something change geometry", () => {
  const edits = new EditOverlay();
  edits.apply({ changed: [{ id: "a", values: { need: "none" } }], deleted: [] });
  assert.equal(edits.hasGeometryChanges, false);
  const { token } = edits;

  edits.apply({ changed: [], deleted: ["b"] });

  assert.deepEqual([edits.hasGeometryChanges, edits.token === token], [true, false]);
});

test("a map without marks gives every feature an empty code", () => {
  const config = /** @type {any} */ ({ markBy: null, today: "2026-05-04" });

  assert.equal(markCodeReader(config)({ need: "prune" }), "");
  assert.equal(markCodeReader({ ...config, markBy: "need" })({ need: "prune" }), "prune");
});

test("a tree on the border of two tiles belongs to the one that begins there", () => {
  const values = /** @type {[number, {id: string, properties: any}][]} */ ([[1, { id: "west", properties: {} }], [2, { id: "north", properties: {} }], [3, { id: "east", properties: {} }], [4, { id: "south", properties: {} }]]);
  const tiles = [tile([pointFeature(1, 0, 10), pointFeature(2, 10, 0), pointFeature(3, 4096, 10), pointFeature(4, 10, 4096)], values)];

  assert.deepEqual(collectPoints(tiles, "sites", new EditOverlay(), markCodeOf, []).map(({ feature }) => feature.id), ["west", "north"]);
});
