import assert from "node:assert/strict";
import { test } from "node:test";
import { MapRenderer } from "../src/render/map-renderer.js";
import { squareToPixels } from "../src/tiles/projection.js";
import { CanvasMaker } from "../test-support/recording-canvas.js";
import { MAP_STYLE, TILE, TownServer, boxFeature, boxGeometry, latLonAt, mapConfig, pointFeature, viewOfTown } from "../test-support/small-map.js";
import { defineGlobal } from "../test-support/globals.js";

const TREES = [pointFeature(1, 800, 800), pointFeature(2, 1_600, 800), pointFeature(3, 2_400, 800)];
/** @type {[number, string, Record<string, any>][]} */
const TREE_VALUES = [[1, "S-1", { need: "prune", tree_id: "T-1", town: "Bel-Nor" }], [2, "S-2", { need: "remove", tree_id: "T-2", town: "Normandy" }], [3, "S-3", { need: "none", tree_id: null, town: "Normandy" }]];
const NO_FILTER = { town: null, fields: /** @type {[string, string[]][]} */ ([]), since: /** @type {[string, string][]} */ ([]) };

/** Starts the renderer of a map of a small town with three trees and a lot. @param {Record<string, any>} config */
async function startMap(config = {}) {
  const server = new TownServer();
  server.addTile("sites", { sites: TREES }, TREE_VALUES);
  server.addTile("lots", { parcels: [boxFeature(9, 0, 0, 2_000, 2_000)] }, [[9, "L-9", { address: "4021 Oak St", canopy_pct: 12 }]]);
  server.files.set("/api/v1/changes/blocks", { since: 7, version: 7, changed: [] });
  /** @type {any[]} */
  const pictures = [];
  const maker = new CanvasMaker();
  const renderer = new MapRenderer(mapConfig(config), maker.createCanvas, server.fetchResponse, (picture) => pictures.push(picture));
  await renderer.handleRequest("setMapStyle", MAP_STYLE);
  const listedIds = async () => (await renderer.handleRequest("listRows", { start: 0, end: 99, order: "need" })).rows.map(({ feature }) => feature.id);
  return { server, renderer, pictures, maker, listedIds };
}

/** Lets the server report changes. @param {TownServer} server @param {number} version @param {any} sites */
function reportChanges(server, version, sites) {
  server.files.set("/api/v1/tiles", { version, tilesets: mapConfig().tilesets });
  server.files.set("/api/v1/changes/sites?since=7", { version, changed: [], deleted: [], ...sites });
  server.files.set("/api/v1/changes/lots?since=7", { version, changed: [], deleted: [] });
}

test("a view is painted from its tiles, and its summary counts the trees", async () => {
  const { renderer, pictures } = await startMap();

  const summary = await renderer.handleRequest("showView", viewOfTown());

  assert.deepEqual(summary, { level: "features", count: 3, countsByMark: { remove: 1, prune: 1, none: 1 }, towns: ["Normandy", "Bel-Nor"], offline: false, failedTiles: 0 });
  assert.equal(pictures.at(-1)?.isComplete, true);
});

test("the list begins with the most urgent tree", async () => {
  const { renderer, listedIds } = await startMap();

  await renderer.handleRequest("showView", viewOfTown());

  assert.deepEqual(await listedIds(), ["S-2", "S-1", "S-3"]);
});

test("an unknown request is refused by name, also one that every object has", async () => {
  const { renderer } = await startMap();

  for (const type of ["paintRed", "toString", "constructor"]) await assert.rejects(renderer.handleRequest(/** @type {any} */ (type), /** @type {any} */ ({})), new RegExp(`unknown request type: ${type}`));
});

test("a filter keeps its matches, and the counts still show how many each mark would add", async () => {
  const { renderer, listedIds } = await startMap();
  await renderer.handleRequest("setFilter", { filter: { ...NO_FILTER, town: "Normandy", fields: [["need", ["remove"]]] }, hiddenLayers: [] });

  const summary = await renderer.handleRequest("showView", viewOfTown());

  assert.deepEqual([await listedIds(), summary?.count, summary?.countsByMark], [["S-2"], 1, { remove: 1, none: 1 }]);
});

