// Measures how much room the marks of a map have at a zoom.
import * as L from "leaflet";

/** @typedef {{layer: L.GeoJSON, count: number, bounds: L.LatLngBounds}} MarkLayer */

/** @type {MarkLayer[]} */
const markLayers = [];
let [measuredZoom, spacingPx] = [NaN, Infinity];

/** Counts the marks of a layer in. @param {L.GeoJSON} layer */
export function addMarkLayer(layer) {
  markLayers.push({ layer, count: layer.getLayers().length, bounds: layer.getBounds() });
}

/** Returns the space for each mark that is shown: the side of its square, in pixels. @param {L.Map} map */
export function markSpacing(map) {
  const zoom = map.getZoom();
  if (zoom === measuredZoom) return spacingPx;
  const shown = markLayers.filter(({ layer }) => map.hasLayer(layer));
  const bounds = shown.reduce((all, { bounds: own }) => all.extend(own), L.latLngBounds([]));
  const count = shown.reduce((sum, layer) => sum + layer.count, 0);
  measuredZoom = zoom;
  if (!count) return (spacingPx = Infinity);
  const size = map.project(bounds.getSouthEast(), zoom).subtract(map.project(bounds.getNorthWest(), zoom));
  return (spacingPx = Math.sqrt(Math.max(size.x * size.y, 1) / count));
}

/** Measures again when a layer comes or goes, and sizes all marks anew. @param {L.Map} map */
export function followLayers(map) {
  map.on("overlayadd overlayremove", () => {
    measuredZoom = NaN;
    for (const { layer } of markLayers.filter((marks) => map.hasLayer(marks.layer))) {
      layer.eachLayer((/** @type {any} */ mark) => {
        mark._project();
        mark.redraw();
      });
    }
  });
}
