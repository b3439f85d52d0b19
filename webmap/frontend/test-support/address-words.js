// Reads the words of addresses from the files of the Python parser (geo/geocode/parse/vocabulary.py), so that both use one list.
import { readFileSync } from "node:fs";
import { Vocabulary, formatOrdinal } from "../src/search/geocode/parse/vocabulary.js";

/** @typedef {import("../src/search/geocode/parse/vocabulary.js").WordTables} WordTables */

const DATA_FOLDER = new URL("../../../geo/geocode/parse/data/", import.meta.url);

/** The tables of words as an index file holds them. */
export const WORD_TABLES = readWordTables();
export const VOCABULARY = new Vocabulary(WORD_TABLES);

/** @returns {WordTables} */
function readWordTables() {
  const words = readLists("words.toml");
  const [suffixRows, stateRows] = [readRows("suffixes.csv"), readRows("states.csv")];
  const listOf = (/** @type {string} */ name) => words.get(name) ?? [];
  const direction = keyByWord(words, "directions");
  const names = keyByWord(words, "names");
  const numbers = (/** @type {string} */ name, /** @type {(index: number) => number} */ valueOf) => Object.fromEntries(listOf(name).map((word, index) => [word, valueOf(index)]));
  const ordinals = { ...numbers("ordinals.ones", (index) => index + 1), ...numbers("ordinals.tens", (index) => 10 * (index + 2)) };
  const foldedSuffixes = suffixRows.flatMap(([full = "", short = ""]) => (isOneLetterDropped(full, short) ? [] : [[full, short]]));
  const fold = { ...Object.fromEntries(foldedSuffixes), ...direction, ...names, ...Object.fromEntries(Object.entries(ordinals).map(([word, number]) => [word, formatOrdinal(number)])) };
  const fullDirection = Object.fromEntries([...words].flatMap(([key, [full = ""]]) => (key.startsWith("directions.") ? [[key.slice("directions.".length), full]] : [])));
  const full = Object.entries(fold).flatMap(([word, short]) => (words.has(`names.${short}`) || /^\d/.test(short) ? [] : [[short, word]]));
  return {
    suffix: Object.fromEntries(suffixRows.flatMap(([name = "", short = "", variants = ""]) => [name, short, ...variants.split(" ")].flatMap((word) => (word ? [[word, short]] : [])))),
    suffixInFull: Object.fromEntries(suffixRows.map(([name, short]) => [short, name])),
    ...{ direction, fullDirection },
    plainUnit: listOf("units.plain"),
    numberedUnit: keyByWord(words, "units.numbered"),
    loneUnit: keyByWord(words, "units.alone"),
    state: Object.fromEntries(stateRows.flatMap(([short = "", name = ""]) => [[short, short], [name, short]])),
    stateOfZip: Object.fromEntries(stateRows.flatMap(([short = "", , ranges = ""]) => ranges.split(" ").flatMap((range) => zipPrefixes(range).map((prefix) => [prefix, short])))),
    ...{ before: listOf("asking.before"), between: listOf("asking.between"), aside: listOf("asking.aside"), more: listOf("asking.more"), lot: listOf("asking.lot") },
    ...{ roads: listOf("roads.classes"), block: listOf("asking.block"), joins: listOf("asking.joins"), corner: listOf("asking.corner"), country: listOf("asking.country") },
    roadQualifiers: keyByWord(words, "roads.qualifiers"),
    roadKinds: keyByWord(words, "roads.kinds"),
    roadShortForms: readTexts("words.toml", "roads.short"),
    ...{ titlesBefore: listOf("titles.before"), titlesAfter: listOf("titles.after"), zipWords: listOf("asking.zip") },
    ones: numbers("numbers.ones", (index) => index + 1),
    tens: numbers("numbers.tens", (index) => 10 * (index + 2)),
    zeros: listOf("numbers.zero"),
    ...{ ordinals, fold, full: { ...Object.fromEntries(full), ...fullDirection } },
  };
}

/** Reads the lists of a TOML file by section and key. @param {string} name @returns {Map<string, string[]>} */
function readLists(name) {
  const lists = new Map();
  let section = "";
  for (const line of readFileSync(new URL(name, DATA_FOLDER), "utf8").split("\n")) {
    section = /^\[(.+)\]$/.exec(line)?.[1] ?? section;
    const [, key, list] = /^(\w+) = (\[.*\])$/.exec(line) ?? [];
    if (key && list) lists.set(`${section}.${key}`, JSON.parse(list));
  }
  return lists;
}

/** Reads the texts of a section of a TOML file by key. @param {string} name @param {string} wanted @returns {Record<string, string>} */
function readTexts(name, wanted) {
  let section = "";
  return Object.fromEntries(
    readFileSync(new URL(name, DATA_FOLDER), "utf8").split("\n").flatMap((line) => {
      section = /^\[(.+)\]$/.exec(line)?.[1] ?? section;
      const [, key, text] = /^(\w+) = "(.*)"$/.exec(line) ?? [];
      return section === wanted && key && text !== undefined ? [[key, text]] : [];
    }),
  );
}

/** Reads the rows of a CSV file without its comments and its header. @param {string} name @returns {string[][]} */
function readRows(name) {
  const lines = readFileSync(new URL(name, DATA_FOLDER), "utf8").split("\n").filter((line) => line && !line.startsWith("#"));
  return lines.slice(1).map((line) => line.split(","));
}

/** Returns each word of a section with its key: NORTH and N with N. @param {Map<string, string[]>} lists @param {string} section @returns {Record<string, string>} */
function keyByWord(lists, section) {
  const prefix = `${section}.`;
  return Object.fromEntries([...lists].flatMap(([key, words]) => (key.startsWith(prefix) ? [key.slice(prefix.length), ...words].map((word) => [word, key.slice(prefix.length)]) : [])));
}

/** @param {string} full @param {string} short */
function isOneLetterDropped(full, short) {
  return [...full].some((_, index) => full.slice(0, index) + full.slice(index + 1) === short);
}

/** @param {string} range such as 630-658 */
function zipPrefixes(range) {
  const [low = 1, high = 0] = range.split("-").map(Number);
  return Array.from({ length: Math.max(0, high - low + 1) }, (_, index) => String(low + index).padStart(3, "0"));
}
