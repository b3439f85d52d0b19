// The map of a small town: its page configuration, its tiles, and a server that sends them.
import { PbfWriter } from "pbf";
import { TILE_EXTENT, tileToSquare, toDegrees } from "../src/tiles/projection.js";

/**
 * @typedef {import("../src/map/page-config.js").PageConfig} PageConfig
 * @typedef {import("../src/tiles/mvt.js").TileFeature} TileFeature
 * @typedef {import("../src/tiles/tile-cache.js").Tile} Tile
 * @typedef {import("../src/render/protocol.js").View} View
 */

export const TILE = { z: 16, x: 16_329, y: 25_116 }; // the tile of the town, at 38.7 degrees north
export const MAP_STYLE = { streetColor: "street", parcelColor: "parcel", labelColor: "label", selectionColor: "selection", font: "400 13px sans", text: { color: "ink", halo: "paper" } };
export const SCALE = { title: "Canopy", description: "", unit: "%", numerator_fields: ["canopy_pct"], denominator_field: null, breaks: [10, 20], colors: ["low", "middle", "high"], unknown_color: "grey" };
const MARKS = ["remove", "prune", "none", "unknown", "done"].map((code) => ({ code, label: code, description: "", color: `${code} color`, outline: `${code} outline`, glyph: "", size: 24 }));

/** Returns the configuration of a map of planting sites. @param {Partial<PageConfig>} parts @returns {PageConfig} */
export function mapConfig(parts = {}) {
  const tilesets = Object.fromEntries(["sites", "lots", "streets", "blocks"].map((name) => [name, { tiles: `/tiles/${name}/7`, values: name === "streets" || name === "blocks" ? null : `/values/${name}/7`, version: 7 }]));
  const page = /** @type {PageConfig} */ (/** @type {unknown} */ ({ view: "maintenance", layer: "sites", tileset: "sites", api: "/api/v1", today: "2026-05-04", workspace_id: "county", townFields: ["name", "canopy_pct"], version: 7, tilesets, hexbinZoom: 12, featureZoom: 15, parcelZoom: 16, scale: SCALE, marks: MARKS, markBy: "need" }));
  return { ...page, ...parts };
}

/** Returns a view whose top left corner is that of the town's tile. At zoom 17 the tile is 512 pixels wide. @param {Partial<View>} parts @returns {View} */
export function viewOfTown(parts = {}) {
  const zoom = parts.zoom ?? 17;
  const tileSizePx = 256 * 2 ** (zoom - TILE.z);
  return { zoom, left: TILE.x * tileSizePx, top: TILE.y * tileSizePx, width: 500, height: 400, padding: 0, pixelRatio: 1, coveredBoxes: [], ...parts };
}

/** Returns a point feature in tile units. @param {number} featureNumber @param {number} x @param {number} y @returns {TileFeature} */
export const pointFeature = (featureNumber, x, y) => ({ featureNumber, geometryType: 1, lines: [[x, y]], properties: {} });

/** Returns a rectangle in tile units. @param {number} featureNumber @param {number} west @param {number} north @param {number} east @param {number} south @param {Record<string, any>} properties @returns {TileFeature} */
export const boxFeature = (featureNumber, west, north, east, south, properties = {}) => ({ featureNumber, geometryType: 3, lines: [[west, north, east, north, east, south, west, south, west, north]], properties });

/** Returns a line in tile units. @param {number} featureNumber @param {number[]} line x, y, x, y @param {Record<string, any>} properties @returns {TileFeature} */
export const lineFeature = (featureNumber, line, properties = {}) => ({ featureNumber, geometryType: 2, lines: [line], properties });

/** Returns a loaded tile. @param {Record<string, TileFeature[]>} layers @param {[number, string, any][] | null} values feature number, id and properties @param {Partial<Tile>} parts @returns {Tile} */
export function loadedTile(layers, values = null, parts = {}) {
  return { coord: TILE, layers, values: values && new Map(values.map(([number, id, properties]) => [number, { id, properties }])), failed: false, ...parts };
}

/** Returns the latitude and longitude of a point in tile units. @param {number} x @param {number} y @returns {[number, number]} */
export function latLonAt(x, y, coord = TILE) {
  const [lon, lat] = toDegrees(...tileToSquare(coord, x, y));
  return [lat, lon];
}

