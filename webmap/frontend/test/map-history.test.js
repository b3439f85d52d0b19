import assert from "node:assert/strict";
import { test } from "node:test";
import { MapHistory } from "../src/map/map-history.js";
import { defineGlobal } from "../test-support/globals.js";

/** A browser's history, as far as a map page uses it. */
class FakeBrowser extends EventTarget {
  entries = ["?"];
  index = 0;

  /** @param {string} url */
  push(url) {
    this.entries.splice((this.index += 1), Infinity, url);
  }

  /** @param {number} steps */
  go(steps) {
    this.index += steps;
    this.dispatchEvent(new Event("popstate"));
  }
}

/** Opens a map page in a fake browser. */
function openMap() {
  const browser = new FakeBrowser();
  defineGlobal("addEventListener", /** @type {any} */ (browser.addEventListener.bind(browser)));
  defineGlobal("history", /** @type {any} */ ({ pushState: (/** @type {any} */ _, /** @type {any} */ __, /** @type {string} */ url) => browser.push(url), replaceState: (/** @type {any} */ _, /** @type {any} */ __, /** @type {string} */ url) => (browser.entries[browser.index] = url) }));
  defineGlobal("location", /** @type {any} */ ({ get search() { return browser.entries[browser.index]; } }));
  /** @type {import("../src/map/url-state.js").MapState} */
  const state = { position: { zoom: 12, lat: 38.7, lon: -90.3 }, hiddenLayers: [], selectedKey: null, filters: [] };
  /** @type {import("../src/map/url-state.js").MapState[]} */
  const restored = [];
  const mapHistory = new MapHistory(() => state, (restoredState) => restored.push(restoredState));
  return { browser, state, restored, mapHistory };
}

test("Back undoes a filter and Forward sets it again, each with the map where it was", () => {
  const { browser, state, restored, mapHistory } = openMap();
  mapHistory.updateEntry();
  state.filters = [["need", "remove"]];
  mapHistory.addEntry();
  state.position = { zoom: 17, lat: 38.71, lon: -90.31 };
  mapHistory.updateEntry();

  browser.go(-1);
  browser.go(1);

  assert.deepEqual(restored.map(({ filters, position }) => [filters, position?.zoom]), [[[], 12], [[["need", "remove"]], 17]]);
});

test("moves of the map make no entries", () => {
  const { browser, state, mapHistory } = openMap();

  for (const zoom of [13, 14, 15]) {
    state.position = { zoom, lat: 38.7, lon: -90.3 };
    mapHistory.updateEntry();
  }

  assert.deepEqual(browser.entries, ["?at=15/38.700000/-90.300000"]);
});
