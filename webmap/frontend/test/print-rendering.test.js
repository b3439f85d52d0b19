import assert from "node:assert/strict";
import { test } from "node:test";
import { paperView } from "../src/print/paper-view.js";
import { MapRenderer } from "../src/render/map-renderer.js";
import { CanvasMaker } from "../test-support/recording-canvas.js";
import { MAP_STYLE, TownServer, lineFeature, mapConfig, pointFeature, viewOfTown } from "../test-support/small-map.js";
import { defineGlobal } from "../test-support/globals.js";

const TREES = [pointFeature(1, 800, 780), pointFeature(2, 2_400, 2_000)];
/** @type {[number, string, Record<string, any>][]} */
const TREE_VALUES = [[1, "S-1", { need: "prune", tree_id: "T-1", town: "Bel-Nor", address: "4021 Oak Ct" }], [2, "S-2", { need: "remove", tree_id: "T-2", town: "Normandy", address: null }]];
// Oak Ct is too short for its name, and Elm Ave leaves the picture at once.
const STREETS = [lineFeature(1, [700, 800, 1_000, 800], { name: "Oak Ct" }), lineFeature(2, [2_400, 2_100, 2_500, 2_100], { name: "Pine Blvd" }), lineFeature(3, [100, 3_000, 160, 3_000], { name: "Elm Ave" })];

/** Prints the map of a small town, and returns what came of it with the texts that were drawn. @param {number} maxRows @param {import("../src/render/protocol.js").View} view */
async function printTown(maxRows, view = viewOfTown()) {
  defineGlobal("createImageBitmap", async (/** @type {any} */ canvas) => canvas);
  const server = new TownServer();
  server.addTile("sites", { sites: TREES }, TREE_VALUES);
  server.addTile("lots", { parcels: [], streets: STREETS }, []);
  server.files.set("/api/v1/changes/blocks", { since: 7, version: 7, changed: [] });
  const renderer = new MapRenderer(mapConfig(), new CanvasMaker().createCanvas, server.fetchResponse, () => {});
  await renderer.handleRequest("setMapStyle", MAP_STYLE);
  await renderer.handleRequest("showView", viewOfTown());
  const printed = await renderer.handleRequest("renderForPrint", { view, mapStyle: MAP_STYLE, maxRows });
  return { printed, texts: /** @type {string[]} */ (/** @type {any} */ (printed.bitmap).context.texts()) };
}

test("a day sheet's map names every street of its rows: that of the address, else the nearest", async () => {
  const { printed, texts } = await printTown(90);

  assert.deepEqual(printed.rows.map(({ feature }) => feature.id).sort(), ["S-1", "S-2"]);
  for (const name of ["Oak Ct", "Pine Blvd"]) assert.ok(texts.includes(name), `${name} is not among ${texts}`);
  assert.ok(!texts.includes("Elm Ave"));
});

test("a printed map without rows needs no further names", async () => {
  assert.deepEqual((await printTown(0)).texts, []);
});

test("a printed map tells its towns, those with the most first", async () => {
  assert.deepEqual((await printTown(0)).printed.towns.sort(), ["Bel-Nor", "Normandy"]);
});

test("a large screen's map has the same trees on paper, although it is painted smaller", async () => {
  const { printed } = await printTown(90, paperView(viewOfTown({ width: 2_000, height: 1_500 })));

  assert.deepEqual([printed.level, printed.rows.length, printed.bitmap.width], ["features", 2, 2_400]);
});
