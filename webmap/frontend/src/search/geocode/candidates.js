// Finds the rows of the index that parsed addresses match (geo/geocode/match/candidates.py). Numbers must match exactly; only then may other parts differ.

import { ignoredText, otherNumberText } from "./parse/change-texts.js";
import { formatHouse } from "./parse/house-numbers.js";
import { NO_NUMBER } from "./index-decoder.js";
import { aliasEntries, isOtherRoad, matchOtherNames } from "./match/other-names.js";
import { makeStreetMatch, mismatchCost, scoreRows } from "./scoring.js";
import { gettext } from "../../ui/gettext.js";

/**
 * @typedef {import("./address-index.js").AddressIndex} AddressIndex
 * @typedef {import("./parse/address-parser.js").ParsedAddress} ParsedAddress
 * @typedef {import("./scoring.js").StreetMatch} StreetMatch
 * @typedef {import("./scoring.js").AddressMatch} AddressMatch
 * @typedef {import("./scoring.js").Mismatch} Mismatch
 */

const MAX_LETTER_PENALTY = 3; // penalty of a differing letter or fraction

/** Removes duplicates. @template T @param {Iterable<T>} items @returns {T[]} */
export const uniqueItems = (items) => [...new Map([...items].map((item) => [JSON.stringify(item), item])).values()];

/** Returns the integers from `first` up to but not `last`. @param {number} first @param {number} last */
export const range = (first, last) => Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);

/** Returns the least of some numbers; infinity for none. @param {readonly number[]} numbers */
export const minimum = (numbers) => numbers.reduce((a, b) => Math.min(a, b), Infinity);

/** Returns the streets that the parses may mean. If a street matches exactly, no other is considered. @param {AddressIndex} index @param {readonly ParsedAddress[]} parses @returns {StreetMatch[]} */
export function matchStreets(index, parses) {
  const uniqueParses = uniqueItems(parses);
  let streetMatches = uniqueItems(
    uniqueParses.flatMap((parsed) => [
      ...(index.streetsByName.get(parsed.street.name) ?? []).filter(([streetId, { name }]) => !isOtherRoad(index, parsed.line.street, streetId, name)).map(([streetId, recordedStreet]) => makeStreetMatch(parsed, streetId, recordedStreet)),
      ...matchAliases(index, parsed),
    ]),
  );
  let minCost = minimum(streetMatches.map(mismatchCost));
  if (minCost > 0) {
    streetMatches = uniqueItems([...streetMatches, ...matchOtherNames(index, uniqueParses)]); // no street has the typed name
    minCost = minimum(streetMatches.map(mismatchCost));
  }
  return streetMatches.filter((streetMatch) => mismatchCost(streetMatch) === minCost);
}

/** @param {AddressIndex} index @param {ParsedAddress} parsed @returns {StreetMatch[]} */
function matchAliases(index, parsed) {
  const entries = aliasEntries(index, parsed.line.street);
  const townEntries = entries.filter(([, town]) => !town || !parsed.line.townName || town === parsed.line.townName);
  return townEntries.map(([streetId, , alias]) => makeStreetMatch(parsed, streetId, /** @type {import("./parse/address-parser.js").Street} */ (index.streets[streetId]), { alias }));
}

/** Returns the best rows on the matched streets: the number itself, or a range that contains it. @param {AddressIndex} index @param {readonly StreetMatch[]} streetMatches */
export const matchAddresses = (index, streetMatches) => bestMatches(index, streetMatches.flatMap((streetMatch) => matchStreetRows(index, streetMatch)));

/** @param {AddressIndex} index @param {StreetMatch} streetMatch @returns {AddressMatch[]} */
function matchStreetRows(index, streetMatch) {
  const typedHouse = streetMatch.parsed.house;
  if (!typedHouse) return [];
  const towns = aliasTowns(index, streetMatch);
  const rows = range(...index.rowRange(streetMatch.streetId, typedHouse.number)).filter((row) => !towns.size || towns.has(index.foldName(index.textAt("town", row))));
  const matches = scoreRows(index, rows, streetMatch);
  for (const row of rangesContaining(index, streetMatch.streetId, typedHouse.number)) {
    const message = gettext("Number %(typed)s is part of %(recorded)s.", { typed: formatHouse(typedHouse), recorded: `${index.houseNumber(row)}-${index.high[row]}` });
    matches.push(...scoreRows(index, [row], streetMatch, [[3, message], ...ignoredLetterMismatches(streetMatch)]));
  }
  if (!typedHouse.high) return matches;
  const first = index.rowRange(streetMatch.streetId, typedHouse.number + 1)[0];
  for (const row of range(first, index.rowRange(streetMatch.streetId, typedHouse.high + 1)[0])) {
    if ((index.houseNumber(row) - typedHouse.number) % 2) continue;
    const message = otherNumberText(formatHouse(typedHouse), `${index.houseNumber(row)}`);
    matches.push(...scoreRows(index, [row], streetMatch, [[6, message], ...ignoredLetterMismatches(streetMatch)]));
  }
  return matches;
}

