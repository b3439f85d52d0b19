import assert from "node:assert/strict";
import { test } from "node:test";
import { find } from "../src/search/geocode/geocoder.js";
import { GeocodeQuery } from "../src/search/geocode/geocode-query.js";
import { hasStreets, intersectionsBetween } from "../src/search/geocode/intersections.js";
import { streetPairs } from "../src/search/geocode/named-places.js";
import { GAZETTEER } from "../test-support/bel-nor.js";
import { openGazetteer } from "../test-support/small-gazetteer.js";

const ask = (/** @type {string} */ query, limit = 10) => find(GAZETTEER, query, { limit });
const addresses = (/** @type {string} */ query) => ask(query).candidates.map(({ address }) => address);

test("a parcel is found by its number, with its first address", () => {
  const { status, candidates: [parcel, ...others] } = ask("12-1");

  assert.deepEqual([status, parcel?.parcel_id, parcel?.kind, parcel?.address, parcel?.changes, others], ["exact", "12-1", "parcel", "4021 N Oak St", [], []]);
});

test("a parcel number typed without its hyphen is corrected", () => {
  const { status, candidates: [parcel] } = ask("121");

  assert.deepEqual([status, parcel?.parcel_id, parcel?.changes], ["corrected", "12-1", ["The parcel number on record is 12-1."]]);
});

test("an old parcel number leads to the new one", () => {
  const { status, candidates: [parcel] } = ask("old 9");

  assert.deepEqual([status, parcel?.parcel_id, parcel?.changes], ["corrected", "12-1", ["Parcel OLD-9 is now 12-1."]]);
});

test("words before a parcel number are left out", () => {
  const { status, candidates: [parcel] } = ask("Parcel no. 12-1");

  assert.deepEqual([status, parcel?.parcel_id, parcel?.changes], ["corrected", "12-1", ["Ignored “parcel no”."]]);
});

test("a parcel without an address is found, with its place", () => {
  const [parcel] = ask("99-1").candidates;

  assert.deepEqual([parcel?.address, parcel?.town, parcel?.lon, parcel?.lat], [null, "Normandy", -90.33, 38.72]);
});

test("a block lists its addresses, lowest number first, and only those of its hundred", () => {
  for (const query of ["7200 block of Natural Bridge Rd", "72xx natural bridge", "seventy two hundred block natural bridge"]) {
    assert.deepEqual([ask(query).status, addresses(query)], ["block", ["7201 Natural Bridge Rd", "7203 Natural Bridge Rd"]], query);
  }
});

test("an empty block of a known street says so", () => {
  assert.equal(ask("4900 block of Natural Bridge Rd").reason, "No address is on record in the 4900 block of Natural Bridge Rd.");
});

test("two streets meet where a joining word stands between them, in either order", () => {
  assert.deepEqual(["Oak & Elm", "elm ave at n oak st", "corner of oak and elm"].map((query) => [ask(query).status, addresses(query)]), [["intersection", ["N Oak St & Elm Ave"]], ["intersection", ["Elm Ave & N Oak St"]], ["intersection", ["N Oak St & Elm Ave"]]]);
});

test("a street with an and in its name is one street", () => {
  const [first, ...others] = ask("lucas and hunt and elm").candidates;

  assert.deepEqual([first?.address, first?.town, others], ["Lucas and Hunt Rd & Elm Ave", null, []]);
});

test("two nodes of a divided road are one intersection", () => {
  assert.deepEqual(addresses("lucas and hunt & natural bridge"), ["Lucas and Hunt Rd & Natural Bridge Rd"]);
});

test("misspelled and unfinished streets still meet, with a note", () => {
  const [misspelled] = ask("Naturel Bridge & Lucas and Hunt").candidates;
  const [unfinished] = ask("nat bri & lucas and hunt").candidates;

  assert.deepEqual(misspelled?.changes, ["Read “naturel bridge” as “Natural Bridge Rd”."]);
  assert.deepEqual(unfinished?.changes, ["Read “nat bri” as “Natural Bridge Rd”."]);
});

test("of misspelled streets only the nearest in spelling meet", () => {
  const index = openGazetteer({ addresses: [{ street: "Oak St", number: 1 }], corners: [{ streets: ["Oak St", "Burrwood Dr"], lon: -90.3, lat: 38.7 }, { streets: ["Oak St", "Boxwood Dr"], lon: -90.31, lat: 38.7 }] });

  assert.deepEqual(intersectionsBetween(index, [["OAK"], ["BURWOOD"]], true).map(({ name }) => name), ["Oak St & Burrwood Dr"]);
});

