import assert from "node:assert/strict";
import { test } from "node:test";
import { find } from "../src/search/geocode/geocoder.js";
import { GAZETTEER } from "../test-support/bel-nor.js";

/** @param {string} query @param {import("../src/search/geocode/geocoder.js").GeocodeOptions} options */
const ask = (query, options = {}) => find(GAZETTEER, query, options);
/** Returns the status and the addresses found. @param {string} query */
const found = (query, options = {}) => [ask(query, options).status, ...ask(query, options).candidates.map(({ address }) => address)];
/** Returns the status, the first address and its changes. @param {string} query */
function corrected(query) {
  const { status, candidates: [first] } = ask(query);
  return [status, first?.address, ...(first?.changes ?? [])];
}

test("an address is found as typed, with its parcel, place and ZIP", () => {
  assert.deepEqual(ask("4021 N Oak St"), {
    query: "4021 N Oak St",
    status: "exact",
    candidates: [{ parcel_id: "12-1", address: "4021 N Oak St", town: "Bel-Nor", lon: -90.301, lat: 38.701, status: "exact", changes: [], kind: "address", zip: "63121" }],
  });
});

test("a direction and a suffix may be left out", () => {
  assert.deepEqual([found("4021 oak"), found("4021 north oak street, Bel-Nor MO 63121")], [["exact", "4021 N Oak St"], ["exact", "4021 N Oak St"]]);
});

test("a wrong suffix or direction is corrected, with a note", () => {
  assert.deepEqual(corrected("4021 N Oak Ave"), ["corrected", "4021 N Oak St", "Typed “Ave”; the street on record is N Oak St."]);
  assert.deepEqual(corrected("4021 S Oak St"), ["corrected", "4021 N Oak St", "Typed “S”; the street on record is N Oak St."]);
  assert.deepEqual(corrected("4021 Oak St N"), ["corrected", "4021 N Oak St", "Moved “N” before the name."]);
});

test("a number inside a range finds the range, one on the other side of the street does not", () => {
  assert.deepEqual(corrected("4027 N Oak St"), ["corrected", "4025-4029 N Oak St", "Number 4027 is part of 4025-4029."]);
  assert.equal(ask("4026 N Oak St").status, "nearest");
});

test("a typed range finds its first number, else a number within it", () => {
  assert.deepEqual(corrected("7201-7203 Natural Bridge Rd").slice(0, 3), ["corrected", "7201 Natural Bridge Rd", "Number 7201-7203 is not on record; this is 7201."]);
  assert.deepEqual(corrected("7197-7201 Natural Bridge Rd").slice(0, 3), ["corrected", "7201 Natural Bridge Rd", "Number 7197-7201 is not on record; this is 7201."]);
});

test("a letter or fraction that was left out is noted, since it is another door", () => {
  assert.deepEqual(corrected("4131 N Oak St"), ["corrected", "4131R N Oak St", "Number 4131 is not on record; this is 4131R."]);
  assert.deepEqual(found("4131 R N Oak St"), ["exact", "4131R N Oak St"]);
  assert.deepEqual([found("4131R N Oak St"), found("14½ Burrwood Dr")], [["exact", "4131R N Oak St"], ["exact", "14 1/2 Burrwood Dr"]]);
});

test("a building without a typed unit is one candidate that says how many units it has", () => {
  assert.deepEqual(corrected("12 Burrwood Dr"), ["exact", "12 Burrwood Dr", "2 units have this address."]);
});

test("a unit is found by its number, and another one is never passed off as it", () => {
  assert.deepEqual(found("12 Burrwood Dr #2"), ["exact", "12 Burrwood Dr Apt 2"]);
  const { status, candidates } = ask("12 Burrwood Dr Apt 9");
  assert.deepEqual([status, candidates[0]?.changes[0]], ["corrected", "Apt 9 is not on record; this is Apt 1."]);
});

test("a missing number gives the nearest on its side, and one mistyped digit", () => {
  const { status, candidates } = ask("7021 Natural Bridge Rd");

  assert.deepEqual([status, candidates.map(({ address, changes }) => [address, changes[0]])], ["nearest", [["7201 Natural Bridge Rd", "Number 7021 is not on record. Did you mean 7201?"]]]);
  assert.deepEqual(corrected("7209 Natural Bridge Rd"), ["nearest", "7203 Natural Bridge Rd", "Number 7209 is not on record; 7203 is the nearest on the same side.", "Mail says Saint Louis; the lot is in Normandy."]);
});

