import assert from "node:assert/strict";
import { test } from "node:test";
import { addOrdinalEnding, dropRepeatedWord, mergeSplitNumber, moveSuffixLast, replaceNWithAnd, splitGluedDirection, splitGluedNumber } from "../src/search/geocode/parse/repair-tokens.js";
import { applyRewriteRules, dropWordsBeforeNumber } from "../src/search/geocode/parse/rewrite-rules.js";
import { TownNames } from "../src/search/geocode/parse/town-names.js";
import { VOCABULARY } from "../test-support/address-words.js";

const TOWNS = new TownNames(VOCABULARY, [["NORMANDY", "Normandy"], ["BEL NOR", "Bel-Nor"]], {});
const rewrite = (/** @type {string} */ text) => applyRewriteRules(VOCABULARY, text, TOWNS).at(-1);

test("two close numbers are a range, joined by any word", () => {
  assert.deepEqual(mergeSplitNumber(VOCABULARY, "4021 & 4023 OAK ST"), ["4021-4023 OAK ST", "Read “4021 & 4023” as “4021-4023”."]);
  assert.deepEqual(["4021 AND 23 OAK ST", "4021 THRU 4025 OAK ST", "4021 4023 OAK ST"].map((text) => mergeSplitNumber(VOCABULARY, text)?.[0]), ["4021-4023 OAK ST", "4021-4025 OAK ST", "4021-4023 OAK ST"]);
});

test("numbers far apart, or in falling order, are no range", () => {
  assert.deepEqual([mergeSplitNumber(VOCABULARY, "4021 & 4823 OAK ST"), mergeSplitNumber(VOCABULARY, "4023 & 4021 OAK ST")], [null, null]);
});

test("a number typed in two parts or with a comma is one number", () => {
  assert.deepEqual([mergeSplitNumber(VOCABULARY, "40 21 OAK ST"), mergeSplitNumber(VOCABULARY, "4 , 021 OAK ST")], [["4021 OAK ST", "Read “40 21” as “4021”."], ["4021 OAK ST", "Read “4,021” as “4021”."]]);
});

test("a number before a numbered street is not joined with it", () => {
  assert.deepEqual([mergeSplitNumber(VOCABULARY, "40 21 ST"), mergeSplitNumber(VOCABULARY, "40 40 OAK ST")], [null, null]);
});

test("the letters O, I and L among digits are read as digits", () => {
  assert.deepEqual(mergeSplitNumber(VOCABULARY, "4O21 OAK ST"), ["4021 OAK ST", "Read “4o21” as “4021”."]);
  assert.equal(mergeSplitNumber(VOCABULARY, "L2I OAK ST")?.[0], "121 OAK ST");
  assert.equal(mergeSplitNumber(VOCABULARY, "402I OAK ST"), null); // 402, house I
});

test("a street glued to its number comes off, but a numbered street stays whole", () => {
  assert.deepEqual(splitGluedNumber(VOCABULARY, "4021OAK ST"), ["4021 OAK ST", "Read “4021oak” as “4021 oak”."]);
  assert.deepEqual([splitGluedNumber(VOCABULARY, "66TH ST"), splitGluedNumber(VOCABULARY, "4021 OAK ST")], [null, null]);
});

test("a direction glued to its street comes off", () => {
  assert.deepEqual(splitGluedDirection("857 NFLORISSANT RD"), ["857 N FLORISSANT RD", "Read “nflorissant” as “N Florissant”."]);
  assert.equal(splitGluedDirection("857 FLORISSANT RD"), null);
});

test("a word typed twice is dropped, and so is a suffix behind its abbreviation", () => {
  assert.deepEqual(dropRepeatedWord(VOCABULARY, "4021 OAK ST STREET"), ["4021 OAK ST", "Ignored the repeated “street”."]);
  assert.deepEqual(dropRepeatedWord(VOCABULARY, "4021 4021 OAK ST"), ["4021 OAK ST", "Ignored the repeated “4021”."]);
  assert.deepEqual(dropRepeatedWord(VOCABULARY, "4021 OAK OAK ST"), ["4021 OAK ST", "Ignored the repeated “oak”."]);
  assert.equal(dropRepeatedWord(VOCABULARY, "4021 OAK ST"), null);
});

