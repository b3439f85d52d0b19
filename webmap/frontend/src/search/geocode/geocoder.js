// Finds addresses, parcels, streets and places for typed text, without a server, by the rules of geo/geocode/geocoder.py.

import { isDegreesPair } from "./parse/degrees.js";
import { findAddress, findBlock, findFarNumber, findOnSimilarStreet, findRewritten, findSeveralNumbers, findWithMisspelledTown, matchBlockStreets } from "./address-matchers.js";
import { prefixStreetMatches, completionMatches } from "./autocomplete.js";
import { hasStreets } from "./intersections.js";
import { GeocodeQuery, toCandidates, uniqueCandidates } from "./geocode-query.js";
import { findByLabeledParcelNumber, findByParcelBeginning, findByParcelNumber, findIntersection, findNamedPlace, landmarkCandidate, landmarksWithWords, nameKey, streetPairs } from "./named-places.js";
import { findByInitials, suggestDistricts } from "./named-districts.js";
import { similarStreets } from "./fuzzy.js";
import { findByZip } from "./match/zip-codes.js";
import { parsesOfSplits } from "./parse/address-parser.js";
import { normalizeText, rejectionReason, splitWords } from "./parse/normalize-text.js";
import { gettext } from "../../ui/gettext.js";

/**
 * @typedef {import("./address-index.js").AddressIndex} AddressIndex
 * @typedef {import("./geocode-query.js").Status} Status
 * @typedef {import("./geocode-query.js").Candidate} Candidate
 * @typedef {import("./geocode-query.js").GeocodeOptions} GeocodeOptions
 * @typedef {import("./geocode-query.js").MatcherResult} MatcherResult
 * @typedef {{query: string, status: Status, candidates: Candidate[], reason?: string}} GeocodeResult
 */

const MAX_LANDMARKS = 5; // landmarks suggested for some words
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
  if (match === null) return isDegreesPair(query);
  const [first, second] = [Math.abs(Number(match[1])), Math.abs(Number(match[2]))];
  return second <= 90 ? first <= 180 : first <= 90 && second <= 180;
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
  const begun = index.landmarks.map((landmark) => ({ landmark, name: nameKey(index, landmark[0]) })).filter(({ name }) => key && name.startsWith(key));
  begun.sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
  const landmarks = begun.length || request.numberedParses.length ? begun.slice(0, MAX_LANDMARKS).map(({ landmark }) => landmark) : landmarksWithWords(index, request.text, MAX_LANDMARKS);
  const [likelyDistricts, otherDistricts] = suggestDistricts(request, nameKey);
  return ["prefix", [...likelyDistricts, ...candidates, ...landmarks.map((landmark) => landmarkCandidate(landmark, "prefix")), ...otherDistricts]];
}

const MATCHERS = [
  findByParcelNumber,
  findByZip,
  findBlock,
  findSeveralNumbers,
  findAddress,
  (/** @type {GeocodeQuery} */ request) => findIntersection(request, false),
  findNamedPlace,
  findByInitials,
  findByLabeledParcelNumber,
  findRewritten,
  findByPrefix,
  findFarNumber,
  findWithMisspelledTown,
  findOnSimilarStreet,
  findSimilarStreet,
  (/** @type {GeocodeQuery} */ request) => findIntersection(request, true),
  findByParcelBeginning,
];

/** Says why nothing was found, and suggests another query. @param {GeocodeQuery} request */
function notFoundReason(request) {
  const { index } = request;
  const words = splitWords(request.text);
  if (words.every((word) => /^\p{N}+$/u.test(word))) return gettext("No parcel has this number. To find an address, add the street.");
  const [number, [blockMatch]] = matchBlockStreets(request);
  if (blockMatch) return gettext("No address is on record in the %(block)s block of %(street)s.", { block: number - (number % 100), street: index.streetLabels[blockMatch.streetId] ?? "" });
  const [street] = request.streetMatches;
  if (street) return gettext("%(street)s has no house numbers on record.", { street: index.streetLabels[street.streetId] ?? "" });
  if (words.includes("&") || words.includes("@") || streetPairs(request).some((pair) => hasStreets(index, pair))) return gettext("No intersection of these two streets is on record.");
  const line = request.addressSplits[0]?.line;
  return gettext("No street on record is named “%(street)s”.", { street: (line ? line.street.join(" ") : request.text).toLowerCase() });
}

