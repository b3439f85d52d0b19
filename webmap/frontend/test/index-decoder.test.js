import assert from "node:assert/strict";
import { test } from "node:test";
import { originalId, stripSeparators } from "../src/search/geocode/address-index.js";
import { NO_NUMBER, decodeCodes, decodeFile, decodeHouseNumbers, decodePoints, decodeRuns, decodeSparse, rowStartsOf } from "../src/search/geocode/index-decoder.js";
import { encodeFile, openGazetteer } from "../test-support/small-gazetteer.js";

test("numbers take as few bytes as they need, and large ones come back whole", () => {
  const [, columns] = decodeFile(Uint8Array.from([...Buffer.from('{"columns":{"a":3,"b":0,"c":7}}\n'), 0x05, 0xac, 0x02, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]));

  assert.deepEqual(columns, { a: [5, 300], b: [], c: [2 ** 46 - 1] });
});

test("a header may hold any text, and its columns begin behind its line", () => {
  const [header, columns] = decodeFile(encodeFile({ town: "Bel-Nör\n🌳" }, { numbers: [1, 10, 128] }));

  assert.deepEqual([header.town, columns], ["Bel-Nör\n🌳", { numbers: [1, 10, 128] }]);
});

test("a column with few values holds the distance from one filled row to the next", () => {
  assert.deepEqual(decodeSparse([1, 8, 2, 9]), [[1, 8], [3, 9]]);
  assert.deepEqual([...decodeCodes(5, [1, 8, 2, 9])], [0, 8, 0, 9, 0]);
  assert.deepEqual([decodeSparse(), [...decodeCodes(2, undefined)]], [[], [0, 0]]);
});

test("a column of runs fills row after row", () => {
  assert.deepEqual([...decodeRuns(5, [3, 2, 0, 1, 7, 2])], [3, 3, 0, 7, 7]);
});

test("points are steps from the point before, and a missing one moves nothing", () => {
  assert.deepEqual(decodePoints([7, 0, 2], [1, 2], 1e5), [[0.00003, -0.00001], [NaN, NaN], [0.00002, 0]]);
});

test("house numbers start anew with each street, and rows without one come last", () => {
  const starts = rowStartsOf([3, 0, 2]);

  assert.deepEqual(starts, [0, 3, 3, 5]);
  assert.deepEqual([...decodeHouseNumbers({ nones: [1, 0, 0], numbers: [4_021, 4, 12, 0] }, starts)], [4_021, 4_025, NO_NUMBER, 12, 12]);
});

test("an index finds the rows of a street, and of one number on it", () => {
  const index = openGazetteer({ addresses: [{ street: "Oak St", number: 12 }, { street: "Oak St", number: 14, unit: "APT 1" }, { street: "Oak St", number: 14, unit: "APT 2" }, { street: "Oak St" }, { street: "Elm Ave", number: 14 }] });

  assert.deepEqual([index.rowRange(0), index.rowRange(0, 14), index.rowRange(0, 13), index.rowRange(1, 14)], [[0, 4], [1, 3], [1, 1], [4, 5]]);
  assert.deepEqual([0, 3, 4].map((row) => [index.streetIdOfRow(row), index.houseNumber(row)]), [[0, 12], [0, -1], [1, 14]]);
});

test("a range on record holds each number on its side of the street", () => {
  const index = openGazetteer({ addresses: [{ street: "Oak St", number: 4_021, high: 4_025 }, { street: "Elm Ave", number: 4_020, high: 4_023 }, { street: "Pine Ct", number: 4_023 }] });

  assert.deepEqual([4_020, 4_021, 4_022, 4_023, 4_025, 4_026].map((number) => [...index.streetsWithNumber(number)].sort()), [[1], [0, 1], [1], [0, 1, 2], [0], []]);
});

test("texts, towns and post offices come back row by row", () => {
  const index = openGazetteer({ addresses: [{ street: "Oak St", number: 12, town: "Bel-Nor", zip: "63121", postal: "Saint Louis" }, { street: "Oak St", number: 14, town: "Normandy", letter: "R", frac: "1/2" }, { street: "Oak St", number: 16 }] });

  assert.deepEqual([0, 1, 2].map((row) => ["town", "zip", "postal", "letter", "frac", "unit"].map((name) => index.textAt(name, row))), [["Bel-Nor", "63121", "Saint Louis", "", "", ""], ["Normandy", "", "", "R", "1/2", ""], ["", "", "", "", "", ""]]);
});

test("before a town is downloaded its addresses are known, but not their parcels and places", () => {
  const addresses = [{ street: "Oak St", number: 12, town: "Bel-Nor", parcel: "12-3", lon: -90.3, lat: 38.7 }];
  const [before, after] = [openGazetteer({ addresses }, false), openGazetteer({ addresses })];

  assert.deepEqual([before, after].map((index) => index.textAt("town", 0)), ["Bel-Nor", "Bel-Nor"]);
  assert.deepEqual([before.rowParcelIds, [...before.lon], [...before.lat]], [[null], [NaN], [NaN]]);
  assert.deepEqual([after.rowParcelIds, [...after.lon], [...after.lat]], [["12-3"], [-90.3], [38.7]]);
});

test("a parcel without an address is found by its number, with its place", () => {
  const index = openGazetteer({ addresses: [{ street: "Oak St", number: 12, town: "Bel-Nor" }], parcels: [{ id: "99-1", town: "Bel-Nor", lon: -90.31, lat: 38.71 }] });

  assert.deepEqual([index.parcelIdsByKey.get("991"), index.parcels.get("99-1")], [["99-1"], { rows: [], town: "Bel-Nor", lon: -90.31, lat: 38.71 }]);
});

test("a parcel number is the same with spaces, dots, slashes and hyphens, and without its source", () => {
  assert.deepEqual(["12 h-34.5/6", "12H3456"].map(stripSeparators), ["12H3456", "12H3456"]);
  assert.deepEqual([originalId("12-3~normandy/roll"), originalId("12-3")], ["12-3", "12-3"]);
});

test("spellings are sorted, with a direction and without it, short and in full", () => {
  const index = openGazetteer({ addresses: [{ street: "N Market St", number: 1 }] });

  assert.deepEqual(index.sortedSpellings.map((spelling) => spelling.join(" ")), ["MARKET ST", "N MARKET ST", "NORTH MARKET ST"]);
});
