// The desk at which a map is drawn: it holds tiles, edits and filters, paints views, lists and finds what is in them.
// It runs in a worker where the browser can draw there, else in the page; `answer` is its one entrance.
import { editedBlocks, editedLots } from "./edited.js";
import { coding, isMeant, ordered, sifted, spotsIn } from "./features.js";
import { blockIn, townIn, within } from "./finding.js";
import { contextOf } from "./marks.js";
import { Painter, QUIET, tileZoom } from "./painter.js";
import { padded, placed, tilesIn, toSquare, townOf } from "./projecting.js";
import { Rest } from "./rest.js";
import { Seen } from "./seen.js";
import { Tiles } from "./tiles.js";
import { walked } from "./walking.js";
import { Watch } from "./watch.js";

/**
 * @typedef {import("../told.js").Feature} Feature
 * @typedef {import("./features.js").Chosen} Chosen
 * @typedef {import("./features.js").Spot} Spot
 * @typedef {{left: number, top: number, right: number, bottom: number}} Box
 * @typedef {{zoom: number, left: number, top: number, width: number, height: number, pad: number, ratio: number, taken: Box[]}} View without its padding
 * @typedef {"need" | "distance"} Order
 * @typedef {{feature: Feature, code: string, away: number | null}} Row
 * @typedef {{level: string, count: number, tally: Record<string, number>, towns: string[], offline: boolean, failed: number}} Summary what is in view: how many that are meant, of each mark, in which towns; how many tiles did not come
 * @typedef {{bitmap: ImageBitmap | HTMLCanvasElement, view: View, whole: boolean, failed: number}} Drawn
 */

const STEP_MS = 90; // between pictures of a view whose tiles are still coming
const BLOCKS = /** @type {[number, number]} */ ([10, 14]);
const NEAR = /** @type {[number, number]} */ ([15, 16]);
const DEEP = /** @type {[number, number]} */ ([16, 16]); // what packs hold

export { Rest };

/** One map's desk. */
export class Desk {
  /**
   * @param {import("../told.js").Told} told
   * @param {import("./marks.js").Make} make
   * @param {(address: string) => Promise<Response>} get
   * @param {(kind: string, told: any) => void} tell
   * @param {Rest} rest
   */
  constructor(told, make, get, tell, rest = new Rest()) {
    this.told = told;
    this.make = make;
    this.get = get;
    this.tell = tell;
    this.painter = new Painter(told, make, rest);
    this.tiles = new Tiles(get, told.sets, rest);
    this.coding = coding(told);
    /** What this device has marked as done and not sent, by layer and id. @type {Set<string>} */
    this.mine = new Set();
    this.codes = told.marks.map((mark) => mark.code);
    this.watch = new Watch(this.tiles, told.api, get, [told.set, "lots"]);
    /** @type {import("./painter.js").Town[]} */
    this.towns = [];
    /** @type {Chosen} */
    this.chosen = { town: null, fields: [], since: [] };
    /** @type {Set<string>} */
    this.off = new Set();
    /** @type {{key: string | null, at: [number, number] | null}} */
    this.picked = { key: null, at: null };
    this.seen = new Seen(told.set);
    /** @type {any} */
    this.inks = null;
    /** @type {View | null} */
    this.view = null;
    /** What stands in the tiles of the last picture. @type {{of: any[], spots: Spot[]}} */
    this.kept = { of: [], spots: [] };
    this.turn = 0;
    [this.going, this.stale] = [false, false]; // whether a view is being painted, and is to be painted anew
  }

  /** @param {string} kind @param {any} told @returns {Promise<any>} */
  async answer(kind, told) {
    switch (kind) {
      case "soon": return this.expect(told);
      case "view": return this.show(told);
      // What these change is painted with the next view.
      case "towns": this.towns = told.map(townOf); return null;
      case "inks": this.inks = told; return null;
      case "chosen": [this.chosen, this.off] = [told.chosen, new Set(told.off)]; return null;
      case "look": return this.watch.look();
      case "pick": this.picked = { key: told.key, at: told.at && toSquare(told.at[1], told.at[0]) }; return this.again();
      case "mine": return this.marked(told);
      case "beside": return this.seen.beside(told);
      case "here": this.seen.here = told && toSquare(told[1], told[0]); return null;
      case "packs": return this.takePacks(told);
      case "paper": return this.paper(told);
      case "around": return this.around(told);
      case "lot": return this.seen.lot(told);
      case "touched": return this.seen.touched(told);
      case "rows": return this.seen.rows(told);
      case "feature": return this.seen.feature(told);
      default: throw new Error(`nobody answers ${kind}`);
    }
  }

