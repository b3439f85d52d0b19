// The address index that a browser downloads for offline search: rows sorted by street and number, decoded into columns.

import { KEY_FACTOR, NO_NUMBER, PARCEL_STEPS_PER_DEGREE, decodeCodes, decodeFile, decodeHouseNumbers, decodeIntersections, decodePoints, decodeRuns, decodeSparse, rowStartsOf, toStreet, toStreetsByName } from "./index-decoder.js";
import { normalizeText, splitWords } from "./parse/normalize-text.js";
import { TownNames } from "./parse/town-names.js";
import { Vocabulary } from "./parse/vocabulary.js";
import { OtherNames } from "./match/other-names.js";

/** @typedef {import("./index-decoder.js").Landmark} Landmark */
/** @typedef {import("./index-decoder.js").District} District */

const MAX_NUMBERS_IN_RANGE = 500; // longer ranges are errors

export class AddressIndex {
  /** @param {Uint8Array} file */
  constructor(file) {
    const [rawHeader, columns] = decodeFile(file);
    /** @type {import("./index-decoder.js").IndexHeader} */
    const header = rawHeader;
    this.vocabulary = new Vocabulary(header.words);
    this.streetLabels = header.labels;
    this.streets = header.parts.map(toStreet);
    this.streetsByName = toStreetsByName(header.byName);
    this.aliases = new Map(Object.entries(header.aliases));
    this.townNames = new TownNames(this.vocabulary, Object.entries(header.places), header.placeAliases ?? {});
    this.otherNames = new OtherNames(this.vocabulary, this.streetLabels, this.streetsByName.keys(), this.aliases);
    this.categories = header.texts;
    this.localities = header.here;
    this.rowStarts = rowStartsOf(columns["counts"] ?? []);
    this.size = this.rowStarts.at(-1) ?? 0;
    this.houseNumbers = decodeHouseNumbers(columns, this.rowStarts);
    this.high = new Int32Array(this.size);
    for (const [row, rangeLength] of decodeSparse(columns["high"])) this.high[row] = (this.houseNumbers[row] ?? 0) + rangeLength;
    this.codes = Object.fromEntries(["frac", "letter", "unit"].map((name) => [name, decodeCodes(this.size, columns[name])]));
    this.localityCodes = decodeRuns(this.size, columns["place"]);
    this.ranges = [...this.high.keys()].filter((row) => this.high[row]);
    this.numberStreetKeys = buildNumberStreetKeys(this);
    const streetForms = this.streets.map((street) => this.vocabulary.fuzzyForms(street.name, street.suffix));
    this.namesByForm = /** @type {const} */ ([0, 1, 2, 3]).map((form) => streetForms.map((values) => values[form]));
    this.lengthBuckets = buildLengthBuckets(this.namesByForm);
    const [sortedSpellings, values] = buildSpellings(this.vocabulary, this.streetLabels);
    this.sortedSpellings = sortedSpellings;
    this.spellingStreetIds = values;
    /** @type {Landmark[]} */
    this.landmarks = []; // filled by addIntersections
    /** @type {District[]} */
    this.districts = []; // filled by addIntersections
    this.intersections = this.#withOtherNames(decodeIntersections({ labels: [], byName: {}, inFull: [], landmarks: [] }, {}));
    /** @type {(string | null)[]} */
    this.rowParcelIds = new Array(this.size).fill(null); // filled by addTown
    this.lon = new Float64Array(this.size).fill(NaN);
    this.lat = new Float64Array(this.size).fill(NaN);
    /** @type {Map<string, number[]>} */
    this.rowsByTown = new Map(); // filled by the first addTown
    /** @type {Map<string, string[]>} */
    this.parcelIdsByKey = new Map(); // parcel ids by their form without separators
    /** @type {Map<string, [string, string][]>} */
    this.oldIdsByKey = new Map(); // former ids, each with the current one
    /** @type {Map<string, {rows: number[], town: string, lon: number, lat: number}>} */
    this.parcels = new Map();
  }

  /** Adds intersections, landmarks and districts. @param {Uint8Array} file */
  addIntersections(file) {
    const [header, columns] = decodeFile(file);
    this.intersections = this.#withOtherNames(decodeIntersections(header, columns));
    this.landmarks = header.landmarks;
    this.districts = header.districts ?? []; // a file from before districts were found has none
  }

