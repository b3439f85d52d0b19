// Builds the point features of a view from tiles and edits, then filters and sorts them.
import { featureMarkCode, urgencyRank } from "./feature-format.js";
import { TILE_EXTENT, metersApart, tileToSquare, toDegrees, toSquare } from "./projection.js";

/**
 * @typedef {import("../map/page-config.js").Feature} Feature
 * @typedef {import("../map/page-config.js").Properties} Properties
 * @typedef {{feature: Feature, code: string, rank: number, position: [number, number]}} PointFeature with its position on the unit square
 * @typedef {{id: string, values: Properties, geometry?: any}} ChangedFeature as GET /changes sends it
 * @typedef {{town: string | null, fields: [string, string[]][], since: [string, string][]}} FeatureFilter the parsed choices of the filter form
 */

export const DONE_CODE = "done"; // the mark of work that was done on this device and is not sent yet

/** The edits to one tileset since its tiles were made. */
export class EditOverlay {
  constructor() {
    /** @type {Map<string, ChangedFeature>} */
    this.changed = new Map();
    /** @type {Set<string>} */
    this.deleted = new Set();
    this.token = {}; // replaced whenever edits are applied
  }

  /** Whether any geometry has changed or was deleted. */
  get hasGeometryChanges() {
    return this.deleted.size > 0 || [...this.changed.values()].some((change) => "geometry" in change);
  }

  /** @param {{changed: ChangedFeature[], deleted: string[]}} delta */
  apply({ changed, deleted }) {
    this.token = {};
    for (const change of changed) {
      const previous = this.changed.get(change.id);
      this.changed.set(change.id, previous && !("geometry" in change) ? { ...previous, values: change.values } : change);
      this.deleted.delete(change.id);
    }
    for (const id of deleted) {
      this.changed.delete(id);
      this.deleted.add(id);
    }
  }
}

/**
 * Builds the point features of some tiles.
 * @param {import("./tile-cache.js").Tile[]} tiles
 * @param {string} layer
 * @param {EditOverlay} edits
 * @param {(properties: Properties) => string} markCodeOf
 * @param {string[]} markCodes most urgent first
 * @param {(properties: Properties, id: string) => boolean} isDone whether a feature is drawn as done; it keeps its rank
 * @returns {PointFeature[]}
 */
export function collectPoints(tiles, layer, edits, markCodeOf, markCodes, isDone = () => false) {
  /** @type {Map<string, PointFeature>} */
  const pointsById = new Map();
  const addPoint = (/** @type {string} */ id, /** @type {Properties} */ properties, /** @type {[number, number]} */ position) => {
    const [lon, lat] = toDegrees(...position);
    const feature = /** @type {Feature} */ ({ type: "Feature", id, geometry: { type: "Point", coordinates: [lon, lat] }, properties });
    const code = markCodeOf(properties);
    pointsById.set(id, { feature, code: isDone(properties, id) ? DONE_CODE : code, rank: urgencyRank(markCodes, code, properties), position });
  };
  for (const { coord, layers, values } of tiles) {
    for (const { featureNumber: number, lines } of layers[layer] ?? []) {
      const entry = values?.get(number);
      const [x = 0, y = 0] = lines[0] ?? [];
      // A point beyond the tile's edge belongs to the neighboring tile.
      if (!entry || edits.deleted.has(entry.id) || x < 0 || y < 0 || x >= TILE_EXTENT || y >= TILE_EXTENT) continue;
      const edit = edits.changed.get(entry.id);
      if (edit && "geometry" in edit) continue;
      addPoint(entry.id, edit ? { ...entry.properties, ...edit.values } : entry.properties, tileToSquare(coord, x, y));
    }
  }
  for (const { id, values, geometry } of edits.changed.values()) {
    const point = geometry?.type === "MultiPoint" ? geometry.coordinates[0] : geometry?.coordinates;
    if (point) addPoint(id, values, toSquare(point[0], point[1]));
  }
  return [...pointsById.values()];
}

/**
 * Returns whether a feature matches the filter. An overdue open inspection matches both "open" and "overdue", and so does one of unknown status with "unknown" and "maybe_overdue".
 * @param {Properties} properties
 * @param {FeatureFilter} filter
 * @param {string} markCode the feature's mark
 */
export function matchesFilter(properties, filter, markCode = "") {
  if (filter.town !== null && properties["town"] !== filter.town) return false;
  if (filter.since.some(([name, firstDay]) => !(properties[name] >= firstDay))) return false;
  return filter.fields.every(([name, values]) => values.includes(properties[name] ?? "null") || (markCode.endsWith("overdue") && values.includes(markCode)));
}

/**
 * Returns the points that match all filters, and counts by mark those that match all but the mark filter. The counts show what each checkbox would add.
 * @param {PointFeature[]} points
 * @param {FeatureFilter} filter
 * @param {string | null} markBy the field of the mark filter
 * @param {(point: PointFeature) => boolean} isCounted
 */
export function filterAndCount(points, filter, markBy, isCounted) {
  const otherFilters = { ...filter, fields: filter.fields.filter(([name]) => name !== markBy) };
  const filtersByMark = otherFilters.fields.length < filter.fields.length;
  /** @type {Record<string, number>} */
  const countsByMark = {};
  const matches = points.filter((point) => {
    const { properties } = point.feature;
    if (!matchesFilter(properties, otherFilters)) return false;
    if (isCounted(point)) countsByMark[point.code] = (countsByMark[point.code] ?? 0) + 1;
    if (point.code === DONE_CODE) return !filtersByMark; // its work is no longer wanted, so it has no mark to filter by
    return matchesFilter(properties, filter, point.code);
  });
  return { matches, countsByMark };
}

/** Sorts by urgency, or by distance from an origin. @param {PointFeature[]} points @param {[number, number] | null} origin */
export function sortPoints(points, origin) {
  if (origin === null) return points.sort((a, b) => a.rank - b.rank || (a.feature.id < b.feature.id ? -1 : 1));
  const distances = new Map(points.map((point) => [point, metersApart(point.position, origin)]));
  return points.sort((a, b) => (distances.get(a) ?? 0) - (distances.get(b) ?? 0));
}

/** Returns the function that gives a feature's mark code. @param {import("../map/page-config.js").PageConfig} config */
export function markCodeReader(config) {
  return (/** @type {Properties} */ properties) => (config.markBy ? featureMarkCode(config.markBy, properties, config.today) : "");
}
