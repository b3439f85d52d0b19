// Decodes the offline index files (geo/geocode/gazetteer/offline_index.py): a JSON header, then columns of varints.

/**
 * @typedef {import("./parse/address-parser.js").Street} Street
 * @typedef {[string, string, string, string]} StreetParts a street as it is stored: direction, name, suffix, trailing direction
 * @typedef {{labels: string[], byName: Record<string, [number, StreetParts][]>, inFull: [string, string][], landmarks: Landmark[], districts?: District[], aliases?: Record<string, [number, string, string][]>}} IntersectionsHeader
 * @typedef {[string, string | null, number | null, number | null]} Landmark its name and town, longitude and latitude
 * @typedef {[string, string, string, string[], number | null, number | null]} District its id, kind, name and towns, longitude and latitude
 * @typedef {{format: number, words: import("./parse/vocabulary.js").WordTables, texts: Record<string, string[]>, labels: string[], parts: StreetParts[], byName: Record<string, [number, StreetParts][]>,
 *   aliases: Record<string, [number, string, string][]>, places: Record<string, string>, placeAliases?: Record<string, string>, here: [string, string, string][]}} IndexHeader
 * @typedef {ReadonlyMap<string, readonly (readonly [number, Street])[]>} StreetsByName
 */

export const KEY_FACTOR = 2 ** 20; // a key is house number * KEY_FACTOR + street id
export const NO_NUMBER = KEY_FACTOR - 1; // stands for a missing house number
export const PARCEL_STEPS_PER_DEGREE = 1e5; // about a meter
const NODE_STEPS_PER_DEGREE = 1e6; // about a tenth of a meter

/** Returns a file's header and its columns of numbers. @param {Uint8Array} file @returns {[any, Record<string, number[]>]} */
export function decodeFile(file) {
  const end = file.indexOf(10);
  const header = JSON.parse(new TextDecoder().decode(file.subarray(0, end)));
  /** @type {Record<string, number[]>} */
  const columns = {};
  let offset = end + 1;
  for (const [name, size] of Object.entries(/** @type {Record<string, number>} */ (header.columns))) {
    columns[name] = decodeVarints(file.subarray(offset, offset + size));
    offset += size;
  }
  return [header, columns];
}

/** @param {Uint8Array} bytes */
function decodeVarints(bytes) {
  const numbers = [];
  let number = 0;
  let weight = 1;
  for (const byte of bytes) {
    number += (byte & 127) * weight;
    weight *= 128;
    if (byte < 128) {
      numbers.push(number);
      number = 0;
      weight = 1;
    }
  }
  return numbers;
}

/** @param {StreetParts} parts @returns {Street} */
export const toStreet = ([predir, name, suffix, postdir]) => ({ predir, name, suffix, postdir });

/** @param {Record<string, [number, StreetParts][]>} table @returns {StreetsByName} */
export const toStreetsByName = (table) => new Map(Object.entries(table).map(([name, variants]) => [name, variants.map(([streetId, parts]) => /** @type {const} */ ([streetId, toStreet(parts)]))]));

/** Returns where each street's rows begin. @param {number[]} counts */
export function rowStartsOf(counts) {
  const starts = [0];
  for (const count of counts) starts.push((starts.at(-1) ?? 0) + count);
  return starts;
}

/** @param {Record<string, number[]>} columns @param {number[]} starts */
export function decodeHouseNumbers(columns, starts) {
  const houseNumbers = new Int32Array(starts.at(-1) ?? 0).fill(NO_NUMBER);
  let step = 0;
  (columns["nones"] ?? []).forEach((unnumberedCount, streetId) => {
    let number = 0;
    for (let row = starts[streetId] ?? 0; row < (starts[streetId + 1] ?? 0) - unnumberedCount; row += 1) {
      number += columns["numbers"]?.[step] ?? 0;
      step += 1;
      houseNumbers[row] = number;
    }
  });
  return houseNumbers;
}

/** Decodes a column that has values in few rows. @param {number[]} [column] @returns {[number, number][]} */
export function decodeSparse(column = []) {
  /** @type {[number, number][]} */
  const pairs = [];
  let row = 0;
  for (let i = 0; i < column.length; i += 2) {
    row += column[i] ?? 0;
    pairs.push([row, column[i + 1] ?? 0]);
  }
  return pairs;
}

/** @param {number} size @param {number[]} [column] */
export function decodeCodes(size, column) {
  const codes = new Int32Array(size);
  for (const [row, code] of decodeSparse(column)) codes[row] = code;
  return codes;
}

/** Decodes a column of runs. @param {number} size @param {number[]} [column] */
export function decodeRuns(size, column = []) {
  const codes = new Int32Array(size);
  let row = 0;
  for (let i = 0; i < column.length; i += 2) {
    const run = column[i + 1] ?? 0;
    codes.fill(column[i] ?? 0, row, row + run);
    row += run;
  }
  return codes;
}

/** Decodes points from their steps; a missing point is NaN. @param {number[]} lons @param {number[]} lats @param {number} stepsPerDegree @returns {[number, number][]} */
export function decodePoints(lons, lats, stepsPerDegree) {
  let [x, y, i] = [0, 0, 0];
  return lons.map((step) => {
    if (!step) return [NaN, NaN];
    x += zigzagDecode(step - 1);
    y += zigzagDecode(lats[i] ?? 0);
    i += 1;
    return [x / stepsPerDegree, y / stepsPerDegree];
  });
}

/** @param {number} step */
const zigzagDecode = (step) => (step % 2 ? -(step + 1) / 2 : step / 2);

/** @param {IntersectionsHeader} header @param {Record<string, number[]>} columns */
export function decodeIntersections(header, columns) {
  let step = 0;
  const nodesByStreet = (columns["nodeCounts"] ?? []).map((count) => {
    let node = 0;
    return new Set(Array.from({ length: count }, () => (node += columns["nodes"]?.[step++] ?? 0)));
  });
  const decoder = new TextDecoder();
  /** @type {string[]} */
  const towns = [];
  const bytes = columns["nodeTownNames"] ?? [];
  for (let offset = 0; offset < bytes.length; offset += 1 + (bytes[offset] ?? 0)) towns.push(decoder.decode(Uint8Array.from(bytes.slice(offset + 1, offset + 1 + (bytes[offset] ?? 0)))));
  const nodePoints = decodePoints(columns["nodeLon"] ?? [], columns["nodeLat"] ?? [], NODE_STEPS_PER_DEGREE);
  const nodeTowns = (columns["nodeTowns"] ?? []).map((code) => towns[code] || null);
  return { streetLabels: header.labels, streetsByName: toStreetsByName(header.byName), fuzzyNames: header.inFull, aliases: new Map(Object.entries(header.aliases ?? {})), nodesByStreet, nodePoints, nodeTowns };
}
