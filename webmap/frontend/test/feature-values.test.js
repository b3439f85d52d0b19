import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeFeatureValues } from "../src/tiles/feature-values.js";

test("columns are read in each of their forms", () => {
  const read = decodeFeatureValues({
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
