import assert from "node:assert/strict";
import { test } from "node:test";
import { candidatePageUrl, headline, parsePlaceKey, placeKeyOf, sharedChanges, subtitle } from "../src/search/search-results.js";
import { postalCityNote } from "../src/search/postal-city.js";
import { encodeIdPath, pageUrl } from "../src/ui/detail-sheet.js";

/** @param {Record<string, any>} parts */
const candidate = (parts = {}) => /** @type {any} */ ({ parcel_id: "L-1", address: "4021 Oak St", town: "Bel-Nor", lon: -90.3, lat: 38.7, status: "exact", changes: [], kind: "address", zip: "63121", ...parts });
/** @param {string} status @param {any[]} candidates @param {string} [reason] */
const result = (status, candidates, reason) => ({ query: "", status, candidates, ...(reason ? { reason } : {}) });

test("a change that all candidates share is shown once, above them", () => {
  const both = result("ambiguous", [candidate({ changes: ["Read “40 21” as “4021”.", "Ignored the ZIP code 63121; none is on record."] }), candidate({ changes: ["Read “40 21” as “4021”."] })]);

  assert.deepEqual(sharedChanges(both), ["Read “40 21” as “4021”."]);
  assert.equal(headline(both), "Several matches");
  assert.deepEqual(both.candidates.map((one) => subtitle(one, sharedChanges(both))), ["Bel-Nor · Parcel L-1 · Ignored the ZIP code 63121; none is on record.", "Bel-Nor · Parcel L-1"]);
});

test("the changes of one candidate are sentences one after another", () => {
  const nearest = result("nearest", [candidate({ changes: ["Ignored “rear”.", "Moved “4021” before the street."] }), candidate()]);

  assert.equal(headline(nearest), "No exact match; these are the nearest");
  assert.deepEqual(nearest.candidates.map((one) => subtitle(one, sharedChanges(nearest))), ["Bel-Nor · Parcel L-1 · Ignored “rear”. Moved “4021” before the street.", "Bel-Nor · Parcel L-1"]);
});

test("a result without candidates shows its reason, and never an empty line", () => {
  assert.equal(headline(result("none", [], "Nothing was typed.")), "Nothing was typed.");
  assert.equal(headline(result("none", [])), "No match");
});

test("the note about the postal city is the same sentence everywhere, and none where mail names the town", () => {
  const note = postalCityNote("Saint Louis", "Bel-Nor");

  assert.equal(note, "Mail says Saint Louis; the lot is in Bel-Nor.");
  assert.equal(subtitle(candidate({ changes: [note] }), []), "Bel-Nor · Parcel L-1 · Mail says Saint Louis; the lot is in Bel-Nor.");
  for (const [postalCity, town] of [["Saint John", "St. John"], ["BEL NOR", "Bel-Nor"], [null, "Bel-Nor"], ["Saint Louis", undefined], ["", ""]]) assert.equal(postalCityNote(postalCity, town), null);
});

test("each kind of candidate says of which kind it is", () => {
  const lines = [{ kind: "town" }, { kind: "tree", id: "T-7" }, { kind: "intersection" }, { kind: "landmark" }, { parcel_id: null }, { town: null }].map((parts) => subtitle(candidate(parts), []));

  assert.deepEqual(lines, ["Town", "Bel-Nor · Tree T-7", "Bel-Nor · Intersection", "Bel-Nor", "Bel-Nor · Parcel unknown", "Town unknown · Parcel L-1"]);
});

test("a district says its kind, and its town if it serves a single one", () => {
  assert.equal(subtitle(candidate({ kind: "district", id: "court/hub-one", town: null }), []), "Court hub");
  assert.equal(subtitle(candidate({ kind: "district", id: "police/pagedale-police", town: "Pagedale" }), []), "Police · Pagedale");
});

test("a candidate leads to its own page, else to its parcel, else to its place on the map", () => {
  assert.equal(candidatePageUrl(candidate({ kind: "tree", id: "T-7" })), "/trees/T-7");
  assert.equal(candidatePageUrl(candidate({ kind: "town", id: "bel-nor" })), "/towns/bel-nor");
  assert.equal(candidatePageUrl(candidate({ parcel_id: null, kind: "district", id: "police/normandy-police" })), "/districts/police/normandy-police");
  assert.equal(candidatePageUrl(candidate()), "/parcels/L-1");
  assert.equal(candidatePageUrl(candidate({ parcel_id: null, kind: "intersection", address: "Oak St & Elm Ave" })), "/map/coverage?at=19%2F38.700000%2F-90.300000&pick=place%2F38.700000%2F-90.300000%2FOak+St+%26+Elm+Ave");
  assert.equal(candidatePageUrl(candidate({ parcel_id: null, lon: null, lat: null })), null);
});

test("a place on the map is read back from its link, with slashes in its name", () => {
  const key = placeKeyOf(candidate({ address: "503 1/2 Oak St" }));

  assert.deepEqual(parsePlaceKey(key), { lat: 38.7, lon: -90.3, name: "503 1/2 Oak St" });
});

test("a link to no place, or to one off the map, is none", () => {
  for (const key of ["sites/S-1", "place", "place//", "place/38.7", "place/a/b/c", "place/86/0/", "place/0/181/", placeKeyOf(candidate({ lat: null, lon: null }))]) assert.equal(parsePlaceKey(key), null, key);
});

test("an id with slashes or spaces keeps them in the address of its page", () => {
  assert.deepEqual(["12/B 4", "a?b#c", "1%2F"].map((id) => pageUrl("parcels", id)), ["/parcels/12/B%204", "/parcels/a%3Fb%23c", "/parcels/1%252F"]);
});

test("an id with dots alone, which a browser would resolve to another page, has no address", () => {
  for (const id of ["..", ".", "a/../b", "", "a//b", "/a"]) assert.equal(encodeIdPath(id), null, id);
  assert.equal(encodeIdPath("..."), "...");
});
