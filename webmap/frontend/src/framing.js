// Where a map is to stand so that something is seen.

/**
 * The middle of a map on which a place stands at a point of the screen.
 * @param {import("leaflet").Map} map
 * @param {[number, number]} place latitude and longitude
 * @param {number} zoom
 * @param {[number, number]} at the point, in pixels from the map's corner
 */
export function middleFor(map, place, zoom, [x, y]) {
  const size = map.getSize();
  return map.unproject(map.project(place, zoom).add([size.x / 2 - x, size.y / 2 - y]), zoom);
}
