// Finds parcels, hexbins and towns at a point or in a view.
import { squareToTile, squareToPixels, toDegrees, toSquare } from "./projection.js";
import { squareBounds, containsPoint } from "./tile-geometry.js";

/** @typedef {import("./tile-cache.js").Tile} Tile */
/** @typedef {import("../map/page-config.js").Feature} Feature */
/** @typedef {import("../map/page-config.js").Properties} Properties */
/** @typedef {{width: number, height: number} & import("./projection.js").PixelFrame} PixelView */

const numericCollator = new Intl.Collator("en", { numeric: true });

/** @param {{x: number, y: number}} point @param {{width: number, height: number}} view */
export function isInView({ x, y }, { width, height }) {
  return x >= 0 && y >= 0 && x <= width && y <= height;
}

/** Finds a parcel by its id or by a point in it; null where there is none. @param {Tile[]} tiles @param {{id?: string, latLon?: [number, number]}} query */
export function findParcel(tiles, { id, latLon }) {
  for (const { coord, layers, values } of tiles) {
    const tilePoint = latLon && squareToTile(coord, toSquare(latLon[1], latLon[0]));
    for (const feature of layers["parcels"] ?? []) {
      const entry = values?.get(feature.featureNumber);
      if (!entry || !(tilePoint ? containsPoint(feature, tilePoint) : entry.id === id)) continue;
      const [lon, lat] = toDegrees(...boxCenter(squareBounds(coord, feature)));
      return { id: entry.id, properties: entry.properties, position: { lon, lat } };
    }
  }
  return null;
}

/** Returns the parcels that a view touches and that match the filter, sorted by address. @param {Tile[]} tiles @param {PixelView} view @param {(properties: Properties) => boolean} matchesFilter */
export function parcelsInView(tiles, view, matchesFilter) {
  /** @type {Map<string, {feature: Feature, code: string, position: [number, number]}>} */
  const rowsById = new Map();
  for (const { coord, layers, values } of tiles) {
    for (const tileFeature of layers["parcels"] ?? []) {
      const entry = values?.get(tileFeature.featureNumber);
      if (!entry || rowsById.has(entry.id) || !matchesFilter(entry.properties)) continue;
      const box = squareBounds(coord, tileFeature);
      if (!overlapsView(squareToPixels([box[0], box[1]], view), squareToPixels([box[2], box[3]], view), view)) continue;
      const position = boxCenter(box);
      const feature = /** @type {Feature} */ ({ type: "Feature", id: entry.id, geometry: { type: "Point", coordinates: toDegrees(...position) }, properties: entry.properties });
      rowsById.set(entry.id, { feature, code: "", position });
    }
  }
  // By street, then by number.
  const addressParts = new Map([...rowsById.values()].map((row) => [row, /^(\S*\d\S*)\s+(.*)/.exec(String(row.feature.properties["address"] ?? ""))]));
  const sortKeys = (/** @type {any} */ row) => [addressParts.get(row)?.[2] ?? "\uffff", addressParts.get(row)?.[1] ?? ""];
  return [...rowsById.values()].sort((row, otherRow) => numericCollator.compare(sortKeys(row)[0] ?? "", sortKeys(otherRow)[0] ?? "") || numericCollator.compare(sortKeys(row)[1] ?? "", sortKeys(otherRow)[1] ?? ""));
}

/** Returns the values of the hexbin at a point; null where there is none. @param {Tile[]} tiles @param {[number, number]} latLon */
export function hexbinAt(tiles, [lat, lon]) {
  for (const { coord, layers } of tiles) {
    const hexbin = (layers["blocks"] ?? []).find((feature) => containsPoint(feature, squareToTile(coord, toSquare(lon, lat))));
    if (hexbin) return hexbin.properties;
  }
  return null;
}

/** Returns the name of the town at a point; null where there is none. @param {import("../render/painter.js").TownShape[]} towns @param {[number, number]} latLon */
export function townNameAt(towns, [lat, lon]) {
  const position = toSquare(lon, lat);
  return towns.find(({ areas }) => containsPoint({ lines: areas.flat().map((ring) => ring.flat()) }, position))?.name ?? null;
}

/** @param {[number, number, number, number]} box @returns {[number, number]} */
function boxCenter([west, north, east, south]) {
  return [(west + east) / 2, (north + south) / 2];
}

/** @param {{x: number, y: number}} topLeft @param {{x: number, y: number}} bottomRight @param {{width: number, height: number}} view */
function overlapsView(topLeft, bottomRight, { width, height }) {
  return bottomRight.x >= 0 && bottomRight.y >= 0 && topLeft.x <= width && topLeft.y <= height;
}