  /** @param {ReturnType<typeof decodeIntersections>} intersections */
  #withOtherNames(intersections) {
    const { streetLabels, streetsByName, aliases } = intersections;
    return { ...intersections, otherNames: new OtherNames(this.vocabulary, streetLabels, streetsByName.keys(), aliases) };
  }

  /** Adds a town's parcel ids and positions. @param {Uint8Array} file */
  addTown(file) {
    const [header, columns] = decodeFile(file);
    if (!this.rowsByTown.size) for (const row of this.rowParcelIds.keys()) appendTo(this.rowsByTown, this.textAt("town", row), row);
    const rows = this.rowsByTown.get(header.town) ?? [];
    const points = decodePoints(columns["Lon"] ?? [], columns["Lat"] ?? [], PARCEL_STEPS_PER_DEGREE);
    /** @type {string[]} */
    const parcelIds = header.ids ? header.ids.split("\n") : [];
    parcelIds.forEach((parcelId, i) => {
      const [lon, lat] = points[i] ?? [NaN, NaN];
      const row = i < header.rows ? rows[i] : undefined;
      if (row !== undefined) {
        this.rowParcelIds[row] = parcelId || null;
        this.lon[row] = lon;
        this.lat[row] = lat;
      }
      if (parcelId) this.#addParcel(parcelId, row, header.others[parcelId] ?? header.town, lon, lat); // a parcel may lie in another town than its address
    });
    for (const [oldId, newId] of header.old) appendTo(this.oldIdsByKey, stripSeparators(oldId), /** @type {[string, string]} */ ([oldId, newId]));
  }

  /** @param {string} parcelId @param {number | undefined} row @param {string} town @param {number} lon @param {number} lat */
  #addParcel(parcelId, row, town, lon, lat) {
    const parcel = this.parcels.get(parcelId);
    if (parcel) {
      if (row !== undefined) parcel.rows.push(row);
      return;
    }
    this.parcels.set(parcelId, { rows: row === undefined ? [] : [row], town, lon, lat });
    for (const key of new Set([stripSeparators(originalId(parcelId)), stripSeparators(parcelId)])) appendTo(this.parcelIdsByKey, key, parcelId);
  }

  /** Returns the rows of a street, or of one number on it, as first row and end (exclusive). @param {number} streetId @param {number} [number] @returns {[number, number]} */
  rowRange(streetId, number) {
    const first = this.rowStarts[streetId] ?? 0;
    const last = this.rowStarts[streetId + 1] ?? first;
    if (number === undefined) return [first, last];
    const low = this.#bisect(first, last, number);
    return [low, this.#bisect(low, last, number + 1)];
  }

  /** @param {number} first @param {number} last @param {number} number */
  #bisect(first, last, number) {
    let [low, high] = [first, last];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.houseNumbers[middle] ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Returns the streets that have a house number, alone or within a range. @param {number} number @returns {Set<number>} */
  streetsWithNumber(number) {
    const streetIds = new Set();
    for (let i = lowerBound(this.numberStreetKeys, number * KEY_FACTOR); (this.numberStreetKeys[i] ?? Infinity) < (number + 1) * KEY_FACTOR; i += 1) streetIds.add((this.numberStreetKeys[i] ?? 0) % KEY_FACTOR);
    return streetIds;
  }

  /** Returns a row's house number, or -1 without one. @param {number} row */
  houseNumber(row) {
    const number = this.houseNumbers[row] ?? NO_NUMBER;
    return number === NO_NUMBER ? -1 : number;
  }

  /** Returns the street of a row. @param {number} row */
  streetIdOfRow(row) {
    return lowerBound(this.rowStarts, row + 1) - 1;
  }

  /** Returns a row's value in a text column; empty where unknown. @param {string} column @param {number} row */
  textAt(column, row) {
    const field = LOCALITY_FIELDS.get(column);
    if (field !== undefined) return this.localities[this.localityCodes[row] ?? 0]?.[field] ?? "";
    const code = this.codes[column]?.[row] ?? 0;
    return code ? this.categories[column]?.[code - 1] ?? "" : "";
  }

  /** Folds a town's or a street's name into the form used for look-ups. @param {string} name */
  foldName(name) {
    return this.vocabulary.foldWords(splitWords(normalizeText(name)));
  }
}