test("a tap on a mark finds its tree, and its card finds the lot under it", async () => {
  const { renderer } = await startMap();
  await renderer.handleRequest("showView", viewOfTown({ zoom: 18 })); // so close that lots come with their values

  const hit = await renderer.handleRequest("hitTest", { x: 201, y: 199, radiusPx: 22 });
  const parcel = await renderer.handleRequest("findParcel", { latLon: latLonAt(800, 800) });

  assert.deepEqual([hit?.row.feature.id, parcel?.id, parcel?.properties["address"]], ["S-1", "L-9", "4021 Oak St"]);
  assert.equal(await renderer.handleRequest("findParcel", { latLon: latLonAt(3_000, 800) }), null);
});

test("a tree that was marked as done here is drawn and counted as done at once, and keeps its place in the list", async () => {
  const { renderer, listedIds, pictures } = await startMap();
  await renderer.handleRequest("showView", viewOfTown());

  await renderer.handleRequest("setDoneHere", { records: ["trees/T-2"] });

  assert.deepEqual(pictures.at(-1)?.summary.countsByMark, { done: 1, prune: 1, none: 1 });
  assert.deepEqual(await listedIds(), ["S-2", "S-1", "S-3"]);
  const pictureCount = pictures.length;
  await renderer.handleRequest("setDoneHere", { records: ["trees/T-2"] });
  assert.equal(pictures.length, pictureCount);
});

test("a tree that was marked as done here no longer counts among those to remove, with and without that filter", async () => {
  const { renderer, listedIds, pictures } = await startMap();
  await renderer.handleRequest("setFilter", { filter: { ...NO_FILTER, fields: [["need", ["remove"]]] }, hiddenLayers: [] });
  await renderer.handleRequest("showView", viewOfTown());
  assert.deepEqual([pictures.at(-1)?.summary.count, await listedIds()], [1, ["S-2"]]);

  await renderer.handleRequest("setDoneHere", { records: ["trees/T-2"] });

  assert.deepEqual([pictures.at(-1)?.summary.count, await listedIds(), pictures.at(-1)?.summary.countsByMark], [0, [], { done: 1, prune: 1, none: 1 }]);
});

test("the last picture of a view brings its counts, whichever request had it painted", async () => {
  const { renderer, pictures } = await startMap();
  await renderer.handleRequest("showView", viewOfTown());
  const before = pictures.length;

  await renderer.handleRequest("setSelection", { key: "sites/S-1", latLon: latLonAt(800, 800) });

  const newPictures = pictures.slice(before);
  assert.deepEqual([newPictures.at(-1).summary.count, newPictures.filter(({ isComplete, summary }) => isComplete !== (summary !== null))], [3, []]);
});

test("a record is found with the latest edits before it is painted, also where the filter hides it", async () => {
  const { server, renderer } = await startMap();
  await renderer.handleRequest("setFilter", { filter: { ...NO_FILTER, fields: [["need", ["remove"]]] }, hiddenLayers: [] });
  await renderer.handleRequest("showView", viewOfTown());
  reportChanges(server, 8, { changed: [{ id: "S-2", values: { need: "stump", tree_id: null } }] });
  await renderer.handleRequest("pollChanges", {});

  const row = await renderer.handleRequest("findRow", { id: "S-2" });

  assert.deepEqual([row?.code, row?.feature.properties["tree_id"], row?.feature.properties["town"]], ["stump", null, "Normandy"]);
  assert.equal(await renderer.handleRequest("findRow", { id: "S-99" }), null);
});

