import assert from "node:assert/strict";
import { test } from "node:test";
import { question, readState, writeState } from "../src/state.js";

test("a state that was written is read back as it was", () => {
  const state = {
    at: { zoom: 16.5, lat: 38.7, lon: -90.312345 },
    off: ["parcels", "streets"],
    pick: "sites/S-1/a&b",
    filters: /** @type {[string, string][]} */ ([["town", "bel-nor"], ["need", "remove"], ["need", "prune"]]),
  };

  assert.deepEqual(readState(writeState(state)), state);
});

test("an address that tells no place, or nonsense, opens at home", () => {
  for (const query of ["", "at=", "at=1/2", "at=a/b/c", "at=16/91/0", "at=99/38/-90", "at=Infinity/0/0"]) {
    assert.equal(readState(query).at, null, query);
  }
});

test("a blank choice is no filter", () => {
  assert.deepEqual(readState("town=&need=remove").filters, [["need", "remove"]]);
});

test("the map and its export put the same question", () => {
  const box = { west: -90.3200004, south: 38.7, east: -90.31, north: 38.71 };
  const filters = /** @type {[string, string][]} */ ([["need", "remove"]]);

  assert.equal(question(box, filters), "need=remove&bbox=-90.320000,38.700000,-90.310000,38.710000");
  assert.ok(question(box, filters, { limit: "2000" }).startsWith(question(box, filters)));
});
