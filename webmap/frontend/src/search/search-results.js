// Formats search results as text, and gives the page of each candidate.
import { districtLabel } from "./district-labels.js";
import { pageUrl } from "../ui/detail-sheet.js";
import { gettext, gettext_noop } from "../ui/gettext.js";

/** @typedef {import("./geocode/geocoder.js").Candidate & {id?: string | null}} SearchCandidate */

/** @type {Record<string, string>} */
const STATUS_LABELS = {
  exact: gettext_noop("Exact match"),
  corrected: gettext_noop("Close match"),
  ambiguous: gettext_noop("Several matches"),
  nearest: gettext_noop("No exact match; these are the nearest"),
  block: gettext_noop("Addresses of the block"),
  intersection: gettext_noop("Intersection"),
  prefix: gettext_noop("Suggestions"),
};
/** @type {Record<string, string>} */
const RECORD_LABELS = { tree: gettext_noop("Tree %(id)s"), site: gettext_noop("Site %(id)s"), inspection: gettext_noop("Inspection %(id)s") };
/** @type {Record<string, string>} */
const LAYER_OF_KIND = { tree: "trees", site: "sites", inspection: "inspections" };

/** @typedef {{query: string, status: string, candidates: SearchCandidate[], reason?: string}} SearchResult */

/** Returns the changes that all candidates share, so that they are shown once. @param {SearchResult} result */
export function sharedChanges({ candidates: [first, ...rest] }) {
  return (first?.changes ?? []).filter((change) => rest.every((candidate) => candidate.changes.includes(change)));
}

/** Returns how well the candidates fit, or why there are none. @param {SearchResult} result */
export function headline(result) {
  if (!result.candidates.length) return result.reason ?? gettext("No match");
  const label = STATUS_LABELS[result.status];
  return label ? gettext(label) : "";
}

/** Returns a candidate's second line: town, kind, and the changes that are its own. @param {SearchCandidate} candidate @param {string[]} commonChanges shared by all candidates */
export function subtitle(candidate, commonChanges) {
  const ownChanges = candidate.changes.filter((change) => !commonChanges.includes(change));
  return [...kindAndTown(candidate), ...(ownChanges.length ? [ownChanges.join(" ")] : [])].join(" · ");
}

/** @param {SearchCandidate} candidate */
function kindAndTown(candidate) {
  const town = candidate.town ?? gettext("Town unknown");
  if (candidate.kind === "town") return [gettext("Town")];
  if (candidate.kind === "district") return [districtLabel(candidate.id ?? ""), ...(candidate.town ? [candidate.town] : [])];
  const recordLabel = RECORD_LABELS[candidate.kind];
  if (recordLabel) return [town, gettext(recordLabel, { id: candidate.id ?? "" })];
  if (candidate.kind === "intersection") return [town, gettext("Intersection")];
  if (candidate.kind === "landmark") return [town];
  return [town, candidate.parcel_id ? gettext("Parcel %(id)s", { id: candidate.parcel_id }) : gettext("Parcel unknown")];
}

/** Returns the page of a candidate; null if its position is unknown. @param {SearchCandidate} candidate */
export function candidatePageUrl(candidate) {
  const layer = LAYER_OF_KIND[candidate.kind];
  if (candidate.kind === "town" && candidate.id) return pageUrl("towns", candidate.id);
  if (candidate.kind === "district" && candidate.id) return pageUrl("districts", candidate.id);
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
