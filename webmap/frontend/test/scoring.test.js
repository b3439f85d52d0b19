import assert from "node:assert/strict";
import { test } from "node:test";
import { matchAddresses, matchStreets, uniqueItems } from "../src/search/geocode/candidates.js";
import { absentNumberMatches, matchMistypedNumbers } from "../src/search/geocode/match/absent-numbers.js";
import { completionMatches, prefixStreetMatches, prefixStreetMatchesAnyNumber } from "../src/search/geocode/autocomplete.js";
import { similarStreets } from "../src/search/geocode/fuzzy.js";
import { makeCandidate, resultStatus, uniqueCandidates } from "../src/search/geocode/geocode-query.js";
import { parsesOfSplits, splitAddress } from "../src/search/geocode/parse/address-parser.js";
import { normalizeText } from "../src/search/geocode/parse/normalize-text.js";
import { formatAddress, makeStreetMatch, mismatchCost, mismatchedParts, scoreRows } from "../src/search/geocode/scoring.js";
import { GAZETTEER } from "../test-support/bel-nor.js";
import { openGazetteer } from "../test-support/small-gazetteer.js";

const splits = (/** @type {string} */ text, index = GAZETTEER) => splitAddress(index.vocabulary, normalizeText(text), index.townNames);
const parses = (/** @type {string} */ text, index = GAZETTEER) => parsesOfSplits(index.vocabulary, splits(text, index));
const labels = (/** @type {{streetId: number}[]} */ matches, index = GAZETTEER) => [...new Set(matches.map(({ streetId }) => index.streetLabels[streetId]))];
const rows = (/** @type {{row: number}[]} */ matches, index = GAZETTEER) => matches.map(({ row }) => formatAddress(index, row));
const street = (predir = "", name = "", suffix = "", postdir = "") => ({ predir, name, suffix, postdir });
/** Returns the penalty of the best row for a text. @param {string} text */
const penalty = (text) => matchAddresses(GAZETTEER, matchStreets(GAZETTEER, parses(text)))[0]?.penalty;

test("a part of a street that was left out is no mismatch, a different one is", () => {
  assert.deepEqual(mismatchedParts(street("", "OAK", "ST"), street("N", "OAK", "AVE")), ["suffix"]);
  assert.deepEqual(mismatchedParts(street("", "OAK"), street("N", "OAK", "AVE")), []);
  assert.deepEqual(mismatchedParts(street("", "OAK", "", "N"), street("N", "OAK", "ST")), ["behind"]);
});

test("a wrong part of a street costs more than a direction behind it, and another name nothing", () => {
  const [parsed] = parses("401 Oak St N");
  const cost = (/** @type {ReturnType<typeof street>} */ recorded, alias = "") => parsed && mismatchCost(makeStreetMatch(parsed, 0, recorded, { alias }));

  assert.deepEqual([cost(street("N", "OAK", "ST")), cost(street("N", "OAK", "AVE")), cost(street("S", "OAK", "AVE")), cost(street("S", "OAK", "AVE"), "Old Oak")], [1, 3, 4, 0]);
});

test("the worse a difference, the higher its penalty: a ZIP, a suffix, another person's door", () => {
  const texts = ["4021 N Oak St", "4021 N Oak St 63136", "4021 N Oak Ave", "12 Burrwood Dr Apt 9", "4021 N Oak St, Bel-Nor, IL"];

  assert.deepEqual(texts.map(penalty), [0, 2, 4, 5, 4]);
});

test("the penalties of one address add up", () => {
  assert.equal(penalty("4021 N Oak Ave 63136-4021"), 4 + 2 + 1);
});

test("if a street exists as typed, no other suffix is considered", () => {
  const index = openGazetteer({ addresses: [{ street: "Oak St", number: 1 }, { street: "Oak Ave", number: 2 }] });

  assert.deepEqual([labels(matchStreets(index, parses("2 Oak St", index)), index), labels(matchStreets(index, parses("2 Oak", index)), index)], [["Oak St"], ["Oak St", "Oak Ave"]]);
});

test("the whole address stands for its units, but only in its own town", () => {
  const index = openGazetteer({ addresses: [{ street: "Oak St", number: 1, town: "Bel-Nor" }, { street: "Oak St", number: 1, unit: "APT 2", town: "Bel-Nor" }, { street: "Oak St", number: 1, unit: "APT 3", town: "Normandy" }] });
  const [match] = matchStreets(index, parses("1 Oak St", index));

  assert.deepEqual(rows(matchAddresses(index, match ? [match] : []), index), ["1 Oak St", "1 Oak St Apt 3"]);
});

