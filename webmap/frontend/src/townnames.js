// The towns' names over the map; where two would overlap, the smaller town's steps back.
import * as L from "leaflet";
import { polygons } from "./drawing.js";
import { element } from "./element.js";

const GROUP = L.layerGroup();

/** @param {L.Map} map @param {import("./told.js").Feature[]} towns */
export function showTownNames(map, towns) {
  GROUP.addTo(map).clearLayers();
  const sized = towns
    .filter((town) => town.geometry)
    .map((town) => ({ town, bounds: L.latLngBounds(polygons(town.geometry).flat(2)) }))
    .sort((one, other) => extent(map, other.bounds) - extent(map, one.bounds));
  /** @type {DOMRect[]} */
  const taken = [];
  for (const { town, bounds } of sized) {
    const tooltip = L.tooltip({ permanent: true, direction: "center", className: "town-name", interactive: false, opacity: 1 });
    tooltip.setContent(element("span", {}, String(town.properties["name"]))).setLatLng(bounds.getCenter());
    GROUP.addLayer(tooltip);
    const drawn = tooltip.getElement()?.getBoundingClientRect();
    if (!drawn) continue;
    if (taken.some((other) => overlap(other, drawn))) tooltip.getElement()?.classList.add("crowded");
    else taken.push(drawn);
  }
}

/** @param {L.Map} map @param {L.LatLngBounds} bounds */
function extent(map, bounds) {
  return map.latLngToContainerPoint(bounds.getSouthWest()).distanceTo(map.latLngToContainerPoint(bounds.getNorthEast()));
}

/** @param {DOMRect} one @param {DOMRect} other */
function overlap(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
