// Which lots and blocks of some tiles lie at a place or in a view.
import { inUnits, placed, toDegrees, toSquare } from "./projecting.js";
import { boxOf, holds } from "./shapes.js";

/** @typedef {import("./tiles.js").Tile} Tile */
/** @typedef {import("../told.js").Feature} Feature */
/** @typedef {import("../told.js").Properties} Properties */
/** @typedef {{width: number, height: number} & import("./projecting.js").Frame} View */

const byNumber = new Intl.Collator("en", { numeric: true });

/** @param {{x: number, y: number}} place @param {{width: number, height: number}} view */
export function within({ x, y }, { width, height }) {
  return x >= 0 && y >= 0 && x <= width && y <= height;
}

/** Give a lot by its number or by a place in it; null where none is known. @param {Tile[]} tiles @param {{id?: string, at?: [number, number]}} asked latitude and longitude */
export function lotIn(tiles, { id, at }) {
  for (const { place, layers, values } of tiles) {
    const units = at && inUnits(place, toSquare(at[1], at[0]));
    for (const shape of layers["parcels"] ?? []) {
      const told = values?.get(shape.number);
      if (!told || !(units ? holds(shape, units) : told.id === id)) continue;
      const [lon, lat] = toDegrees(...middle(boxOf(place, shape)));
      return { id: told.id, properties: told.properties, at: { lon, lat } };
    }
  }
  return null;
}

/** Give the lots that a view touches and that are meant, by their addresses. @param {Tile[]} tiles @param {View} view @param {(properties: Properties) => boolean} meant */
export function lotsIn(tiles, view, meant) {
  /** @type {Map<string, {feature: Feature, code: string, at: [number, number]}>} */
  const found = new Map();
  for (const { place, layers, values } of tiles) {
    for (const shape of layers["parcels"] ?? []) {
      const told = values?.get(shape.number);
      if (!told || found.has(told.id) || !meant(told.properties)) continue;
      const box = boxOf(place, shape);
      if (!touches(placed([box[0], box[1]], view), placed([box[2], box[3]], view), view)) continue;
      const at = middle(box);
      const feature = /** @type {Feature} */ ({ type: "Feature", id: told.id, geometry: { type: "Point", coordinates: toDegrees(...at) }, properties: told.properties });
      found.set(told.id, { feature, code: "", at });
    }
  }
  // By street, then by number: as one walks.
  const parts = new Map([...found.values()].map((one) => [one, /^(\S*\d\S*)\s+(.*)/.exec(String(one.feature.properties["address"] ?? ""))]));
  const keys = (/** @type {any} */ one) => [parts.get(one)?.[2] ?? "\uffff", parts.get(one)?.[1] ?? ""];
  return [...found.values()].sort((one, other) => byNumber.compare(keys(one)[0] ?? "", keys(other)[0] ?? "") || byNumber.compare(keys(one)[1] ?? "", keys(other)[1] ?? ""));
}

/** Give the figures of the block at a place; null where none is. @param {Tile[]} tiles @param {[number, number]} at latitude and longitude */
export function blockIn(tiles, [lat, lon]) {
  for (const { place, layers } of tiles) {
    const found = (layers["blocks"] ?? []).find((shape) => holds(shape, inUnits(place, toSquare(lon, lat))));
    if (found) return found.properties;
  }
  return null;
}

/** Name the town at a place; null where none is. @param {import("./painter.js").Town[]} towns @param {[number, number]} at latitude and longitude */
export function townIn(towns, [lat, lon]) {
  const place = toSquare(lon, lat);
  return towns.find(({ areas }) => holds({ lines: areas.flat().map((ring) => ring.flat()) }, place))?.name ?? null;
}

/** @param {[number, number, number, number]} box @returns {[number, number]} */
function middle([west, north, east, south]) {
  return [(west + east) / 2, (north + south) / 2];
}

/** @param {{x: number, y: number}} low @param {{x: number, y: number}} high @param {{width: number, height: number}} view */
function touches(low, high, { width, height }) {
  return high.x >= 0 && high.y >= 0 && low.x <= width && low.y <= height;
}
