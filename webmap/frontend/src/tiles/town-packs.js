// Reads downloaded town packs: PMTiles archives that hold all tiles of a town (geo/tilesets/pmtiles_archive.py).
import { PMTiles } from "pmtiles";
import { OFFLINE_CACHE } from "./pack-cache.js";
import { ProtobufReader, readTile } from "./mvt.js";
import { decodeFeatureValues } from "./feature-values.js";

/**
 * @typedef {import("./tile-cache.js").TileCoord} TileCoord
 * @typedef {{layers: Record<string, import("./mvt.js").TileFeature[]>, values: Record<string, import("./feature-values.js").FeatureValues>}} PackedTile
 * @typedef {{slug: string, towns: string[], version: number, made_at: string, sets: Record<string, number>, bytes: number, dataDates: string}} PackInfo
 */

const PACK_PATH = /^\/packs\/(.+)\.pmtiles$/;
const VALUES_FIELD = 16; // the extension field that holds the values of a tile's features

/** All packs on this device. */
export class TownPacks {
  /** @param {{archive: PMTiles, info: PackInfo}[]} packs */
  constructor(packs) {
    this.packs = packs;
  }

  /** Opens all downloaded packs, and skips those that cannot be read. @returns {Promise<TownPacks>} */
  static async openAll() {
    const cache = await caches.open(OFFLINE_CACHE);
    const requests = (await cache.keys()).filter(({ url }) => PACK_PATH.test(new URL(url).pathname));
    const packs = await Promise.all(requests.map((request) => openPack(cache, request).catch(() => null)));
    return new TownPacks(packs.filter((pack) => pack !== null));
  }

  /** @returns {PackInfo[]} */
  packInfos() {
    return this.packs.map(({ info }) => info);
  }

  /**
   * Returns a tile from the pack that holds it; null where none does.
   * @param {TileCoord} coord
   * @param {string} tileset
   * @param {number | null} version that the pack must have; null for any
   * @returns {Promise<PackedTile | null>}
   */
  async tileAt({ z, x, y }, tileset, version) {
    for (const { archive, info } of this.packs) {
      if (version !== null && info.sets[tileset === "streets" || tileset === "blocks" ? "lots" : tileset] !== version) continue;
      const tileData = await archive.getZxy(z, x, y);
      if (tileData) return { layers: readTile(tileData.data), values: readPackedValues(tileData.data) };
    }
    return null;
  }
}

/** @param {Cache} cache @param {Request} request */
async function openPack(cache, request) {
  const blob = await (await cache.match(request))?.blob();
  if (!blob) return null;
  const source = {
    getKey: () => request.url,
    getBytes: async (/** @type {number} */ offset, /** @type {number} */ size) => ({ data: await blob.slice(offset, offset + size).arrayBuffer() }),
  };
  const archive = new PMTiles(source);
  const metadata = /** @type {any} */ (await archive.getMetadata());
  const slug = decodeURIComponent(PACK_PATH.exec(new URL(request.url).pathname)?.[1] ?? "");
  return { archive, info: { ...metadata.lotleaf, slug, bytes: blob.size, dataDates: String(metadata.description ?? "") } };
}

/** Reads the values of a tile's features by tileset. @param {ArrayBuffer} body */
function readPackedValues(body) {
  /** @type {Record<string, import("./feature-values.js").FeatureValues>} */
  const valuesByTileset = {};
  const tile = new ProtobufReader(new Uint8Array(body));
  tile.readFields((fieldNumber) => {
    if (fieldNumber !== VALUES_FIELD) return;
    const [name, json] = tile.readString().split("\0");
    valuesByTileset[String(name)] = decodeFeatureValues(JSON.parse(String(json)));
  });
  return valuesByTileset;
}
