// A query while it is being answered, and its candidates (geo/geocode/match/geocode_query.py).

import { matchStreets, uniqueItems } from "./candidates.js";
import { MAX_HOUSE_NUMBER } from "./parse/house-numbers.js";
import { formatAddress } from "./scoring.js";
import { repairWords } from "./parse/rewrite-rules.js";
import { parsesWithMisspelledTown, withKnownTown, withTownInLeftover } from "./match/town-spelling.js";
import { splitAddress, parsesOfSplits, parsesWithLeftover } from "./parse/address-parser.js";
import { postalCityNote } from "../postal-city.js";
import { ngettext } from "../../ui/gettext.js";

/**
 * @typedef {import("./address-index.js").AddressIndex} AddressIndex
 * @typedef {import("./scoring.js").StreetMatch} StreetMatch
 * @typedef {import("./scoring.js").AddressMatch} AddressMatch
 * @typedef {import("./parse/address-parser.js").ParsedAddress} ParsedAddress
 * @typedef {"exact" | "corrected" | "ambiguous" | "nearest" | "block" | "intersection" | "prefix" | "none"} Status
 * @typedef {{parcel_id: string | null, address: string | null, town: string | null, lon: number | null, lat: number | null, status: Status, changes: string[],
 *   kind: string, zip: string | null, id?: string}} Candidate `id` of a district or town alone
 * @typedef {{limit?: number, near?: [number, number], town?: string}} GeocodeOptions `near` in degrees, `town` as its name or slug
 * @typedef {[Status, Candidate[]]} MatcherResult
 */

const LETTER_OR_DIRECTION = /^[0-9]+ [NSEW] /;

/** Returns a town's name as it is in page URLs. @param {string} name */
export const slugify = (name) => name.normalize("NFKD").replace(/[^\x00-\x7f]/g, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "") || "unnamed";

export class GeocodeQuery {
  /** @param {AddressIndex} index @param {string} query @param {string} text @param {GeocodeOptions} options */
  constructor(index, query, text, options) {
    this.index = index;
    this.query = query;
    this.text = text;
    this.options = options;
    this.near = options.near;
    this.town = options.town ? slugify(options.town) : null;
    this.limit = Math.max(1, options.limit ?? 10);
    this.addressSplits = splitAddress(index.vocabulary, text, index.townNames).map(({ house, line }) => ({ house, line: withKnownTown(index.vocabulary, line, index.townNames) }));
    this.numberedParses = uniqueItems(parsesOfSplits(index.vocabulary, this.addressSplits)).filter((parsed) => parsed.house && parsed.house.number <= MAX_HOUSE_NUMBER);
    /** @type {StreetMatch[] | undefined} */
    this.cachedStreetMatches = undefined;
  }

  /** The streets that may have the number. Parses with ignored words count only if there are no others. @returns {StreetMatch[]} */
  get streetMatches() {
    if (this.cachedStreetMatches) return this.cachedStreetMatches;
    const { vocabulary, townNames } = this.index;
    const unletteredMatches = matchStreets(this.index, this.numberedParses.filter((parsed) => !this.hasAmbiguousLetter(parsed)));
    const leftoverParses = () => parsesWithLeftover(vocabulary, this.addressSplits).filter((parsed) => parsed.house).map((parsed) => withTownInLeftover(vocabulary, parsed, townNames));
    this.cachedStreetMatches = unletteredMatches.length ? unletteredMatches : matchStreets(this.index, leftoverParses());
    return this.cachedStreetMatches;
  }

  /** The streets that may be meant if the last words are a misspelled town. @returns {StreetMatch[]} */
  get misspelledTownMatches() {
    const { vocabulary, townNames } = this.index;
    return matchStreets(this.index, parsesWithMisspelledTown(vocabulary, this.addressSplits, townNames).filter((parsed) => parsed.house));
  }

  /** The query with units and ordinals repaired, and a message for each repair; null without any. @returns {[GeocodeQuery, string[]] | null} */
  get repairedQuery() {
    const repair = repairWords(this.index.vocabulary, this.text);
    return repair && [this.withText(repair[0]), repair[1]];
  }

  /** Returns whether the letter of a parse's number may also be a direction. @param {ParsedAddress} parsed */
  hasAmbiguousLetter(parsed) {
    return Boolean(parsed.house?.letter) && LETTER_OR_DIRECTION.test(this.text);
  }

