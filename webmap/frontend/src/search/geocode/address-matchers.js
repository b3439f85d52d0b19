// Finds addresses with a house number: as typed, repaired, rewritten, on a similar street, or absent (geo/geocode/address_matchers.py).

import { prefixStreetMatchesAnyNumber } from "./autocomplete.js";
import { bestMatches, matchAddresses, matchBlock, matchStreets } from "./candidates.js";
import { similarStreets } from "./fuzzy.js";
import { resultStatus, toCandidates, uniqueCandidates } from "./geocode-query.js";
import { absentNumberMatches } from "./match/absent-numbers.js";
import { splitNumbers } from "./match/two-numbers.js";
import { joinedStreetMatches, misspelledBeginningMatches } from "./match/unfinished-streets.js";
import { parsesOfSplits, splitAddress } from "./parse/address-parser.js";
import { parseBlock } from "./parse/block-ranges.js";
import { splitSpaces } from "./parse/normalize-text.js";
import { mergeSplitNumber, moveSuffixLast, splitGluedDirection } from "./parse/repair-tokens.js";
import { applyRewriteRules, dropWordsBeforeNumber } from "./parse/rewrite-rules.js";
import { gettext } from "../../ui/gettext.js";

/**
 * @typedef {import("./geocode-query.js").GeocodeQuery} GeocodeQuery
 * @typedef {import("./geocode-query.js").MatcherResult} MatcherResult
 * @typedef {import("./scoring.js").StreetMatch} StreetMatch
 * @typedef {import("./scoring.js").AddressMatch} AddressMatch
 */

/** Returns the number of the block that a text names, and the streets that it may be on. @param {GeocodeQuery} request @returns {[number, StreetMatch[]]} */
export function matchBlockStreets({ index, text }) {
  const [number, street] = parseBlock(index.vocabulary, text) ?? [0, ""];
  const parses = street ? parsesOfSplits(index.vocabulary, splitAddress(index.vocabulary, street, index.townNames)).filter((parsed) => !parsed.house) : [];
  return [number, matchStreets(index, parses)];
}

/** Lists a block: "7300 blk Burrwood" is 7300 to 7399, lowest number first. @param {GeocodeQuery} request @returns {MatcherResult} */
export function findBlock(request) {
  const [number, streetMatches] = matchBlockStreets(request);
  return ["block", toCandidates(request.index, matchBlock(request.index, streetMatches, number), "block", request.limit)];
}

/** Finds an address by its number or by a range that holds it, else what an absent number may mean. @param {GeocodeQuery} request @returns {MatcherResult} */
export function findAddress(request) {
  const matches = matchNumberedAddress(request);
  const penalty = matches[0]?.penalty;
  const repair = penalty === 0 ? null : request.repairedQuery;
  if (repair) {
    const repairedMatches = matchNumberedAddress(repair[0]).map((match) => withMismatches(match, repair[1]));
    if (repairedMatches.length && !((penalty ?? Infinity) < (repairedMatches[0]?.penalty ?? 0))) return matcherResult(repair[0], repairedMatches);
  }
  if (matches.length) return matcherResult(request, matches);
  const [text = "", message = ""] = (request.streetMatches.length && mergeSplitNumber(request.index.vocabulary, request.text)) || [];
  const mergedRequest = text ? request.withText(text) : request;
  const mergedMatches = text ? matchNumberedAddress(mergedRequest) : [];
  return mergedMatches.length ? matcherResult(mergedRequest, mergedMatches.map((match) => withMismatches(match, [message]))) : findAbsentNumber(request, request.streetMatches, [], false);
}

/** Finds the addresses of several numbers on one street, if two of them at least are on record. @param {GeocodeQuery} request @returns {MatcherResult} */
export function findSeveralNumbers(request) {
  const { index } = request;
  const addresses = splitNumbers(index.vocabulary, request.text);
  const merged = addresses.length ? mergeSplitNumber(index.vocabulary, request.text) : null;
  const isOneRange = merged && matchNumberedAddress(request.withText(merged[0])).some((match) => !match.mismatches.length);
  if (!addresses.length || isOneRange) return ["none", []]; // the table has them as one range
  const matchLists = addresses.map((address) => matchNumberedAddress(request.withText(address)));
  const messages = [gettext("Several house numbers were typed: %(numbers)s.", { numbers: addresses.map((address) => splitSpaces(address)[0] ?? "").join(", ") })];
  const matches = [...new Map(matchLists.flat().map((match) => [match.row, match])).values()];
  const streetIds = matchLists.filter((found) => found.length).map((found) => new Set(found.map((match) => index.streetIdOfRow(match.row))));
  const isOneStreet = [...(streetIds[0] ?? [])].some((streetId) => streetIds.every((ids) => ids.has(streetId)));
  if (streetIds.length < 2 || !isOneStreet) return ["none", []];
  return matcherResult(request, matches.map((match) => withMismatches(match, messages)));
}

/** Returns the best rows for the number on the streets that a text may mean. @param {GeocodeQuery} request @returns {AddressMatch[]} */
function matchNumberedAddress(request) {
  const { index } = request;
  if (!request.numberedParses.length) return [];
  const letteredParses = request.numberedParses.filter((parsed) => request.hasAmbiguousLetter(parsed));
  const letteredMatches = matchAddresses(index, matchStreets(index, letteredParses)).filter((match) => !match.penalty);
  return bestMatches(index, [...matchAddresses(index, request.streetMatches), ...letteredMatches]);
}

