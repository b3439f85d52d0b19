// Tiles as they are asked for, kept and told: each once, the latest asked for stay.
import { readTile } from "./mvt.js";
import { readValues } from "./reading.js";
import { Rest } from "./rest.js";

/**
 * @typedef {{z: number, x: number, y: number}} Place
 * @typedef {{tiles: string, values: string | null, version: number}} SetTold
 * @typedef {{place: Place, layers: Record<string, import("./mvt.js").Shape[]>, values: import("./reading.js").Values | null, failed: boolean, whole?: boolean}} Tile `whole` where shapes are drawn beyond its edges
 */

const KEPT = 160;
const TRIES = 4; // how often a server is asked that says to come again
const SOON = 5; // seconds that are waited before

/** The tiles of all sets. */
export class Tiles {
  /** @param {(address: string) => Promise<Response>} get @param {Record<string, SetTold>} sets @param {Rest} rest */
  constructor(get, sets, rest = new Rest()) {
    this.rest = rest;
    this.get = get;
    this.sets = sets;
    /** @type {import("./packs.js").Packs | null} */
    this.packs = null;
    this.offline = globalThis.navigator?.onLine === false;
    /** @type {Map<string, Promise<Tile>>} */
    this.asked = new Map();
    /** @type {Map<string, Tile>} */
    this.there = new Map();
  }

  /** Take other addresses; gives whether any has changed. @param {Record<string, SetTold>} sets */
  use(sets) {
    const other = Object.entries(sets).some(([name, set]) => this.sets[name]?.tiles !== set.tiles || this.sets[name]?.values !== set.values);
    this.sets = sets;
    return other;
  }

  /**
   * Give a tile with what is told of its features if `valued`; the same one to whoever asks again.
   * @param {string} name of the set
   * @param {Place} place
   * @param {boolean} valued
   */
  ask(name, place, valued) {
    const key = this.key(name, place, valued);
    const known = this.asked.get(key);
    if (known) return known;
    const asked = this.fetch(name, place, valued).then((tile) => {
      if (tile.failed) this.asked.delete(key);
      else this.there.set(key, tile);
      return tile;
    });
    this.asked.set(key, asked);
    this.forget();
    return asked;
  }

  /** Give a tile that has come; undefined while it has not. @param {string} name @param {Place} place @param {boolean} valued */
  held(name, place, valued) {
    return this.there.get(this.key(name, place, valued));
  }

  /** @param {string} name @param {Place} place @param {boolean} valued */
  key(name, { z, x, y }, valued) {
    const set = this.sets[name];
    return `${set?.tiles}/${z}/${x}/${y}${valued ? `+${set?.values}` : ""}`;
  }

  /** Take packs, or others than before. @param {import("./packs.js").Packs} packs */
  take(packs) {
    this.packs = packs;
    this.asked.clear();
    this.there.clear();
  }

  /** Whether tiles come out of packs alone, which hold the deepest. */
  get deep() {
    return this.offline && Boolean(this.packs?.packs.length);
  }

  /** Whether a server answers has turned out to be otherwise. @param {boolean} offline */
  turn(offline) {
    const other = offline !== this.offline;
    this.offline = offline;
    return other;
  }

  /** @param {string} name @param {Place} place @param {boolean} valued @returns {Promise<Tile>} */
  async fetch(name, place, valued) {
    const set = this.sets[name];
    const at = `/${place.z}/${place.x}/${place.y}`;
    try {
      const packed = await this.packs?.tile(place, name, this.offline ? null : (set?.version ?? null));
      if (packed) return { place, layers: packed.layers, values: packed.values[name] ?? null, failed: false };
      if (!set) throw new Error(`no tiles of ${name}`);
      const [tile, values] = await Promise.all([
        this.patiently(set.tiles + at).then((answer) => answer.arrayBuffer()),
        valued && set.values ? this.patiently(set.values + at).then((answer) => answer.json()) : null,
      ]);
      if (this.rest.due) await this.rest.take();
      const layers = readTile(tile);
      if (this.rest.due) await this.rest.take();
      return { place, layers, values: values && readValues(values), failed: false };
    } catch (error) {
      if (error instanceof TypeError) this.offline = true; // no answer at all
      return { place, layers: {}, values: null, failed: true };
    }
  }

  /** Ask, and come again when the server says so. @param {string} address @returns {Promise<Response>} */
  async patiently(address, tries = TRIES) {
    const answer = await this.get(address);
    if (answer.ok) return answer;
    const seconds = answer.status === 503 ? Number(answer.headers.get("Retry-After")) : 0;
    if (!seconds || seconds > SOON || tries <= 1) throw new Error(answer.statusText);
    await new Promise((again) => setTimeout(again, seconds * 1000));
    return this.patiently(address, tries - 1);
  }

  /** Let go of what was asked for longest ago. */
  forget() {
    for (const key of [...this.asked.keys()].slice(0, Math.max(0, this.asked.size - KEPT))) {
      this.asked.delete(key);
      this.there.delete(key);
    }
  }
}
