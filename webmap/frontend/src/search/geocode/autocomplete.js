// Completes street names: finds streets whose names begin as typed, word by word (geo/geocode/match/autocomplete.py).

import { readAsText } from "./parse/change-texts.js";
import { makeStreetMatch, scoreRows } from "./scoring.js";
import { isOtherRoad } from "./match/other-names.js";
import { gettext } from "../../ui/gettext.js";

/**
 * @typedef {import("./address-index.js").AddressIndex} AddressIndex
 * @typedef {import("./scoring.js").StreetMatch} StreetMatch
 * @typedef {import("./scoring.js").AddressMatch} AddressMatch
 * @typedef {import("./parse/address-parser.js").SplitAddress} SplitAddress
 * @typedef {import("./parse/address-parser.js").Street} Street
 */

const MAX_STREETS = 200;
const MAX_STREETS_WITHOUT_NUMBER = 60; // where no number was typed
export const MAX_STREETS_FOR_NEAREST = 3; // up to this many streets get their nearest number
const MAX_ADDRESSES_WITHOUT_NUMBER = 10; // in all, for streets typed without a number
const EMPTY_STREET = { predir: "", name: "", suffix: "", postdir: "" };

/** Returns addresses on streets that begin as typed; with a number, only those that have it. @param {AddressIndex} index @param {readonly StreetMatch[]} streetMatches @returns {AddressMatch[]} */
export function completionMatches(index, streetMatches) {
  const matches = streetMatches.flatMap((streetMatch) => streetCompletions(index, streetMatch, streetMatches.length));
  const minPenalty = Math.min(...matches.map((match) => match.penalty));
  return [...new Map(matches.filter((match) => match.penalty === minPenalty).map((match) => [match.row, match])).values()];
}

/** Returns the streets that begin as typed and have the typed number. @param {AddressIndex} index @param {readonly SplitAddress[]} addressSplits @returns {StreetMatch[]} */
export function prefixStreetMatches(index, addressSplits) {
  return addressSplits.flatMap(({ house, line }) => {
    const streetIds = line.ignored ? [] : streetsWithPrefix(index, line.street, house ? MAX_STREETS : MAX_STREETS_WITHOUT_NUMBER, house ? index.streetsWithNumber(house.number) : undefined);
    const wantedIds = house ? streetIds.filter((streetId) => !isOtherRoad(index, line.street, streetId)) : streetIds;
    return wantedIds.map((streetId) => makeStreetMatch({ house, street: EMPTY_STREET, line }, streetId, /** @type {Street} */ (index.streets[streetId])));
  });
}

/** Returns the streets that begin as typed, whatever their numbers, if they are few. @param {AddressIndex} index @param {readonly SplitAddress[]} addressSplits @returns {StreetMatch[]} */
export function prefixStreetMatchesAnyNumber(index, addressSplits) {
  const streetMatches = addressSplits.flatMap(({ house, line }) => {
    const streetIds = house && !line.ignored ? streetsWithPrefix(index, line.street, MAX_STREETS_FOR_NEAREST + 1) : [];
    const wantedIds = streetIds.filter((streetId) => !isOtherRoad(index, line.street, streetId));
    return wantedIds.map((streetId) => makeStreetMatch({ house, street: EMPTY_STREET, line }, streetId, /** @type {Street} */ (index.streets[streetId])));
  });
  return new Set(streetMatches.map((streetMatch) => streetMatch.streetId)).size <= MAX_STREETS_FOR_NEAREST ? streetMatches : [];
}

/** @param {AddressIndex} index @param {StreetMatch} streetMatch @param {number} streetCount @returns {AddressMatch[]} */
function streetCompletions(index, streetMatch, streetCount) {
  const { house, line } = streetMatch.parsed;
  const label = index.streetLabels[streetMatch.streetId] ?? "";
  const typed = line.street.join(" ").toLowerCase();
  const messages = typed !== label.toLowerCase() && !streetMatch.typedText ? [readAsText(typed, label)] : [];
  let [first, last] = index.rowRange(streetMatch.streetId, house?.number);
  if (!house) {
    last = Math.min(last, first + Math.max(1, Math.floor(MAX_ADDRESSES_WITHOUT_NUMBER / streetCount)));
    messages.push(gettext("No number typed; these are the first on %(street)s.", { street: label }));
  }
  const rows = Array.from({ length: last - first }, (_, i) => first + i);
  return scoreRows(index, rows, streetMatch).map((match) => ({ ...match, mismatches: [...messages, ...match.mismatches] }));
}

/** Returns the streets whose words begin, in order, with the typed ones. @param {AddressIndex} index @param {readonly string[]} typed @param {number} limit @param {ReadonlySet<number>} [allowedIds] @returns {number[]} */
function streetsWithPrefix(index, typed, limit, allowedIds) {
  if (typed.join("").length < 2) return [];
  /** @type {Set<number>} */
  const streetIds = new Set();
  const [first = "", ...rest] = typed;
  const foldedFirst = index.vocabulary.foldWords([first]);
  // A single letter before other words is a whole word: "W Br" does not match Water Bridge.
  const last = rest.length && first.length === 1 ? `${first} ` : `${first}\uffff`;
  for (const [start, end] of [[first, last], [foldedFirst, `${foldedFirst} `]]) {
    for (let i = spellingLowerBound(index.sortedSpellings, start ?? ""); i < index.sortedSpellings.length && (index.sortedSpellings[i]?.[0] ?? "") < (end ?? ""); i += 1) {
      const streetId = index.spellingStreetIds[i] ?? 0;
      if (allowedIds && !allowedIds.has(streetId)) continue;
      if (rest.length && !index.vocabulary.hasWordPrefix(index.sortedSpellings[i]?.slice(1) ?? [], rest)) continue;
      streetIds.add(streetId);
      if (streetIds.size === limit) return [...streetIds];
    }
  }
  return [...streetIds];
}

/** Returns the index of the first spelling whose first word is not less than a word. @param {string[][]} spellings @param {string} word */
function spellingLowerBound(spellings, word) {
  let [low, high] = [0, spellings.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spellings[middle]?.[0] ?? "") < word) low = middle + 1;
    else high = middle;
  }
  return low;
}
