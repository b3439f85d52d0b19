import assert from "node:assert/strict";
import { test } from "node:test";
import { TownList } from "../src/map/town-list.js";
import { mapConfig } from "../test-support/small-map.js";

const RING = [[-90.3, 38.7], [-90.2, 38.7], [-90.2, 38.8], [-90.3, 38.7]];

/** @param {string} name @param {Record<string, any>} properties @param {any} geometry */
const townOf = (name, properties = {}, geometry = { type: "Polygon", coordinates: [RING] }) => /** @type {any} */ ({ type: "Feature", id: name.toLowerCase(), geometry, properties: { name, slug: name.toLowerCase(), ...properties } });

/** Lists towns that have arrived. @param {...any} features */
async function listOf(...features) {
  const list = new TownList(mapConfig(), Promise.resolve({ features, labelPoints: { normandy: [-90.25, 38.72] } }));
  await list.loadTowns();
  return list;
}

test("only towns in force today are listed", async () => {
  const list = await listOf(townOf("Normandy"), townOf("Terrace", { valid_to: "2017-05-31" }), townOf("Future", { valid_from: "2030-01-01" }));

  assert.deepEqual(list.towns.map(({ id }) => id), ["normandy"]);
});

test("a town is found by its name and by its slug", async () => {
  const list = await listOf(townOf("Normandy"), townOf("Pagedale"));

  assert.deepEqual([list.townByName("Pagedale")?.id, list.townBySlug("normandy")?.id, list.townByName("normandy"), list.townByName(null)], ["pagedale", "normandy", undefined, undefined]);
});

test("a town of one part and one of several come to the renderer in the same form", async () => {
  const list = await listOf(townOf("Normandy"), townOf("Pagedale", {}, { type: "MultiPolygon", coordinates: [[RING], [RING]] }), townOf("Lost", {}, null));

  assert.deepEqual(list.townShapes().map(({ name, areas, labelPoint }) => [name, areas.length, labelPoint]), [["Normandy", 1, [-90.25, 38.72]], ["Pagedale", 2, null], ["Lost", 0, null]]);
});

test("each town's value is written for its label, and an unknown one is not", async () => {
  const list = await listOf(townOf("Normandy", { canopy_pct: 12.345 }), townOf("Pagedale", { canopy_pct: null }));

  assert.deepEqual(list.townShapes().map(({ valueText }) => valueText), ["12.3%", null]);
});

test("the map fits around all parts of a town", async () => {
  const list = await listOf();
  /** @type {any[]} */
  const fitted = [];
  const map = /** @type {any} */ ({ fitBounds: (/** @type {any} */ bounds) => fitted.push(bounds) });
  const east = RING.map(([lon = 0, lat = 0]) => [lon + 1, lat]);

  list.fitMap(map, townOf("Pagedale", {}, { type: "MultiPolygon", coordinates: [[RING], [east]] }));
  list.fitMap(map, townOf("Lost", {}, null));

  assert.deepEqual(fitted, [[[38.7, -90.3], [38.8, -89.2]]]);
});

test("a town without a survey says so, one with a count of zero does not", async () => {
  const list = await listOf(townOf("Normandy", { canopy_pct: null }), townOf("Pagedale", { canopy_pct: 0 }));

  assert.deepEqual([list.unsurveyedTownName("Normandy"), list.unsurveyedTownName("Pagedale"), list.unsurveyedTownName("Elsewhere"), list.unsurveyedTownName(null)], ["Normandy", null, null, null]);
});

test("towns that did not come are asked for again the next time", async (t) => {
  const list = new TownList(mapConfig(), Promise.resolve(null));
  assert.deepEqual([await list.loadTowns(), list.isLoaded], [false, false]);
  const asked = t.mock.method(globalThis, "fetch", async () => Response.json({ features: [townOf("Normandy")], label_points: {} }));

  assert.deepEqual([await list.loadTowns(), list.towns.length, asked.mock.callCount()], [true, 1, 1]);
  await list.loadTowns();

  assert.equal(asked.mock.callCount(), 1);
});

test("towns are asked for by workspace, version and day, so that no cache mixes them", async (t) => {
  const asked = t.mock.method(globalThis, "fetch", async () => Response.json({ features: [] }));
  const list = new TownList(mapConfig(), null);

  await list.loadTowns();
  await list.loadTowns(9);

  assert.deepEqual(asked.mock.calls.map((call) => String(/** @type {any[]} */ (call.arguments)[0])), ["7", "9"].map((version) => `/api/v1/towns.geojson?fields=name,canopy_pct&version=county-${version}-2026-05-04`));
});
