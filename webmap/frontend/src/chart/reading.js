// What is told of features, read by number.
import { inFull } from "./columns.js";

/** @typedef {import("../told.js").Properties} Properties */
/** @typedef {Map<number, {id: string, properties: Properties}>} Values */

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
