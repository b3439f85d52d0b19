// A map's state and its address: everything that one sees can be sent to somebody else.

/**
 * @typedef {{zoom: number, lat: number, lon: number} | null} At
 * @typedef {{at: At, off: string[], pick: string | null, filters: [string, string][]}} State
 */

const OWN = new Set(["at", "off", "pick"]);

/**
 * Read a state from the query of an address; what cannot be read is left out.
 * @param {string} query
 * @returns {State}
 */
export function readState(query) {
  const asked = new URLSearchParams(query);
  /** @type {[string, string][]} */
  const filters = [...asked].filter(([key, value]) => !OWN.has(key) && value !== "");
  const off = (asked.get("off") ?? "").split(",").filter(Boolean);
  return { at: readAt(asked.get("at")), off, pick: asked.get("pick"), filters };
}

/**
 * Write a state as a query, the same for the same state.
 * @param {State} state
 */
export function writeState(state) {
  const told = new URLSearchParams(state.filters);
  if (state.off.length) told.set("off", state.off.join(","));
  if (state.at) told.set("at", `${+state.at.zoom.toFixed(2)}/${state.at.lat.toFixed(6)}/${state.at.lon.toFixed(6)}`);
  if (state.pick) told.set("pick", state.pick);
  return told.toString().replaceAll("%2F", "/").replaceAll("%2C", ",");
}

/**
 * Write the question for features of a view. The map and its export put the same one.
 * @param {import("./told.js").Box} box
 * @param {[string, string][]} filters
 * @param {Record<string, string>} further
 */
export function question(box, filters, further = {}) {
  const asked = new URLSearchParams(filters);
  asked.set("bbox", [box.west, box.south, box.east, box.north].map((degrees) => degrees.toFixed(6)).join(","));
  for (const [key, value] of Object.entries(further)) asked.set(key, value);
  return asked.toString().replaceAll("%2C", ",");
}

/** @param {string | null} text @returns {At} */
function readAt(text) {
  const [zoom, lat, lon] = (text ?? "").split("/").map(Number);
  if (zoom === undefined || lat === undefined || lon === undefined) return null;
  const sound = [zoom, lat, lon].every(Number.isFinite) && Math.abs(lat) <= 85 && Math.abs(lon) <= 180 && zoom >= 0 && zoom <= 24;
  return sound ? { zoom, lat, lon } : null;
}
