// Finds districts, such as police bodies and court hubs, by name, by initials or by some words (geo/geocode/gazetteer/district_index.py and geo/geocode/match/named_districts.py).

import { makeCandidate, slugify } from "./geocode-query.js";
import { readAsText } from "./parse/change-texts.js";
import { normalizeText, splitSpaces, splitWords } from "./parse/normalize-text.js";

/**
 * @typedef {import("./address-index.js").AddressIndex} AddressIndex
 * @typedef {import("./geocode-query.js").GeocodeQuery} GeocodeQuery
 * @typedef {import("./geocode-query.js").Candidate} Candidate
 * @typedef {import("./index-decoder.js").District} District
 * @typedef {(index: AddressIndex, name: string) => string} NameKey
 */

const MIN_INITIALS = 3; // letters; two name a direction or a state
const MIN_TYPED_LETTERS = 3;
const MAX_DISTRICTS = 10;
const REMARK = /\s*\([^()]*\)\s*$/; // as in "Normandy Police (illustrative)"
const WORDS_WITHOUT_INITIAL = new Set(["AND", "FOR", "OF", "THE", "&"]);

const wordsOf = (/** @type {string} */ text) => splitWords(normalizeText(text));
/** Returns a name without a remark in parentheses at its end. @param {string} name */
const plainName = (name) => name.replace(REMARK, "");

/** Returns the districts with exactly that name. A remark in parentheses may be left out. @param {GeocodeQuery} request @param {NameKey} nameKey @returns {District[]} */
export function districtsWithName({ index, text }, nameKey) {
  const key = nameKey(index, text);
  return index.districts.filter(([, , name]) => nameKey(index, name) === key || nameKey(index, plainName(name)) === key);
}

/** Finds a district by the initials of its name: NCPC. @param {GeocodeQuery} request @returns {import("./geocode-query.js").MatcherResult} */
export function findByInitials(request) {
  const words = splitWords(request.text);
  const typed = words.length === 1 || words.every((word) => [...word].length === 1) ? words.join("") : "";
  const districts = request.index.districts.filter(([, , name]) => typed && initialsOf(name) === typed);
  const status = districts.length === 1 ? "corrected" : "ambiguous";
  const readText = splitSpaces(request.text).join("");
  const candidates = sortByTown(request, districts).map((district) => ({ ...districtCandidate(district, status), changes: [readAsText(readText, plainName(district[2]))] }));
  return [status, candidates];
}

/** Returns the first letters of a name's words; empty if they are too few. @param {string} name */
function initialsOf(name) {
  const letters = wordsOf(plainName(name)).filter((word) => !WORDS_WITHOUT_INITIAL.has(word)).map((word) => [...word][0] ?? "");
  return letters.length >= MIN_INITIALS ? letters.join("") : "";
}

/** Returns the districts that fit the typed words: those whose kind is typed in full, and the others. @param {GeocodeQuery} request @param {NameKey} nameKey @returns {[Candidate[], Candidate[]]} */
export function suggestDistricts(request, nameKey) {
  const { index } = request;
  const typed = splitWords(request.text).filter((word) => word !== ",");
  if ([...typed.join("")].length < MIN_TYPED_LETTERS) return [[], []];
  const key = nameKey(index, request.text);
  const matches = index.districts.filter((district) => fitsWords(index, district, typed));
  const byRank = [0, 1, 2].map((rank) => matches.filter((district) => rankOf(index, district, typed, key, nameKey) === rank));
  const [byKind, others] = [sortByTown(request, byRank[0] ?? []), sortByTown(request, byRank.slice(1).flat())];
  const toCandidate = (/** @type {District} */ district) => districtCandidate(district, "prefix");
  return [byKind.slice(0, MAX_DISTRICTS).map(toCandidate), others.slice(0, Math.max(0, MAX_DISTRICTS - byKind.length)).map(toCandidate)];
}

/** Returns whether each typed word begins a word of the name, the kind or a town, and one of them not only of a town. @param {AddressIndex} index @param {District} district @param {string[]} typed */
function fitsWords({ vocabulary }, [, kind, name, towns], typed) {
  const fold = (/** @type {string} */ word) => vocabulary.foldWords([word]);
  const begins = (/** @type {string[]} */ words, /** @type {string} */ part) => words.some((word) => word.startsWith(part) || fold(word).startsWith(part) || fold(word) === fold(part) || word === fold(part));
  const [ownWords, townWords] = [wordsOf(`${plainName(name)} ${kind}`), wordsOf(towns.join(" "))];
  return typed.some((part) => begins(ownWords, part)) && typed.every((part) => begins(ownWords, part) || begins(townWords, part));
}

/** Returns 0 for a district whose kind is typed in full, 1 for a name that begins as typed, else 2. @param {AddressIndex} index @param {District} district @param {string[]} typed @param {string} key @param {NameKey} nameKey */
function rankOf(index, [, kind, name], typed, key, nameKey) {
  const kindWords = wordsOf(kind);
  if (kindWords.length && kindWords.every((word) => typed.includes(word))) return 0;
  return nameKey(index, name).startsWith(key) ? 1 : 2;
}

/** Sorts districts: those that serve the preferred town first. @param {GeocodeQuery} request @param {District[]} districts @returns {District[]} */
function sortByTown({ town }, districts) {
  const serves = (/** @type {District} */ [, , , towns]) => towns.some((name) => slugify(name) === town);
  return town === null ? districts : [...districts.filter(serves), ...districts.filter((district) => !serves(district))];
}

/** @param {District} district @param {import("./geocode-query.js").Status} status */
export const districtCandidate = ([id, , name, towns, lon, lat], status) => makeCandidate({ address: name, town: towns.length === 1 ? towns[0] ?? null : null, lon, lat, status, kind: "district", id });
