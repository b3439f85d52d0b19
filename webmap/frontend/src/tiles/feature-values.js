// Decodes the property values of a tile's features.
import { decodeColumns } from "./column-decoder.js";

/** @typedef {import("../map/page-config.js").Properties} Properties */
/** @typedef {Map<number, {id: string, properties: Properties}>} FeatureValues */

/**
 * Returns each feature's id and properties by its feature number.
 * @param {{numbers: number[], id: import("./column-decoder.js").EncodedColumn, fields: Record<string, import("./column-decoder.js").EncodedColumn>}} encoded
 * @returns {FeatureValues}
 */
export function decodeFeatureValues(encoded) {
  const { ids, fields } = decodeColumns(encoded);
  /** @type {FeatureValues} */
  const valuesByNumber = new Map();
  let number = 0;
  encoded.numbers.forEach((step, index) => {
    number += step;
    /** @type {Properties} */
    const properties = {};
    for (const { name, values } of fields) properties[name] = values[index];
    valuesByNumber.set(number, { id: String(ids[index]), properties });
  });
  return valuesByNumber;
}
