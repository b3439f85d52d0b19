// Parses addresses by the rules of geo/geocode/parse/address_parser.py. It returns every sensible way to split a text; the index decides which is meant.

import { parseHouseNumber } from "./house-numbers.js";
import { splitSpaces } from "./normalize-text.js";
import { matchTown } from "./town-names.js";
import { splitUnit, unitAfterSuffix } from "./unit-designators.js";

/**
 * @typedef {import("./vocabulary.js").Vocabulary} Vocabulary
 * @typedef {import("./house-numbers.js").House} House
 * @typedef {{predir: string, name: string, suffix: string, postdir: string}} Street
 * @typedef {{street: readonly string[], unit: string, townName: string, state: string, zip: string, zip4: string, ignored: string, typedTown: string}} ParsedLine
 * @typedef {{house: House | null, street: Street, line: ParsedLine}} ParsedAddress
 * @typedef {{house: House | null, line: ParsedLine}} SplitAddress
 * @typedef {import("./town-names.js").TownNames} TownNames
 */

const MAX_TOWN_WORDS = 5;
/** @type {ParsedLine} */
const EMPTY_LINE = { street: [], unit: "", townName: "", state: "", zip: "", zip4: "", ignored: "", typedTown: "" };

/** Returns each way to split a normalized text into house number and line; the street is not split yet. @param {Vocabulary} vocabulary @param {string} text @param {TownNames} townNames @returns {SplitAddress[]} */
export function splitAddress(vocabulary, text, townNames) {
  return parseHouseNumber(vocabulary, text).flatMap(([house, rest]) => parseLine(vocabulary, rest, townNames).map((line) => ({ house, line })));
}

/** Returns the parses of split addresses, possibly with duplicates. @param {Vocabulary} vocabulary @param {readonly SplitAddress[]} splits @returns {ParsedAddress[]} */
export function parsesOfSplits(vocabulary, splits) {
  return splits.flatMap(({ house, line }) => parseStreet(vocabulary, line.street).map((street) => ({ house, street, line })));
}

/** Returns parses in which the street ends at a suffix and the words after it are ignored. @param {Vocabulary} vocabulary @param {readonly SplitAddress[]} splits @returns {ParsedAddress[]} */
export function parsesWithLeftover(vocabulary, splits) {
  /** @type {ParsedAddress[]} */
  const parses = [];
  for (const { house, line } of splits) {
    const end = line.street.at(-1);
    if (end === undefined || vocabulary.suffix.has(end) || vocabulary.direction.has(end)) continue;
    for (let i = line.street.length - 1; i > 1; i -= 1) {
      if (!vocabulary.suffix.has(line.street[i - 1] ?? "")) continue;
      const shortened = { ...line, street: line.street.slice(0, i), ignored: line.street.slice(i).join(" ") };
      parses.push(...parseStreet(vocabulary, shortened.street).map((street) => ({ house, street, line: shortened })));
    }
  }
  return parses;
}

/** Returns each way to split a street: with and without direction, suffix, and trailing direction. @param {Vocabulary} vocabulary @param {readonly string[]} tokens @returns {Street[]} */
export function parseStreet(vocabulary, tokens) {
  return splitSuffixAndPostdir(vocabulary, tokens).flatMap(([body, suffix, postdir]) => {
    const withoutPredir = { predir: "", name: vocabulary.foldWords(body), suffix, postdir };
    const predir = vocabulary.direction.get(body[0] ?? "");
    return body.length > 1 && predir !== undefined ? [{ predir, name: vocabulary.foldWords(body.slice(1)), suffix, postdir }, withoutPredir] : [withoutPredir];
  });
}

