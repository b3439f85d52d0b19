// Single features of a view: put together from tiles and from what edits have changed since, filtered and ordered.
import { codeOf, rankOf } from "../figures.js";
import { EXTENT, metresApart, onSquare, toDegrees, toSquare } from "./projecting.js";

/**
 * @typedef {import("../told.js").Feature} Feature
 * @typedef {import("../told.js").Properties} Properties
 * @typedef {{feature: Feature, code: string, rank: number, at: [number, number]}} Spot a feature that stands at a place of the square
 * @typedef {{id: string, values: Properties, shape?: any}} Changed
 * @typedef {{town: string | null, fields: [string, string[]][], since: [string, string][]}} Chosen what the filters mean
 */

/** What edits have changed of one set since its tiles were made. */
export class Edits {
  constructor() {
    /** @type {Map<string, Changed>} */
    this.changed = new Map();
    /** @type {Set<string>} */
    this.gone = new Set();
    this.stamp = {}; // another one whenever anything was taken
  }

  /** Whether any shape is another one, or gone. */
  get redrawn() {
    return this.gone.size > 0 || [...this.changed.values()].some((one) => "shape" in one);
  }

  /** @param {{changed: Changed[], gone: string[]}} told */
  take({ changed, gone }) {
    this.stamp = {};
    for (const one of changed) {
      const before = this.changed.get(one.id);
      this.changed.set(one.id, before && !("shape" in one) ? { ...before, values: one.values } : one);
      this.gone.delete(one.id);
    }
    for (const id of gone) {
      this.changed.delete(id);
      this.gone.add(id);
    }
  }
}

/**
 * Put together what stands at points in some tiles.
 * @param {import("./tiles.js").Tile[]} tiles
 * @param {string} layer
 * @param {Edits} edits
 * @param {(properties: Properties) => string} codeOf_
 * @param {string[]} codes in the order of their urgency
 * @param {(properties: Properties, id: string) => boolean} done whether one is marked as done, and keeps its rank
 * @returns {Spot[]}
 */
export function spotsIn(tiles, layer, edits, codeOf_, codes, done = () => false) {
  /** @type {Map<string, Spot>} */
  const found = new Map();
  const put = (/** @type {string} */ id, /** @type {Properties} */ properties, /** @type {[number, number]} */ at) => {
    const [lon, lat] = toDegrees(...at);
    const feature = /** @type {Feature} */ ({ type: "Feature", id, geometry: { type: "Point", coordinates: [lon, lat] }, properties });
    const code = codeOf_(properties);
    found.set(id, { feature, code: done(properties, id) ? "done" : code, rank: rankOf(codes, code, properties), at });
  };
  for (const { place, layers, values } of tiles) {
    for (const { number, lines } of layers[layer] ?? []) {
      const told = values?.get(number);
      const [x = 0, y = 0] = lines[0] ?? [];
      // What stands beyond the tile's edge is its neighbour's.
      if (!told || edits.gone.has(told.id) || x < 0 || y < 0 || x >= EXTENT || y >= EXTENT) continue;
      const edit = edits.changed.get(told.id);
      if (edit && "shape" in edit) continue;
      put(told.id, edit ? { ...told.properties, ...edit.values } : told.properties, onSquare(place, x, y));
    }
  }
  for (const { id, values, shape } of edits.changed.values()) {
    const point = shape?.type === "MultiPoint" ? shape.coordinates[0] : shape?.coordinates;
    if (point) put(id, values, toSquare(point[0], point[1]));
  }
  return [...found.values()];
}

/**
 * Whether a feature is meant by the filters. An open inspection that is overdue is meant by both words.
 * @param {Properties} properties
 * @param {Chosen} chosen
 * @param {string} code by which it is marked
 */
export function isMeant(properties, chosen, code = "") {
  if (chosen.town !== null && properties["town"] !== chosen.town) return false;
  if (chosen.since.some(([name, day]) => !(properties[name] >= day))) return false;
  return chosen.fields.every(([name, values]) => values.includes(properties[name] ?? "null") || (code === "overdue" && values.includes(code)));
}

/**
 * Part spots: those that all filters mean, and how many of each mark the others mean, so that people see what ticking one would show.
 * @param {Spot[]} spots
 * @param {Chosen} chosen
 * @param {string | null} markBy the filter that is ticked by mark
 * @param {(spot: Spot) => boolean} counts which are counted
 */
export function sifted(spots, chosen, markBy, counts) {
  const others = { ...chosen, fields: chosen.fields.filter(([name]) => name !== markBy) };
  /** @type {Record<string, number>} */
  const tally = {};
  const meant = spots.filter((spot) => {
    const { properties } = spot.feature;
    if (!isMeant(properties, others)) return false;
    if (counts(spot)) tally[spot.code] = (tally[spot.code] ?? 0) + 1;
    return isMeant(properties, chosen, spot.code);
  });
  return { meant, tally };
}

/** Order by urgency, or by how far things are from a place. @param {Spot[]} spots @param {[number, number] | null} from */
export function ordered(spots, from) {
  if (from === null) return spots.sort((one, other) => one.rank - other.rank || (one.feature.id < other.feature.id ? -1 : 1));
  const away = new Map(spots.map((spot) => [spot, metresApart(spot.at, from)]));
  return spots.sort((one, other) => (away.get(one) ?? 0) - (away.get(other) ?? 0));
}

/** Give the function that tells the code by which a feature is marked. @param {import("../told.js").Told} told */
export function coding(told) {
  return (/** @type {Properties} */ properties) => (told.markBy ? codeOf(told.markBy, properties, told.today) : "");
}
