import assert from "node:assert/strict";
import { test } from "node:test";
import { splitNumbers } from "../src/search/geocode/match/two-numbers.js";
import { mayBeRoad, parseRoad } from "../src/search/geocode/parse/numbered-roads.js";
import { isSamePerson, personKeys } from "../src/search/geocode/parse/person-names.js";
import { repairWords } from "../src/search/geocode/parse/rewrite-rules.js";
import { TownNames } from "../src/search/geocode/parse/town-names.js";
import { VOCABULARY } from "../test-support/address-words.js";

const road = (/** @type {string} */ text) => parseRoad(VOCABULARY, text.split(" "));

test("a road is its number or letter, with the word for its keeper", () => {
  const roads = ["US HIGHWAY 67", "MO 115", "ROUTE N", "CR 220", "I 270", "67 HWY"].map((text) => [road(text)?.keeper, road(text)?.id]);

  assert.deepEqual(roads, [["US", "67"], ["MO", "115"], ["", "N"], ["COUNTY", "220"], ["I", "270"], ["", "67"]]);
  for (const text of ["OLD HWY 67", "ST ANN", "NATURAL BRIDGE RD", "N RD"]) assert.equal(road(text), null, text);
});

test("a road may be one without a keeper, never one with another letter or keeper", () => {
  const may = (/** @type {string} */ typed, /** @type {string} */ recorded) => {
    const [one, other] = [road(typed), road(recorded)];
    return one !== null && other !== null && mayBeRoad(one, other);
  };

  assert.deepEqual([may("ROUTE N", "HIGHWAY N"), may("ROUTE N", "ROUTE D"), may("US 67", "MO 67"), may("STATE RD 67", "MO 67")], [true, false, false, true]);
});

test("a person is known by initials and without a title", () => {
  const same = (/** @type {string} */ typed) => isSamePerson(VOCABULARY, typed, "DR MARTIN LUTHER KING");

  assert.deepEqual(["MLK", "M L K", "ML KING", "M L KING", "MARTIN LUTHER KING JR", "MARTIN KING", "CORETTA KING"].map(same), [true, true, true, true, true, false, false]);
  assert.deepEqual(personKeys(VOCABULARY, "DR MARTIN LUTHER KING"), ["KING", "MLK"]);
});

test("units and ordinals are repaired where the text can mean nothing else", () => {
  assert.deepEqual(repairWords(VOCABULARY, "1744 3 RD ST APT2"), ["1744 3RD ST APT 2", ["Read “apt2” as “apt 2”.", "Read “3 rd” as “3rd”."]]);
  assert.deepEqual(["12 OAK APTS", "10 ST LOUIS AVE", "1744 3RD ST", "1744 3 RD"].map((text) => repairWords(VOCABULARY, text)), [null, null, null, null]);
});

test("two numbers have the street once or twice, and a range or an and in a name is none", () => {
  assert.deepEqual(["6209 & 6217 HANLEY RD", "6209 HANLEY AND 6217 HANLEY RD"].map((text) => splitNumbers(VOCABULARY, text)), [["6209 HANLEY RD", "6217 HANLEY RD"], ["6209 HANLEY", "6217 HANLEY RD"]]);
  for (const text of ["6209-6217 HANLEY RD", "6209 LUCAS AND HUNT RD", "40 & 66 ST", "6209 OAK ST , 63121"]) assert.deepEqual(splitNumbers(VOCABULARY, text), [], text);
});

test("a misspelled town is the one nearest in spelling", () => {
  const towns = new TownNames(VOCABULARY, [["HILLSDALE", "Hillsdale"], ["COOL VLY", "Cool Valley"]], {});

  assert.deepEqual(["HILLSALE", "COOL VALLLEY", "COOLVALLEY", "FERGUSON"].map((name) => towns.similarName(name)), ["HILLSDALE", "COOL VLY", "COOL VLY", null]);
});
