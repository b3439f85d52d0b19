import assert from "node:assert/strict";
import { test } from "node:test";
import { allowedEdits, editDistance, isAbbreviation, similarNames } from "../src/search/geocode/parse/edit-distance.js";
import { normalizeText, rejectionReason, splitWords, toTitleCase } from "../src/search/geocode/parse/normalize-text.js";
import { formatOrdinal } from "../src/search/geocode/parse/vocabulary.js";
import { VOCABULARY } from "../test-support/address-words.js";

const words = (/** @type {string} */ text) => text.split(" ");

test("typed text becomes capitals with single spaces, without accents and dots", () => {
  assert.equal(normalizeText("6441½ St. John's   Av., Apt.#2"), "6441 1/2 ST JOHNS AV , APT # 2");
  assert.equal(normalizeText("  4900\tNatüral\n Brídge "), "4900 NATURAL BRIDGE");
});

test("dashes of all lengths, curly quotes and invisible characters do not matter", () => {
  assert.equal(normalizeText("4021–25 O’Fallon\u200b St"), "4021-25 OFALLON ST");
});

test("a slash joins two streets, but not the parts of a fraction", () => {
  assert.equal(normalizeText("Oak/Elm"), "OAK & ELM");
  assert.equal(normalizeText("503 1/2 Oak"), "503 1/2 OAK");
  assert.equal(normalizeText("1½ 2¼ 3¾ 4⅓ 5⅔"), "1 1/2 2 1/4 3 3/4 4 1/3 5 2/3");
});

test("a question about an address is an address", () => {
  assert.deepEqual([rejectionReason("401 Oak St?"), normalizeText("401 Oak St?!;")], ["", "401 OAK ST"]);
});

test("text that cannot be an address is refused with a reason", () => {
  assert.equal(rejectionReason("   "), "Nothing was typed.");
  assert.equal(rejectionReason("x".repeat(250)), "This text is too long. An address has at most 200 characters.");
  assert.match(rejectionReason("&"), /no letter or number/);
  for (const query of ["4900=DROP TABLE", "a--b", "Oak*", "a\u0000b", "50% Oak", "<b>Oak"]) assert.match(rejectionReason(query), /characters that no address has/, query);
});

test("brackets, bars and semicolons stand between the parts of an address, and a plus between two numbers", () => {
  for (const query of ["[4900] Oak St", "4900 Oak St | Normandy", "4900 Oak St; Normandy", "8+10 Oak St"]) assert.equal(rejectionReason(query), "", query);
  assert.equal(normalizeText("8+10 Oak St [vacant] | Normandy"), "8 & 10 OAK ST VACANT , NORMANDY");
});

test("letters of other alphabets are read, right-to-left ones and pictures are not", () => {
  assert.equal(rejectionReason("401 ул. Дубовая"), "");
  for (const query of ["401 שלום", "401 مرحبا", "401 🌳 Rd", "401 \u{1F1FA}"]) assert.match(rejectionReason(query), /cannot be read here: U\+[0-9A-F]{4,5}\.$/, query);
  assert.equal(rejectionReason("401 ש"), "This text has a character that cannot be read here: U+05E9.");
});

test("200 characters are counted as people see them, not as the computer stores them", () => {
  assert.equal(rejectionReason(`${"a".repeat(199)}𝒳`), "");
});

test("words are split at spaces and hyphens and written with capitals", () => {
  assert.deepEqual(splitWords("10-66 OAK ST"), ["10", "66", "OAK", "ST"]);
  assert.equal(toTitleCase("LUCAS AND HUNT 66TH"), "Lucas And Hunt 66Th");
});

test("ordinals have their ending, also the teens", () => {
  assert.deepEqual([1, 2, 3, 4, 11, 12, 13, 20, 21, 22, 103, 111].map(formatOrdinal), ["1ST", "2ND", "3RD", "4TH", "11TH", "12TH", "13TH", "20TH", "21ST", "22ND", "103RD", "111TH"]);
});

test("a word and its abbreviation are one, and so are an ordinal in words and in digits", () => {
  assert.deepEqual(["SAINT LOUIS", "ST LOUIS", "AVENUE", "TWENTY FIRST", "21ST", "NORTH & SOUTH"].map((text) => VOCABULARY.foldWords(words(text))), ["ST LOUIS", "ST LOUIS", "AVE", "21ST", "21ST", "N AND S"]);
});

test("an abbreviation that is one typing error away stays another word", () => {
  assert.notEqual(VOCABULARY.foldWords(["PINE"]), VOCABULARY.foldWords(["PNE"]));
});

test("words that every object has are ordinary words", () => {
  assert.equal(VOCABULARY.foldWords(["constructor", "toString", "__proto__"]), "constructor toString __proto__");
  assert.equal(VOCABULARY.suffix.get("constructor"), undefined);
});

test("names are spelled out in full for the search of misspelled ones", () => {
  assert.deepEqual(["N MARKET", "LUCAS AND HUNT", "UN"].map((name) => VOCABULARY.expandName(name)), ["NORTHMARKET", "LUCASANDHUNT", "UNION"]);
  assert.deepEqual(VOCABULARY.fuzzyForms("LUCAS AND HUNT", "RD"), ["LUCASANDHUNT", "LUCASANDHUNTROAD", "LUCASANDHUNTRD", "LUCASHUNT"]);
  assert.deepEqual(VOCABULARY.fuzzyForms("OAK", "ST"), ["OAK", "", "", ""]);
});

test("a name begins with typed words if each begins its word, in order", () => {
  assert.equal(VOCABULARY.hasWordPrefix(words("NATURAL BRIDGE RD"), words("NAT BRI")), true);
  assert.equal(VOCABULARY.hasWordPrefix(words("NATURAL BRIDGE RD"), words("BRI NAT")), false);
  assert.equal(VOCABULARY.hasWordPrefix(["OAK"], words("OAK ST")), false);
  assert.equal(VOCABULARY.hasWordPrefix(words("SAINT LOUIS"), words("ST LOUIS")), true);
});

test("longer names allow more typing errors, and names of three letters none", () => {
  assert.deepEqual(["OAK", "BIRCH", "BURRWOOD", "NATURALBRIDGE"].map(allowedEdits), [0, 1, 2, 3]);
});

test("a missing, an extra, a wrong and a swapped letter are one edit each", () => {
  assert.deepEqual(["BURWOOD", "BURRRWOOD", "BURRWOAD", "BURRWODO", "BURRWOOD", "XXRRWOOD"].map((typed) => editDistance(typed, "BURRWOOD", 3)), [1, 1, 1, 1, 0, 2]);
});

test("the edit distance is the same in both directions", () => {
  for (const [a = "", b = ""] of [["CA", "ABC"], ["BIRCH", "BRICH"], ["", "OAK"], ["NATURAL", "NATL"]]) assert.equal(editDistance(a, b, 9), editDistance(b, a, 9), `${a} ${b}`);
});

test("similar names are found nearest first, and one with other digits never", () => {
  assert.deepEqual(similarNames("BURWOOD", ["OAK", "BURRWOODS", "BURRWOOD", ""]), [[2, 1], [1, 2]]);
  assert.deepEqual([similarNames("66TH", ["67TH"]), similarNames("OAK", ["OAKS"])], [[], []]);
});

test("an abbreviation leaves letters out, but never the first one or a whole word", () => {
  assert.deepEqual([["NATL", "BR"], ["NTL"], ["ATURAL", "BRIDGE"], ["NATURAL", "BRIDGE"], ["NTRL", "B"]].map((typed) => isAbbreviation(typed, ["NATURAL", "BRIDGE"])), [true, false, false, false, false]);
});
