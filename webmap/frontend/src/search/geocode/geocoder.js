// Finds addresses, parcels, streets and places for typed text, without a server, by the rules of geo/geocode/geocoder.py.

import { parseBlock } from "./parse/block-ranges.js";
import { prefixStreetMatches, prefixStreetMatchesAnyNumber, completionMatches, MAX_STREETS_FOR_NEAREST } from "./autocomplete.js";
import { hasStreets } from "./intersections.js";
import { GeocodeQuery, resultStatus, toCandidates, uniqueCandidates } from "./geocode-query.js";
import { findByLabeledParcelNumber, findByParcelNumber, findIntersection, findNamedPlace, landmarkCandidate, nameKey, streetPairs } from "./named-places.js";
import { findByInitials, suggestDistricts } from "./named-districts.js";
import { similarStreets } from "./fuzzy.js";
import { bestMatches, matchStreets, matchAddresses, matchMistypedNumbers, nearestMatches, matchBlock } from "./candidates.js";
import { splitAddress, parsesOfSplits } from "./parse/address-parser.js";
import { splitGluedDirection, mergeSplitNumber, moveSuffixLast } from "./parse/repair-tokens.js";
import { dropWordsBeforeNumber, applyRewriteRules } from "./parse/rewrite-rules.js";
import { normalizeText, rejectionReason, splitWords } from "./parse/normalize-text.js";
import { gettext } from "../../ui/gettext.js";

/**
 * @typedef {import("./address-index.js").AddressIndex} AddressIndex
 * @typedef {import("./scoring.js").StreetMatch} StreetMatch
 * @typedef {import("./scoring.js").AddressMatch} AddressMatch
 * @typedef {import("./geocode-query.js").Status} Status
 * @typedef {import("./geocode-query.js").Candidate} Candidate
 * @typedef {import("./geocode-query.js").GeocodeOptions} GeocodeOptions
 * @typedef {import("./geocode-query.js").MatcherResult} MatcherResult
 * @typedef {{query: string, status: Status, candidates: Candidate[], reason?: string}} GeocodeResult
 */

const LONLAT_PATTERN = /^\s*([-+]?[0-9]{1,3}(?:\.[0-9]+)?)\s*[, ]\s*([-+]?[0-9]{1,3}(?:\.[0-9]+)?)\s*$/;

/** Finds the candidates for a query. @param {AddressIndex} index @param {string} query @param {GeocodeOptions} [options] @returns {GeocodeResult} */
export function find(index, query, options = {}) {
  if (isLonLat(query)) return { query, status: "none", candidates: [], reason: gettext("These are coordinates, not an address.") };
  const reason = rejectionReason(query);
  const request = new GeocodeQuery(index, query, reason ? "" : normalizeText(query), options);
  for (const matcher of reason ? [findByParcelNumber] : MATCHERS) {
    const [status, candidates] = matcher(request); // a rejected text may still be a parcel id, which may hold any character
    if (candidates.length) return { query, status, candidates: candidates.slice(0, request.limit) };
  }
  return { query, status: "none", candidates: [], reason: reason || notFoundReason(request) };
}

/** @param {string} query */
function isLonLat(query) {
  const match = query.length <= 60 && query.includes(".") ? LONLAT_PATTERN.exec(query) : null;
  if (match === null) return false;
  const [first, second] = [Math.abs(Number(match[1])), Math.abs(Number(match[2]))];
  return second <= 90 ? first <= 180 : first <= 90 && second <= 180;
}

/** Returns the number of the block that a text names, and the streets that it may be on. @param {GeocodeQuery} request @returns {[number, StreetMatch[]]} */
function matchBlockStreets({ index, text }) {
  const [number, street] = parseBlock(index.vocabulary, text) ?? [0, ""];
  const parses = street ? parsesOfSplits(index.vocabulary, splitAddress(index.vocabulary, street, index.townNames)).filter((parsed) => !parsed.house) : [];
  return [number, matchStreets(index, parses)];
}

/** Lists a block: "7300 blk Burrwood" is 7300 to 7399, lowest number first. @param {GeocodeQuery} request @returns {MatcherResult} */
function findBlock(request) {
  const [number, streetMatches] = matchBlockStreets(request);
  return ["block", toCandidates(request.index, matchBlock(request.index, streetMatches, number), "block", request.limit)];
}