test("a number far from all others has the nearest too, with the distance", () => {
  assert.deepEqual(corrected("9 Natural Bridge Rd").slice(0, 4), ["nearest", "7201 Natural Bridge Rd", "Number 9 is not on record; 7201 is the nearest on the same side.", "It is 7192 numbers away."]);
});

test("an address in two towns is ambiguous, and a named town decides", () => {
  assert.deepEqual(ask("100 Elm Ave").candidates.map(({ town, status }) => [town, status]), [["Bel-Nor", "ambiguous"], ["Normandy", "ambiguous"]]);
  assert.deepEqual(ask("100 Elm Ave, Normandy").candidates.map(({ town, status }) => [town, status]), [["Normandy", "exact"]]);
});

test("of equal candidates, those in the map's town or near its center come first", () => {
  const towns = (/** @type {any} */ options) => ask("100 Elm Ave", options).candidates.map(({ town }) => town);

  assert.deepEqual([towns({ town: "normandy" }), towns({ town: "Normandy" }), towns({ near: [-90.35, 38.71] }), towns({ near: [-90.3, 38.7] })], [["Normandy", "Bel-Nor"], ["Normandy", "Bel-Nor"], ["Normandy", "Bel-Nor"], ["Bel-Nor", "Normandy"]]);
  assert.deepEqual(towns({ town: "Normandy", near: [-90.3, 38.7] }), ["Normandy", "Bel-Nor"]);
});

test("a wrong town, ZIP or state is noted, and the address still found", () => {
  assert.deepEqual(corrected("4021 N Oak St, Normandy").slice(0, 3), ["corrected", "4021 N Oak St", "4021 N Oak St is in Bel-Nor, not in Normandy."]);
  assert.deepEqual(corrected("4021 N Oak St 63136"), ["corrected", "4021 N Oak St", "The ZIP code is 63121, not 63136."]);
  assert.deepEqual(corrected("4021 N Oak St, Bel-Nor, IL"), ["corrected", "4021 N Oak St", "The state is MO, not IL."]);
});

test("the post office's town is as good as the one that governs", () => {
  assert.deepEqual(found("7201 Natural Bridge Rd, Saint Louis"), ["exact", "7201 Natural Bridge Rd"]);
});

test("another name of a street is noted, and counts only in its town", () => {
  assert.deepEqual(corrected("7201 MO-115").slice(0, 3), ["corrected", "7201 Natural Bridge Rd", "MO-115 is another name for Natural Bridge Rd."]);
  assert.equal(corrected("12 Millionaires Row")[1], "12 Burrwood Dr");
  assert.equal(ask("12 Millionaires Row, Normandy").candidates.length, 0);
});

test("a misspelled or shortened street is found, with a note of how it was read", () => {
  assert.deepEqual(corrected("12 Burwod Dr #2"), ["corrected", "12 Burrwood Dr Apt 2", "Read “burwod dr” as “Burrwood Dr”."]);
  assert.equal(corrected("7201 Natl Brdg Rd")[2], "Read “natl brdg rd” as “Natural Bridge Rd”.");
});

test("a short or numbered street is never guessed", () => {
  assert.deepEqual([ask("1744 67th St").candidates, ask("100 Elk Ave").candidates], [[], []]);
});

test("glued and split words and words in the wrong order are repaired, each with a note", () => {
  assert.deepEqual(corrected("4021 NOak St"), ["corrected", "4021 N Oak St", "Read “noak st” as “N Oak St”."]);
  assert.deepEqual(corrected("4021oak st"), ["corrected", "4021 N Oak St", "Read “4021oak” as “4021 oak”."]);
  assert.deepEqual(corrected("40 21 N Oak St"), ["corrected", "4021 N Oak St", "Read “40 21” as “4021”."]);
  assert.deepEqual(corrected("N Oak St 4021"), ["corrected", "4021 N Oak St", "Moved “4021” before the street."]);
  assert.deepEqual(corrected("seventy-two oh one natural bridge").slice(0, 3), ["corrected", "7201 Natural Bridge Rd", "Read “seventy two oh one” as “7201”."]);
});

test("a numbered street is found without its ending", () => {
  assert.deepEqual(corrected("1744 66 St"), ["corrected", "1744 66th St", "Read “66” as “66th”."]);
});
