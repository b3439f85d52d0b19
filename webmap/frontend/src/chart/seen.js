// What the last picture shows: counted, listed, and found by touch.
import { lotIn, lotsIn, within } from "./finding.js";
import { metresApart, placed } from "./projecting.js";

/** @typedef {import("./desk.js").View} View */
/** @typedef {import("./desk.js").Row} Row */
/** @typedef {import("./desk.js").Order} Order */
/** @typedef {import("./desk.js").Summary} Summary */
/** @typedef {import("./painter.js").Scene} Scene */
/** @typedef {import("./features.js").Spot} Spot */
/** @typedef {import("../told.js").Feature} Feature */

const UNDER = 11; // px between marks of which one hides the other
const MOST_UNDER = 5;

/** What is seen of one map. */
export class Seen {
  /** @param {string} set the tileset that the map is about */
  constructor(set) {
    this.set = set;
    /** @type {{view: View, scene: Scene, level: Summary["level"], failed: number} | null} */
    this.now = null;
    /** Where the device is. @type {[number, number] | null} */
    this.here = null;
  }

  /** Take what was painted. @param {View} view @param {Scene} scene @param {Summary["level"]} level @param {number} failed how many tiles did not come */
  take(view, scene, level, failed) {
    this.now = { view, scene, level, failed };
  }

  /** @returns {Spot[]} */
  get spots() {
    return this.now?.scene.spots ?? [];
  }

  /** Tell how much is in view. @param {boolean} offline @returns {Summary} */
  summary(offline) {
    const found = this.inView();
    /** @type {Map<string, number>} */
    const towns = new Map();
    for (const { feature } of found) {
      const { town } = feature.properties;
      if (town) towns.set(town, (towns.get(town) ?? 0) + 1);
    }
    const most = [...towns].sort((one, other) => other[1] - one[1]).map(([name]) => name);
    const { level = "towns", scene, failed = 0 } = this.now ?? {};
    return { level, count: found.length, tally: scene?.tally ?? {}, towns: most, offline, failed };
  }

  /** What is in view, without the padding, most urgent first. @returns {Row[]} */
  inView() {
    if (this.now?.level !== "near") return [];
    const { view, scene } = this.now;
    if (this.set === "lots") return lotsIn(scene.ground, view, scene.meant).map((lot) => this.row(lot));
    return this.spots.filter(({ at }) => within(placed(at, view), view)).map((spot) => this.row(spot));
  }

  /** Give a lot by its number or by a place in it; null where none is known. @param {{id?: string, at?: [number, number]}} asked latitude and longitude */
  lot(asked) {
    return lotIn(this.now?.scene.ground ?? [], asked);
  }

  /** @param {{feature: Feature, code: string, at: [number, number]}} found @returns {Row} */
  row({ feature, code, at }) {
    return { feature, code, away: this.here && metresApart(at, this.here) };
  }

  /** What is in view in the order of the list. @param {Order} by */
  listed(by) {
    const found = this.inView();
    if (by === "distance" && this.here) found.sort((one, other) => (one.away ?? 0) - (other.away ?? 0));
    return found;
  }

  /** Give some rows of the list. @param {{from: number, to: number, by: Order}} asked */
  rows({ from, to, by }) {
    const found = this.listed(by);
    return { rows: found.slice(from, to), count: found.length };
  }

  /** Give the rows before and after a feature in the list; null where it is not in view. @param {{id: string, by: Order}} asked */
  beside({ id, by }) {
    const found = this.listed(by);
    const nth = found.findIndex(({ feature }) => feature.id === id);
    return nth < 0 ? null : { before: found[nth - 1] ?? null, next: found[nth + 1] ?? null };
  }

  /**
   * Find what was touched: the mark nearest to a place within reach, and those that it lies on; null where none is.
   * @param {{x: number, y: number, reach: number}} place in pixels of the view
   */
  touched({ x, y, reach }) {
    if (!this.now) return null;
    const { view } = this.now;
    let [best, least] = [/** @type {Spot | null} */ (null), reach];
    for (const spot of this.spots) {
      const at = placed(spot.at, view);
      const away = Math.hypot(at.x - x, at.y - y);
      if (away < least) [best, least] = [spot, away];
    }
    if (!best) return null;
    const at = placed(best.at, view);
    const under = this.spots.filter((spot) => {
      const other = placed(spot.at, view);
      return spot !== best && Math.hypot(other.x - at.x, other.y - at.y) < UNDER;
    });
    return { row: this.row(best), under: under.slice(0, MOST_UNDER).map((spot) => this.row(spot)) };
  }

  /** Give a feature that is in view by its id. @param {string} id */
  feature(id) {
    const spot = this.spots.find(({ feature }) => feature.id === id);
    return spot ? this.row(spot) : null;
  }
}