/** Returns the towns in which an alias is used; empty if it is used in all. @param {AddressIndex} index @param {StreetMatch} streetMatch @returns {Set<string>} */
function aliasTowns(index, streetMatch) {
  if (!streetMatch.alias) return new Set();
  const entries = aliasEntries(index, streetMatch.parsed.line.street);
  const towns = new Set(entries.filter(([streetId]) => streetId === streetMatch.streetId).map(([, town]) => town));
  return towns.has("") ? new Set() : towns;
}

/** Reports a fraction or letter that was ignored because only the number was compared. @param {StreetMatch} streetMatch @returns {Mismatch[]} */
function ignoredLetterMismatches(streetMatch) {
  const ignored = [streetMatch.parsed.house?.frac, streetMatch.parsed.house?.letter].filter(Boolean).join(" ");
  return ignored ? [[1, ignoredText(ignored)]] : [];
}

/** Returns the ranges that contain a number above their lower end; 4021-25 contains odd numbers only. @param {AddressIndex} index @param {number} streetId @param {number} number @returns {number[]} */
function rangesContaining(index, streetId, number) {
  const [first, last] = index.rowRange(streetId);
  return range(first, last).filter((row) => {
    const lower = index.houseNumbers[row] ?? NO_NUMBER;
    const upper = index.high[row] ?? 0;
    return upper && lower < number && number <= upper && ((upper - lower) % 2 === 1 || (number - lower) % 2 === 0);
  });
}

/** Keeps the matches with the lowest penalty, then those whose street was typed in full, then complete addresses. @param {AddressIndex} index @param {readonly AddressMatch[]} matches @returns {AddressMatch[]} */
export function bestMatches(index, matches) {
  const minPenalty = minimum(matches.map((match) => match.penalty));
  const lightest = matches.filter((match) => match.penalty === minPenalty);
  const fullStreet = lightest.filter((match) => !match.omittedCount);
  const retained = fullStreet.length ? fullStreet : [...fullStreetMatches(matches), ...lightest];
  const keyAndTown = (/** @type {AddressMatch} */ match) => `${index.streetIdOfRow(match.row)} ${index.houseNumber(match.row)} ${index.textAt("town", match.row)}`;
  const completeKeys = new Set(retained.filter((match) => match.isComplete).map(keyAndTown));
  const remaining = retained.filter((match) => match.isComplete || !completeKeys.has(keyAndTown(match)));
  const unique = [...new Map(remaining.toReversed().map((match) => [match.row, match])).values()].toReversed();
  return unique.sort((a, b) => a.omittedCount - b.omittedCount || Number(b.isComplete) - Number(a.isComplete));
}

/** Returns the rows on a street typed in full whose number differs at most by a letter or fraction. @param {readonly AddressMatch[]} matches */
function fullStreetMatches(matches) {
  const closeMatches = matches.filter((match) => !match.omittedCount && match.penalty <= MAX_LETTER_PENALTY);
  const minPenalty = minimum(closeMatches.map((match) => match.penalty));
  return closeMatches.filter((match) => match.penalty === minPenalty);
}

/** Returns the addresses of a hundred block, lowest number first. @param {AddressIndex} index @param {readonly StreetMatch[]} streetMatches @param {number} number @returns {AddressMatch[]} */
export function matchBlock(index, streetMatches, number) {
  const low = number - (number % 100);
  const matches = streetMatches.flatMap((item) => scoreRows(index, range(index.rowRange(item.streetId, low)[0], index.rowRange(item.streetId, low + 100)[0]), item));
  const minPenalty = minimum(matches.map((match) => match.penalty));
  const lightest = matches.filter((match) => match.penalty === minPenalty);
  const minOmitted = minimum(lightest.map((match) => match.omittedCount));
  const rows = new Map(lightest.filter((match) => match.omittedCount === minOmitted).map((match) => [match.row, match]));
  return [...rows.values()].sort((item, otherItem) => index.houseNumber(item.row) - index.houseNumber(otherItem.row) || item.row - otherItem.row);
}
