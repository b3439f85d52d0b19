// The work that crews do, as data: what is said when a need is met, and which record is spoken of.

/** @typedef {import("../told.js").Feature} Feature */

/** What is said when a need is met. @type {Record<string, string>} */
export const DONE = { remove: "Removed", prune: "Pruned", inspect: "Inspected", stump: "Stump ground out", plant: "Planted" };

/** What may stand at a site after work, the most frequent first (geo/live/work.toml). @type {Record<string, [string, string][]>} */
export const LEAVES = {
  remove: [["stump", "A stump is left"], ["vacant", "Stump ground out: to be planted again"], ["retired", "Stump ground out: not to be planted"]],
  stump: [["vacant", "To be planted again"], ["retired", "Not to be planted"]],
};

/** The record that is spoken of: the tree where one stands, else its site. @param {Feature} feature */
export function recordOf({ id, properties }) {
  const tree = properties["tree_id"];
  return properties["need"] === "plant" || !tree ? { layer: "sites", id } : { layer: "trees", id: tree };
}

/** This moment with the device's offset. */
export function now() {
  const at = new Date();
  const offset = -at.getTimezoneOffset();
  const part = (/** @type {number} */ value) => String(Math.floor(Math.abs(value))).padStart(2, "0");
  const local = new Date(at.getTime() + offset * 60_000).toISOString().slice(0, 19);
  return `${local}${offset < 0 ? "-" : "+"}${part(offset / 60)}:${part(offset % 60)}`;
}
