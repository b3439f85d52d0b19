// Counts, lists and finds the features of the last picture.
import { findParcel, parcelsInView, isInView } from "../tiles/feature-lookup.js";
import { scaleValue } from "../tiles/feature-format.js";
import { metersApart, squareToPixels } from "../tiles/projection.js";

/** @typedef {import("./protocol.js").Requests} Requests */
/** @typedef {import("./protocol.js").View} View */
/** @typedef {import("./protocol.js").FeatureRow} FeatureRow */
/** @typedef {import("./protocol.js").ViewSummary} ViewSummary */
/** @typedef {import("./painter.js").Scene} Scene */
/** @typedef {import("../tiles/point-features.js").PointFeature} PointFeature */
/** @typedef {import("../map/page-config.js").Feature} Feature */

const STACKED_DISTANCE_PX = 11; // marks this close hide each other
const MAX_STACKED = 5;

/** Answers questions about what is in view on one map. */
export class ViewIndex {
  /** @param {string} tileset the map's main tileset @param {import("../map/page-config.js").ColorScale} scale */
  constructor(tileset, scale) {
    this.tileset = tileset;
    this.scale = scale;
    /** @type {{view: View, scene: Scene, level: ViewSummary["level"], failedTiles: number} | null} */
    this.current = null;
    /** On the unit square. @type {[number, number] | null} */
    this.devicePosition = null;
  }

  /** Records what was painted. @param {View} view @param {Scene} scene @param {ViewSummary["level"]} level @param {number} failedTiles how many tiles failed to load */
  setScene(view, scene, level, failedTiles) {
    this.current = { view, scene, level, failedTiles };
  }

  /** @returns {PointFeature[]} */
  get points() {
    return this.current?.scene.points ?? [];
  }

  /** Counts the features in view. @param {boolean} offline @returns {ViewSummary} */
  summarizeView(offline) {
    const rows = this.rowsInView();
    /** @type {Map<string, number>} */
    const countsByTown = new Map();
    for (const { feature } of rows) {
      const { town } = feature.properties;
      if (town) countsByTown.set(town, (countsByTown.get(town) ?? 0) + 1);
    }
    const townNames = [...countsByTown].sort((a, b) => b[1] - a[1]).map(([name]) => name);
    const { level = "towns", scene, failedTiles = 0 } = this.current ?? {};
    return { level, count: rows.length, countsByMark: scene?.countsByMark ?? {}, towns: townNames, offline, failedTiles };
  }

  /** Returns the features in view, without the padding, most urgent first. @returns {FeatureRow[]} */
  rowsInView() {
    if (this.current?.level !== "features") return [];
    const { view, scene } = this.current;
    if (this.tileset === "lots") return parcelsInView(scene.groundTiles, view, scene.matchesFilter).map((parcel) => this.toRow(parcel));
    return this.points.filter(({ position }) => isInView(squareToPixels(position, view), view)).map((point) => this.toRow(point));
  }

  /** Finds a parcel by its id or by a point in it; null where there is none. @param {Requests["findParcel"]["payload"]} query */
  findParcelInView(query) {
    return findParcel(this.current?.scene.groundTiles ?? [], query);
  }

  /** @param {{feature: Feature, code: string, position: [number, number]}} point @returns {FeatureRow} */
  toRow({ feature, code, position }) {
    return { feature, code, distanceM: this.devicePosition && metersApart(position, this.devicePosition) };
  }

  /** Returns the features in view in the order of the list. @param {import("./protocol.js").ListOrder} order */
  sortedRows(order) {
    const rows = this.rowsInView();
    if (order === "distance" && this.devicePosition) rows.sort((a, b) => (a.distanceM ?? 0) - (b.distanceM ?? 0));
    return order === "least" || order === "most" ? this.#sortByValue(rows, order === "least" ? 1 : -1) : rows;
  }

  /** Sorts rows by the value of the map's scale. Equal ones keep their order, and unknown comes last. @param {FeatureRow[]} rows @param {1 | -1} sign */
  #sortByValue(rows, sign) {
    const sortKeys = new Map(rows.map((row) => [row, sign * (scaleValue(this.scale, row.feature.properties) ?? sign * Infinity)]));
    return rows.sort((a, b) => (sortKeys.get(a) ?? 0) - (sortKeys.get(b) ?? 0) || 0); // two unknown values: Infinity - Infinity is NaN
  }

  /** Returns some rows of the list. @param {Requests["listRows"]["payload"]} payload */
  pageOfRows({ start, end, order }) {
    const allRows = this.sortedRows(order);
    return { rows: allRows.slice(start, end), count: allRows.length };
  }

  /** Returns the rows before and after a feature in the list; null if it is not in view. @param {Requests["adjacentRows"]["payload"]} payload */
  adjacentRows({ id, order }) {
    const rows = this.sortedRows(order);
    const index = rows.findIndex(({ feature }) => feature.id === id);
    return index < 0 ? null : { previous: rows[index - 1] ?? null, next: rows[index + 1] ?? null };
  }

  /**
   * Finds the mark nearest to a point within a radius, and the marks stacked under it; null where there is none.
   * @param {Requests["hitTest"]["payload"]} payload in pixels of the view
   */
  hitTest({ x, y, radiusPx }) {
    if (!this.current) return null;
    const { view } = this.current;
    let [nearest, nearestDistance] = [/** @type {PointFeature | null} */ (null), radiusPx];
    for (const point of this.points) {
      const pixel = squareToPixels(point.position, view);
      const distancePx = Math.hypot(pixel.x - x, pixel.y - y);
      if (distancePx < nearestDistance) [nearest, nearestDistance] = [point, distancePx];
    }
    if (!nearest) return null;
    const pixel = squareToPixels(nearest.position, view);
    const stacked = this.points.filter((point) => {
      const otherPixel = squareToPixels(point.position, view);
      return point !== nearest && Math.hypot(otherPixel.x - pixel.x, otherPixel.y - pixel.y) < STACKED_DISTANCE_PX;
    });
    return { row: this.toRow(nearest), stacked: stacked.slice(0, MAX_STACKED).map((point) => this.toRow(point)) };
  }
}