test("the nearest number is on the typed side of the street and in the typed town", () => {
  const index = openGazetteer({ addresses: [{ street: "Oak St", number: 101, town: "Bel-Nor" }, { street: "Oak St", number: 104, town: "Bel-Nor" }, { street: "Oak St", number: 109, town: "Normandy" }] });
  const nearest = (/** @type {string} */ text) => rows(absentNumberMatches(index, matchStreets(index, parses(text, index)), [], false)[0] ?? [], index);

  assert.deepEqual([nearest("103 Oak St"), nearest("103 Oak St, Normandy"), nearest("102 Oak St"), nearest("301 Oak St")], [["101 Oak St"], ["109 Oak St"], ["104 Oak St"], []]);
});

test("a mistyped number differs by one digit or by two neighbors that were swapped", () => {
  const index = openGazetteer({ addresses: [7_201, 7_021, 7_231, 7_210, 7_120, 720].map((number) => ({ street: "Oak St", number })) });
  const mistyped = rows(matchMistypedNumbers(index, matchStreets(index, parses("7201 Oak St", index))), index);

  assert.deepEqual(mistyped, ["7021 Oak St", "7210 Oak St", "7231 Oak St"]);
});

test("misspelled streets are compared with all names, or only with those that have the number", () => {
  assert.deepEqual(labels(similarStreets(GAZETTEER, parses("12 Burwood Dr"))), ["Burrwood Dr"]);
  assert.deepEqual(labels(similarStreets(GAZETTEER, parses("12 Burwood Dr"), [...GAZETTEER.streetsWithNumber(7_201)])), []);
});

test("the suffix may be misspelled together with the name", () => {
  assert.deepEqual(labels(similarStreets(GAZETTEER, parses("12 Burrwood Drve"), [...GAZETTEER.streetsWithNumber(12)])), ["Burrwood Dr"]);
});

test("of the streets near in spelling only the nearest are given", () => {
  const index = openGazetteer({ addresses: [{ street: "Burrwood Dr", number: 1 }, { street: "Boxwood Dr", number: 1 }] });

  assert.deepEqual(labels(similarStreets(index, parses("1 Burwood Dr", index)), index), ["Burrwood Dr"]);
});

test("a street is completed from its first words, with its number if one was typed", () => {
  assert.deepEqual([labels(prefixStreetMatches(GAZETTEER, splits("nat"))), labels(prefixStreetMatches(GAZETTEER, splits("7201 nat bri"))), labels(prefixStreetMatches(GAZETTEER, splits("12 nat")))], [["Natural Bridge Rd"], ["Natural Bridge Rd"], []]);
  assert.deepEqual(labels(prefixStreetMatchesAnyNumber(GAZETTEER, splits("12 nat"))), ["Natural Bridge Rd"]);
});

test("one letter before another word is a whole word", () => {
  const index = openGazetteer({ addresses: [{ street: "W Bridge St", number: 1 }, { street: "Water Bridge Rd", number: 1 }] });

  assert.deepEqual([labels(prefixStreetMatches(index, splits("w br", index)), index), labels(prefixStreetMatches(index, splits("wa br", index)), index)], [["W Bridge St"], ["Water Bridge Rd"]]);
});

test("the more streets begin as typed, the fewer addresses of each are listed", () => {
  const index = openGazetteer({ addresses: ["Oak St", "Oakdale Ave"].flatMap((name) => Array.from({ length: 9 }, (_, nth) => ({ street: name, number: 100 + nth }))) });
  const counts = (/** @type {string} */ text) => {
    const matches = completionMatches(index, prefixStreetMatches(index, splits(text, index)));
    return [0, 1].map((streetId) => matches.filter(({ row }) => index.streetIdOfRow(row) === streetId).length);
  };

  assert.deepEqual([counts("oak"), counts("oakd")], [[5, 5], [0, 9]]);
});

test("rows are scored one by one, and none gives none", () => {
  const [match] = matchStreets(GAZETTEER, parses("12 Burrwood Dr"));

  assert.deepEqual(match && scoreRows(GAZETTEER, [], match), []);
  assert.deepEqual(match && scoreRows(GAZETTEER, [7, 8], match).map(({ unitOmitted, isComplete }) => [unitOmitted, isComplete]), [[true, false], [true, false]]);
});

test("the status depends on the number of matches and on changes to the text", () => {
  assert.deepEqual([resultStatus(1, false), resultStatus(1, true), resultStatus(2, false), resultStatus(2, true)], ["exact", "corrected", "ambiguous", "ambiguous"]);
});

