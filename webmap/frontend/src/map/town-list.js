// Holds the towns of a map: their outlines and values.
import { boundsOfLines } from "../tiles/tile-geometry.js";
import { formatScaleValue, isInForce, scaleValue } from "../tiles/feature-format.js";
import { fetchTowns } from "../tiles/fetch-towns.js";

/** @typedef {import("./page-config.js").Feature} Feature */

/** The towns whose boundaries are in force today. */
export class TownList {
  /** @param {import("./page-config.js").PageConfig} config @param {ReturnType<typeof fetchTowns> | null} request a request that has already started */
  constructor(config, request) {
    this.config = config;
    this.request = request;
    this.isLoaded = false;
    /** @type {Feature[]} */
    this.towns = [];
    /** @type {Record<string, [number, number]>} */
    this.labelPoints = {};
  }

  /** Loads the towns once, or again for another version. Returns whether they could be loaded. @param {number | null} version */
  async loadTowns(version = null) {
    if (version !== null) this.request = fetchTowns(this.config, version);
    this.request ??= fetchTowns(this.config, this.config.version);
    const collection = await this.request;
    if (!collection) {
      this.request = null;
      return false;
    }
    this.isLoaded = true;
    this.towns = collection.features.filter((town) => isInForce(town.properties, this.config.today));
    this.labelPoints = collection.labelPoints;
    return true;
  }

  /** Returns the towns as the renderer takes them. @returns {import("../tiles/projection.js").TownOutline[]} */
  townShapes() {
    return this.towns.map((town) => ({
      name: String(town.properties["name"]),
      valueText: this.#valueText(town),
      properties: town.properties,
      areas: town.geometry ? (town.geometry.type === "Polygon" ? [town.geometry.coordinates] : town.geometry.coordinates) : [],
      labelPoint: this.labelPoints[town.id] ?? null,
    }));
  }

  /** Returns the value that a town's label shows, in the page's language; null if it is unknown. @param {Feature} town */
  #valueText({ properties }) {
    const value = scaleValue(this.config.scale, properties);
    return value === null ? null : formatScaleValue(this.config.scale, value);
  }

  /** @param {string | null | undefined} name */
  townByName(name) {
    return this.towns.find((town) => town.properties["name"] === name);
  }

  /** @param {string | null | undefined} slug */
  townBySlug(slug) {
    return this.towns.find((town) => town.properties["slug"] === slug);
  }

  /** @param {import("leaflet").Map} map @param {Feature} town */
  fitMap(map, { geometry }) {
    if (!geometry) return;
    const [west, south, east, north] = boundsOfLines({ lines: [geometry.coordinates.flat(Infinity)] });
    map.fitBounds([[south, west], [north, east]], { padding: [24, 24], animate: false });
  }

  /** Returns the selected town's name if it has no survey, so that an empty map does not claim zero. @param {string | null} name */
  unsurveyedTownName(name) {
    const town = this.townByName(name);
    const isUnsurveyed = this.config.markBy && town && this.config.scale.numerator_fields.every((field) => (town.properties[field] ?? null) === null);
    return isUnsurveyed ? String(town.properties["name"]) : null;
  }
}
