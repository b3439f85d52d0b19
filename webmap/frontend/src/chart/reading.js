// What the server sends, read: tiles into shapes, and what is told of their features by number.
import { VectorTile } from "@mapbox/vector-tile";
import { PbfReader } from "pbf";

/**
 * @typedef {import("../told.js").Properties} Properties
 * @typedef {{number: number, kind: number, lines: number[][], properties: Properties}} Shape kind 1 points, 2 lines, 3 areas; each line as x, y, x, y in units of the tile
 * @typedef {Map<number, {id: string, properties: Properties}>} Values
 */

/** @param {ArrayBuffer} body @returns {Record<string, Shape[]>} */
export function readTile(body) {
  const { layers } = new VectorTile(new PbfReader(new Uint8Array(body)));
  /** @type {Record<string, Shape[]>} */
  const read = {};
  for (const [name, layer] of Object.entries(layers)) {
    read[name] = Array.from({ length: layer.length }, (_, at) => {
      const feature = layer.feature(at);
      const lines = feature.loadGeometry().map((points) => points.flatMap(({ x, y }) => [x, y]));
      return { number: feature.id ?? -1, kind: feature.type, properties: feature.properties, lines };
    });
  }
  return read;
}

/** @typedef {any[] | {of: any[], at: number[]} | {at: number[], else: any[]}} Column */

/**
 * Read columns of values. A column stands in full, or coded by places in `of`, of which 0 is unknown, or as the ids `else` some others.
 * @param {{numbers: number[], id: string[], fields: Record<string, Column>}} told
 * @returns {Values}
 */
export function readValues(told) {
  const columns = Object.entries(told.fields).map(([name, column]) => ({ name, values: inFull(column, told.id) }));
  /** @type {Values} */
  const read = new Map();
  let number = 0;
  told.numbers.forEach((step, at) => {
    number += step;
    /** @type {Properties} */
    const properties = {};
    for (const { name, values } of columns) properties[name] = values[at];
    read.set(number, { id: String(told.id[at]), properties });
  });
  return read;
}

/** @param {Column} column @param {string[]} ids @returns {any[]} */
function inFull(column, ids) {
  if (Array.isArray(column)) return column;
  if ("of" in column) return column.at.map((place) => (place === 0 ? null : column.of[place - 1]));
  const full = [...ids];
  column.at.forEach((place, nth) => (full[place] = column.else[nth]));
  return full;
}
