// Moves the map so that a place is seen beside the open sheet.
import { centerToShowAt } from "../ui/map-center.js";

const PLACE_ZOOM = 19; // shows a parcel or place that was searched
const FLIGHT_S = 0.8;

/** Moves one map. */
export class MapFlight {
  /** @param {import("leaflet").Map} map @param {HTMLElement} mapElement @param {import("../ui/detail-sheet.js").DetailSheet} sheet @param {number} touchRadiusPx */
  constructor(map, mapElement, sheet, touchRadiusPx) {
    this.map = map;
    this.mapElement = mapElement;
    this.sheet = sheet;
    this.touchRadiusPx = touchRadiusPx;
  }

  /** Flies to a place, and zooms in. Resolves on arrival. @param {[number, number]} latLon @returns {Promise<void>} */
  async flyTo(latLon) {
    const prefersReducedMotion = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const zoom = Math.max(this.map.getZoom(), PLACE_ZOOM);
    // Center the place in the part of the map that the sheet leaves free.
    const center = centerToShowAt(this.map, latLon, zoom, this.freeCenter());
    if (prefersReducedMotion) return void this.map.setView(center, zoom, { animate: false });
    this.map.flyTo(center, zoom, { duration: FLIGHT_S });
    await new Promise((resolve) => this.map.once("moveend", resolve));
  }

  /** Pans to a place that lies at the edge of the map or outside. @param {[number, number]} latLon */
  panIntoView(latLon) {
    if (!this.map.getBounds().pad(-0.1).contains(latLon)) this.map.panTo(latLon);
  }

  /** Pans the map if the sheet covers a place. @param {[number, number]} latLon */
  panClearOfSheet(latLon) {
    const sheetCorner = this.sheet.coveredFrom(this.mapElement.getBoundingClientRect());
    const point = this.map.latLngToContainerPoint(latLon);
    if (!sheetCorner || point.x < sheetCorner.left - this.touchRadiusPx || point.y < sheetCorner.top - this.touchRadiusPx) return;
    const [x, y] = this.freeCenter();
    this.map.panBy(sheetCorner.top ? [0, point.y - y] : [point.x - x, 0]);
  }

  /** Returns the center of the part of the map that the sheet leaves free, in pixels. */
  freeCenter() {
    return this.sheet.freeCenter(this.mapElement.getBoundingClientRect());
  }
}

/** Scrolls to the map, which lies above the list on a phone. */
export function scrollToMap() {
  scrollTo({ top: 0 });
}