  /** Returns the same query with another text. @param {string} text */
  withText(text) {
    return text === this.text ? this : new GeocodeQuery(this.index, this.query, text, this.options);
  }

  /** Sorts equally good candidates: those in the town first, then the nearest. @param {Candidate[]} candidates @returns {Candidate[]} */
  sortCandidates(candidates) {
    if (this.town === null && !this.near) return candidates;
    const ranked = candidates.map((candidate) => ({ candidate, isOtherTown: Number(this.town !== null && (candidate.town === null || slugify(candidate.town) !== this.town)), distance: this.#relativeDistance(candidate) }));
    return ranked.sort((a, b) => a.isOtherTown - b.isOtherTown || (a.distance === b.distance ? 0 : a.distance - b.distance)).map(({ candidate }) => candidate);
  }

  /** @param {Candidate} candidate */
  #relativeDistance(candidate) {
    if (!this.near) return 0;
    if (candidate.lon === null || candidate.lat === null) return Infinity;
    const [lon, lat] = this.near;
    return Math.hypot((candidate.lon - lon) * Math.cos((lat * Math.PI) / 180), candidate.lat - lat);
  }
}

/** Returns the status of a result: one match as typed, one with changes, or several. @param {number} count @param {boolean} changed @returns {Status} */
export const resultStatus = (count, changed) => (count > 1 ? "ambiguous" : changed ? "corrected" : "exact");

/** @param {Partial<Candidate> & {status: Status}} values @returns {Candidate} */
export const makeCandidate = (values) => ({ parcel_id: null, address: null, town: null, lon: null, lat: null, changes: [], kind: "address", zip: null, ...values });

/** Converts matches to candidates. If no unit was typed, the units of one number on one parcel become one candidate. @param {AddressIndex} index @param {readonly AddressMatch[]} matches @param {Status} status @param {number} [limit] @returns {Candidate[]} */
export function toCandidates(index, matches, status, limit = Infinity) {
  /** @type {Map<string, AddressMatch[]>} */
  const unitGroups = new Map();
  for (const match of matches) {
    const parcelId = index.rowParcelIds[match.row];
    const groupKey = match.unitOmitted && parcelId ? JSON.stringify([parcelId, index.streetIdOfRow(match.row), index.houseNumber(match.row), match.mismatches]) : `${match.row}`;
    unitGroups.set(groupKey, [...(unitGroups.get(groupKey) ?? []), match]);
  }
  return [...unitGroups.values()].slice(0, limit).map(([first, ...others]) => {
    const { row, mismatches } = /** @type {AddressMatch} */ (first);
    const postalNote = postalCityNote(index.textAt("postal", row), index.textAt("town", row), (name) => index.foldName(name));
    const unitNote = others.length ? ngettext("%(count)s unit has this address.", "%(count)s units have this address.", 1 + others.length) : null;
    return makeCandidate({
      parcel_id: index.rowParcelIds[row] ?? null,
      address: formatAddress(index, row, !others.length),
      town: index.textAt("town", row) || null,
      lon: nullIfMissing(index.lon[row]),
      lat: nullIfMissing(index.lat[row]),
      status,
      changes: [...mismatches, ...[postalNote, unitNote].filter((note) => note !== null)],
      zip: index.textAt("zip", row) || null,
    });
  });
}

/** @param {number} [degrees] */
export const nullIfMissing = (degrees) => (degrees === undefined || Number.isNaN(degrees) ? null : degrees);

/** Keeps each parcel once. A row without a parcel is dropped if another row has the same address. @param {Candidate[]} candidates @returns {Candidate[]} */
export function uniqueCandidates(candidates) {
  /** @type {Map<string, Candidate>} */
  const unique = new Map();
  const addressesWithParcel = new Set(candidates.filter((candidate) => candidate.parcel_id !== null).map((candidate) => JSON.stringify([candidate.address, candidate.town])));
  for (const candidate of candidates) {
    if (candidate.parcel_id === null && addressesWithParcel.has(JSON.stringify([candidate.address, candidate.town]))) continue;
    const locationKey = candidate.parcel_id ?? JSON.stringify([candidate.address, candidate.town, candidate.lon, candidate.lat]);
    if (!unique.has(locationKey)) unique.set(locationKey, candidate);
  }
  return [...unique.values()];
}
