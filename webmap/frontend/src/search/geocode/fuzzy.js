// Finds the streets whose names are spelled most like a misspelled one (geo/geocode/match/fuzzy.py).

import { makeStreetMatch, mismatchCost } from "./scoring.js";
import { isAbbreviation, allowedEdits, similarNames } from "./parse/edit-distance.js";
import { splitSpaces } from "./parse/normalize-text.js";
import { parseRoad } from "./parse/numbered-roads.js";

/**
 * @typedef {import("./address-index.js").AddressIndex} AddressIndex
 * @typedef {import("./scoring.js").StreetMatch} StreetMatch
 * @typedef {import("./parse/address-parser.js").ParsedAddress} ParsedAddress
 */

/** Returns those streets, of `streetIds` or of all, that are nearest in spelling to the parsed ones. @param {AddressIndex} index @param {readonly ParsedAddress[]} parses @param {readonly number[]} [streetIds] @returns {StreetMatch[]} */
export function similarStreets(index, parses, streetIds) {
  /** @type {Map<string, [StreetMatch, number]>} */
  const scores = new Map();
  const namesByForm = streetIds && index.namesByForm.map((formNames) => streetIds.map((streetId) => formNames[streetId] ?? ""));
  /** @type {Map<string, [number, number][]>} */
  const cachedNeighbors = new Map();
  const neighborsOf = (/** @type {string} */ typed, /** @type {boolean} */ hasSuffix) => {
    const key = `${typed} ${hasSuffix}`;
    const neighbors = cachedNeighbors.get(key) ?? (streetIds && namesByForm ? searchStreets(streetIds, namesByForm, typed, hasSuffix) : searchAll(index, typed));
    cachedNeighbors.set(key, neighbors);
    return neighbors;
  };
  for (const parsed of parses) {
    if (parseRoad(index.vocabulary, parsed.line.street)) continue; // the number or letter of a road is compared whole
    const { name } = parsed.street;
    const hasSuffix = index.vocabulary.suffix.has(parsed.line.street.at(-1) ?? ""); // then no other word can be a misspelled suffix
    const fullNeighbors = neighborsOf(index.vocabulary.expandName(name), hasSuffix);
    // A word that looks like an abbreviation may be a misspelling: "est" for west, not for estate.
    for (const [streetId, edits] of fullNeighbors.length ? fullNeighbors : neighborsOf(name.replaceAll(" ", ""), hasSuffix)) {
      if (edits > 1 && index.otherNames.roadOfStreet.has(streetId)) continue; // Old Highway 67 is not US Highway 67
      const streetMatch = makeStreetMatch(parsed, streetId, /** @type {import("./parse/address-parser.js").Street} */ (index.streets[streetId]), { typedText: parsed.line.street.join(" ").toLowerCase() });
      const key = JSON.stringify(streetMatch);
      const score = 2 * edits + mismatchCost(streetMatch);
      const existing = scores.get(key);
      if (existing) existing[1] = Math.min(existing[1], score);
      else scores.set(key, [streetMatch, score]);
    }
  }
  if (!scores.size) for (const streetMatch of abbreviatedStreets(index, parses, streetIds ?? [])) scores.set(JSON.stringify(streetMatch), [streetMatch, mismatchCost(streetMatch)]);
  const minScore = Math.min(...[...scores.values()].map(([, score]) => score));
  return [...scores.values()].filter(([, score]) => score === minScore).map(([streetMatch]) => streetMatch);
}

/** Returns the streets whose names the typed words abbreviate by leaving out letters. @param {AddressIndex} index @param {readonly ParsedAddress[]} parses @param {readonly number[]} streetIds */
function abbreviatedStreets(index, parses, streetIds) {
  return parses.flatMap((parsed) => {
    if (parseRoad(index.vocabulary, parsed.line.street)) return []; // 27 does not abbreviate 270
    const typed = splitSpaces(parsed.street.name);
    const typedText = parsed.line.street.join(" ").toLowerCase();
    const candidates = streetIds.map((streetId) => ({ streetId, recordedStreet: /** @type {import("./parse/address-parser.js").Street} */ (index.streets[streetId]) }));
    return candidates.filter(({ recordedStreet }) => isAbbreviation(typed, index.vocabulary.expandWords(recordedStreet.name))).map(({ streetId, recordedStreet }) => makeStreetMatch(parsed, streetId, recordedStreet, { typedText }));
  });
}

/** @param {readonly number[]} streetIds @param {string[][]} namesByForm @param {string} typed @param {boolean} hasSuffix @returns {[number, number][]} */
function searchStreets(streetIds, namesByForm, typed, hasSuffix) {
  const [names = [], namesWithFullSuffix = [], namesWithShortSuffix = [], namesWithoutAnd = []] = namesByForm;
  let neighbors = similarNames(typed, names);
  if (!neighbors.length) neighbors = similarNames(typed, namesWithoutAnd);
  if (!neighbors.length && !hasSuffix) neighbors = similarNames(typed, namesWithFullSuffix);
  if (!neighbors.length && !hasSuffix) neighbors = similarNames(typed, namesWithShortSuffix);
  return neighbors.map(([i, edits]) => [streetIds[i] ?? 0, edits]);
}

/** @param {AddressIndex} index @param {string} typed @returns {[number, number][]} */
function searchAll(index, typed) {
  const maxEdits = allowedEdits(typed);
  /** @type {[number, number][]} */
  const neighbors = [];
  for (let length = typed.length - maxEdits; length <= typed.length + maxEdits; length += 1) {
    const [names, streetIdLists] = index.lengthBuckets.get(length) ?? [[], []];
    for (const [i, edits] of similarNames(typed, names)) for (const streetId of streetIdLists[i] ?? []) neighbors.push([streetId, edits]);
  }
  return neighbors;
}