  /** Paint a view, at once with what is there and again as the rest comes. @param {View} view @returns {Promise<Summary | null>} null where another view was asked for meanwhile */
  async show(view) {
    this.view = view;
    const turn = (this.turn += 1);
    [this.going, this.stale] = [true, false];
    try {
      return await this.painted(view, turn);
    } finally {
      if (turn === this.turn) this.going = false;
    }
  }

  /** @param {View} view @param {number} turn @returns {Promise<Summary | null>} */
  async painted(view, turn) {
    const { deep } = this.tiles;
    const all = this.ask(view);
    let done = false;
    void all.then(() => (done = true));
    await Promise.race([all, new Promise((later) => setTimeout(later, 16))]);
    while (turn === this.turn) {
      const whole = done;
      const failed = whole ? (await all).filter((tile) => tile.failed).length : 0;
      if (!(await this.paint(view, turn, whole, failed))) return null;
      // The server has gone, and what was taken along is asked instead; or what is shown has changed meanwhile.
      if (whole && (this.stale || this.tiles.deep !== deep)) return this.show(view);
      if (whole) return this.seen.summary(this.tiles.offline);
      await Promise.race([all, new Promise((later) => setTimeout(later, STEP_MS))]);
    }
    return null;
  }

  /** Paint the same view again: what it shows has changed. Whoever waits for it to be painted is told then. */
  again() {
    this.stale = this.going;
    return this.view && this.inks && !this.going ? this.show(this.view) : null;
  }

  /** Take what this device has marked as done. @param {string[]} records */
  marked(records) {
    const same = records.length === this.mine.size && records.every((one) => this.mine.has(one));
    this.mine = new Set(records);
    return same ? null : this.again();
  }

  /** Ask for what a frame will need, before anybody paints it. @param {{frame: import("./projecting.js").Frame, off: string[]}} told */
  expect({ frame, off }) {
    this.off = new Set(off);
    void this.ask(frame);
  }

  /** Ask for the tiles that a frame needs. @param {import("./projecting.js").Frame} frame */
  ask(frame) {
    return Promise.all(this.wanted(frame).map(({ set, place, valued }) => this.tiles.ask(set, place, valued)));
  }

  /** Give those tiles of a frame that have come. @param {import("./projecting.js").Frame} frame */
  held(frame) {
    return this.wanted(frame).flatMap(({ set, place, valued }) => {
      const tile = this.tiles.held(set, place, valued);
      return tile ? [{ set, tile }] : [];
    });
  }

  /** Which tiles a frame needs, and of which what is told. @param {import("./projecting.js").Frame} frame */
  wanted(frame) {
    const { zoom } = frame;
    const level = this.level(zoom);
    const deep = this.tiles.deep ? DEEP : NEAR;
    const of = (/** @type {string} */ set, /** @type {[number, number]} */ [first, last], valued = false) =>
      tilesIn(frame, tileZoom(zoom, first, last)).map((place) => ({ set, place, valued }));
    if (level === "towns") return [];
    if (level === "blocks") return of("blocks", BLOCKS);
    const about = this.told.set !== "lots";
    // A lot that is picked, or was drawn anew, is known by its number.
    const told = !about || this.numbered(zoom) || this.watch.edits("lots").redrawn || Boolean(this.picked.key?.startsWith("parcels/"));
    const ground = about && zoom < this.told.lots ? of("streets", deep) : of("lots", deep, told);
    return about && !this.off.has(this.told.layer) ? [...of(this.told.set, deep, true), ...ground] : ground;
  }

  /** What a view of a zoom is made of. @param {number} zoom @returns {"towns" | "blocks" | "near"} */
  level(zoom) {
    if (zoom >= this.told.near) return "near";
    return zoom >= this.told.blocks && !this.off.has("blocks") ? "blocks" : "towns";
  }

  /** Whether house numbers are written. @param {number} zoom */
  numbered(zoom) {
    return (zoom >= 18 || this.tiles.deep) && !this.off.has("parcels");
  }

  /** Paint a view and hand the picture out, unless another view is asked for meanwhile; gives whether it was. @param {View} view @param {number} turn @param {boolean} whole @param {number} failed */
  async paint(view, turn, whole, failed) {
    const scene = this.scene(view, this.inks);
    const canvas = await this.canvas(scene);
    if (turn !== this.turn) return false;
    this.seen.take(view, scene, this.level(view.zoom), failed);
    const bitmap = "transferToImageBitmap" in canvas ? canvas.transferToImageBitmap() : /** @type {HTMLCanvasElement} */ (canvas);
    this.tell("drawn", { bitmap, view, whole, failed });
    return true;
  }

