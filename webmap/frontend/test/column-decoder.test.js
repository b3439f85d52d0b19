import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeColumns } from "../src/tiles/column-decoder.js";

/** Decodes one column of a few features. @param {any} column @param {Record<string, any>} others */
function decode(column, others = {}, id = ["T-1", "T-2", "T-3", "T-4"]) {
  const { fields } = decodeColumns({ id, fields: { column, ...others } });
  return fields.find(({ name }) => name === "column")?.values;
}

test("a plain list is taken as it is, with null for unknown", () => {
  assert.deepEqual(decode([4, null, 0, "x"]), [4, null, 0, "x"]);
});

test("in a dictionary, position 0 is unknown and position 1 the first value", () => {
  assert.deepEqual(decode({ of: ["prune", "remove"], at: [2, 0, 1, 1] }), ["remove", null, "prune", "prune"]);
});

test("a value of 0 or false in a dictionary stays a value", () => {
  assert.deepEqual(decode({ of: [0, false, ""], at: [1, 2, 3, 0] }), [0, false, "", null]);
});

test("days count from the first date, across leap days and years", () => {
  assert.deepEqual(decode({ from: "2023-12-31", days: [0, 1, 60, null] }), ["2023-12-31", "2024-01-01", "2024-02-29", null]);
});

test("days count in any time zone alike, also over a change of the clock", () => {
  const zone = process.env["TZ"];
  for (const other of ["America/Chicago", "Pacific/Kiritimati", "Pacific/Niue"]) {
    process.env["TZ"] = other;
    assert.deepEqual(decode({ from: "2026-03-07", days: [0, 1, 2, 240] }), ["2026-03-07", "2026-03-08", "2026-03-09", "2026-11-02"], other);
  }
  if (zone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zone;
});

test("a column that follows from another has one value for each of its positions", () => {
  const species = { of: ["Quercus alba", "Acer rubrum"], at: [2, 0, 1, 2] };

  assert.deepEqual(decode({ of: [null, "White oak", "Red maple"], by: "species" }, { species }), ["Red maple", null, "White oak", "Red maple"]);
});

test("a column that follows from one that is missing is empty, not an error", () => {
  assert.deepEqual(decode({ of: [null, "White oak"], by: "species" }), []);
});

test("a column that equals the ids lists only the rows that differ", () => {
  assert.deepEqual(decode({ at: [], else: [] }), ["T-1", "T-2", "T-3", "T-4"]);
  assert.deepEqual(decode({ at: [1, 3], else: [null, "T-9"] }), ["T-1", null, "T-3", "T-9"]);
});

test("the ids themselves are not changed by a column that equals them", () => {
  const { ids } = decodeColumns({ id: ["T-1", "T-2"], fields: { tree_id: { at: [0], else: [null] } } });

  assert.deepEqual(ids, ["T-1", "T-2"]);
});

test("house numbers along a street come as steps, and each street has a counter of its own", () => {
  const column = { of: ["#### Oak St", "## Elm Ave"], at: [1, 2, 1, 2], steps: [4021, 12, 4, -2] };

  assert.deepEqual(decode(column), ["4021 Oak St", "12 Elm Ave", "4025 Oak St", "10 Elm Ave"]);
});

test("a number keeps its zeros in front", () => {
  assert.deepEqual(decode({ of: ["T-####"], at: [1, 1, 1, 0], steps: [7, 1, 992] }), ["T-0007", "T-0008", "T-1000", null]);
});

test("a text without a number takes no step", () => {
  assert.deepEqual(decode({ of: ["Oak & Elm", "# Oak St"], at: [2, 1, 2, 1], steps: [5, 2] }), ["5 Oak St", "Oak & Elm", "7 Oak St", "Oak & Elm"]);
});
