// What a look-up's answer says to people, and where each row leads.
import { pageOf } from "./sheet.js";

/** @typedef {import("./find/find.js").Candidate & {id?: string | null}} Found */

/** @type {Record<string, string>} */
const SAID = {
  exact: "As asked.",
  corrected: "Found, with a change.",
  ambiguous: "Several fit.",
  nearest: "Not on record as asked; these are near.",
  block: "The addresses of the block.",
  intersection: "Where two streets meet.",
  prefix: "These addresses begin so.",
};
const POST = /^Town: the post office is (.+); .+ governs\.$/;
/** @type {Record<string, string>} */
const LAYERS = { tree: "trees", site: "sites", inspection: "inspections" };

/** @typedef {{query: string, status: string, candidates: Found[], reason?: string}} Answer */

/** The changes that hold for every row: they are told once. @param {Answer} answer */
export function shared({ candidates: [first, ...others] }) {
  return (first?.changes ?? []).filter((told) => others.every((one) => one.changes.includes(told)));
}

/** Say in one line how well something was found. @param {Answer} answer */
export function headline(answer) {
  if (!answer.candidates.length) return answer.reason ?? "Nothing of that name is known here.";
  return [SAID[answer.status] ?? "", ...shared(answer)].join(" ");
}

/** Say what a row is beside its name: town, kind, and what was changed for it alone. @param {Found} one @param {string[]} known what was told of all */
export function subtitle(one, known) {
  return [...what(one), ...one.changes.filter((told) => !known.includes(told)).map(inBrief)].join(" · ");
}

/** The town stands in each row already; that the post office is another's is told in two words. @param {string} told */
const inBrief = (told) => told.replace(POST, "mail $1");

/** @param {Found} one */
function what(one) {
  const town = one.town ?? "town unknown";
  if (one.kind === "town") return ["Town"];
  if (LAYERS[one.kind]) return [town, `${one.kind} ${one.id}`];
  if (one.kind === "intersection") return [town, "crossing"];
  if (one.kind === "landmark") return [town];
  return [town, one.parcel_id ? `parcel ${one.parcel_id}` : "parcel unknown"];
}

/** Give the page of an answer; none where nobody knows where it is. @param {Found} one */
export function pageOfCandidate(one) {
  const layer = LAYERS[one.kind];
  if (one.kind === "town" && one.id) return pageOf("towns", one.id);
  if (layer && one.id) return pageOf(layer, one.id);
  if (one.parcel_id) return pageOf("parcels", one.parcel_id);
  if (one.lon === null || one.lat === null) return null;
  const at = `19/${one.lat.toFixed(6)}/${one.lon.toFixed(6)}`;
  return `/map/coverage?${new URLSearchParams({ at, pick: placeKey(one) })}`;
}

/** Write a place with its name as a map's address keeps it. @param {Found} one */
export function placeKey(one) {
  return `place/${one.lat?.toFixed(6)}/${one.lon?.toFixed(6)}/${one.address ?? ""}`;
}

/** Read a place with its name from a map's address; null where it is none. @param {string} key @returns {{lat: number, lon: number, name: string} | null} */
export function placeIn(key) {
  const [kind, lat, lon, ...name] = key.split("/");
  const place = { lat: Number(lat), lon: Number(lon), name: name.join("/") };
  const sound = kind === "place" && Math.abs(place.lat) <= 85 && Math.abs(place.lon) <= 180;
  return sound ? place : null;
}
