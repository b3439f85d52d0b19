// Everything that a saved Folium map needs, in one script: Leaflet, stand-ins for the other libraries of Folium, and our own layers.
// `webmap/maps/open_page.py` writes it into the file before Folium's script, which finds `L`, `$` and `lotleaf`.
import * as L from "leaflet";
import markerIcon from "leaflet/dist/images/marker-icon.png";
import markerIcon2x from "leaflet/dist/images/marker-icon-2x.png";
import markerShadow from "leaflet/dist/images/marker-shadow.png";
import { AwesomeMarkersShim, addColorLegend, featureTable, jQueryShim } from "./folium-shims.js";
import { followLayers } from "./mark-spacing.js";
import { translateLeaflet } from "./leaflet-words.js";
import { NameLabels } from "./name-labels.js";
import { PaletteMark } from "./palette-mark.js";
import { fillLayer, restyleLayers, styleOf } from "./record-layers.js";
import { startRecordTable } from "./record-table.js";

const SHOWN_ZOOM = 18; // the zoom at which the table shows a record

/**
 * Starts the page around a map: its layer control stands in the panel, and its table shows records on the map.
 * @param {L.Map} map
 * @param {L.Control.Layers} layerControl
 */
function startPage(map, layerControl) {
  const container = layerControl.getContainer();
  if (container) document.getElementById("layer-control")?.append(container);
  followLayers(map);
  new NameLabels(map);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", restyleLayers);
  const details = /** @type {HTMLDetailsElement | null} */ (document.getElementById("records"));
  if (details) startRecordTable(details, (child) => showRecord(map, child));
}

/** @param {L.Map} map @param {any} child a Leaflet layer of one record */
function showRecord(map, child) {
  const center = child.getLatLng?.() ?? child.getBounds().getCenter();
  map.getContainer().scrollIntoView({ block: "nearest" });
  map.setView(center, Math.max(map.getZoom(), SHOWN_ZOOM), { animate: false });
  /** @type {any} */
  const group = Object.values(child._eventParents)[0];
  if (!map.hasLayer(group)) map.addLayer(group);
  group.getPopup()._source = child; // a group opens its popup at its first layer otherwise
  group.openPopup(center);
  map.getContainer().focus({ preventScroll: true });
}

/** Shows the outline of a focused map to those who use the keyboard, as the map page does. @param {L.Map} map */
function followPointer(map) {
  const container = map.getContainer();
  container.addEventListener("pointerdown", () => container.classList.add("pointer-used"));
  container.addEventListener("keydown", () => container.classList.remove("pointer-used"));
}

const leaflet = /** @type {any} */ (window).L;
leaflet.Map.addInitHook(/** @this {L.Map} */ function followPointerOfMap() {
  followPointer(this);
});
delete leaflet.Icon.Default.prototype._getIconUrl; // it would look for pictures beside a style sheet
leaflet.Icon.Default.mergeOptions({ iconUrl: markerIcon, iconRetinaUrl: markerIcon2x, shadowUrl: markerShadow });
leaflet.Control.Scale.prototype.options.maxWidth = 150; // room for its text
leaflet.Control.Attribution.prototype.options.prefix = "Leaflet";
translateLeaflet(leaflet);
Object.assign(leaflet, { PaletteMark, AwesomeMarkers: AwesomeMarkersShim });
Object.assign(window, { $: jQueryShim, jQuery: jQueryShim, lotleaf: { addColorLegend, featureTable, fillLayer, startPage, styleOf } });
