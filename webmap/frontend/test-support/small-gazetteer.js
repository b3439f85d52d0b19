// Encodes the addresses of a small town as the offline index files that the server makes (geo/geocode/gazetteer/offline_index.py).
import { AddressIndex } from "../src/search/geocode/address-index.js";
import { parseStreet } from "../src/search/geocode/parse/address-parser.js";
import { normalizeText, splitWords } from "../src/search/geocode/parse/normalize-text.js";
import { VOCABULARY, WORD_TABLES } from "./address-words.js";

/**
 * @typedef {{street: string, number?: number, high?: number, frac?: string, letter?: string, unit?: string, town?: string, zip?: string, postal?: string, parcel?: string, lon?: number, lat?: number}} AddressRow
 * @typedef {{street: string, alias: string, town?: string}} StreetAlias
 * @typedef {{streets: [string, string], lon: number, lat: number, town?: string}} StreetCorner two streets and the place where they meet
 * @typedef {{addresses: AddressRow[], aliases?: StreetAlias[], corners?: StreetCorner[], landmarks?: import("../src/search/geocode/index-decoder.js").Landmark[], districts?: import("../src/search/geocode/index-decoder.js").District[], oldIds?: [string, string][], parcels?: {id: string, town: string, lon: number, lat: number}[]}} SmallTown
 */

const NO_NUMBER = 2 ** 20 - 1;
const wordsOf = (/** @type {string} */ text) => splitWords(normalizeText(text));
const fold = (/** @type {string} */ text) => VOCABULARY.foldWords(wordsOf(text));

/** Returns the index of a small town. @param {SmallTown} town @param {boolean} hasTownFiles whether the files with parcels and places were downloaded, too */
export function openGazetteer(town, hasTownFiles = true) {
  const rows = sortedRows(town.addresses);
  const index = new AddressIndex(encodeIndex(town, rows));
  index.addIntersections(encodeIntersections(town));
  if (!hasTownFiles) return index;
  for (const name of new Set([...rows, ...(town.parcels ?? [])].map((row) => row.town ?? ""))) index.addTown(encodeTown(town, rows, name));
  return index;
}

/** @param {AddressRow[]} addresses by street, then by number */
function sortedRows(addresses) {
  const labels = labelsOf(addresses);
  return [...addresses].sort((a, b) => labels.indexOf(a.street) - labels.indexOf(b.street) || (a.number ?? NO_NUMBER) - (b.number ?? NO_NUMBER));
}

/** @param {AddressRow[]} addresses */
const labelsOf = (addresses) => [...new Set(addresses.map(({ street }) => street))];

/** Returns the parts of a street. @param {string} label */
function partsOf(label) {
  const [street = { predir: "", name: "", suffix: "", postdir: "" }] = parseStreet(VOCABULARY, wordsOf(label));
  return [street.predir, street.name, street.suffix, street.postdir];
}

/** @param {string[]} labels */
function streetsByName(labels) {
  /** @type {Record<string, any[]>} */
  const table = {};
  labels.forEach((label, streetId) => (table[partsOf(label)[1] ?? ""] ??= []).push([streetId, partsOf(label)]));
  return table;
}

/** @param {SmallTown} town @param {AddressRow[]} rows */
function encodeIndex({ addresses, aliases = [] }, rows) {
  const labels = labelsOf(addresses);
  const texts = Object.fromEntries(["frac", "letter", "unit"].map((name) => [name, [...new Set(rows.map((row) => String(/** @type {any} */ (row)[name] ?? "")))].filter(Boolean)]));
  const localityOf = (/** @type {AddressRow} */ { town = "", zip = "", postal = "" }) => JSON.stringify([town, zip, postal]);
  const localities = [...new Set(rows.map(localityOf))];
  const rowsByStreet = labels.map((label) => rows.filter(({ street }) => street === label));
  const numbersByStreet = rowsByStreet.map((streetRows) => streetRows.flatMap(({ number }) => number ?? []));
  const sparseCodes = Object.entries(texts).map(([name, values]) => [name, sparse(rows.map((row) => values.indexOf(/** @type {any} */ (row)[name] ?? "") + 1))]);
  const townNames = rows.flatMap(({ town, postal }) => [town ?? "", postal ?? ""]).filter(Boolean);
  const header = {
    ...{ format: 2, words: WORD_TABLES, texts, here: localities.map((triple) => JSON.parse(triple)), labels, parts: labels.map(partsOf), byName: streetsByName(labels) },
    aliases: Object.fromEntries(aliases.map(({ alias }) => [fold(alias), aliases.filter((other) => fold(other.alias) === fold(alias)).map((other) => [labels.indexOf(other.street), fold(other.town ?? ""), other.alias])])),
    places: Object.fromEntries(townNames.map((name) => [fold(name), name])),
  };
  return encodeFile(header, {
    counts: rowsByStreet.map((streetRows) => streetRows.length),
    nones: rowsByStreet.map((streetRows, streetId) => streetRows.length - (numbersByStreet[streetId]?.length ?? 0)),
    numbers: numbersByStreet.flatMap(stepsOf),
    high: sparse(rows.map(({ number = 0, high }) => (high ? high - number : 0))),
    ...Object.fromEntries(sparseCodes),
    place: rows.flatMap((row) => [localities.indexOf(localityOf(row)), 1]),
  });
}