/** Converts equally good matches to a result. More than one is ambiguous. @param {GeocodeQuery} request @param {readonly AddressMatch[]} matches @returns {MatcherResult} */
function matcherResult(request, matches) {
  const singleStatus = resultStatus(1, Boolean(matches[0]?.penalty));
  const unique = uniqueCandidates(toCandidates(request.index, matches, singleStatus));
  if (unique.length === 1) return [singleStatus, unique];
  const candidateStatus = matches.every((match) => match.penalty) ? singleStatus : "ambiguous";
  return ["ambiguous", uniqueCandidates(request.sortCandidates(toCandidates(request.index, matches, candidateStatus)))];
}

/** Finds an address whose words are glued together or in another order. @param {GeocodeQuery} request @returns {MatcherResult} */
export function findRewritten(request) {
  const { index } = request;
  const rewrites = applyRewriteRules(index.vocabulary, request.text, index.townNames);
  const [lastText, lastMessages] = rewrites.at(-1) ?? [request.text, []];
  // These two rewrites count only if exactly that address is on record.
  for (const rewrite of [splitGluedDirection(lastText), moveSuffixLast(index.vocabulary, lastText)]) if (rewrite) rewrites.push([rewrite[0], [...lastMessages, rewrite[1]]]);
  const shortened = dropWordsBeforeNumber(index.vocabulary, request.text);
  if (shortened) rewrites.push([shortened[0], [shortened[1]]]);
  for (const [text, messages] of rewrites) {
    const rewrittenRequest = request.withText(text);
    const matches = matchNumberedAddress(rewrittenRequest);
    if (matches.length) return matcherResult(rewrittenRequest, matches.map((match) => withMismatches(match, messages)));
  }
  const rewrittenRequest = request.withText(lastText);
  const joinedMatches = matchAddresses(index, joinedStreetMatches(index, rewrittenRequest.addressSplits)).map((match) => withMismatches(match, lastMessages));
  return joinedMatches.length ? matcherResult(rewrittenRequest, joinedMatches) : ["none", []];
}

/** @param {AddressMatch} match @param {readonly string[]} messages @returns {AddressMatch} */
const withMismatches = (match, messages) => ({ ...match, penalty: match.penalty + messages.length, mismatches: [...messages, ...match.mismatches] });

/** Finds an address on the streets nearest in spelling that have its number; else the nearest number. @param {GeocodeQuery} request @returns {MatcherResult} */
export function findOnSimilarStreet(request) {
  if (request.streetMatches.length) return ["none", []]; // the typed street exists
  const { index } = request;
  const [text, messages] = applyRewriteRules(index.vocabulary, request.text, index.townNames).at(-1) ?? [request.text, []];
  const rewrittenRequest = request.withText(text);
  if (rewrittenRequest.streetMatches.length) return findAbsentNumber(rewrittenRequest, rewrittenRequest.streetMatches, messages, true);
  const numbers = new Set(rewrittenRequest.numberedParses.map((item) => item.house?.number ?? -1));
  const streetIds = [...numbers].flatMap((number) => [...index.streetsWithNumber(number)]);
  for (const streetMatches of [similarStreets(index, rewrittenRequest.numberedParses, streetIds), misspelledBeginningMatches(index, rewrittenRequest.addressSplits)]) {
    const matches = matchAddresses(index, streetMatches).map((match) => withMismatches(match, messages));
    if (matches.length) return matcherResult(rewrittenRequest, matches);
  }
  const prefixMatches = prefixStreetMatchesAnyNumber(index, rewrittenRequest.addressSplits).map((item) => ({ ...item, typedText: item.parsed.line.street.join(" ").toLowerCase() }));
  const streetMatches = prefixMatches.length ? prefixMatches : similarStreets(index, rewrittenRequest.numberedParses);
  const otherMatches = matchAddresses(index, streetMatches).map((match) => withMismatches(match, messages));
  return otherMatches.length ? matcherResult(rewrittenRequest, otherMatches) : findAbsentNumber(request, streetMatches, messages, true);
}

/** Finds what an absent number may mean on the street that was typed; the closest numbers however far they are. @param {GeocodeQuery} request @returns {MatcherResult} */
export function findFarNumber(request) {
  const { index } = request;
  const [text, messages] = applyRewriteRules(index.vocabulary, request.text, index.townNames).at(-1) ?? [request.text, []];
  const result = findAbsentNumber(request, request.streetMatches, [], true);
  if (result[1].length) return result;
  const rewrittenRequest = request.withText(text);
  return findAbsentNumber(rewrittenRequest, rewrittenRequest.streetMatches, messages, true);
}

/**
 * Finds what a number that is on no record may mean: neighbors, a wrong digit, the same number elsewhere. Without a neighbor within a block, nothing is found unless `anyDistance` is set.
 * @param {GeocodeQuery} request @param {readonly StreetMatch[]} streetMatches @param {readonly string[]} messages @param {boolean} anyDistance @returns {MatcherResult}
 */
function findAbsentNumber(request, streetMatches, messages, anyDistance) {
  const { index } = request;
  if (!streetMatches.length || (anyDistance && matchBlockStreets(request)[1].length)) return ["none", []]; // a block without an address is told as one
  const matchLists = absentNumberMatches(index, streetMatches, streetMatches[0]?.typedText ? [] : request.numberedParses, anyDistance);
  const candidates = matchLists.flatMap((matches) => request.sortCandidates(toCandidates(index, matches.map((match) => withMismatches(match, messages)), "nearest")));
  return ["nearest", uniqueCandidates(candidates)];
}

/** Finds an address whose last words are a misspelled town, typed without a comma or a suffix before it. @param {GeocodeQuery} request @returns {MatcherResult} */
export function findWithMisspelledTown(request) {
  const matches = bestMatches(request.index, matchAddresses(request.index, request.misspelledTownMatches));
  return matches.length ? matcherResult(request, matches) : ["none", []];
}