/** @param {Vocabulary} vocabulary @param {readonly string[]} tokens @returns {[readonly string[], string, string][]} */
function splitSuffixAndPostdir(vocabulary, tokens) {
  const n = tokens.length;
  if (!n) return [];
  const direction = vocabulary.direction.get(tokens[n - 1] ?? "");
  const suffix = vocabulary.suffix.get(tokens[n - 1] ?? "");
  const before = vocabulary.suffix.get(tokens[n - 2] ?? "");
  /** @type {[readonly string[], string, string][]} */
  const splits = [];
  if (n > 2 && direction !== undefined && before !== undefined) splits.push([tokens.slice(0, -2), before, direction]);
  if (n > 1 && suffix !== undefined) splits.push([tokens.slice(0, -1), suffix, ""]);
  splits.push([tokens, "", ""]);
  if (n > 1 && direction !== undefined) splits.push([tokens.slice(0, -1), "", direction]);
  return splits;
}

/** Returns each way to split the text after a house number into street, unit, town and ZIP code. @param {Vocabulary} vocabulary @param {string} text @param {TownNames} townNames @returns {ParsedLine[]} */
function parseLine(vocabulary, text, townNames) {
  const [tokens, line] = splitStateAndZip(vocabulary, splitSpaces(text.replaceAll("-", " ")), townNames);
  if (tokens.includes(",")) return parseCommaParts(vocabulary, tokens, line, townNames);
  const linesWithTown = trailingTownNames(vocabulary, tokens, townNames).flatMap(([count, townName]) => splitUnits(vocabulary, tokens.slice(0, tokens.length - count), withTown(vocabulary, line, townName, townNames)));
  return [...linesWithTown, ...splitUnits(vocabulary, tokens, line)];
}

/** Returns a line with a town. An alias becomes the town's own name. @param {Vocabulary} vocabulary @param {ParsedLine} line @param {string} name @param {TownNames} townNames @returns {ParsedLine} */
function withTown(vocabulary, line, name, townNames) {
  const townName = townNames.has(name) ? undefined : townNames.aliases.get(name);
  return townName === undefined ? { ...line, townName: name } : { ...line, townName, typedTown: vocabulary.expandWords(name).join(" ").toLowerCase() };
}

/** Removes country, ZIP code and state from the end. @param {Vocabulary} vocabulary @param {string[]} typedWords @param {TownNames} townNames @returns {[string[], ParsedLine]} */
function splitStateAndZip(vocabulary, typedWords, townNames) {
  let zip = "";
  let zip4 = "";
  let tokens = stripTrailingCommas(typedWords);
  if (tokens.length > 2 && vocabulary.countryNames.has(tokens.at(-1) ?? "")) tokens = stripTrailingCommas(tokens.slice(0, -1));
  if (tokens.length > 2 && isDigits(tokens.at(-2), 5) && isDigits(tokens.at(-1), 4)) {
    zip4 = tokens.at(-1) ?? "";
    tokens = tokens.slice(0, -1);
  }
  if (tokens.length > 1 && isDigits(tokens.at(-1), 5) && !isUnitDesignator(vocabulary, tokens.at(-2) ?? "")) {
    zip = tokens.at(-1) ?? "";
    tokens = stripTrailingCommas(tokens.slice(0, -1));
  } else if (zip4) {
    tokens = [...tokens, zip4];
    zip4 = "";
  }
  for (const count of [1, 2]) {
    const name = tokens.slice(-count).join(" ");
    const state = vocabulary.state.get(name);
    const before = tokens.slice(0, Math.max(0, tokens.length - count));
    if (state !== undefined && mayBeState(vocabulary, before, name, zip, townNames)) return [stripTrailingCommas(before), { ...EMPTY_LINE, state, zip, zip4 }];
  }
  return [tokens, { ...EMPTY_LINE, zip, zip4 }];
}

/** Returns whether a word is a state rather than a suffix or direction of the same letters. @param {Vocabulary} vocabulary @param {string[]} before @param {string} name @param {string} zip @param {TownNames} townNames */
function mayBeState(vocabulary, before, name, zip, townNames) {
  if (!before.length) return false;
  if (before.at(-1) === "," || trailingTownNames(vocabulary, before, townNames).length) return true;
  return Boolean(zip) && !vocabulary.suffix.has(name) && !vocabulary.direction.has(name) && before.length > 1;
}

