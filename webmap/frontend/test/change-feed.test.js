import assert from "node:assert/strict";
import { test } from "node:test";
import { ChangeFeed } from "../src/tiles/change-feed.js";
import { TileCache } from "../src/tiles/tile-cache.js";
import { TownServer, mapConfig } from "../test-support/small-map.js";

/** @param {number} version of the tiles */
const tilesetsOf = (version) => Object.fromEntries(Object.entries(mapConfig().tilesets).map(([name, tileset]) => [name, { ...tileset, tiles: `/tiles/${name}/${version}`, version }]));

/** Starts a feed of trees and lots, whose tiles are of version 7. */
function startFeed() {
  const server = new TownServer();
  const tileCache = new TileCache(server.fetchResponse, tilesetsOf(7));
  const feed = new ChangeFeed(tileCache, "/api/v1", server.fetchResponse, ["sites", "lots"]);
  /** Sets what the server knows. @param {number} version @param {Record<string, any>} changesByPath @param {number} tileVersion */
  const serve = (version, changesByPath = {}, tileVersion = 7) => {
    server.files.clear();
    server.files.set("/api/v1/tiles", { version, tilesets: tilesetsOf(tileVersion) });
    server.files.set("/api/v1/changes/blocks", { since: tileVersion, version, changed: [] });
    for (const [path, changes] of Object.entries(changesByPath)) server.files.set(`/api/v1/changes/${path}`, { version, changed: [], deleted: [], ...changes });
    server.requests.length = 0;
  };
  return { server, tileCache, feed, serve };
}

test("while nothing has changed, a poll is one small request", async () => {
  const { server, feed, serve } = startFeed();
  serve(7);

  assert.deepEqual(await feed.poll(), { version: 7, changed: false });
  assert.deepEqual(server.requests, ["/api/v1/tiles"]);
});

test("an edit is loaded by itself, counted from the version of the tiles", async () => {
  const { server, feed, serve } = startFeed();
  serve(9, { "sites?since=7": { changed: [{ id: "S-1", values: { need: "none" } }], deleted: ["S-2"] }, "lots?since=7": {} });

  assert.deepEqual(await feed.poll(), { version: 9, changed: true });

  assert.deepEqual(server.requests.sort(), ["/api/v1/changes/blocks", "/api/v1/changes/lots?since=7", "/api/v1/changes/sites?since=7", "/api/v1/tiles"]);
  const edits = feed.editsFor("sites");
  assert.deepEqual([edits.changed.get("S-1")?.values, [...edits.deleted]], [{ need: "none" }, ["S-2"]]);
  assert.equal(feed.editsFor("lots").changed.size, 0);
});

test("the next poll asks only for edits after the last one", async () => {
  const { server, feed, serve } = startFeed();
  serve(9, { "sites?since=7": { changed: [{ id: "S-1", values: { need: "none" } }] }, "lots?since=7": {} });
  await feed.poll();
  serve(10, { "sites?since=9": { changed: [{ id: "S-2", values: { need: "prune" } }] }, "lots?since=9": {} });

  assert.equal((await feed.poll()).changed, true);

  assert.ok(server.requests.includes("/api/v1/changes/sites?since=9"));
  assert.deepEqual([...feed.editsFor("sites").changed.keys()], ["S-1", "S-2"]);
});

test("a new version without an edit to this map paints nothing again", async () => {
  const { feed, serve } = startFeed();
  serve(9, { "sites?since=7": {}, "lots?since=7": {} });

  assert.deepEqual(await feed.poll(), { version: 9, changed: false });
});

test("edits that new tiles contain are dropped", async () => {
  const { feed, serve, tileCache } = startFeed();
  serve(9, { "sites?since=7": { changed: [{ id: "S-1", values: { need: "none" } }] }, "lots?since=7": {} });
  await feed.poll();
  serve(10, {}, 10);

  assert.deepEqual(await feed.poll(), { version: 10, changed: true });

  assert.deepEqual([feed.editsFor("sites").changed.size, tileCache.tilesets["sites"]?.version], [0, 10]);
});

test("edits newer than the new tiles are loaded again from there", async () => {
  const { feed, serve } = startFeed();
  serve(9, { "sites?since=7": { changed: [{ id: "old", values: {} }, { id: "new", values: {} }] }, "lots?since=7": {} });
  await feed.poll();
  serve(9, { "sites?since=8": { changed: [{ id: "new", values: {} }] }, "lots?since=8": {} }, 8);

  await feed.poll();

  assert.deepEqual([...feed.editsFor("sites").changed.keys()], ["new"]);
});

test("a server that no longer knows the changes is left alone until its next tiles", async () => {
  const { feed, serve } = startFeed();
  serve(900, { "sites?since=7": { resync: true }, "lots?since=7": { resync: true } });

  assert.deepEqual(await feed.poll(), { version: 900, changed: false });
});

test("changes that do not come are asked for again", async () => {
  const { server, feed, serve } = startFeed();
  serve(9, { "sites?since=7": {}, "lots?since=7": {} });
  server.files.set("/api/v1/changes/sites?since=7", 500);
  assert.equal((await feed.poll()).changed, false);

  serve(9, { "sites?since=7": { changed: [{ id: "S-1", values: {} }] }, "lots?since=9": {} });

  assert.equal((await feed.poll()).changed, true);
  assert.deepEqual([...feed.editsFor("sites").changed.keys()], ["S-1"]);
});

test("losing the server and finding it again each paint the map once", async () => {
  const { server, feed, serve, tileCache } = startFeed();
  serve(7);
  const poll = async (/** @type {boolean} */ isReachable) => {
    server.isReachable = isReachable;
    return [await feed.poll(), tileCache.isOffline];
  };

  assert.deepEqual(await poll(false), [{ version: null, changed: true }, true]);
  assert.deepEqual(await poll(false), [{ version: null, changed: false }, true]);
  assert.deepEqual(await poll(true), [{ version: 7, changed: true }, false]);
});

test("a server in trouble is not a lost one", async () => {
  const { server, feed, tileCache } = startFeed();
  server.files.set("/api/v1/tiles", 503);

  assert.deepEqual([await feed.poll(), tileCache.isOffline], [{ version: null, changed: false }, false]);
});

test("recounted hexagons come with an edit, unless they belong to other tiles", async () => {
  const { server, feed, serve } = startFeed();
  const changed = [{ zoom: 13, number: 5, values: { trees: 12 } }];
  serve(9, { "sites?since=7": { deleted: ["S-1"] }, "lots?since=7": {} });
  server.files.set("/api/v1/changes/blocks", { since: 8, changed });
  await feed.poll();
  assert.deepEqual(feed.changedHexbins, []);

  serve(10, { "sites?since=9": { deleted: ["S-2"] }, "lots?since=9": {} });
  server.files.set("/api/v1/changes/blocks", { since: 7, changed });
  await feed.poll();

  assert.deepEqual(feed.changedHexbins, changed);
});

test("a tileset that is not followed has no edits", () => {
  assert.equal(startFeed().feed.editsFor("streets").changed.size, 0);
});
