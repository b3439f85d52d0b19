import assert from "node:assert/strict";
import { test } from "node:test";
import { TileCache } from "../src/tiles/tile-cache.js";
import { TILE, TownServer, mapConfig, pointFeature } from "../test-support/small-map.js";

const coord = { z: 16, x: 100, y: 200 };

test("a tile is asked for once; one that did not come is asked for again", async () => {
  let [asked, fails] = [0, true];
  const get = async () => {
    asked += 1;
    if (fails) throw new Error("no signal");
    return /** @type {any} */ ({ ok: true, arrayBuffer: async () => new ArrayBuffer(0) });
  };
  const tiles = new TileCache(get, { lots: { tiles: "/tiles/lots/1", values: null, version: 1 } });

  assert.ok((await tiles.loadTile("lots", coord, false)).failed);
  fails = false;
  const [one, other] = await Promise.all([tiles.loadTile("lots", coord, false), tiles.loadTile("lots", coord, false)]);

  assert.equal(one, other);
  assert.equal(asked, 2);
  assert.ok(tiles.updateTilesets({ lots: { tiles: "/tiles/lots/2", values: null, version: 2 } }));
  await tiles.loadTile("lots", coord, false);
  assert.equal(asked, 3);
});

test("a server that says so is asked again", async () => {
  const answers = [{ ok: false, status: 503, headers: new Headers({ "Retry-After": "0.01" }) }, { ok: true, arrayBuffer: async () => new ArrayBuffer(0) }];
  const tiles = new TileCache(async () => /** @type {any} */ (answers.shift()), { lots: { tiles: "/t", values: null, version: 1 } });

  assert.ok(!(await tiles.loadTile("lots", coord, false)).failed);
});

const TREE = [pointFeature(1, 800, 800)];
const OTHER = { ...TILE, x: TILE.x + 1 };

/** A cache whose server has the tiles of a small town. */
function startCache() {
  const server = new TownServer();
  server.addTile("sites", { sites: TREE }, [[1, "S-1", { need: "prune" }]]);
  return { server, cache: new TileCache(server.fetchResponse, mapConfig().tilesets) };
}

test("a tile comes with the values of its trees where they are asked for, and without elsewhere", async () => {
  const { server, cache } = startCache();

  const bare = await cache.loadTile("sites", TILE, false);
  const full = await cache.loadTile("sites", TILE, true);

  assert.deepEqual([bare.values, full.values?.get(1)], [null, { id: "S-1", properties: { need: "prune" } }]);
  assert.deepEqual(server.requests.map((url) => url.split("/")[1]), ["tiles", "tiles", "values"]);
});

test("a tile can be looked up once it has arrived, not before", async () => {
  const { cache } = startCache();
  const request = cache.loadTile("sites", TILE, true);
  assert.equal(cache.loadedTile("sites", TILE, true), undefined);

  const tile = await request;

  assert.equal(cache.loadedTile("sites", TILE, true), tile);
  assert.equal(cache.loadedTile("sites", OTHER, true), undefined);
});

test("tiles of an old version are not shown under the new one", async () => {
  const { cache } = startCache();
  await cache.loadTile("sites", TILE, true);

  const tilesets = mapConfig().tilesets;
  assert.equal(cache.updateTilesets(tilesets), false);
  assert.equal(cache.updateTilesets({ ...tilesets, sites: { tiles: "/tiles/sites/8", values: "/values/sites/8", version: 8 } }), true);

  assert.equal(cache.loadedTile("sites", TILE, true), undefined);
});

test("the cache keeps the last 160 tiles", async () => {
  const { cache } = startCache();
  const coords = Array.from({ length: 170 }, (_, index) => ({ ...TILE, x: TILE.x + index }));
  for (const coord of coords) await cache.loadTile("sites", coord, false);

  assert.deepEqual(coords.map((coord) => cache.loadedTile("sites", coord, false) !== undefined), coords.map((_, index) => index >= 10));
});

test("an error of the server is a failed tile, but no sign of a lost signal", async () => {
  const { server, cache } = startCache();
  for (const status of [404, 500]) {
    server.files.set(`/tiles/sites/7/${TILE.z}/${TILE.x}/${TILE.y}`, status);
    assert.equal((await cache.loadTile("sites", TILE, false)).failed, true);
  }
  assert.equal(cache.isOffline, false);

  server.isReachable = false;
  await cache.loadTile("sites", TILE, false);

  assert.equal(cache.isOffline, true);
});

test("values that do not come fail the tile, since trees without values would be lost", async () => {
  const { server, cache } = startCache();
  server.files.set(`/values/sites/7/${TILE.z}/${TILE.x}/${TILE.y}`, 500);

  assert.equal((await cache.loadTile("sites", TILE, true)).failed, true);
});

test("a tileset that the server does not have fails", async () => {
  assert.equal((await startCache().cache.loadTile("inspections", TILE, true)).failed, true);
});

test("a server that asks for too long a wait, or too often, is not waited for", async () => {
  let asked = 0;
  const answer = (/** @type {string} */ seconds) => new TileCache(async () => ((asked += 1), new Response("", { status: 503, headers: { "Retry-After": seconds } })), mapConfig().tilesets);

  assert.equal((await answer("60").loadTile("sites", TILE, false)).failed, true);
  assert.equal(asked, 1);
  assert.equal((await answer("0.001").loadTile("sites", TILE, false)).failed, true);
  assert.equal(asked, 1 + 4);
});

test("a downloaded town serves its tiles: offline always, online only in the server's version", async () => {
  const { server, cache } = startCache();
  /** @type {(number | null)[]} */
  const versions = [];
  const packedTile = { layers: { sites: TREE }, values: { sites: new Map([[1, { id: "packed", properties: {} }]]) } };
  const packs = { packs: [{}], tileAt: async (/** @type {any} */ _coord, /** @type {string} */ _tileset, /** @type {number | null} */ version) => (versions.push(version), version === null ? packedTile : null) };
  cache.setPacks(/** @type {any} */ (packs));

  assert.equal((await cache.loadTile("sites", TILE, true)).values?.get(1)?.id, "S-1");
  assert.equal(cache.usesPacksOnly, false);
  assert.equal(cache.setOffline(true), true);
  assert.equal(cache.usesPacksOnly, true);
  const requestsBefore = server.requests.length;
  assert.equal((await cache.loadTile("sites", OTHER, true)).values?.get(1)?.id, "packed");

  assert.deepEqual([versions, server.requests.length], [[7, null], requestsBefore]);
});

test("opening packs drops the tiles that were loaded before", async () => {
  const { cache } = startCache();
  await cache.loadTile("sites", TILE, true);

  cache.setPacks(/** @type {any} */ ({ packs: [] }));

  assert.deepEqual([cache.loadedTile("sites", TILE, true), cache.usesPacksOnly], [undefined, false]);
});
