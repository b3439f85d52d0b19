// Decodes the data blocks of a map file. `webmap/maps/packed_records.py` writes them.
import { gettext } from "../ui/gettext.js";

/**
 * @typedef {(string | null)[] | {texts: (string | null)[], rows: number[]}} PackedColumn each text, or different texts and their numbers
 * @typedef {"hatch" | string | null} Fill a color, a color of the theme (as "--card"), the hatch for unknown, or none
 * @typedef {{
 *   kind: "point" | "line" | "polygon", shapes: string, titles: PackedColumn, fields: {label: string, name: string, values: PackedColumn}[],
 *   styles: {fill?: Fill, opacity?: number, line?: string}[], styleRows: number[], labelPoints?: string, isListed: boolean,
 * }} PackedRecords
 * @typedef {[number, number]} Position longitude and latitude in degrees
 * @typedef {Position[][][]} Shape polygons or lines, of rings or one line
 */

const UNITS_PER_DEGREE = 1e6;
const FIRST_CODE = 63; // encoded polylines count from "?", so that spaces, commas and semicolons are free

/**
 * Decodes shapes: encoded polylines of precision 6. Rings are parted by commas, polygons by semicolons, shapes by spaces.
 * Each position is told relative to the one before it, across all shapes.
 * @param {string} text
 * @returns {Shape[]}
 */
export function decodeShapes(text) {
  let [lon, lat] = [0, 0];
  /** @param {string} code @returns {Position[]} */
  const decodeRing = (code) => {
    const steps = decodeNumbers(code);
    /** @type {Position[]} */
    const positions = [];
    for (let index = 0; index < steps.length; index += 2) {
      lat += steps[index] ?? 0;
      lon += steps[index + 1] ?? 0;
      positions.push([lon / UNITS_PER_DEGREE, lat / UNITS_PER_DEGREE]);
    }
    return positions;
  };
  return text ? text.split(" ").map((shape) => shape.split(";").map((part) => part.split(",").map(decodeRing))) : [];
}

/** Decodes signed numbers of five bits a character. @param {string} code */
function decodeNumbers(code) {
  const numbers = [];
  let [value, shift] = [0, 0];
  for (let index = 0; index < code.length; index += 1) {
    const chunk = code.charCodeAt(index) - FIRST_CODE;
    value |= (chunk & 31) << shift;
    shift += 5;
    if (chunk >= 32) continue;
    numbers.push(value & 1 ? ~(value >> 1) : value >> 1);
    [value, shift] = [0, 0];
  }
  return numbers;
}

/** Returns the text of one row; null if it is unknown. @param {PackedColumn} column @param {number} row */
export function columnValue(column, row) {
  return (Array.isArray(column) ? column[row] : column.texts[column.rows[row] ?? -1]) ?? null;
}

/** Returns the text of one row, "unknown" in the page's language if it is unknown. @param {PackedColumn} column @param {number} row */
export function columnText(column, row) {
  return columnValue(column, row) ?? gettext("unknown");
}

/** Reads a data block of the page. @param {string} id @returns {PackedRecords} */
export function readBlock(id) {
  return JSON.parse(document.getElementById(id)?.textContent ?? "null");
}

/**
 * Returns the records as GeoJSON features. Their properties hold the row and the block alone.
 * @param {PackedRecords} records
 */
export function toFeatures(records) {
  return decodeShapes(records.shapes).map((shape, row) => ({ type: "Feature", properties: { row, records }, geometry: toGeometry(records.kind, shape) }));
}

/** @param {PackedRecords["kind"]} kind @param {Shape} shape */
function toGeometry(kind, shape) {
  if (kind === "point") return { type: "Point", coordinates: shape[0]?.[0]?.[0] };
  if (kind === "line") return { type: "MultiLineString", coordinates: shape.map(([line]) => line) };
  return { type: "MultiPolygon", coordinates: shape };
}
