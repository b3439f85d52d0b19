// Decodes columns of values, which the server sends in the shortest of several encodings (geo/tilesets/value_columns.py).
/**
 * @typedef {any[]
 *   | {of: any[], at: number[]}
 *   | {of: string[], at: number[], steps: number[]}
 *   | {of: any[], by: string}
 *   | {from: string, days: (number | null)[]}
 *   | {at: number[], else: any[]}} EncodedColumn
 */

const DAY_MS = 86_400_000;
const DIGIT_PLACEHOLDERS = /#+/; // stand for the digits of a number in a text pattern

/** Decodes the columns of some features. @param {{id: EncodedColumn, fields: Record<string, EncodedColumn>}} encoded */
export function decodeColumns(encoded) {
  const ids = decodeColumn(encoded.id);
  const fields = Object.entries(encoded.fields).map(([name, column]) => ({ name, values: decodeColumn(column, ids, encoded.fields) }));
  return { ids, fields };
}

/** @param {EncodedColumn} column @param {string[]} ids @param {Record<string, EncodedColumn>} columns @returns {any[]} */
function decodeColumn(column, ids = [], columns = {}) {
  if (Array.isArray(column)) return column;
  if ("days" in column) return column.days.map(dateDecoder(column.from));
  if ("by" in column) return decodeDependent(column.of, columns[column.by]);
  if ("else" in column) return decodeFromIds(ids, column);
  return "steps" in column ? decodeNumbered(column) : column.at.map((code) => (code === 0 ? null : column.of[code - 1]));
}

/** Returns a function from a number of days to an ISO date. @param {string} firstDate */
function dateDecoder(firstDate) {
  const firstMs = Date.parse(firstDate);
  /** @type {Map<number, string>} */
  const dateCache = new Map();
  return (/** @type {number | null} */ days) => {
    if (days === null) return null;
    const date = dateCache.get(days) ?? new Date(firstMs + days * DAY_MS).toISOString().slice(0, 10);
    dateCache.set(days, date);
    return date;
  };
}

/** Decodes a column whose values follow from the codes of another column. @param {any[]} values @param {EncodedColumn | undefined} decidingColumn */
function decodeDependent(values, decidingColumn) {
  return decidingColumn && !Array.isArray(decidingColumn) && "at" in decidingColumn ? decidingColumn.at.map((code) => values[code]) : [];
}

/** Decodes a column that equals the ids, except for some rows. @param {string[]} ids @param {{at: number[], else: any[]}} overrides */
function decodeFromIds(ids, overrides) {
  const values = [...ids];
  overrides.at.forEach((index, overrideIndex) => (values[index] = overrides.else[overrideIndex]));
  return values;
}

/** Decodes texts that follow a pattern with a counter in it. @param {{of: string[], at: number[], steps: number[]}} column */
function decodeNumbered({ of: stemTexts, at: codes, steps }) {
  const stems = stemTexts.map((stem) => ({ stem, digits: DIGIT_PLACEHOLDERS.exec(stem)?.[0].length ?? 0, last: 0 }));
  let stepIndex = 0;
  return codes.map((code) => {
    const stemState = stems[code - 1];
    if (!stemState?.digits) return stemState ? stemState.stem : null;
    stemState.last += steps[stepIndex++] ?? 0;
    return stemState.stem.replace(DIGIT_PLACEHOLDERS, String(stemState.last).padStart(stemState.digits, "0"));
  });
}
