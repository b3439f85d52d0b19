// Formats search results as text, and gives the page of each candidate.
import { pageUrl } from "../ui/detail-sheet.js";

/** @typedef {import("./geocode/geocoder.js").Candidate & {id?: string | null}} SearchCandidate */

/** @type {Record<string, string>} */
const STATUS_TEXT = {
  exact: "As asked.",
  corrected: "Found, with a change.",
  ambiguous: "Several fit.",
  nearest: "Not on record as asked; these are near.",
  block: "The addresses of the block.",
  intersection: "Where two streets meet.",
  prefix: "These addresses begin so.",
};
const POSTAL_CITY_NOTE = /^Town: the post office is (.+); .+ governs\.$/;
/** @type {Record<string, string>} */
const LAYER_OF_KIND = { tree: "trees", site: "sites", inspection: "inspections" };

/** @typedef {{query: string, status: string, candidates: SearchCandidate[], reason?: string}} SearchResult */

/** Returns the changes that all candidates share, so that they are shown once. @param {SearchResult} result */
export function sharedChanges({ candidates: [first, ...rest] }) {
  return (first?.changes ?? []).filter((change) => rest.every((candidate) => candidate.changes.includes(change)));
}

/** Returns one line about the result. @param {SearchResult} result */
export function headline(result) {
  if (!result.candidates.length) return result.reason ?? "Nothing of that name is known here.";
  return [STATUS_TEXT[result.status] ?? "", ...sharedChanges(result)].join(" ");
}

/** Returns a candidate's second line: town, kind, and the changes that are its own. @param {SearchCandidate} candidate @param {string[]} commonChanges shared by all candidates */
export function subtitle(candidate, commonChanges) {
  return [...kindAndTown(candidate), ...candidate.changes.filter((change) => !commonChanges.includes(change)).map(shortenChange)].join(" · ");
}

/** Shortens the note about the postal city, since the row already shows the town. @param {string} change */
const shortenChange = (change) => change.replace(POSTAL_CITY_NOTE, "mail $1");

/** @param {SearchCandidate} candidate */
function kindAndTown(candidate) {
  const town = candidate.town ?? "town unknown";
  if (candidate.kind === "town") return ["Town"];
  if (LAYER_OF_KIND[candidate.kind]) return [town, `${candidate.kind} ${candidate.id}`];
  if (candidate.kind === "intersection") return [town, "crossing"];
  if (candidate.kind === "landmark") return [town];
  return [town, candidate.parcel_id ? `parcel ${candidate.parcel_id}` : "parcel unknown"];
}

/** Returns the page of a candidate; null if its position is unknown. @param {SearchCandidate} candidate */
export function candidatePageUrl(candidate) {
  const layer = LAYER_OF_KIND[candidate.kind];
  if (candidate.kind === "town" && candidate.id) return pageUrl("towns", candidate.id);
  if (layer && candidate.id) return pageUrl(layer, candidate.id);
  if (candidate.parcel_id) return pageUrl("parcels", candidate.parcel_id);
  if (candidate.lon === null || candidate.lat === null) return null;
  const mapPosition = `19/${candidate.lat.toFixed(6)}/${candidate.lon.toFixed(6)}`;
  return `/map/coverage?${new URLSearchParams({ at: mapPosition, pick: placeKeyOf(candidate) })}`;
}

/** Formats a place and its name for the map's URL. @param {SearchCandidate} candidate */
export function placeKeyOf(candidate) {
  return `place/${candidate.lat?.toFixed(6)}/${candidate.lon?.toFixed(6)}/${candidate.address ?? ""}`;
}

/** Parses a place and its name from the map's URL; null if the key is none. @param {string} key @returns {{lat: number, lon: number, name: string} | null} */
export function parsePlaceKey(key) {
  const [kind, lat, lon, ...name] = key.split("/");
  const place = { lat: Number(lat || NaN), lon: Number(lon || NaN), name: name.join("/") };
  const isValid = kind === "place" && Math.abs(place.lat) <= 85 && Math.abs(place.lon) <= 180;
  return isValid ? place : null;
}