test("somebody else's edit appears without loading tiles again", async () => {
  const { server, renderer } = await startMap();
  await renderer.handleRequest("showView", viewOfTown());
  const tileRequests = () => server.requests.filter((url) => /^\/(tiles|values)/.test(url)).length;
  const before = tileRequests();
  reportChanges(server, 8, { changed: [{ id: "S-2", values: { need: "none" } }], deleted: ["S-3"] });

  assert.deepEqual(await renderer.handleRequest("pollChanges", {}), { version: 8, changed: true });
  const summary = await renderer.handleRequest("showView", viewOfTown());

  assert.deepEqual([summary?.count, summary?.countsByMark, tileRequests()], [2, { prune: 1, none: 1 }, before]);
});

test("of two views asked for in a row only the last one is answered", async () => {
  const { renderer, pictures } = await startMap();

  const [first, second] = await Promise.all([renderer.handleRequest("showView", viewOfTown()), renderer.handleRequest("showView", viewOfTown({ width: 300 }))]);

  assert.deepEqual([first, second?.level], [null, "features"]);
  assert.ok(pictures.every(({ view }) => view.width === 300));
});

test("a tile that fails is counted, and asked for again with the next view", async () => {
  const { server, renderer } = await startMap();
  const path = `sites/7/${TILE.z}/${TILE.x}/${TILE.y}`;
  server.files.set(`/tiles/${path}`, 500);
  assert.equal((await renderer.handleRequest("showView", viewOfTown()))?.failedTiles, 1);

  server.addTile("sites", { sites: TREES }, TREE_VALUES);
  const summary = await renderer.handleRequest("showView", viewOfTown());

  assert.deepEqual([summary?.failedTiles, summary?.count], [0, 3]);
});

test("a server that does not answer makes the map offline", async () => {
  const { server, renderer } = await startMap();
  server.isReachable = false;

  assert.equal((await renderer.handleRequest("showView", viewOfTown()))?.offline, true);
});

test("a far view needs no tiles, a middle one hexagons, a near one trees and lots", async () => {
  const { renderer } = await startMap();
  const tilesetsAt = (/** @type {number} */ zoom) => [...new Set(renderer.requiredTiles(viewOfTown({ zoom })).map(({ tileset, withValues }) => tileset + (withValues ? "+" : "")))];

  assert.deepEqual([10, 12, 15, 17, 18].map(tilesetsAt), [[], ["blocks"], ["sites+", "streets"], ["sites+", "lots"], ["sites+", "lots+"]]);
});

test("a selected lot loads the values of lots, which hold its id", async () => {
  const { renderer } = await startMap();
  await renderer.handleRequest("setSelection", { key: "parcels/L-9", latLon: null });

  assert.ok(renderer.requiredTiles(viewOfTown()).every(({ withValues }) => withValues));
});

test("hidden trees are not loaded, and hidden hexagons give way to towns", async () => {
  const { renderer } = await startMap();
  await renderer.handleRequest("setFilter", { filter: NO_FILTER, hiddenLayers: ["sites", "blocks"] });

  assert.deepEqual(renderer.requiredTiles(viewOfTown()).map(({ tileset }) => tileset), ["lots"]);
  assert.equal(renderer.detailLevel(13), "towns");
});

test("a map of lots lists the lots in view", async () => {
  const { renderer, listedIds } = await startMap({ tileset: "lots", layer: "parcels", markBy: null, marks: [] });

  const summary = await renderer.handleRequest("showView", viewOfTown());

  assert.deepEqual([await listedIds(), summary?.count], [["L-9"], 1]);
});

test("a far view names the town at a point, a middle one gives the hexagon", async () => {
  const { server, renderer } = await startMap();
  const hexTile = { z: 12, x: TILE.x >> 4, y: TILE.y >> 4 };
  server.addTile("blocks", { blocks: [boxFeature(1, 0, 0, 4_096, 4_096, { trees: "12" })] }, [], hexTile);
  await renderer.handleRequest("setTowns", { towns: [{ name: "Bel-Nor", valueText: null, properties: {}, areas: [boxGeometry(0, 0, 4_000, 4_000).coordinates], labelPoint: null }] });
  const describe = async (/** @type {number} */ zoom) => {
    await renderer.handleRequest("showView", viewOfTown({ zoom }));
    return renderer.handleRequest("describePlace", { latLon: latLonAt(100, 100) });
  };

  assert.deepEqual(await describe(10), { level: "towns", hexbin: null, townName: "Bel-Nor" });
  assert.deepEqual(await describe(13), { level: "hexbins", hexbin: { trees: "12" }, townName: null });
});

