// Loads other people's edits record by record, so that tiles need not be loaded again.
import { EditOverlay } from "./point-features.js";

/** @typedef {{version: number | null, changed: boolean}} PollResult the current data version (null: no response), and whether anything must be painted again */

/** Polls the server for edits to some tilesets. */
export class ChangeFeed {
  /**
   * @param {import("./tile-cache.js").TileCache} tileCache
   * @param {string} apiRoot
   * @param {(url: string) => Promise<Response>} fetchResponse
   * @param {string[]} tilesets
   */
  constructor(tileCache, apiRoot, fetchResponse, tilesets) {
    this.tileCache = tileCache;
    this.apiRoot = apiRoot;
    this.fetchResponse = fetchResponse;
    /** Hexbins whose counts differ from their tiles. @type {import("./area-edits.js").ChangedHexbin[]} */
    this.changedHexbins = [];
    /** @type {Map<string, {edits: EditOverlay, seenVersion: number | null}>} */
    this.editsByTileset = new Map(tilesets.map((name) => [name, { edits: new EditOverlay(), seenVersion: null }]));
  }

  /** Returns the edits to a tileset since its tiles were made. @param {string} name */
  editsFor(name) {
    return this.editsByTileset.get(name)?.edits ?? new EditOverlay();
  }

  /** Checks for a new version and loads what has changed. @returns {Promise<PollResult>} */
  async poll() {
    const response = await this.fetchResponse(`${this.apiRoot}/tiles`).catch(() => null);
    const onlineChanged = this.tileCache.setOffline(!response);
    if (!response?.ok) return { version: null, changed: onlineChanged };
    const { version, tilesets } = await response.json();
    const tilesetsChanged = this.tileCache.updateTilesets(tilesets);
    if (tilesetsChanged) this.#dropOutdatedEdits();
    const changesLoaded = await Promise.all([...this.editsByTileset.keys()].map((name) => this.#loadChanges(name, version)));
    if (changesLoaded.some(Boolean)) await this.#loadChangedHexbins();
    return { version, changed: onlineChanged || tilesetsChanged || changesLoaded.some(Boolean) };
  }

  /** Loads the hexbins whose counts differ from their tiles. */
  async #loadChangedHexbins() {
    const response = await this.fetchResponse(`${this.apiRoot}/changes/blocks`).catch(() => null);
    const changes = response?.ok ? await response.json() : null;
    if (changes && changes.since === this.tileCache.tilesets["blocks"]?.version) this.changedHexbins = changes.changed;
  }

  /** Drops edits that new tiles already contain. */
  #dropOutdatedEdits() {
    this.changedHexbins = [];
    for (const [name, { seenVersion }] of this.editsByTileset) {
      if (this.tileCache.tilesets[name]?.version !== seenVersion) this.editsByTileset.set(name, { edits: new EditOverlay(), seenVersion: null });
    }
  }

  /** Loads the edits to a tileset since the last poll. Returns whether there are any. @param {string} name @param {number} version */
  async #loadChanges(name, version) {
    const entry = this.editsByTileset.get(name);
    const since = entry?.seenVersion ?? this.tileCache.tilesets[name]?.version ?? 0;
    if (!entry || since >= version) return false;
    const response = await this.fetchResponse(`${this.apiRoot}/changes/${name}?since=${since}`).catch(() => null);
    const changes = response?.ok ? await response.json() : null;
    if (!changes || changes.resync) return false;
    entry.edits.apply(changes);
    entry.seenVersion = changes.version;
    return changes.changed.length + changes.deleted.length > 0;
  }
}
