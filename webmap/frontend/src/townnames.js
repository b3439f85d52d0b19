// The towns' names over the map: each deep inside its town, and only where it has room.
import * as L from "leaflet";
import { polygons } from "./drawing.js";
import { element } from "./element.js";

const GROUP = L.layerGroup();
const OVER = 1.3; // how much wider than its town a name may be

/**
 * Write the towns' names; where two would overlap, the smaller town's steps back, and all do before what else lies there.
 * @param {L.Map} map
 * @param {import("./told.js").Feature[]} towns
 * @param {Record<string, [number, number]>} middles the place for each town's name, by its id
 * @param {Element | null} before
 */
export function showTownNames(map, towns, middles, before) {
  GROUP.addTo(map).clearLayers();
  const taken = before ? [before.getBoundingClientRect()] : [];
  const placed = towns
    .flatMap((town) => (middles[town.id] && town.geometry ? [{ town, ...across(map, town, /** @type {[number, number]} */ (middles[town.id])) }] : []))
    .sort((one, other) => other.room - one.room);
  for (const { town, place, room } of placed) {
    const tooltip = L.tooltip({ permanent: true, direction: "center", className: "town-name", interactive: false, opacity: 1 });
    const name = element("span", {}, String(town.properties["name"]));
    GROUP.addLayer(tooltip.setContent(name).setLatLng(place));
    const fits = [room, OVER * room].some((width) => fitted(name, width));
    tooltip.update(); // other lines, another middle
    const drawn = name.getBoundingClientRect();
    if (!fits || taken.some((other) => overlap(other, drawn))) tooltip.getElement()?.classList.add("crowded");
    else taken.push(drawn);
  }
}

/** Give a name so much width, on as many lines as its words need; whether they fit. @param {HTMLElement} name @param {number} width */
function fitted(name, width) {
  name.style.maxWidth = `${width}px`;
  return name.scrollWidth <= name.clientWidth;
}

/**
 * Tell where a town's name stands: in the middle between its borders west and east of a place inside, and how many pixels they lie apart.
 * @param {L.Map} map @param {import("./told.js").Feature} town @param {[number, number]} inside
 */
function across(map, town, [lon, lat]) {
  const met = crossed(polygons(town.geometry).flat(), lat);
  const west = Math.max(...met.filter((at) => at <= lon));
  const east = Math.min(...met.filter((at) => at > lon));
  if (!Number.isFinite(east - west)) return { place: L.latLng(lat, lon), room: 0 };
  const room = map.latLngToContainerPoint([lat, east]).x - map.latLngToContainerPoint([lat, west]).x;
  return { place: L.latLng(lat, (west + east) / 2), room };
}

/** Where rings meet a parallel. @param {L.LatLngTuple[][]} rings @param {number} lat @returns {number[]} */
function crossed(rings, lat) {
  return rings.flatMap((ring) =>
    ring.flatMap(([toLat, toLon], at) => {
      const [fromLat, fromLon] = ring[at - 1] ?? [toLat, toLon];
      return fromLat < lat === toLat < lat ? [] : [fromLon + ((lat - fromLat) / (toLat - fromLat)) * (toLon - fromLon)];
    }),
  );
}

/** @param {DOMRect} one @param {DOMRect} other */
function overlap(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
