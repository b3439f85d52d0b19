// Reads and writes the map's state in the URL, so that any view can be shared.

/**
 * @typedef {{zoom: number, lat: number, lon: number} | null} MapPosition
 * @typedef {{position: MapPosition, hiddenLayers: string[], selectedKey: string | null, filters: [string, string][]}} MapState
 */

const STATE_KEYS = new Set(["at", "off", "pick"]);

/**
 * Parses a state from a URL's query. Invalid parts are ignored.
 * @param {string} query
 * @returns {MapState}
 */
export function parseMapState(query) {
  const params = new URLSearchParams(query);
  /** @type {[string, string][]} */
  const filters = [...params].filter(([key, value]) => !STATE_KEYS.has(key) && value !== "");
  const hiddenLayers = (params.get("off") ?? "").split(",").filter(Boolean);
  return { position: parsePosition(params.get("at")), hiddenLayers, selectedKey: params.get("pick"), filters };
}

/**
 * Formats a state as a query. Equal states give equal queries.
 * @param {MapState} state
 */
export function formatMapState(state) {
  const params = new URLSearchParams(state.filters);
  if (state.hiddenLayers.length) params.set("off", state.hiddenLayers.join(","));
  if (state.position) params.set("at", `${+state.position.zoom.toFixed(2)}/${state.position.lat.toFixed(6)}/${state.position.lon.toFixed(6)}`);
  if (state.selectedKey) params.set("pick", state.selectedKey);
  return params.toString().replaceAll("%2F", "/").replaceAll("%2C", ",");
}

/**
 * Builds the query for the features of a view, as the map's export link uses it.
 * @param {import("./page-config.js").BoundingBox} bbox
 * @param {[string, string][]} filters
 * @param {Record<string, string>} extraParams
 */
export function featureQuery(bbox, filters, extraParams = {}) {
  const params = new URLSearchParams(filters);
  params.set("bbox", [bbox.west, bbox.south, bbox.east, bbox.north].map((degrees) => degrees.toFixed(6)).join(","));
  for (const [key, value] of Object.entries(extraParams)) params.set(key, value);
  return params.toString().replaceAll("%2C", ",");
}

/** @param {string | null} text @returns {MapPosition} */
function parsePosition(text) {
  const parts = (text ?? "").split("/").map((part) => (part.trim() ? Number(part) : NaN));
  const [zoom, lat, lon] = parts;
  if (zoom === undefined || lat === undefined || lon === undefined || parts.length > 3) return null;
  const isValid = [zoom, lat, lon].every(Number.isFinite) && Math.abs(lat) <= 85 && Math.abs(lon) <= 180 && zoom >= 0 && zoom <= 24;
  return isValid ? { zoom, lat, lon } : null;
}