/** @param {SmallTown} town @param {AddressRow[]} allRows @param {string} name */
function encodeTown({ parcels = [], oldIds = [] }, allRows, name) {
  const rows = allRows.filter((row) => (row.town ?? "") === name);
  const unaddressed = parcels.filter((parcel) => parcel.town === name);
  const ids = [...rows.map(({ parcel = "" }) => parcel), ...unaddressed.map(({ id }) => id)];
  const header = { format: 2, town: name, rows: rows.length, old: oldIds.filter(([, newId]) => ids.includes(newId)), others: {}, ids: ids.join("\n") };
  const { lons: Lon, lats: Lat } = encodePoints([...rows, ...unaddressed], 1e5);
  return encodeFile(header, { Lon, Lat });
}

/** @param {SmallTown} town */
function encodeIntersections({ corners = [], landmarks = [], districts = [] }) {
  const labels = [...new Set(corners.flatMap(({ streets }) => streets))];
  const nodesByStreet = labels.map((label) => corners.flatMap(({ streets }, node) => (streets.includes(label) ? node : [])));
  const towns = ["", ...new Set(corners.flatMap(({ town }) => town ?? []))];
  const { lons: nodeLon, lats: nodeLat } = encodePoints(corners, 1e6);
  const forms = labels.map((label) => VOCABULARY.fuzzyForms(partsOf(label)[1] ?? "", ""));
  const header = { format: 2, labels, byName: streetsByName(labels), inFull: forms.map(([name, , , nameWithoutAnd]) => [name, nameWithoutAnd]), landmarks, districts };
  return encodeFile(header, {
    nodeCounts: nodesByStreet.map((nodes) => nodes.length),
    nodes: nodesByStreet.flatMap(stepsOf),
    nodeTowns: corners.map(({ town = "" }) => towns.indexOf(town)),
    ...{ nodeLon, nodeLat },
    nodeTownNames: towns.flatMap((name) => [Buffer.from(name).length, ...Buffer.from(name)]),
  });
}

/** @param {number[]} numbers */
const stepsOf = (numbers) => numbers.map((number, index) => number - (numbers[index - 1] ?? 0));

/** Returns the distance from the filled row before, and the value, of each filled row. @param {number[]} values */
function sparse(values) {
  const filled = [...values.keys()].filter((row) => values[row]);
  return filled.flatMap((row, index) => [row - (filled[index - 1] ?? 0), values[row] ?? 0]);
}

/** Encodes points as steps from the point before; 0 among the longitudes is no point. @param {{lon?: number, lat?: number}[]} points @param {number} stepsPerDegree */
function encodePoints(points, stepsPerDegree) {
  const zigzag = (/** @type {number} */ step) => (step < 0 ? -2 * step - 1 : 2 * step);
  const [lons, lats] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])];
  let [lastX, lastY] = [0, 0];
  for (const { lon, lat } of points) {
    if (lon === undefined || lat === undefined) {
      lons.push(0);
      continue;
    }
    const [x, y] = [Math.round(lon * stepsPerDegree), Math.round(lat * stepsPerDegree)];
    lons.push(zigzag(x - lastX) + 1);
    lats.push(zigzag(y - lastY));
    [lastX, lastY] = [x, y];
  }
  return { lons, lats };
}

/** Encodes a header and columns of numbers. @param {Record<string, any>} header @param {Record<string, number[]>} columns @returns {Uint8Array} */
export function encodeFile(header, columns) {
  const bytesByColumn = Object.entries(columns).map(([name, numbers]) => /** @type {const} */ ([name, numbers.flatMap(varint)]));
  const sizes = Object.fromEntries(bytesByColumn.map(([name, bytes]) => [name, bytes.length]));
  return Buffer.concat([Buffer.from(`${JSON.stringify({ ...header, columns: sizes })}\n`), Buffer.from(bytesByColumn.flatMap(([, bytes]) => bytes))]);
}

/** @param {number} number @returns {number[]} seven bits a byte, lowest first */
function varint(number) {
  return number < 128 ? [number] : [(number % 128) + 128, ...varint(Math.floor(number / 128))];
}
