// Finds streets under another name: an alias, a road by its number or letter, a person by the initials (geo/geocode/match/other_names.py).

import { makeStreetMatch } from "../scoring.js";
import { normalizeText, splitWords } from "../parse/normalize-text.js";
import { isSameRoad, mayBeRoad, parseRoad } from "../parse/numbered-roads.js";
import { isSamePerson, personKeys } from "../parse/person-names.js";

/**
 * @typedef {import("../address-index.js").AddressIndex} AddressIndex
 * @typedef {import("../parse/address-parser.js").ParsedAddress} ParsedAddress
 * @typedef {import("../parse/address-parser.js").Street} Street
 * @typedef {import("../parse/numbered-roads.js").Road} Road
 * @typedef {import("../parse/vocabulary.js").Vocabulary} Vocabulary
 * @typedef {import("../scoring.js").StreetMatch} StreetMatch
 * @typedef {[number, string, string]} Alias street id, folded town and alias
 */

/** The streets by what their names share: the number or letter of a road, and the name of a person. */
export class OtherNames {
  /** @param {Vocabulary} vocabulary @param {readonly string[]} labels @param {Iterable<string>} names @param {ReadonlyMap<string, readonly Alias[]>} aliases */
  constructor(vocabulary, labels, names, aliases) {
    this.vocabulary = vocabulary;
    /** @type {Map<string, [number, Road][]>} */
    this.roads = new Map();
    labels.forEach((label, streetId) => addTo(this.roads, this.#roadOf(label), streetId));
    this.roadOfStreet = new Map([...this.roads.values()].flat());
    /** @type {Map<string, [Alias, Road][]>} */
    this.roadAliases = new Map();
    const unique = new Map([...aliases.values()].flat().map((alias) => [alias.join("\n"), alias]));
    for (const alias of unique.values()) addTo(this.roadAliases, this.#roadOf(alias[2]), alias);
    /** @type {Map<string, string[]>} */
    this.personNames = new Map();
    for (const name of names) for (const key of personKeys(vocabulary, name)) this.personNames.set(key, [...(this.personNames.get(key) ?? []), name]);
  }

  /** @param {string} text */
  #roadOf(text) {
    return parseRoad(this.vocabulary, splitWords(normalizeText(text)));
  }

  /** Returns the streets that may be a typed road. @param {Road} typed @returns {number[]} */
  streetsOfRoad(typed) {
    return (this.roads.get(typed.id) ?? []).filter(([, road]) => mayBeRoad(typed, road)).map(([streetId]) => streetId);
  }

  /** Returns the aliases that may be a typed road. @param {Road} typed @returns {Alias[]} */
  aliasesOfRoad(typed) {
    return (this.roadAliases.get(typed.id) ?? []).filter(([, road]) => mayBeRoad(typed, road)).map(([alias]) => alias);
  }

  /** Returns the folded street names, other than the typed one, that are the same person's. @param {string} typed @returns {string[]} */
  namesOfPerson(typed) {
    const found = new Set(personKeys(this.vocabulary, typed).flatMap((key) => this.personNames.get(key) ?? []));
    return [...found].filter((name) => name !== typed && isSamePerson(this.vocabulary, typed, name));
  }
}

/** @template T @param {Map<string, [T, Road][]>} table @param {Road | null} road @param {T} value */
function addTo(table, road, value) {
  if (road) table.set(road.id, [...(table.get(road.id) ?? []), [value, road]]);
}

/** Returns the aliases that typed words are, as written or as the same numbered road. @param {AddressIndex} index @param {readonly string[]} street @returns {readonly Alias[]} */
export function aliasEntries(index, street) {
  const road = parseRoad(index.vocabulary, street);
  return [...(index.aliases.get(index.vocabulary.foldWords(street)) ?? []), ...(road ? index.otherNames.aliasesOfRoad(road) : [])];
}

/** Returns the streets that are the typed road or person under another name. @param {AddressIndex} index @param {readonly ParsedAddress[]} parses @returns {StreetMatch[]} */
export function matchOtherNames(index, parses) {
  return parses.flatMap((parsed) => {
    const typedText = parsed.line.street.join(" ").toLowerCase();
    const road = parseRoad(index.vocabulary, parsed.line.street);
    return road ? matchRoad(index, parsed, road, typedText) : matchPerson(index, parsed, typedText);
  });
}

/** @param {AddressIndex} index @param {ParsedAddress} parsed @param {Road} road @param {string} typedText @returns {StreetMatch[]} */
function matchRoad(index, parsed, road, typedText) {
  return index.otherNames.streetsOfRoad(road).map((streetId) => {
    const recorded = /** @type {Street} */ (index.streets[streetId]);
    const street = { ...recorded, predir: road.predir ? recorded.predir : "", postdir: road.postdir ? recorded.postdir : "" };
    return makeStreetMatch({ ...parsed, street }, streetId, recorded, { typedText });
  });
}

/** @param {AddressIndex} index @param {ParsedAddress} parsed @param {string} typedText @returns {StreetMatch[]} */
function matchPerson(index, parsed, typedText) {
  return index.otherNames.namesOfPerson(parsed.street.name).flatMap((name) => (index.streetsByName.get(name) ?? []).map(([streetId, recorded]) => makeStreetMatch(parsed, streetId, recorded, { typedText })));
}

/** Returns whether a street is a numbered or lettered road, and typed words name another one. A `name` without the number or letter is no name of it. @param {AddressIndex} index @param {readonly string[]} typed @param {number} streetId @param {string} [name] */
export function isOtherRoad(index, typed, streetId, name) {
  const recorded = index.otherNames.roadOfStreet.get(streetId);
  if (recorded === undefined) return false;
  if (name !== undefined && !name.split(" ").some((word) => word.endsWith(recorded.id))) return true;
  const road = parseRoad(index.vocabulary, typed);
  return road !== null && !isSameRoad(road, recorded);
}
