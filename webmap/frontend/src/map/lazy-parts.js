// Parts of the map page that load only when needed: the location marker and the basemap, which use more of Leaflet, printing, and offline downloads.
import { Map } from "leaflet/src/map/Map.js";
import { attribution } from "leaflet/src/control/Control.Attribution.js";
import { layerGroup } from "leaflet/src/layer/LayerGroup.js";
import { divIcon } from "leaflet/src/layer/marker/DivIcon.js";
import { marker } from "leaflet/src/layer/marker/Marker.js";
import { tileLayer } from "leaflet/src/layer/tile/TileLayer.js";
import { circle } from "leaflet/src/layer/vector/Circle.js";
import { svg } from "leaflet/src/layer/vector/SVG.js";
import { createElement, createOutlineIcon } from "../ui/dom-elements.js";
import { gettext } from "../ui/gettext.js";

export { OfflineTowns } from "../offline/offline-towns.js";
export { MapPrinter } from "../print/map-printer.js";

const HEADING_ARROW = "M12 2 17 12H7Z";
const MAX_BASEMAP_ZOOM = 19; // beyond it, pictures of this zoom are enlarged

Map.include({
  /** Uses the renderer that a vector names, so that Leaflet does not load all of them. @param {any} layer */
  getRenderer({ options: { renderer } }) {
    return renderer.addTo(this);
  },
});

/** Marks the device's position on the map: a dot, its accuracy, and the direction. */
export class LocationMarker {
  /** @param {import("leaflet").Map} map */
  constructor(map) {
    this.layers = layerGroup().addTo(map);
    this.arrow = createOutlineIcon(HEADING_ARROW, "location-arrow");
    const dot = createElement("div", { class: "location-dot", role: "img", "aria-label": gettext("You are here") }, this.arrow);
    this.accuracyCircle = circle([0, 0], { renderer: svg(), radius: 0, interactive: false, weight: 2, fillOpacity: 0.12, className: "location-circle" });
    this.dot = marker([0, 0], { icon: divIcon({ html: dot, className: "location-box", iconSize: [48, 48] }), interactive: false, keyboard: false });
  }

  /** @param {[number, number]} latLon @param {number} accuracyM */
  showAt(latLon, accuracyM) {
    if (!this.layers.hasLayer(this.dot)) {
      this.arrow.setAttribute("hidden", "");
      this.accuracyCircle.setStyle({ color: getComputedStyle(document.documentElement).getPropertyValue("--focus").trim() });
      this.layers.addLayer(this.accuracyCircle).addLayer(this.dot);
    }
    this.accuracyCircle.setLatLng(latLon).setRadius(accuracyM);
    this.dot.setLatLng(latLon);
  }

  /** @param {number} headingDeg in degrees from north, clockwise */
  pointArrow(headingDeg) {
    this.arrow.removeAttribute("hidden");
    this.arrow.style.transform = `rotate(${Math.round(headingDeg)}deg)`;
  }

  removeFromMap() {
    this.layers.clearLayers();
  }
}

/** A basemap of raster tiles, with its credit. */
export class Basemap {
  /** @param {import("leaflet").Map} map @param {{urlTemplate: string, credit: string}} source */
  constructor(map, { urlTemplate, credit }) {
    this.map = map;
    this.tileLayer = tileLayer(urlTemplate, { attribution: escapeHtml(credit), maxNativeZoom: MAX_BASEMAP_ZOOM, maxZoom: map.getMaxZoom() });
    attribution({ prefix: false }).addTo(map);
  }

  /** @param {boolean} isVisible */
  setVisible(isVisible) {
    if (isVisible !== this.map.hasLayer(this.tileLayer)) this.map[isVisible ? "addLayer" : "removeLayer"](this.tileLayer);
  }
}

/** Escapes a text, since Leaflet inserts it as HTML. @param {string} text */
function escapeHtml(text) {
  const box = document.createElement("span");
  box.textContent = text;
  return box.innerHTML;
}
