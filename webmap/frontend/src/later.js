// What comes when it is asked for: the mark of where one is and pictures of a basemap, which need further parts of Leaflet; printing, and offline use.
import { Map } from "leaflet/src/map/Map.js";
import { attribution } from "leaflet/src/control/Control.Attribution.js";
import { layerGroup } from "leaflet/src/layer/LayerGroup.js";
import { divIcon } from "leaflet/src/layer/marker/DivIcon.js";
import { marker } from "leaflet/src/layer/marker/Marker.js";
import { tileLayer } from "leaflet/src/layer/tile/TileLayer.js";
import { circle } from "leaflet/src/layer/vector/Circle.js";
import { svg } from "leaflet/src/layer/vector/SVG.js";
import { element, outline } from "./element.js";

export { Along } from "./along.js";
export { Printing } from "./printing.js";

const ARROW = "M12 2 17 12H7Z";
const DEEPEST = 19; // of basemaps; nearer maps show these pictures larger

Map.include({
  /** A vector names what draws it, so that nothing needs to be chosen. @param {any} layer */
  getRenderer({ options: { renderer } }) {
    return renderer.addTo(this);
  },
});

/** Where the device is, on the map: a dot, how sure that is, and which way it looks. */
export class Whereabouts {
  /** @param {import("leaflet").Map} map */
  constructor(map) {
    this.place = layerGroup().addTo(map);
    this.arrow = outline(ARROW, "where-arrow");
    const dot = element("div", { class: "where", role: "img", "aria-label": "You are here" }, this.arrow);
    this.circle = circle([0, 0], { renderer: svg(), radius: 0, interactive: false, weight: 2, fillOpacity: 0.12, className: "where-circle" });
    this.dot = marker([0, 0], { icon: divIcon({ html: dot, className: "where-box", iconSize: [48, 48] }), interactive: false, keyboard: false });
  }

  /** @param {[number, number]} at @param {number} accuracy in metres */
  show(at, accuracy) {
    if (!this.place.hasLayer(this.dot)) {
      this.arrow.setAttribute("hidden", "");
      this.circle.setStyle({ color: getComputedStyle(document.documentElement).getPropertyValue("--focus").trim() });
      this.place.addLayer(this.circle).addLayer(this.dot);
    }
    this.circle.setLatLng(at).setRadius(accuracy);
    this.dot.setLatLng(at);
  }

  /** Point the arrow. @param {number} heading in degrees from north, clockwise */
  point(heading) {
    this.arrow.removeAttribute("hidden");
    this.arrow.style.transform = `rotate(${Math.round(heading)}deg)`;
  }

  clear() {
    this.place.clearLayers();
  }
}

/** A basemap of pictures, with its credit. */
export class Basemap {
  /** @param {import("leaflet").Map} map @param {{address: string, credit: string}} told */
  constructor(map, { address, credit }) {
    this.map = map;
    this.pictures = tileLayer(address, { attribution: escaped(credit), maxNativeZoom: DEEPEST, maxZoom: map.getMaxZoom() });
    attribution({ prefix: false }).addTo(map);
  }

  /** @param {boolean} shown */
  show(shown) {
    if (shown !== this.map.hasLayer(this.pictures)) this.map[shown ? "addLayer" : "removeLayer"](this.pictures);
  }
}

/** A text as Leaflet may write it into the page. @param {string} text */
function escaped(text) {
  const box = document.createElement("span");
  box.textContent = text;
  return box.innerHTML;
}