test("a work sheet has the urgent trees in walking order, and no tree that needs nothing", async () => {
  defineGlobal("createImageBitmap", async (/** @type {any} */ canvas) => canvas);
  const { renderer, maker } = await startMap();
  await renderer.handleRequest("setDevicePosition", { latLon: latLonAt(0, 800) });

  const printed = await renderer.handleRequest("renderForPrint", { view: viewOfTown(), mapStyle: MAP_STYLE, maxRows: 90 });

  assert.deepEqual(printed.rows.map(({ feature }) => feature.id), ["S-1", "S-2"]);
  assert.deepEqual([printed.count, printed.markCodes, printed.level, printed.hasFailedTiles], [2, ["prune", "remove"], "features", false]);
  assert.deepEqual(maker.canvases.at(-3)?.context.texts(), ["1", "2"]);
});

test("a full work sheet holds the most urgent trees and the count of all", async () => {
  defineGlobal("createImageBitmap", async (/** @type {any} */ canvas) => canvas);
  const { renderer } = await startMap();

  const { rows, count } = await renderer.handleRequest("renderForPrint", { view: viewOfTown(), mapStyle: MAP_STYLE, maxRows: 1 });

  assert.deepEqual([rows.map(({ feature }) => feature.id), count], [["S-2"], 2]);
});

test("a printed map shows all that is in view, without a list and without the selection", async () => {
  defineGlobal("createImageBitmap", async (/** @type {any} */ canvas) => canvas);
  const { renderer } = await startMap();
  await renderer.handleRequest("setSelection", { key: "sites/S-1", latLon: latLonAt(800, 800) });

  const printed = await renderer.handleRequest("renderForPrint", { view: viewOfTown(), mapStyle: MAP_STYLE, maxRows: 0 });

  assert.deepEqual([printed.rows, printed.count, printed.markCodes], [[], 3, ["remove", "prune", "none"]]);
  assert.deepEqual(/** @type {any} */ (printed.bitmap).context.callsOf("arc"), []);
});

test("the picture has the size of the view with its padding, in pixels of the screen", async () => {
  const { renderer, pictures } = await startMap();

  await renderer.handleRequest("showView", viewOfTown({ padding: 90, pixelRatio: 2 }));

  assert.deepEqual([pictures.at(-1)?.bitmap.width, pictures.at(-1)?.bitmap.height], [2 * (500 + 180), 2 * (400 + 180)]);
});

test("the ring around the selection lies on its place in the padded picture", async () => {
  const { renderer, pictures } = await startMap();
  await renderer.handleRequest("showView", viewOfTown({ padding: 90 }));

  await renderer.handleRequest("setSelection", { key: "sites/S-1", latLon: latLonAt(800, 800) });

  const { context } = pictures.at(-1)?.bitmap;
  const [ring] = context.callsOf("arc");
  const { x, y } = squareToPixels(renderer.selection.position ?? [0, 0], viewOfTown());
  assert.deepEqual([Math.round(x), Math.round(y)], [100, 100]);
  assert.deepEqual([Math.round(ring.args[0]), Math.round(ring.args[1])], [190, 190]);
});

test("offline with a downloaded town, near views use the one zoom that the town was packed in", async () => {
  const { renderer } = await startMap();
  const zoomsAt = (/** @type {number} */ zoom) => [...new Set(renderer.requiredTiles(viewOfTown({ zoom })).map(({ coord }) => coord.z))];
  assert.deepEqual([15, 18].map(zoomsAt), [[15], [16]]);

  renderer.tileCache.setPacks(/** @type {any} */ ({ packs: [{}] }));
  renderer.tileCache.setOffline(true);

  assert.deepEqual([15, 18].map(zoomsAt), [[16], [16]]);
});
