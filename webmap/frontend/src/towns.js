// The towns of a map: their outlines and figures.
import * as L from "leaflet";
import { townParts } from "./cards.js";
import { stands } from "./figures.js";

/** @typedef {import("./told.js").Feature} Feature */

/** All towns that stand today. */
export class Towns {
  /** @param {import("./told.js").Told} told */
  constructor(told) {
    this.of = told;
    /** @type {Feature[]} */
    this.all = [];
    /** @type {Record<string, [number, number]>} */
    this.middles = {};
  }

  /** Ask for them; gives whether they came. @param {number} version of the data: another one is another address, and what is kept stays apart */
  async load(version) {
    const answer = await fetch(`${this.of.api}/towns.geojson?fields=${this.of.townFields.join(",")}&version=${version}`).catch(() => null);
    if (!answer?.ok) return false;
    const { features, middles } = await answer.json();
    this.all = features.filter((/** @type {Feature} */ town) => stands(town.properties, this.of.today));
    this.middles = middles;
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

  /** @param {L.Map} map @param {Feature} town */
  fit(map, { geometry }) {
    if (geometry) map.fitBounds(L.geoJSON(geometry).getBounds(), { padding: [24, 24], animate: false });
  }

  /** Show a town and what is known of it. @param {L.Map} map @param {import("./opening.js").Opening} opening @param {Feature} town */
  open(map, opening, town) {
    this.fit(map, town);
    opening.sheet.open(String(town.properties["name"]), townParts(this.of.scale, town), true);
  }

  /** The chosen town's name where nobody surveyed it: an empty map of it shows no zero. @param {string | null} name */
  unsurveyed(name) {
    const town = this.named(name);
    const unknown = this.of.markBy && town && this.of.scale.over.every((field) => (town.properties[field] ?? null) === null);
    return unknown ? String(town.properties["name"]) : null;
  }
}