const LOCALITY_FIELDS = new Map([["town", 0], ["zip", 1], ["postal", 2]]); // positions in a locality

/** Removes the source's name from a parcel id. @param {string} id */
export const originalId = (id) => id.split("~")[0] ?? id;

/** Removes spaces and hyphens from a parcel id. @param {string} text */
export const stripSeparators = (text) => text.replace(/[\s\-./]+/g, "").toUpperCase();

/** @template K, V @param {Map<K, V[]>} table @param {K} key @param {V} value */
function appendTo(table, key, value) {
  const existing = table.get(key);
  if (existing) existing.push(value);
  else table.set(key, [value]);
}

/** @param {ArrayLike<number>} sorted @param {number} value */
function lowerBound(sorted, value) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Returns the sorted keys of all numbers and their streets; a range counts with each of its numbers. @param {AddressIndex} index */
function buildNumberStreetKeys(index) {
  const keys = new Set();
  index.streets.forEach((_, streetId) => {
    for (let row = index.rowStarts[streetId] ?? 0; row < (index.rowStarts[streetId + 1] ?? 0); row += 1) {
      const low = index.houseNumbers[row] ?? NO_NUMBER;
      const high = index.high[row] ?? 0;
      keys.add(low * KEY_FACTOR + streetId);
      const step = (high - low) % 2 ? 1 : 2;
      for (let stepNumber = 1; high && stepNumber <= MAX_NUMBERS_IN_RANGE && low + stepNumber * step <= high; stepNumber += 1) keys.add((low + stepNumber * step) * KEY_FACTOR + streetId);
    }
  });
  return Float64Array.from(keys).sort();
}

/** Groups the distinct names by length, each with the streets that have it. @param {string[][]} forms */
function buildLengthBuckets(forms) {
  /** @type {Map<string, number[]>} */
  const streetIdsByName = new Map();
  for (const formNames of forms) formNames.forEach((name, streetId) => name && appendTo(streetIdsByName, name, streetId));
  /** @type {Map<number, [string[], number[][]]>} */
  const bucketsByLength = new Map();
  for (const [name, streetIds] of streetIdsByName) {
    const bucket = bucketsByLength.get(name.length) ?? [[], []];
    bucket[0].push(name);
    bucket[1].push(streetIds);
    bucketsByLength.set(name.length, bucket);
  }
  return bucketsByLength;
}

/** Returns each street as written and folded, with its direction and without, sorted. @param {Vocabulary} vocabulary @param {string[]} labels @returns {[string[][], number[]]} */
function buildSpellings(vocabulary, labels) {
  /** @type {Map<string, [string[], number]>} */
  const spellings = new Map();
  labels.forEach((label, streetId) => {
    const writtenWords = splitWords(normalizeText(label));
    const foldedWords = vocabulary.foldWords(writtenWords).split(" ");
    const fullDirection = vocabulary.fullDirection.get(foldedWords[0] ?? "");
    for (const form of fullDirection === undefined ? [writtenWords, foldedWords] : [writtenWords, foldedWords, [fullDirection, ...foldedWords.slice(1)]]) {
      spellings.set(`${form.join(" ")}\n${streetId}`, [form, streetId]);
      if (form.length > 1 && vocabulary.direction.has(form[0] ?? "")) spellings.set(`${form.slice(1).join(" ")}\n${streetId}`, [form.slice(1), streetId]);
    }
  });
  const ordered = [...spellings.values()].sort(([first, firstId], [second, secondId]) => compareWordLists(first, second) || firstId - secondId);
  return [ordered.map(([form]) => form), ordered.map(([, streetId]) => streetId)];
}

/** @param {string[]} first @param {string[]} second */
function compareWordLists(first, second) {
  for (let i = 0; i < Math.min(first.length, second.length); i += 1) {
    const [a, b] = [first[i] ?? "", second[i] ?? ""];
    if (a !== b) return a < b ? -1 : 1;
  }
  return first.length - second.length;
}