  /** Paint a scene onto a canvas of its own. @param {import("./painter.js").Scene} scene */
  async canvas(scene) {
    const canvas = this.make(Math.round(scene.frame.width * scene.ratio), Math.round(scene.frame.height * scene.ratio));
    await this.painter.paint(contextOf(canvas), scene);
    return canvas;
  }

  /** What a view shows of the tiles that have come. @param {View} view @param {import("./painter.js").Inks} inks @returns {import("./painter.js").Scene} */
  scene(view, inks) {
    const level = this.level(view.zoom);
    const held = this.held(padded(view)); // beyond the view's edges what happens to be there
    const tilesOf = (/** @type {string[]} */ ...names) => held.filter(({ set }) => names.includes(set)).map(({ tile }) => tile);
    const near = level === "near";
    const own = this.told.set !== "lots" && near ? tilesOf(this.told.set) : [];
    const { meant, tally } = sifted(this.ranked(own), this.chosen, this.told.markBy, ({ at }) => within(placed(at, view), view));
    return {
      frame: padded(view),
      ratio: view.ratio,
      inks,
      towns: this.towns,
      town: this.chosen.town,
      filled: near ? (this.told.set === "lots" ? "lots" : null) : level,
      ground: near ? editedLots(tilesOf("lots", "streets"), this.watch.edits("lots")) : [],
      blocks: editedBlocks(tilesOf("blocks"), this.watch.blocks),
      spots: meant,
      tally,
      counted: 0,
      numbered: view.zoom >= 18 && this.numbered(view.zoom),
      off: this.off,
      meant: (properties) => isMeant(properties, this.chosen),
      picked: this.picked,
      taken: view.taken.map((box) => moved(box, view.pad)),
    };
  }

  /** Give all that stands in some tiles, most urgent first; the same as before while neither these nor edits have changed. @param {import("./tiles.js").Tile[]} tiles */
  ranked(tiles) {
    const edits = this.watch.edits(this.told.set);
    const of = [...tiles, edits.stamp, this.mine];
    if (of.length !== this.kept.of.length || of.some((one, nth) => one !== this.kept.of[nth])) {
      const done = (/** @type {any} */ properties, /** @type {string} */ id) => this.mine.has(`${this.told.layer}/${id}`) || this.mine.has(`trees/${properties["tree_id"]}`);
      this.kept = { of, spots: ordered(spotsIn(tiles, this.told.layer, edits, this.coding, this.codes, done), null) };
    }
    return this.kept.spots;
  }

  /**
   * Paint a view for paper. A sheet gives the rows of what is to be done on it, the `most` most urgent ones, in the order of a
   * short way along them, and numbers their marks.
   * @param {{view: View, inks: import("./painter.js").Inks, most: number}} asked
   */
  async paper({ view, inks, most }) {
    const tiles = await this.ask(view);
    const scene = this.scene(view, inks);
    const seen = scene.spots.filter(({ at }) => within(placed(at, view), view));
    const asked = this.chosen.fields.some(([name]) => name === this.told.markBy);
    const work = most && !asked ? seen.filter(({ code }) => !QUIET.has(code)) : seen;
    const first = most ? work.slice(0, most) : [];
    const way = walked(first.map(({ at }) => at), this.seen.here).flatMap((nth) => first[nth] ?? []);
    const spots = most ? way : seen;
    const canvas = await this.canvas({ ...scene, spots, counted: way.length, picked: { key: null, at: null } });
    const bitmap = await createImageBitmap(canvas);
    const rows = way.map((spot) => this.seen.row(spot));
    return { bitmap, rows, count: work.length, codes: [...new Set(spots.map(({ code }) => code))], level: this.level(view.zoom), failed: tiles.some((tile) => tile.failed) };
  }

  /** Open what was taken along. @param {string} module */
  async takePacks(module) {
    const { Packs } = /** @type {typeof import("./packs.js")} */ (await import(module));
    this.tiles.take(await Packs.opened());
    return this.tiles.packs?.told() ?? [];
  }

  /**
   * Tell what a far view shows at a place: the figures of a block, or a town's name; neither where a near view shows lots.
   * @param {[number, number]} at latitude and longitude
   * @returns {{level: "towns" | "blocks" | "near", block: import("../told.js").Properties | null, town: string | null}}
   */
  around(at) {
    const level = this.view ? this.level(this.view.zoom) : "towns";
    const tiles = this.view ? this.held(this.view).map(({ tile }) => tile) : [];
    return { level, block: blockIn(editedBlocks(tiles, this.watch.blocks), at), town: level === "towns" ? townIn(this.towns, at) : null };
  }
}

/** @param {Box} box @param {number} by */
function moved({ left, top, right, bottom }, by) {
  return { left: left + by, top: top + by, right: right + by, bottom: bottom + by };
}
