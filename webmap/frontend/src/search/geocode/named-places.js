// Finds parcels by id, intersections, and landmarks and districts by their whole name (geo/geocode/match/named_places.py).

import { makeCandidate, nullIfMissing, resultStatus, GeocodeQuery } from "./geocode-query.js";
import { intersectionsBetween } from "./intersections.js";
import { districtCandidate, districtsWithName } from "./named-districts.js";
import { originalId, stripSeparators } from "./address-index.js";
import { formatAddress } from "./scoring.js";
import { uniqueItems } from "./candidates.js";
import { ignoredText } from "./parse/change-texts.js";
import { normalizeText, splitSpaces, splitWords } from "./parse/normalize-text.js";
import { gettext } from "../../ui/gettext.js";

/**
 * @typedef {import("./address-index.js").AddressIndex} AddressIndex
 * @typedef {import("./geocode-query.js").Status} Status
 * @typedef {import("./geocode-query.js").Candidate} Candidate
 * @typedef {import("./geocode-query.js").MatcherResult} MatcherResult
 */

const MIN_BEGINNING = 3; // characters of a parcel id; fewer begin too many
const MIN_BEGINNING_DIGITS = 4; // if all are digits

/** Finds a parcel by its id, or by a former id. @param {GeocodeQuery} request @returns {MatcherResult} */
export function findByParcelNumber(request) {
  const { index, query } = request;
  const typedKey = stripSeparators(query);
  /** @type {[string, string][]} */
  const matches = [];
  for (const id of typedKey ? index.parcelIdsByKey.get(typedKey) ?? [] : []) matches.push([id, numberDifference(query, id)]);
  for (const [oldId, newId] of typedKey ? index.oldIdsByKey.get(typedKey) ?? [] : []) matches.push([newId, gettext("Parcel %(old_id)s is now %(id)s.", { old_id: oldId, id: newId })]);
  const best = matches.some(([, message]) => !message) ? matches.filter(([, message]) => !message) : matches;
  const status = resultStatus(best.length, best.some(([, message]) => message));
  return [status, request.sortCandidates(best.map(([id, message]) => parcelCandidate(index, id, status, message ? [message] : [])))];
}

/** Says how a query differs from a parcel id. Separators do not matter where the id has none. @param {string} query @param {string} recordedId */
function numberDifference(query, recordedId) {
  const [typed, recorded, recordedBare] = [query, recordedId, originalId(recordedId)].map((text) => text.trim().replace(/[\s\-./]+/g, "-").toUpperCase());
  return typed === recorded || typed === recordedBare || !recorded?.includes("-") ? "" : gettext("The parcel number on record is %(id)s.", { id: recordedId });
}

/** Finds a parcel by its id after words such as parcel no. @param {GeocodeQuery} request @returns {MatcherResult} */
export function findByLabeledParcelNumber(request) {
  const tokens = splitSpaces(request.text);
  const count = tokens.findIndex((token) => !request.index.vocabulary.parcelWords.has(token));
  if (count < 1) return ["none", []];
  const unlabeledRequest = new GeocodeQuery(request.index, tokens.slice(count).join(" "), "", request.options);
  const [foundStatus, candidates] = findByParcelNumber(unlabeledRequest);
  const message = ignoredText(tokens.slice(0, count).join(" ").toLowerCase());
  const status = foundStatus === "exact" ? "corrected" : foundStatus;
  return [status, candidates.map((candidate) => ({ ...candidate, status, changes: [message, ...candidate.changes] }))];
}

/** Returns a parcel as a candidate, with its first address. @param {AddressIndex} index @param {string} parcelId @param {Status} status @param {string[]} changes @returns {Candidate} */
function parcelCandidate(index, parcelId, status, changes) {
  const parcel = index.parcels.get(parcelId);
  const row = parcel?.rows.length ? Math.min(...parcel.rows) : undefined;
  const address = row === undefined ? null : formatAddress(index, row);
  const zip = row === undefined ? null : index.textAt("zip", row) || null;
  return makeCandidate({ parcel_id: parcelId, address, town: parcel?.town || null, lon: nullIfMissing(parcel?.lon), lat: nullIfMissing(parcel?.lat), status, changes, kind: "parcel", zip });
}

/** Finds the intersections of two streets. "Lucas and Hunt" is one street, so every "and" is tried as the separator. @param {GeocodeQuery} request @param {boolean} fuzzy @returns {MatcherResult} */
export function findIntersection(request, fuzzy) {
  const isInTowns = (/** @type {import("./intersections.js").Intersection} */ { town, towns }) => town === null || towns.every((name) => request.index.foldName(town) === name);
  const intersections = streetPairs(request).flatMap((pair) => intersectionsBetween(request.index, pair, fuzzy)).filter(isInTowns);
  const minChanges = Math.min(...intersections.map((intersection) => intersection.changes.length));
  const candidates = uniqueItems(intersections.filter((intersection) => intersection.changes.length === minChanges)).map((intersection) =>
    makeCandidate({ address: intersection.name, town: intersection.town, lon: intersection.lon, lat: intersection.lat, status: "intersection", kind: "intersection", changes: intersection.changes }),
  );
  return ["intersection", request.sortCandidates(candidates)];
}