test("a parcel is listed once, and an address without a parcel gives way to the same one with it", () => {
  const one = makeCandidate({ address: "1 Oak St", town: "Bel-Nor", status: "exact" });
  const withParcel = { ...one, parcel_id: "12-1" };

  assert.deepEqual(uniqueCandidates([one, withParcel, { ...withParcel, address: "1 Oak St Rear" }, { ...one, town: "Normandy" }]), [withParcel, { ...one, town: "Normandy" }]);
});

test("equal items are listed once, the first of them first", () => {
  assert.deepEqual(uniqueItems([{ a: 1 }, { a: 2 }, { a: 1 }]), [{ a: 1 }, { a: 2 }]);
});

test("one name for two streets means in each town the street of that town", () => {
  const addresses = [{ street: "Oak St", number: 1, town: "Bel-Nor" }, { street: "Elm Ave", number: 1, town: "Bel-Nor" }, { street: "Elm Ave", number: 1, town: "Normandy" }];
  const index = openGazetteer({ addresses, aliases: [{ street: "Oak St", alias: "Church Rd", town: "Bel-Nor" }, { street: "Elm Ave", alias: "Church Rd", town: "Normandy" }] });
  const townsOf = (/** @type {string} */ text) => matchAddresses(index, matchStreets(index, parses(text, index))).map(({ row }) => `${formatAddress(index, row)}, ${index.textAt("town", row)}`);

  assert.deepEqual([townsOf("1 Church Rd"), townsOf("1 Church Rd, Normandy")], [["1 Oak St, Bel-Nor", "1 Elm Ave, Normandy"], ["1 Elm Ave, Normandy"]]);
});

test("a range finds the recorded numbers above its lower end too", () => {
  const index = openGazetteer({ addresses: [99, 101, 103, 104, 105, 107].map((number) => ({ street: "Oak St", number })) });
  const [match] = matchStreets(index, parses("100-105 Oak St", index));
  const [odd] = matchStreets(index, parses("97-105 Oak St", index));

  assert.deepEqual([rows(matchAddresses(index, match ? [match] : []), index), rows(matchAddresses(index, odd ? [odd] : []), index)], [["104 Oak St"], ["99 Oak St", "101 Oak St", "103 Oak St", "105 Oak St"]]);
});

test("a street typed in full whose number lacks its letter stands beside one that lacks its direction", () => {
  const index = openGazetteer({ addresses: [{ street: "Oak St", number: 12, letter: "R" }, { street: "N Oak St", number: 12 }] });

  assert.deepEqual(rows(matchAddresses(index, matchStreets(index, parses("12 Oak St", index))), index), ["12R Oak St", "12 N Oak St"]);
});

test("a name with letters missing or added is compared with longer and shorter names", () => {
  const index = openGazetteer({ addresses: [{ street: "Burrwood Dr", number: 1 }] });

  assert.deepEqual(["Burwod", "Burrrwoood", "Burrwwwood"].map((name) => labels(similarStreets(index, parses(`1 ${name} Dr`, index)), index)), [["Burrwood Dr"], ["Burrwood Dr"], ["Burrwood Dr"]]);
});

test("a recognized suffix is not taken for part of the name", () => {
  const index = openGazetteer({ addresses: [{ street: "Oakway Dr", number: 1 }] }); // in one word: oakwaydrive
  const streetIds = [...index.streetsWithNumber(1)];

  assert.deepEqual([labels(similarStreets(index, parses("1 Oakwaydrve", index), streetIds), index), labels(similarStreets(index, parses("1 Oakwaydrve Dr", index), streetIds), index)], [["Oakway Dr"], []]);
});

test("equally near names are decided by the suffix", () => {
  const index = openGazetteer({ addresses: [{ street: "Birchwood Dr", number: 1 }, { street: "Burchwood Ave", number: 1 }] });

  assert.deepEqual([labels(similarStreets(index, parses("1 Borchwood Dr", index)), index), labels(similarStreets(index, parses("1 Borchwood Ave", index)), index)], [["Birchwood Dr"], ["Burchwood Ave"]]);
});

test("a number on none of more than three streets that begin as typed is not looked for on any", () => {
  const streetsOf = (/** @type {number} */ count) => openGazetteer({ addresses: ["Oak St", "Oakdale Ave", "Oakland Ct", "Oakview Pl"].slice(0, count).map((name) => ({ street: name, number: 1 })) });

  assert.deepEqual([3, 4].map((count) => prefixStreetMatchesAnyNumber(streetsOf(count), splits("5 oak", streetsOf(count))).length), [3, 0]);
});
