// What the server sends, read: tiles into shapes, and what is told of their features by number.
import { VectorTile } from "@mapbox/vector-tile";
import { PbfReader } from "pbf";
import { inFull } from "./columns.js";

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

/**
 * Read what is told of a tile's features.
 * @param {{numbers: number[], id: import("./columns.js").Column, fields: Record<string, import("./columns.js").Column>}} told
 * @returns {Values}
 */
export function readValues(told) {
  const { ids, fields } = inFull(told);
  /** @type {Values} */
  const read = new Map();
  let number = 0;
  told.numbers.forEach((step, at) => {
    number += step;
    /** @type {Properties} */
    const properties = {};
    for (const { name, values } of fields) properties[name] = values[at];
    read.set(number, { id: String(ids[at]), properties });
  });
  return read;
}