/** Splits a text at each word that may join two streets, else at each hyphen. @param {GeocodeQuery} request @returns {[string[], string[]][]} */
export function streetPairs(request) {
  const { vocabulary } = request.index;
  const tokens = splitWords(request.text.replace(vocabulary.intersectionPrefix, "")).filter((word) => word !== ",");
  const pairs = tokens.flatMap((word, i) => (vocabulary.intersectionWords.has(word) ? [/** @type {[string[], string[]]} */ ([tokens.slice(0, i), tokens.slice(i + 1)])] : []));
  return pairs.length ? pairs : hyphenatedPairs(request.text);
}

/** Splits a text at each hyphen that is not within a number. @param {string} text @returns {[string[], string[]][]} */
function hyphenatedPairs(text) {
  const parts = /^\p{Nd}/u.test(text) && (splitSpaces(text)[0] ?? "").includes("-") ? [] : text.split("-");
  const pairs = parts.slice(1).map((_, i) => /** @type {[string[], string[]]} */ ([splitWords(parts.slice(0, i + 1).join("-")), splitWords(parts.slice(i + 1).join("-"))]));
  return pairs.filter(([first, second]) => first.length && second.length);
}

/** Suggests the parcels with numbers that begin with the text. @param {GeocodeQuery} request @returns {MatcherResult} */
export function findByParcelBeginning(request) {
  const { index } = request;
  const typedKey = stripSeparators(request.query);
  const minLength = /^\p{Nd}+$/u.test(typedKey) ? MIN_BEGINNING_DIGITS : MIN_BEGINNING;
  // eslint-disable-next-line no-control-regex
  if (typedKey.length < minLength || !/[0-9]/.test(typedKey) || !/^[\x00-\x7f]*$/.test(typedKey)) return ["prefix", []];
  const keys = [...index.parcelIdsByKey.keys()].filter((key) => key.startsWith(typedKey)).sort();
  const parcelIds = [...new Set(keys.flatMap((key) => index.parcelIdsByKey.get(key) ?? []))].slice(0, request.limit);
  return ["prefix", parcelIds.map((id) => parcelCandidate(index, id, "prefix", []))];
}

/** @param {AddressIndex} index @param {string} name */
export const nameKey = (index, name) => index.vocabulary.foldWords(splitWords(normalizeText(name)).filter((word) => word !== ","));

/** Finds a landmark or a district by its full name. @param {GeocodeQuery} request @returns {MatcherResult} */
export function findNamedPlace(request) {
  const { index, text } = request;
  const key = nameKey(index, text);
  const landmarks = index.landmarks.filter(([name]) => nameKey(index, name) === key);
  const districts = districtsWithName(request, nameKey);
  const status = resultStatus(landmarks.length + districts.length, false);
  return [status, request.sortCandidates([...landmarks.map((landmark) => landmarkCandidate(landmark, status)), ...districts.map((district) => districtCandidate(district, status))])];
}

/** Returns the landmarks of which each typed word begins a word, in any order. @param {AddressIndex} index @param {string} text @param {number} limit @returns {AddressIndex["landmarks"]} */
export function landmarksWithWords(index, text, limit) {
  const typed = splitSpaces(nameKey(index, text));
  if (typed.join("").length < MIN_TYPED_LETTERS) return [];
  const begins = (/** @type {string[]} */ words, /** @type {string} */ part) => words.some((word) => word.startsWith(part));
  const found = index.landmarks.flatMap((landmark) => {
    const words = splitSpaces(nameKey(index, landmark[0]));
    const missing = typed.filter((part) => !begins(words, part));
    const townWords = splitSpaces(nameKey(index, landmark[1] ?? ""));
    return missing.length < typed.length && missing.every((part) => begins(townWords, part)) ? [{ landmark, count: words.length, name: words.join(" ") }] : [];
  });
  found.sort((a, b) => a.count - b.count || (a.name < b.name ? -1 : Number(a.name > b.name)));
  return found.slice(0, limit).map(({ landmark }) => landmark);
}

const MIN_TYPED_LETTERS = 3; // of some words of a name

/** @param {AddressIndex["landmarks"][number]} landmark @param {Status} status */
export const landmarkCandidate = ([name, town, lon, lat], status) => makeCandidate({ address: name, town, lon, lat, status, kind: "landmark" });
