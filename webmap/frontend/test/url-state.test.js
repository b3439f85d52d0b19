import assert from "node:assert/strict";
import { test } from "node:test";
import { featureQuery, parseMapState, formatMapState } from "../src/map/url-state.js";

test("a state that was written is read back as it was", () => {
  const state = {
    position: { zoom: 16.5, lat: 38.7, lon: -90.312345 },
    hiddenLayers: ["parcels", "streets"],
    selectedKey: "sites/S-1/a&b",
    filters: /** @type {[string, string][]} */ ([["town", "bel-nor"], ["need", "remove"], ["need", "prune"]]),
  };

  assert.deepEqual(parseMapState(formatMapState(state)), state);
});

test("an address that tells no place, or nonsense, opens at home", () => {
  for (const query of ["", "at=", "at=1/2", "at=a/b/c", "at=16/91/0", "at=99/38/-90", "at=Infinity/0/0"]) {
    assert.equal(parseMapState(query).position, null, query);
  }
});

test("a blank choice is no filter", () => {
  assert.deepEqual(parseMapState("town=&need=remove").filters, [["need", "remove"]]);
});

test("the map and its export put the same question", () => {
  const box = { west: -90.3200004, south: 38.7, east: -90.31, north: 38.71 };
  const filters = /** @type {[string, string][]} */ ([["need", "remove"]]);

  assert.equal(featureQuery(box, filters), "need=remove&bbox=-90.320000,38.700000,-90.310000,38.710000");
  assert.ok(featureQuery(box, filters, { limit: "2000" }).startsWith(featureQuery(box, filters)));
});

test("a position with empty parts opens at home, not in the Gulf of Guinea", () => {
  for (const query of ["at=//", "at=16//", "at=16/38.7/", "at=/38.7/-90.3", "at=16/%20/-90.3", "at=16/38.7/-90.3/5"]) assert.equal(parseMapState(query).position, null, query);
});

test("the edges of the map are valid positions", () => {
  assert.deepEqual(parseMapState("at=0/85/-180").position, { zoom: 0, lat: 85, lon: -180 });
  assert.deepEqual(parseMapState("at=24/-85/180").position, { zoom: 24, lat: -85, lon: 180 });
});

test("an empty state is an empty query", () => {
  assert.equal(formatMapState({ position: null, hiddenLayers: [], selectedKey: null, filters: [] }), "");
});

test("a link is short and readable: few digits, slashes and commas as they are", () => {
  const position = { zoom: 16.123456, lat: 38.7, lon: -90.31234567 };

  assert.equal(formatMapState({ position, hiddenLayers: ["parcels", "streets"], selectedKey: "sites/S-1", filters: [["town", "bel-nor"]] }), "town=bel-nor&off=parcels,streets&at=16.12/38.700000/-90.312346&pick=sites/S-1");
});

test("a filter with special characters is read back as it was", () => {
  const filters = /** @type {[string, string][]} */ ([["species", "Quercus alba & co, 1/2"], ["need", "null"]]);

  assert.deepEqual(parseMapState(formatMapState({ position: null, hiddenLayers: [], selectedKey: null, filters })).filters, filters);
});

test("empty names among the hidden layers are ignored", () => {
  assert.deepEqual(parseMapState("off=,parcels,,streets,").hiddenLayers, ["parcels", "streets"]);
});
