// Loads tiles and their values, once each, and caches the most recent ones.
import { readTile } from "./mvt.js";
import { decodeFeatureValues } from "./feature-values.js";
import { FrameBudget } from "../ui/frame-budget.js";

/**
 * @typedef {{z: number, x: number, y: number}} TileCoord
 * @typedef {{tiles: string, values: string | null, version: number}} TilesetInfo
 * @typedef {{coord: TileCoord, layers: Record<string, import("./mvt.js").TileFeature[]>, values: import("./feature-values.js").FeatureValues | null, failed: boolean, isUnclipped?: boolean}} Tile `isUnclipped` where geometries reach beyond the tile's edges
 */

const MAX_CACHED_TILES = 160;
const MAX_TRIES = 4; // of a server that answers "503 Retry-After"
const MAX_RETRY_AFTER_S = 5; // a longer delay is an error

/** The tiles of all tilesets. */
export class TileCache {
  /** @param {(url: string) => Promise<Response>} fetchResponse @param {Record<string, TilesetInfo>} tilesets @param {FrameBudget} frameBudget */
  constructor(fetchResponse, tilesets, frameBudget = new FrameBudget()) {
    this.frameBudget = frameBudget;
    this.fetchResponse = fetchResponse;
    this.tilesets = tilesets;
    /** @type {import("./town-packs.js").TownPacks | null} */
    this.packs = null;
    this.isOffline = globalThis.navigator?.onLine === false;
    /** @type {Map<string, Promise<Tile>>} */
    this.requests = new Map();
    /** @type {Map<string, Tile>} */
    this.loadedTiles = new Map();
  }

  /** Replaces the tile URLs. Returns whether any has changed. @param {Record<string, TilesetInfo>} tilesets */
  updateTilesets(tilesets) {
    const hasChanged = Object.entries(tilesets).some(([name, tileset]) => this.tilesets[name]?.tiles !== tileset.tiles || this.tilesets[name]?.values !== tileset.values);
    this.tilesets = tilesets;
    return hasChanged;
  }

  /**
   * Loads a tile, with the values of its features if asked. Repeated calls share one request.
   * @param {string} name of the tileset
   * @param {TileCoord} coord
   * @param {boolean} withValues
   */
  loadTile(name, coord, withValues) {
    const key = this.cacheKey(name, coord, withValues);
    const existing = this.requests.get(key);
    if (existing) return existing;
    const request = this.fetchTile(name, coord, withValues).then((tile) => {
      if (tile.failed) this.requests.delete(key);
      else this.loadedTiles.set(key, tile);
      return tile;
    });
    this.requests.set(key, request);
    this.evictOldest();
    return request;
  }

  /** Returns a tile that is already loaded, else undefined. @param {string} name @param {TileCoord} coord @param {boolean} withValues */
  loadedTile(name, coord, withValues) {
    return this.loadedTiles.get(this.cacheKey(name, coord, withValues));
  }

  /** @param {string} name @param {TileCoord} coord @param {boolean} withValues */
  cacheKey(name, { z, x, y }, withValues) {
    const tileset = this.tilesets[name];
    return `${tileset?.tiles}/${z}/${x}/${y}${withValues ? `+${tileset?.values}` : ""}`;
  }

  /** Replaces the offline packs, and drops all cached tiles. @param {import("./town-packs.js").TownPacks} packs */
  setPacks(packs) {
    this.packs = packs;
    this.requests.clear();
    this.loadedTiles.clear();
  }

  /** Whether all tiles come from packs, which hold the deepest zoom only. */
  get usesPacksOnly() {
    return this.isOffline && Boolean(this.packs?.packs.length);
  }

  /** Records whether the server responds. Returns whether that has changed. @param {boolean} isOffline */
  setOffline(isOffline) {
    const hasChanged = isOffline !== this.isOffline;
    this.isOffline = isOffline;
    return hasChanged;
  }

  /** @param {string} name @param {TileCoord} coord @param {boolean} withValues @returns {Promise<Tile>} */
  async fetchTile(name, coord, withValues) {
    const tileset = this.tilesets[name];
    const path = `/${coord.z}/${coord.x}/${coord.y}`;
    try {
      const packedTile = await this.packs?.tileAt(coord, name, this.isOffline ? null : (tileset?.version ?? null));
      if (packedTile) return { coord, layers: packedTile.layers, values: packedTile.values[name] ?? null, failed: false };
      if (!tileset) throw new Error(`no tiles of ${name}`);
      const [tile, values] = await Promise.all([
        this.fetchWithRetry(tileset.tiles + path).then((response) => response.arrayBuffer()),
        withValues && tileset.values ? this.fetchWithRetry(tileset.values + path).then((response) => response.json()) : null,
      ]);
      if (this.frameBudget.isSpent) await this.frameBudget.yieldToPage();
      const layers = readTile(tile);
      if (this.frameBudget.isSpent) await this.frameBudget.yieldToPage();
      return { coord, layers, values: values && decodeFeatureValues(values), failed: false };
    } catch (error) {
      if (error instanceof TypeError) this.isOffline = true; // fetch got no response at all
      return { coord, layers: {}, values: null, failed: true };
    }
  }

  /** Fetches a URL, and retries when the server asks for it. @param {string} url @returns {Promise<Response>} */
  async fetchWithRetry(url, triesLeft = MAX_TRIES) {
    const response = await this.fetchResponse(url);
    if (response.ok) return response;
    const seconds = response.status === 503 ? Number(response.headers.get("Retry-After")) : 0;
    if (!seconds || seconds > MAX_RETRY_AFTER_S || triesLeft <= 1) throw new Error(response.statusText);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    return this.fetchWithRetry(url, triesLeft - 1);
  }

  /** Drops the oldest tiles beyond the cache's limit. */
  evictOldest() {
    for (const key of [...this.requests.keys()].slice(0, Math.max(0, this.requests.size - MAX_CACHED_TILES))) {
      this.requests.delete(key);
      this.loadedTiles.delete(key);
    }
  }
}
