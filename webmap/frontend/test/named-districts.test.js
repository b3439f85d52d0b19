import assert from "node:assert/strict";
import { test } from "node:test";
import { districtLabel } from "../src/search/district-labels.js";
import { AddressIndex } from "../src/search/geocode/address-index.js";
import { find } from "../src/search/geocode/geocoder.js";
import { WORD_TABLES } from "../test-support/address-words.js";
import { encodeFile, openGazetteer } from "../test-support/small-gazetteer.js";

const COOPERATIVE = "police/north-county-police-cooperative";
const NORMANDY = "police/normandy-police-illustrative";
const INDEX = openGazetteer({
  addresses: [{ street: "Court St", number: 1, parcel: "1", town: "Normandy" }, { street: "Hub Ave", number: 3, parcel: "2", town: "Normandy" }],
  landmarks: [["Cooperative Park", null, null, null], ["Fire Hall", null, null, null]],
  districts: [
    ["court/court-hub-one", "court", "Court hub one", ["Normandy"], null, null],
    ["court/court-hub-two", "court", "Court hub two", ["St. John"], null, null],
    ["fire/fire-hall", "fire", "Fire Hall", [], -90.3, 38.7],
    [NORMANDY, "police", "Normandy Police (illustrative)", ["Normandy"], null, null],
    [COOPERATIVE, "police", "North County Police Cooperative", ["Vinita Park", "Wellston"], null, null],
  ],
});

/** Returns the status, and the id or address of each candidate. @param {string} query @param {import("../src/search/geocode/geocoder.js").GeocodeOptions} options */
function search(query, options = {}) {
  const { status, candidates } = find(INDEX, query, options);
  return [status, ...candidates.map(({ id, address }) => id ?? address)];
}

test("a district is found by its whole name, with or without a remark in parentheses", () => {
  assert.deepEqual(["N County Police Cooperative", "Normandy Police (illustrative)", "normandy police"].map((query) => search(query)), [["exact", COOPERATIVE], ["exact", NORMANDY], ["exact", NORMANDY]]);
});

test("a district is no parcel, and has a town only if it serves a single one", () => {
  const [cooperative, hub] = ["North County Police Cooperative", "Court hub two"].map((query) => find(INDEX, query).candidates[0]);

  assert.deepEqual([cooperative?.kind, cooperative?.parcel_id, cooperative?.town, cooperative?.lon, hub?.town], ["district", null, null, null, "St. John"]);
});

test("a landmark and a district of one name are both listed", () => {
  assert.deepEqual(search("fire hall"), ["ambiguous", "Fire Hall", "fire/fire-hall"]);
});

test("initials are read as the name, and the answer says so", () => {
  for (const query of ["NCPC", "ncpc", "N.C.P.C.", "n c p c"]) {
    assert.deepEqual(search(query), ["corrected", COOPERATIVE], query);
    assert.deepEqual(find(INDEX, query).candidates[0]?.changes, ["Read “NCPC” as “North County Police Cooperative”."]);
  }
  assert.ok(["NP", "NCP", "NCPCX"].every((query) => !search(query).includes(COOPERATIVE) && !search(query).includes(NORMANDY)));
});

test("beginnings of words in any order suggest a district, after streets and landmarks", () => {
  assert.deepEqual(["coop", "poli coun", "hub"].map((query) => search(query)), [["prefix", "Cooperative Park", COOPERATIVE], ["prefix", COOPERATIVE], ["prefix", "3 Hub Ave", "court/court-hub-one", "court/court-hub-two"]]);
});

test("a kind typed in full lists its districts before streets of that word", () => {
  assert.deepEqual(search("court"), ["prefix", "court/court-hub-one", "court/court-hub-two", "1 Court St"]);
});

test("a kind and a town find the district that serves it, a town alone does not", () => {
  assert.deepEqual([search("wellston police"), search("court, saint john")[1], search("wellston").includes(COOPERATIVE)], [["prefix", COOPERATIVE], "court/court-hub-two", false]);
});

test("on the map of a town its own districts come first", () => {
  assert.deepEqual([search("police"), search("police", { town: "Wellston" })], [["prefix", NORMANDY, COOPERATIVE], ["prefix", COOPERATIVE, NORMANDY]]);
});

test("an index from before districts were in it finds the rest", () => {
  const index = new AddressIndex(encodeFile({ words: WORD_TABLES, labels: [], parts: [], byName: {}, aliases: {}, places: {}, texts: {}, here: [] }, {}));
  index.addIntersections(encodeFile({ labels: [], byName: {}, inFull: [], landmarks: [["City Hall", null, null, null]] }, {}));

  assert.deepEqual([find(index, "city hall").status, find(index, "police").candidates], ["exact", []]);
});

test("the kind of a district is written out, also one that only a town uses", () => {
  assert.deepEqual([COOPERATIVE, "court/court-hub-one", "fire-district/north", "constructor/x"].map(districtLabel), ["Police", "Court hub", "Fire district", "Constructor"]);
});
