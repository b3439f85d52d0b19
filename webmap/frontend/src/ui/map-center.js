// Computes map centers.

/**
 * Returns the map center at which a place appears at a given screen point.
 * @param {import("leaflet").Map} map
 * @param {[number, number]} latLon latitude and longitude
 * @param {number} zoom
 * @param {[number, number]} screenPoint in pixels from the map's corner
 */
export function centerToShowAt(map, latLon, zoom, [x, y]) {
  const size = map.getSize();
  return map.unproject(map.project(latLon, zoom).add([size.x / 2 - x, size.y / 2 - y]), zoom);
}