/** Returns a rectangle in tile units as GeoJSON. @param {number} west @param {number} north @param {number} east @param {number} south */
export function boxGeometry(west, north, east, south) {
  const ring = [[west, north], [east, north], [east, south], [west, south], [west, north]].map(([x = 0, y = 0]) => latLonAt(x, y).reverse());
  return { type: "Polygon", coordinates: [ring] };
}

/** Encodes layers as a vector tile. @param {Record<string, TileFeature[]>} layers @returns {Uint8Array<ArrayBuffer>} */
export function encodeTile(layers) {
  const tile = new PbfWriter();
  for (const [name, features] of Object.entries(layers)) tile.writeMessage(3, writeLayer, { name, features });
  return Uint8Array.from(tile.finish());
}

/** @param {{name: string, features: TileFeature[]}} layer @param {any} pbf */
function writeLayer({ name, features }, pbf) {
  pbf.writeVarintField(15, 2);
  pbf.writeStringField(1, name);
  /** @type {string[]} */
  const texts = [];
  for (const feature of features) {
    const tags = Object.entries(feature.properties).flatMap((pair) => pair.map((text) => (texts.includes(text) ? texts.indexOf(text) : texts.push(text) - 1)));
    pbf.writeMessage(2, writeFeature, { feature, tags });
  }
  // Keys and values share one list here, so that a text has the same number in both.
  for (const text of texts) pbf.writeStringField(3, text);
  for (const text of texts) pbf.writeMessage(4, (/** @type {string} */ value, /** @type {any} */ message) => message.writeStringField(1, value), text);
  pbf.writeVarintField(5, TILE_EXTENT);
}

/** @param {{feature: TileFeature, tags: number[]}} encoded @param {any} pbf */
function writeFeature({ feature: { featureNumber, geometryType, lines }, tags }, pbf) {
  const zigzag = (/** @type {number} */ step) => (step << 1) ^ (step >> 31);
  /** @type {number[]} */
  const commands = [];
  let [x, y] = [0, 0];
  for (const line of lines) {
    const pointCount = line.length / 2 - (geometryType === 3 ? 1 : 0); // a ring's last point is written as a command
    for (let index = 0; index < pointCount; index += 1) {
      const [toX = 0, toY = 0] = line.slice(2 * index);
      if (index < 2) commands.push(index ? 2 | ((pointCount - 1) << 3) : 9);
      commands.push(zigzag(toX - x), zigzag(toY - y));
      [x, y] = [toX, toY];
    }
    if (geometryType === 3) commands.push(15);
  }
  pbf.writeVarintField(1, featureNumber);
  pbf.writePackedVarint(2, tags);
  pbf.writeVarintField(3, geometryType);
  pbf.writePackedVarint(4, commands);
}

/** Encodes values in the plainest form of the server. @param {[number, string, Record<string, any>][]} rows by feature number */
export function encodeValues(rows) {
  const names = [...new Set(rows.flatMap(([, , properties]) => Object.keys(properties)))];
  const fields = Object.fromEntries(names.map((name) => [name, rows.map(([, , properties]) => properties[name] ?? null)]));
  return { numbers: rows.map(([number], index) => number - (rows[index - 1]?.[0] ?? 0)), id: rows.map(([, id]) => id), fields };
}

/** A server of tiles and changes. It remembers each request. */
export class TownServer {
  constructor() {
    /** Bodies by path: bytes, JSON, or a status. @type {Map<string, Uint8Array<ArrayBuffer> | object | number>} */
    this.files = new Map();
    /** @type {string[]} */
    this.requests = [];
    this.isReachable = true;
  }

  /** Serves a tile of the town, and the values of its features. @param {string} tileset @param {Record<string, TileFeature[]>} layers @param {[number, string, Record<string, any>][]} values */
  addTile(tileset, layers, values = [], coord = TILE, version = 7) {
    const path = `${tileset}/${version}/${coord.z}/${coord.x}/${coord.y}`;
    this.files.set(`/tiles/${path}`, encodeTile(layers));
    this.files.set(`/values/${path}`, encodeValues(values));
  }

  /** Stands for the renderer's function that fetches a URL. */
  get fetchResponse() {
    return async (/** @type {string} */ url) => {
      this.requests.push(url);
      if (!this.isReachable) throw new TypeError("Failed to fetch");
      const file = this.files.get(url) ?? (url.startsWith("/tiles/") ? encodeTile({}) : encodeValues([]));
      if (typeof file === "number") return new Response("", { status: file });
      return file instanceof Uint8Array ? new Response(/** @type {any} */ (file)) : Response.json(file);
    };
  }
}
