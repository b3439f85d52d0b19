// Packs that were taken along, read where they are kept: each holds all tiles of a town (geo/tilesets/packs.py).
import { PMTiles } from "pmtiles";
import { ALONG } from "../kept.js";
import { Buffer, readTile } from "./mvt.js";
import { readValues } from "./reading.js";

/**
 * @typedef {import("./tiles.js").Place} Place
 * @typedef {{layers: Record<string, import("./mvt.js").Shape[]>, values: Record<string, import("./reading.js").Values>}} Packed
 * @typedef {{slug: string, towns: string[], version: number, made_at: string, sets: Record<string, number>, bytes: number, dated: string}} Told
 */

const ADDRESS = /^\/packs\/(.+)\.pmtiles$/;
const TOLD = 16; // the extension in which a tile tells of its features

/** All packs that are kept. */
export class Packs {
  /** @param {{archive: PMTiles, told: Told}[]} packs */
  constructor(packs) {
    this.packs = packs;
  }

  /** Open what is kept; what cannot be read is passed over. @returns {Promise<Packs>} */
  static async opened() {
    const cache = await caches.open(ALONG);
    const kept = (await cache.keys()).filter(({ url }) => ADDRESS.test(new URL(url).pathname));
    const packs = await Promise.all(kept.map((request) => opened(cache, request).catch(() => null)));
    return new Packs(packs.filter((one) => one !== null));
  }

  /** @returns {Told[]} */
  told() {
    return this.packs.map(({ told }) => told);
  }

  /**
   * Give a tile of the pack that holds it; null where none does.
   * @param {Place} place
   * @param {string} set
   * @param {number | null} version the one that the set must be of; null for any
   * @returns {Promise<Packed | null>}
   */
  async tile({ z, x, y }, set, version) {
    for (const { archive, told } of this.packs) {
      if (version !== null && told.sets[set === "streets" || set === "blocks" ? "lots" : set] !== version) continue;
      const found = await archive.getZxy(z, x, y);
      if (found) return { layers: readTile(found.data), values: valuesIn(found.data) };
    }
    return null;
  }
}

/** @param {Cache} cache @param {Request} request */
async function opened(cache, request) {
  const blob = await (await cache.match(request))?.blob();
  if (!blob) return null;
  const source = {
    getKey: () => request.url,
    getBytes: async (/** @type {number} */ from, /** @type {number} */ size) => ({ data: await blob.slice(from, from + size).arrayBuffer() }),
  };
  const archive = new PMTiles(source);
  const about = /** @type {any} */ (await archive.getMetadata());
  const slug = decodeURIComponent(ADDRESS.exec(new URL(request.url).pathname)?.[1] ?? "");
  return { archive, told: { ...about.lotleaf, slug, bytes: blob.size, dated: String(about.description ?? "") } };
}

/** Read what a tile tells of the features of each set. @param {ArrayBuffer} body */
function valuesIn(body) {
  /** @type {Record<string, import("./reading.js").Values>} */
  const read = {};
  const tile = new Buffer(new Uint8Array(body));
  tile.fields((key) => {
    if (key !== TOLD) return;
    const [name, told] = tile.text().split("\0");
    read[String(name)] = readValues(JSON.parse(String(told)));
  });
  return read;
}