/** @param {string | undefined} word @param {number} count */
const isDigits = (word, count) => word !== undefined && word.length === count && /^[0-9]+$/.test(word);

/** @param {Vocabulary} vocabulary @param {string} word */
const isUnitDesignator = (vocabulary, word) => vocabulary.plainUnit.has(word) || vocabulary.numberedUnit.has(word);

/** @param {string[]} tokens */
function stripTrailingCommas(tokens) {
  let end = tokens.length;
  while (end && tokens[end - 1] === ",") end -= 1;
  return tokens.slice(0, end);
}

/** Splits at the commas: first the street, then units and the town. @param {Vocabulary} vocabulary @param {string[]} tokens @param {ParsedLine} line @param {TownNames} townNames @returns {ParsedLine[]} */
function parseCommaParts(vocabulary, tokens, line, townNames) {
  const [first = [], ...others] = tokens.join(" ").split(",").map(splitSpaces);
  const unitsAndTowns = others.filter((part) => part.length).map((part) => parseUnitAndTown(vocabulary, part, townNames));
  const units = unitsAndTowns.map(([unit]) => unit).filter(Boolean);
  const names = unitsAndTowns.map(([, name]) => name).filter(Boolean);
  const knownName = names.find((name) => matchTown(townNames, name) !== null);
  const lineWithTown = knownName === undefined ? { ...line, townName: names.join(" ") } : withTown(vocabulary, { ...line, ignored: names.filter((name) => name !== knownName).join(" ") }, knownName, townNames);
  return splitUnits(vocabulary, first, lineWithTown).map((parsedLine) => ({ ...parsedLine, unit: [parsedLine.unit, ...units].filter(Boolean).join(" ") }));
}

/** Parses the text between two commas as a unit and a town. @param {Vocabulary} vocabulary @param {string[]} part @param {TownNames} townNames @returns {[string, string]} */
function parseUnitAndTown(vocabulary, part, townNames) {
  /** @type {[number, string][]} */
  const alternatives = [[0, ""], ...trailingTownNames(vocabulary, ["", ...part], townNames)];
  for (const [count, name] of alternatives) {
    const before = part.slice(0, part.length - count);
    const unitSplit = splitUnit(vocabulary, ["", ...before]);
    if (!before.length || unitSplit?.[0] === 1) return [unitSplit ? unitSplit[1] : "", name];
  }
  return ["", vocabulary.foldWords(part)];
}

/** @param {Vocabulary} vocabulary @param {readonly string[]} tokens @param {TownNames} townNames @returns {[number, string][]} */
function trailingTownNames(vocabulary, tokens, townNames) {
  /** @type {[number, string][]} */
  const matches = [];
  for (let count = Math.min(MAX_TOWN_WORDS, tokens.length - 1); count > 0; count -= 1) {
    const name = vocabulary.foldWords(tokens.slice(-count));
    if (matchTown(townNames, name) !== null) matches.push([count, name]);
  }
  return matches;
}

/** Removes a unit from the end of a street, if there is one. @param {Vocabulary} vocabulary @param {readonly string[]} tokens @param {ParsedLine} line @returns {ParsedLine[]} */
function splitUnits(vocabulary, tokens, line) {
  if (!tokens.length) return [];
  const wholeLine = { ...line, street: tokens };
  const unitSplit = splitUnit(vocabulary, tokens);
  if (unitSplit) return unitSplit[0] ? [{ ...line, street: tokens.slice(0, unitSplit[0]), unit: unitSplit[1] }, wholeLine] : [wholeLine];
  const unit = unitAfterSuffix(vocabulary, tokens);
  return unit ? [{ ...line, street: tokens.slice(0, -1), unit }, wholeLine] : [wholeLine];
}
