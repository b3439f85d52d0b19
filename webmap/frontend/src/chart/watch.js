// What others edit: taken record by record, so that no geometry is asked for again.
import { Edits } from "./features.js";

/** @typedef {{version: number | null, changed: boolean}} Looked the version that is now (null: no answer), and whether anything is to be painted otherwise */

/** Watches some tilesets for edits. */
export class Watch {
  /**
   * @param {import("./tiles.js").Tiles} tiles
   * @param {string} api
   * @param {(address: string) => Promise<Response>} get
   * @param {string[]} sets
   */
  constructor(tiles, api, get, sets) {
    this.tiles = tiles;
    this.api = api;
    this.get = get;
    /** Blocks that were counted again. @type {import("./edited.js").Block[]} */
    this.blocks = [];
    /** @type {Map<string, {edits: Edits, seen: number | null}>} */
    this.of = new Map(sets.map((name) => [name, { edits: new Edits(), seen: null }]));
  }

  /** What edits have changed of a set since its tiles were made. @param {string} name */
  edits(name) {
    return this.of.get(name)?.edits ?? new Edits();
  }

  /** Look whether anything has changed, and take what has. @returns {Promise<Looked>} */
  async look() {
    const answer = await this.get(`${this.api}/tiles`).catch(() => null);
    const turned = this.tiles.turn(!answer);
    if (!answer?.ok) return { version: null, changed: turned };
    const { version, sets } = await answer.json();
    const others = this.tiles.use(sets);
    if (others) this.#forget();
    const taken = await Promise.all([...this.of.keys()].map((name) => this.#take(name, version)));
    if (taken.some(Boolean)) await this.#recount();
    return { version, changed: turned || others || taken.some(Boolean) };
  }

  /** Ask for the blocks that were counted again: all that differ from their tiles. */
  async #recount() {
    const answer = await this.get(`${this.api}/changes/blocks`).catch(() => null);
    const told = answer?.ok ? await answer.json() : null;
    if (told && told.since === this.tiles.sets["blocks"]?.version) this.blocks = told.changed;
  }

  /** Tiles made anew hold what was edited before. */
  #forget() {
    this.blocks = [];
    for (const [name, { seen }] of this.of) {
      if (this.tiles.sets[name]?.version !== seen) this.of.set(name, { edits: new Edits(), seen: null });
    }
  }

  /** Ask what edits have changed of a set since this was last asked; gives whether any have. @param {string} name @param {number} version */
  async #take(name, version) {
    const one = this.of.get(name);
    const since = one?.seen ?? this.tiles.sets[name]?.version ?? 0;
    if (!one || since >= version) return false;
    const answer = await this.get(`${this.api}/changes/${name}?since=${since}`).catch(() => null);
    const told = answer?.ok ? await answer.json() : null;
    if (!told || told.whole) return false;
    one.edits.take(told);
    one.seen = told.version;
    return told.changed.length + told.gone.length > 0;
  }
}
