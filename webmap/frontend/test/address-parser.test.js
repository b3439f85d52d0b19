import assert from "node:assert/strict";
import { test } from "node:test";
import { parseStreet, parsesOfSplits, parsesWithLeftover, splitAddress } from "../src/search/geocode/parse/address-parser.js";
import { parseBlock } from "../src/search/geocode/parse/block-ranges.js";
import { formatHouse, makeHouse, numberFromWords, parseHouseNumber } from "../src/search/geocode/parse/house-numbers.js";
import { normalizeText } from "../src/search/geocode/parse/normalize-text.js";
import { isSameUnit, splitUnit, unitWithoutDesignator, unitWords } from "../src/search/geocode/parse/unit-designators.js";
import { TownNames } from "../src/search/geocode/parse/town-names.js";
import { VOCABULARY } from "../test-support/address-words.js";

const TOWNS = new TownNames(VOCABULARY, [["NORMANDY", "Normandy"], ["BEL NOR", "Bel-Nor"], ["COOL VLY", "Cool Valley"]], {});
const splits = (/** @type {string} */ text, towns = TOWNS) => splitAddress(VOCABULARY, normalizeText(text), towns);
const houses = (/** @type {string} */ text) => parseHouseNumber(VOCABULARY, text).map(([house, rest]) => [house && formatHouse(house), rest]);
const block = (/** @type {string} */ text) => parseBlock(VOCABULARY, text);
const words = (/** @type {string} */ text) => text.split(" ");

test("a whole address comes apart into number, street, unit, town and ZIP", () => {
  const [parsed] = parsesOfSplits(VOCABULARY, splits("6441 N St. Louis Av, Apt 2, Normandy MO 63121-4021"));

  assert.equal(parsed?.house?.number, 6_441);
  assert.deepEqual(parsed?.street, { predir: "N", name: "ST LOUIS", suffix: "AVE", postdir: "" });
  assert.deepEqual({ ...parsed?.line, street: [] }, { street: [], unit: "APT 2", townName: "NORMANDY", state: "MO", zip: "63121", zip4: "4021", ignored: "", typedTown: "" });
});

test("a unit may also be the end of the street's name, so both are kept", () => {
  assert.deepEqual(splits("401 Oak St Apt 2").map(({ line }) => [line.street.join(" "), line.unit]), [["OAK ST", "APT 2"], ["OAK ST APT 2", ""]]);
});

test("a street is parsed with and without its direction and its suffix", () => {
  assert.deepEqual(parseStreet(VOCABULARY, ["N", "MARKET", "ST"]).map(({ predir, name, suffix }) => [predir, name, suffix]), [["N", "MARKET", "ST"], ["", "N MARKET", "ST"], ["N", "MARKET ST", ""], ["", "N MARKET ST", ""]]);
});

test("a direction behind the street is read as one", () => {
  assert.deepEqual(parseStreet(VOCABULARY, ["MARKET", "ST", "NORTH"])[0], { predir: "", name: "MARKET", suffix: "ST", postdir: "N" });
  assert.deepEqual(parseStreet(VOCABULARY, ["BROADWAY", "NORTH"]).at(-1), { predir: "", name: "BROADWAY", suffix: "", postdir: "N" });
});

test("a town of two words at the end is recognized in full", () => {
  assert.deepEqual(splits("401 Oak St Cool Valley").map(({ line }) => [line.street.join(" "), line.townName]), [["OAK ST", "COOL VLY"], ["OAK ST COOL VALLEY", ""]]);
});

test("a court is no Connecticut, unless it follows a town", () => {
  assert.equal(splits("401 Oak Ct")[0]?.line.state, "");
  assert.deepEqual([splits("401 Oak St Normandy CT")[0]?.line.state, splits("401 Oak St, CT")[0]?.line.state], ["CT", "CT"]);
});

test("a country at the end is ignored", () => {
  assert.deepEqual(splits("401 Oak St, Normandy, MO, USA")[0]?.line, splits("401 Oak St, Normandy, MO")[0]?.line);
});

test("words behind a suffix are ignored if nothing else fits", () => {
  const [parsed] = parsesWithLeftover(VOCABULARY, splits("401 Oak St behind church"));

  assert.deepEqual([parsed?.street.name, parsed?.line.ignored], ["OAK", "BEHIND CHURCH"]);
  assert.deepEqual(parsesWithLeftover(VOCABULARY, splits("401 Oak St")), []);
});

test("a range is read as a range, or as a number with a hyphen", () => {
  assert.deepEqual(houses("4021-25 NATURAL BRIDGE"), [["4021-4025", "NATURAL BRIDGE"], ["4021-25", "NATURAL BRIDGE"]]);
});