/** Finds an address: the number itself, a range that contains it, else the nearest on its side. @param {GeocodeQuery} request @returns {MatcherResult} */
function findAddress(request) {
  const matches = matchNumberedAddress(request);
  if (matches.length) return matcherResult(request, matches);
  const [text = "", message = ""] = (request.streetMatches.length && mergeSplitNumber(request.index.vocabulary, request.text)) || [];
  const mergedRequest = text ? request.withText(text) : request;
  const mergedMatches = text ? matchNumberedAddress(mergedRequest) : [];
  return mergedMatches.length ? matcherResult(mergedRequest, mergedMatches.map((match) => withMismatches(match, [message]))) : findNearestNumbers(request, request.streetMatches);
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
function findRewritten(request) {
  const rewrites = applyRewriteRules(request.index.vocabulary, request.text, request.index.townNames);
  const [lastText, lastMessages] = rewrites.at(-1) ?? [request.text, []];
  // These two rewrites count only if exactly that address is on record.
  for (const rewrite of [splitGluedDirection(lastText), moveSuffixLast(request.index.vocabulary, lastText)]) if (rewrite) rewrites.push([rewrite[0], [...lastMessages, rewrite[1]]]);
  const shortened = dropWordsBeforeNumber(request.index.vocabulary, request.text);
  if (shortened) rewrites.push([shortened[0], [shortened[1]]]);
  for (const [text, messages] of rewrites) {
    const rewrittenRequest = request.withText(text);
    const matches = matchNumberedAddress(rewrittenRequest);
    if (matches.length) return matcherResult(rewrittenRequest, matches.map((match) => withMismatches(match, messages)));
  }
  return ["none", []];
}

/** @param {AddressMatch} match @param {readonly string[]} messages @returns {AddressMatch} */
const withMismatches = (match, messages) => ({ ...match, penalty: match.penalty + messages.length, mismatches: [...messages, ...match.mismatches] });

/** Finds an address on the streets nearest in spelling that have its number; else the nearest number. @param {GeocodeQuery} request @returns {MatcherResult} */
function findOnSimilarStreet(request) {
  if (request.streetMatches.length) return ["none", []]; // the typed street exists
  const { index } = request;
  const [text, messages] = applyRewriteRules(index.vocabulary, request.text, index.townNames).at(-1) ?? [request.text, []];
  const rewrittenRequest = request.withText(text);
  if (rewrittenRequest.streetMatches.length) return findNearestNumbers(rewrittenRequest, rewrittenRequest.streetMatches, messages);
  const numbers = new Set(rewrittenRequest.numberedParses.map((item) => item.house?.number ?? -1));
  const streetIds = [...numbers].flatMap((number) => [...index.streetsWithNumber(number)]);
  const matches = matchAddresses(index, similarStreets(index, rewrittenRequest.numberedParses, streetIds)).map((match) => withMismatches(match, messages));
  if (matches.length) return matcherResult(rewrittenRequest, matches);
  const prefixMatches = prefixStreetMatchesAnyNumber(index, rewrittenRequest.addressSplits).map((item) => ({ ...item, typedText: item.parsed.line.street.join(" ").toLowerCase() }));
  const streetMatches = prefixMatches.length ? prefixMatches : similarStreets(index, rewrittenRequest.numberedParses);
  const otherMatches = matchAddresses(index, streetMatches).map((match) => withMismatches(match, messages));
  return otherMatches.length ? matcherResult(rewrittenRequest, otherMatches) : findNearestNumbers(request, streetMatches, messages);
}

/** Finds the nearest numbers on the same side, then mistyped numbers. @param {GeocodeQuery} request @param {readonly StreetMatch[]} streetMatches @param {readonly string[]} [messages] @returns {MatcherResult} */
function findNearestNumbers(request, streetMatches, messages = []) {
  const { index } = request;
  if (!streetMatches.length) return ["none", []];
  const matchLists = [nearestMatches(index, streetMatches), streetMatches.length <= MAX_STREETS_FOR_NEAREST ? matchMistypedNumbers(index, streetMatches) : []];
  const candidates = matchLists.flatMap((matches) => request.sortCandidates(toCandidates(index, matches.map((match) => withMismatches(match, messages)), "nearest")));
  return ["nearest", uniqueCandidates(candidates)];
}

/** Finds the street nearest in spelling to one typed without a number. @param {GeocodeQuery} request @returns {MatcherResult} */
function findSimilarStreet(request) {
  const { index } = request;
  if (request.numberedParses.length) return ["none", []];
  const streetMatches = similarStreets(index, parsesOfSplits(index.vocabulary, request.addressSplits));
  return ["prefix", uniqueCandidates(request.sortCandidates(toCandidates(index, completionMatches(index, streetMatches), "prefix")))];
}

/** Finds streets, landmarks and districts for an unfinished text. @param {GeocodeQuery} request @returns {MatcherResult} */
function findByPrefix(request) {
  const { index } = request;
  const candidates = uniqueCandidates(request.sortCandidates(toCandidates(index, completionMatches(index, prefixStreetMatches(index, request.addressSplits)), "prefix")));
  const key = nameKey(index, request.text);
  const landmarks = index.landmarks.map((landmark) => ({ landmark, name: nameKey(index, landmark[0]) })).filter(({ name }) => key && name.startsWith(key));
  landmarks.sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
  const [likelyDistricts, otherDistricts] = suggestDistricts(request, nameKey);
  return ["prefix", [...likelyDistricts, ...candidates, ...landmarks.slice(0, 5).map(({ landmark }) => landmarkCandidate(landmark, "prefix")), ...otherDistricts]];
}

const MATCHERS = [
  findByParcelNumber,
  findBlock,
  findAddress,
  (/** @type {GeocodeQuery} */ request) => findIntersection(request, false),
  findNamedPlace,
  findByInitials,
  findByLabeledParcelNumber,
  findRewritten,
  findByPrefix,
  findOnSimilarStreet,
  findSimilarStreet,
  (/** @type {GeocodeQuery} */ request) => findIntersection(request, true),
];

/** Says why nothing was found, and suggests another query. @param {GeocodeQuery} request */
function notFoundReason(request) {
  const { index } = request;
  const words = splitWords(request.text);
  if (words.every((word) => /^\p{N}+$/u.test(word))) return gettext("No parcel has this number. To find an address, add the street.");
  const [number, [blockMatch]] = matchBlockStreets(request);
  if (blockMatch) return gettext("No address is on record in the %(block)s block of %(street)s.", { block: number - (number % 100), street: index.streetLabels[blockMatch.streetId] ?? "" });
  const [street] = request.streetMatches;
  if (street) return gettext("%(street)s has no such number on record, and none close to it.", { street: index.streetLabels[street.streetId] ?? "" });
  if (words.includes("&") || words.includes("@") || streetPairs(request).some((pair) => hasStreets(index, pair))) return gettext("No intersection of these two streets is on record.");
  const line = request.addressSplits[0]?.line;
  return gettext("No street on record is named “%(street)s”.", { street: (line ? line.street.join(" ") : request.text).toLowerCase() });
}