test("a suffix before the name moves behind it, and the town stays at the end", () => {
  assert.deepEqual(moveSuffixLast(VOCABULARY, "4021 AVENUE OAK"), ["4021 OAK AVENUE", "Moved “avenue” after the name."]);
  assert.equal(moveSuffixLast(VOCABULARY, "4021 AVENUE OAK , NORMANDY")?.[0], "4021 OAK AVENUE , NORMANDY");
  assert.equal(moveSuffixLast(VOCABULARY, "4021 OAK AVENUE"), null);
});

test("a numbered street gets its ending, also behind a direction", () => {
  assert.deepEqual(addOrdinalEnding(VOCABULARY, "1744 66 ST"), ["1744 66TH ST", "Read “66” as “66th”."]);
  assert.equal(addOrdinalEnding(VOCABULARY, "1744 N 22")?.[0], "1744 N 22ND");
  assert.equal(addOrdinalEnding(VOCABULARY, "1744 HWY 66"), null);
});

test("an n between two names is an and, one before a suffix is not", () => {
  assert.deepEqual(replaceNWithAnd(VOCABULARY, "7201 LUCAS N HUNT RD"), ["7201 LUCAS AND HUNT RD", "Read “n” as “and”."]);
  assert.deepEqual([replaceNWithAnd(VOCABULARY, "7201 MARKET ST N HUNT"), replaceNWithAnd(VOCABULARY, "7201 N HUNT RD")], [null, null]);
});

test("a number behind its street moves before it, but the number of a unit stays", () => {
  assert.deepEqual(rewrite("NATURAL BRIDGE RD 7201"), ["7201 NATURAL BRIDGE RD", ["Moved “7201” before the street."]]);
  assert.equal(rewrite("OAK ST # 4021")?.[0], "4021 OAK ST");
  assert.equal(rewrite("OAK ST APT 2"), undefined);
});

test("a number between street and town moves before the street", () => {
  assert.deepEqual(rewrite("OAK ST 4021 NORMANDY"), ["4021 OAK ST , NORMANDY", ["Moved “4021” before the street."]]);
});

test("a town, a state and a ZIP before the address move behind it", () => {
  assert.deepEqual(rewrite("NORMANDY MO 4021 OAK ST"), ["4021 OAK ST , NORMANDY MO", ["Moved “normandy mo” after the street."]]);
  assert.equal(rewrite("CITY OF BEL NOR , MO 63121 4021 OAK ST")?.[0], "4021 OAK ST , BEL NOR MO 63121");
});

test("a ZIP that stands where a house number would is the house number", () => {
  assert.equal(rewrite("NORMANDY 63121 OAK ST")?.[0], "63121 OAK ST , NORMANDY");
});

test("a unit before the street or the number moves to the end", () => {
  assert.deepEqual(rewrite("APT 2 401 OAK ST"), ["401 OAK ST , APT 2", ["Moved “apt 2” after the street."]]);
  assert.deepEqual([rewrite("401 APT 2 OAK ST")?.[0], rewrite("REAR OF 401 OAK ST")?.[0]], ["401 OAK ST , APT 2", "401 OAK ST , REAR"]);
});

test("words that only introduce or connect are left out, with a note", () => {
  assert.deepEqual(rewrite("HOUSE NO 4021 OAK ST"), ["4021 OAK ST", ["Ignored “house no”."]]);
  assert.deepEqual(rewrite("4021 ON THE OAK ST"), ["4021 OAK ST", ["Ignored “on the”."]]);
  assert.deepEqual(dropWordsBeforeNumber(VOCABULARY, "BEHIND 4021 CRESCENT"), ["4021 CRESCENT", "Ignored “behind”."]);
});

test("of two addresses the first stays, and a cross street nearby is left out", () => {
  assert.deepEqual(rewrite("4021 OAK ST NEAR 4100 ELM ST"), ["4021 OAK ST", ["Ignored “near 4100 elm st”."]]);
  assert.equal(rewrite("4021 OAK ST AT ELM AVE")?.[0], "4021 OAK ST");
});

test("several rules may apply in a row, and each adds its note", () => {
  assert.deepEqual(rewrite("NORMANDY 40 21 OAK ST STREET"), ["4021 OAK ST , NORMANDY", ["Moved “normandy” after the street.", "Read “40 21” as “4021”.", "Ignored the repeated “street”."]]);
});

test("an address in postal order is left as it is, and so is an empty text", () => {
  for (const text of ["401 OAK ST", "401 N OAK ST APT 2 , NORMANDY MO 63121", "4021-4025 66TH ST", ""]) assert.deepEqual(applyRewriteRules(VOCABULARY, text, TOWNS), [], text);
});
