// Finds intersections: the points where two streets meet (geo/geocode/gazetteer/intersections.py).

import { mismatchedParts } from "./scoring.js";
import { parseStreet } from "./parse/address-parser.js";
import { anotherNameText, otherStreetText, readAsText } from "./parse/change-texts.js";
import { similarNames } from "./parse/edit-distance.js";
import { normalizeText, splitWords } from "./parse/normalize-text.js";
import { parseRoad } from "./parse/numbered-roads.js";

/**
 * @typedef {import("./address-index.js").AddressIndex} AddressIndex
 * @typedef {[string[], string[]]} StreetPair two streets as written, word by word
 * @typedef {{name: string, lon: number, lat: number, town: string | null, changes: string[], towns: string[]}} Intersection `towns` use a typed alias; none for all
 * @typedef {{change: string, town: string}} StreetReading what a typed street was taken for, empty for the street as typed, and the town of an alias
 */

const MERGE_DISTANCE_DEG = 6e-4; // about 60 m; closer nodes belong to one intersection of a divided road

/** Returns the intersections of two typed streets; with `fuzzy` also for unfinished or misspelled names. @param {AddressIndex} index @param {StreetPair} pair @param {boolean} fuzzy @returns {Intersection[]} */
export function intersectionsBetween(index, [first, second], fuzzy) {
  const match = fuzzy ? matchSimilarStreets : matchStreets;
  const { streetLabels, nodesByStreet } = index.intersections;
  const secondMatches = match(index, second);
  /** @type {Intersection[]} */
  const intersections = [];
  for (const [firstId, firstReading] of match(index, first)) {
    for (const [secondId, secondReading] of secondMatches) {
      const sharedNodes = firstId === secondId ? [] : [...(nodesByStreet[firstId] ?? [])].filter((node) => nodesByStreet[secondId]?.has(node)).sort((x, y) => x - y);
      const readings = [firstReading, secondReading];
      const changes = readings.map((reading) => reading.change).filter(Boolean);
      const towns = readings.map((reading) => reading.town).filter(Boolean);
      intersections.push(...mergeCloseNodes(index, sharedNodes).map((node) => ({ name: `${streetLabels[firstId]} & ${streetLabels[secondId]}`, changes, towns, ...nodePoint(index, node) })));
    }
  }
  return intersections;
}

/** Returns whether both streets are on record, whether or not they meet. @param {AddressIndex} index @param {StreetPair} pair */
export const hasStreets = (index, pair) => pair.every((street) => matchStreets(index, street).size);

/** Returns the streets of a name or alias, with what a typed street was taken for. @param {AddressIndex} index @param {string[]} street @returns {Map<number, StreetReading>} */
function matchStreets(index, street) {
  const { streetsByName, streetLabels } = index.intersections;
  const variants = parseStreet(index.vocabulary, street);
  const matches = variants.flatMap((variant) => (streetsByName.get(variant.name) ?? []).map(([streetId, recorded]) => ({ streetId, isExact: !mismatchedParts(variant, recorded).length })));
  const exactIds = new Set(matches.filter((match) => match.isExact).map((match) => match.streetId));
  const typed = street.join(" ").toLowerCase();
  /** @type {Map<number, StreetReading>} */
  const readings = new Map(matches.map(({ streetId }) => [streetId, { change: exactIds.has(streetId) ? "" : otherStreetText(typed, streetLabels[streetId] ?? ""), town: "" }]));
  for (const [streetId, reading] of otherReadings(index, street, exactIds.size > 0).toReversed()) if (!exactIds.has(streetId)) readings.set(streetId, reading);
  return readings;
}

/** Returns the streets of an alias, and those of a road or person if no street has the typed name. @param {AddressIndex} index @param {string[]} street @param {boolean} hasExact @returns {[number, StreetReading][]} */
function otherReadings(index, street, hasExact) {
  const { streetLabels, streetsByName, aliases, otherNames } = index.intersections;
  const typed = street.join(" ").toLowerCase();
  const road = parseRoad(index.vocabulary, street);
  const entries = [...(aliases.get(index.vocabulary.foldWords(street)) ?? []), ...(road ? otherNames.aliasesOfRoad(road) : [])];
  /** @type {[number, StreetReading][]} */
  const readings = entries.map(([streetId, town, alias]) => [streetId, { change: anotherNameText(alias, streetLabels[streetId] ?? ""), town }]);
  if (hasExact) return readings;
  const personIds = parseStreet(index.vocabulary, street).flatMap((variant) =>
    otherNames.namesOfPerson(variant.name).flatMap((name) => (streetsByName.get(name) ?? []).filter(([, recorded]) => !mismatchedParts(variant, recorded).length).map(([streetId]) => streetId)),
  );
  const otherIds = [...(road ? otherNames.streetsOfRoad(road) : []), ...personIds];
  return [...readings, ...otherIds.map((streetId) => /** @type {[number, StreetReading]} */ ([streetId, { change: readAsText(typed, streetLabels[streetId] ?? ""), town: "" }]))];
}

/** Returns the streets of a name, else those that begin with it, else those nearest in spelling. @param {AddressIndex} index @param {string[]} street @returns {Map<number, StreetReading>} */
function matchSimilarStreets(index, street) {
  const exact = matchStreets(index, street);
  if (exact.size || parseRoad(index.vocabulary, street)) return exact; // the number or letter of a road is compared whole
  const { streetLabels, fuzzyNames } = index.intersections;
  const prefixIds = [...streetLabels.keys()].filter((streetId) => index.vocabulary.hasWordPrefix(splitWords(normalizeText(streetLabels[streetId] ?? "")), street));
  const typedNames = new Set(parseStreet(index.vocabulary, street).map((variant) => index.vocabulary.expandName(variant.name)));
  const nameForms = prefixIds.length ? [] : [fuzzyNames.map(([name]) => name), fuzzyNames.map(([, nameWithoutAnd]) => nameWithoutAnd)];
  const neighbors = [...typedNames].flatMap((name) => nameForms.flatMap((formNames) => similarNames(name, formNames)));
  const minEdits = Math.min(...neighbors.map(([, edits]) => edits));
  const streetIds = prefixIds.length ? prefixIds : neighbors.filter(([, edits]) => edits === minEdits).map(([streetId]) => streetId);
  return new Map(streetIds.map((streetId) => [streetId, { change: readAsText(street.join(" ").toLowerCase(), streetLabels[streetId] ?? ""), town: "" }]));
}

/** @param {AddressIndex} index @param {number} node */
function nodePoint(index, node) {
  const [lon, lat] = index.intersections.nodePoints[node] ?? [NaN, NaN];
  return { lon, lat, town: index.intersections.nodeTowns[node] ?? null };
}

/** @param {AddressIndex} index @param {number[]} nodes @returns {number[]} */
function mergeCloseNodes(index, nodes) {
  /** @type {number[]} */
  const merged = [];
  for (const node of nodes) {
    const point = nodePoint(index, node);
    const isFar = merged.map((otherNode) => nodePoint(index, otherNode)).every((otherPoint) => Math.max(Math.abs(point.lon - otherPoint.lon), Math.abs(point.lat - otherPoint.lat)) > MERGE_DISTANCE_DEG);
    if (isFar) merged.push(node);
  }
  return merged;
}
