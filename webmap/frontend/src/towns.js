// The towns of a map: their outlines and figures.
import { extent } from "./chart/shapes.js";
import { stands } from "./figures.js";
import { askTowns } from "./townfigures.js";

/** @typedef {import("./told.js").Feature} Feature */

/** All towns that stand today. */
export class Towns {
  /** @param {import("./told.js").Told} told @param {ReturnType<typeof askTowns> | null} coming what was asked for already */
  constructor(told, coming) {
    this.of = told;
    this.coming = coming;
    this.there = false;
    /** @type {Feature[]} */
    this.all = [];
    /** @type {Record<string, [number, number]>} */
    this.middles = {};
  }

  /** Have the towns come; gives whether they did. What was asked for once is not asked for again, unless another version is. @param {number | null} version */
  async come(version = null) {
    if (version !== null) this.coming = askTowns(this.of, version);
    this.coming ??= askTowns(this.of, this.of.version);
    const come = await this.coming;
    if (!come) {
      this.coming = null;
      return false;
    }
    this.there = true;
    this.all = come.features.filter((town) => stands(town.properties, this.of.today));
    this.middles = come.middles;
    return true;
  }

  /** As the map paints them. */
  told() {
    return this.all.map((town) => ({
      name: String(town.properties["name"]),
      figures: town.properties,
      areas: town.geometry ? (town.geometry.type === "Polygon" ? [town.geometry.coordinates] : town.geometry.coordinates) : [],
      middle: this.middles[town.id] ?? null,
    }));
  }

  /** @param {string | null | undefined} name */
  named(name) {
    return this.all.find((town) => town.properties["name"] === name);
  }

  /** @param {string | null | undefined} slug */
  called(slug) {
    return this.all.find((town) => town.properties["slug"] === slug);
  }

  /** @param {import("leaflet").Map} map @param {Feature} town */
  fit(map, { geometry }) {
    if (!geometry) return;
    const [west, south, east, north] = extent({ lines: [geometry.coordinates.flat(Infinity)] });
    map.fitBounds([[south, west], [north, east]], { padding: [24, 24], animate: false });
  }

  /** Show a town and what is known of it. @param {import("leaflet").Map} map @param {import("./opening.js").Opening} opening @param {Feature} town */
  open(map, opening, town) {
    this.fit(map, town);
    opening.town(town, true);
  }

  /** The chosen town's name where nobody surveyed it: an empty map of it shows no zero. @param {string | null} name */
  unsurveyed(name) {
    const town = this.named(name);
    const unknown = this.of.markBy && town && this.of.scale.over.every((field) => (town.properties[field] ?? null) === null);
    return unknown ? String(town.properties["name"]) : null;
  }
}