test("a range that would end below its beginning is none", () => {
  assert.deepEqual(houses("4021-19 OAK ST"), [["4021-19", "OAK ST"]]);
});

test("a letter between number and street may belong to either", () => {
  assert.deepEqual(houses("4570 R WABASH AV"), [["4570", "R WABASH AV"], ["4570R", "WABASH AV"]]);
});

test("fractions and letters belong to the number", () => {
  assert.deepEqual([houses("503 1/2 OAK ST")[0], houses("4131R OAK ST")[0], houses("401-B OAK ST")[0], houses("503-1/2-A OAK ST")[0]], [["503 1/2", "OAK ST"], ["4131R", "OAK ST"], ["401B", "OAK ST"], ["503 1/2-A", "OAK ST"]]);
});

test("a numbered street is not taken for a house number", () => {
  assert.deepEqual(houses("66TH ST"), [[null, "66TH ST"]]);
  assert.deepEqual(houses("1744-66TH ST")[0], ["1744", "66TH ST"]);
});

test("a number of more than six digits is no house number", () => {
  assert.deepEqual(houses("1234567 OAK ST"), [[null, "1234567 OAK ST"]]);
});

test("a number in words is read by hundreds or in pairs", () => {
  assert.deepEqual([numberFromWords(VOCABULARY, words("FORTY NINE HUNDRED TWO")), numberFromWords(VOCABULARY, words("SEVENTY TWO OH ONE")), numberFromWords(VOCABULARY, words("NINE HUNDRED AND TWO"))], [4_902, 7_201, 902]);
  assert.deepEqual([numberFromWords(VOCABULARY, ["HUNDRED"]), numberFromWords(VOCABULARY, ["OAK"]), numberFromWords(VOCABULARY, words("NINE HUNDRED THOUSAND THOUSAND"))], [null, null, null]);
});

test("a number in words needs a street behind it", () => {
  assert.deepEqual(houses("NINETEEN TWELVE OAK"), [["1912", "OAK"], [null, "NINETEEN TWELVE OAK"]]);
  assert.deepEqual(houses("NINETEEN TWELVE"), [[null, "NINETEEN TWELVE"]]);
  assert.deepEqual([houses("NINE HUNDRED AND TWO OAK")[0], houses("NINE HUNDRED AND OAK")[0]], [["902", "OAK"], ["900", "AND OAK"]]);
});

test("house numbers are written as tables write them", () => {
  assert.deepEqual([makeHouse(4_021, { high: 4_025 }), makeHouse(503, { frac: "1/2" }), makeHouse(4_131, { letter: "R" }), makeHouse(401, { letter: "1A" })].map(formatHouse), ["4021-4025", "503 1/2", "4131R", "401-1A"]);
});

test("a block is named before or behind its street, in digits, with xx or in words", () => {
  for (const text of ["THE 7300 BLK OF BURRWOOD", "73XX BURRWOOD", "BLOCK 7300 BURRWOOD", "BURRWOOD 7300 BLOCK", "SEVENTY THREE HUNDRED BLOCK BURRWOOD", "73 HUNDRED BLOCK OF BURRWOOD"]) assert.deepEqual(block(text), [7_300, "BURRWOOD"], text);
  assert.deepEqual([block("BURRWOOD DR 7300 BLOCK"), block("7300 BURRWOOD"), block("BLOCK")], [[7_300, "BURRWOOD DR"], null, null]);
});

test("units are read with their kind, with a floor, and one inside another", () => {
  assert.deepEqual(["12 OAK AVE APT # 2", "12 OAK AVE 2ND FLOOR", "12 OAK AVE BLDG 3 APT 2", "12 OAK AVE REAR", "12 OAK AVE # 2"].map((text) => splitUnit(VOCABULARY, words(text))), [[3, "APT 2"], [3, "FL 2"], [3, "BLDG 3 APT 2"], [3, "REAR"], [3, "2"]]);
  assert.equal(splitUnit(VOCABULARY, words("12 OAK AVE")), null);
});

test("a bare number behind a suffix is a unit, a word is not", () => {
  assert.deepEqual(["2A", "12", "NORMANDY", "12345"].map(unitWithoutDesignator), ["2A", "12", "", ""]);
});

test("a unit without its kind is the same door, one of another kind is not", () => {
  assert.deepEqual([isSameUnit("2", "APT 2"), isSameUnit("APT 2", "2"), isSameUnit("STE 2", "APT 2"), isSameUnit("2", "FL 2"), isSameUnit("APT 2", "APT 3")], [true, true, false, false, false]);
});

test("a recorded unit is written for people", () => {
  assert.deepEqual(["2", "1A", "APT 2", "REAR", "BLDG 3 APT 2"].map(unitWords), ["Unit 2", "Unit 1A", "Apt 2", "Rear", "Bldg 3 Apt 2"]);
});