test("a street with another suffix meets too, with a note", () => {
  assert.deepEqual(ask("Oak St & Elm St").candidates[0]?.changes, ["Typed “elm st”; the street on record is Elm Ave."]);
});

test("streets that do not meet, and a street with itself, have no intersection", () => {
  assert.deepEqual([ask("Oak & Natural Bridge").status, ask("Oak & Natural Bridge").reason], ["none", "No intersection of these two streets is on record."]);
  assert.deepEqual(intersectionsBetween(GAZETTEER, [["ELM"], ["ELM"]], false), []);
  assert.deepEqual([hasStreets(GAZETTEER, [["OAK"], ["ELM"]]), hasStreets(GAZETTEER, [["OAK"], ["MAIN"]])], [true, false]);
});

test("every and is tried as the word between two streets", () => {
  const text = "CORNER OF LUCAS AND HUNT & OAK";

  assert.deepEqual(streetPairs(new GeocodeQuery(GAZETTEER, text, text, {})).map((pair) => pair.map((words) => words.join(" "))), [["LUCAS", "HUNT & OAK"], ["LUCAS AND HUNT", "OAK"]]);
});

test("a landmark is found by its whole name, also without a place", () => {
  assert.deepEqual(ask("city hall").candidates.map(({ address, kind, town, lon }) => [address, kind, town, lon]), [["City Hall", "landmark", "Bel-Nor", -90.302]]);
  assert.deepEqual(ask("City Park").candidates.map(({ address, town, lon, lat }) => [address, town, lon, lat]), [["City Park", null, null, null]]);
});

test("the beginning of a name lists streets, then landmarks", () => {
  assert.deepEqual([ask("natural br").status, addresses("natural br")], ["prefix", ["7201 Natural Bridge Rd", "7203 Natural Bridge Rd", "7305 Natural Bridge Rd"]]);
  assert.deepEqual([ask("city").status, addresses("city")], ["prefix", ["City Hall", "City Park"]]);
});

test("a number with the beginning of a street finds that number alone", () => {
  const [first, ...others] = ask("7203 nat").candidates;

  assert.deepEqual([first?.address, first?.changes[0], others], ["7203 Natural Bridge Rd", "Read “nat” as “Natural Bridge Rd”.", []]);
});

test("one letter is too little to complete", () => {
  assert.deepEqual(ask("n").candidates, []);
});

test("a street without a number that is misspelled lists its first addresses", () => {
  assert.deepEqual([ask("burwood drive").status, addresses("burwood drive")[0]], ["prefix", "12 Burrwood Dr"]);
});

test("a limit holds, and is never below one", () => {
  assert.deepEqual([ask("natural br", 2).candidates.length, ask("natural br", 0).candidates.length], [2, 1]);
});

test("a search without candidates gives the reason", () => {
  const reasons = ["", "&", "55", "4021 Main St", "4900=DROP TABLE", "38.7, -90.3"].map((query) => [ask(query).status, ask(query).reason]);

  assert.deepEqual(reasons, [
    ["none", "Nothing was typed."],
    ["none", "This text has no letter or number."],
    ["none", "No parcel has this number. To find an address, add the street."],
    ["none", "No street on record is named “main st”."],
    ["none", "This text has characters that no address has, such as < = or *."],
    ["none", "These are coordinates, not an address."],
  ]);
});

test("degrees are not taken for house numbers, in either order of latitude and longitude", () => {
  const areCoordinates = (/** @type {string} */ query) => /These are coordinates/.test(ask(query).reason ?? "");

  assert.deepEqual(["-90.3 38.7", "38.7,-90.3", "180.0, 90.0", "90.0, 180.0", "99.5, 99.5", "38, -90", "4021 12"].map(areCoordinates), [true, true, true, true, false, false, false]);
});

test("no typed text makes the search fail", () => {
  for (const query of ["4900 constructor", "__proto__", "1 hasOwnProperty & valueOf", ", , ,", "# # #", "- - -", "0", "999999 oak", "½", "block", "& & &", "the the the", "apt apt", "MO 63121", "a".repeat(200), "1".repeat(200), "oak ".repeat(50), "(((", "N S E W"]) {
    assert.doesNotThrow(() => ask(query), query);
  }
});
