// The kinds of work that crews do, and the record that each edit changes.

/** @typedef {import("../map/page-config.js").Feature} Feature */

/** The labels of finished work, by need. @type {Record<string, string>} */
export const DONE_LABELS = { remove: "Removed", prune: "Pruned", inspect: "Inspected", stump: "Stump ground out", plant: "Planted" };

/** The possible statuses of a site after work, most frequent first (geo/forestry/work.toml). @type {Record<string, [string, string][]>} */
export const SITE_STATUS_AFTER = {
  remove: [["stump", "A stump is left"], ["vacant", "Stump ground out: to be planted again"], ["retired", "Stump ground out: not to be planted"]],
  stump: [["vacant", "To be planted again"], ["retired", "Not to be planted"]],
};

/** Returns the record that an edit changes: the tree if there is one, else its site. @param {Feature} feature */
export function recordOfFeature({ id, properties }) {
  const treeId = properties["tree_id"];
  return properties["need"] === "plant" || !treeId ? { layer: "sites", id } : { layer: "trees", id: treeId };
}

/** Returns the current local time with its UTC offset. */
export function localTimestamp() {
  const date = new Date();
  const offset = -date.getTimezoneOffset();
  const twoDigits = (/** @type {number} */ value) => String(Math.floor(Math.abs(value))).padStart(2, "0");
  const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 19);
  return `${local}${offset < 0 ? "-" : "+"}${twoDigits(offset / 60)}:${twoDigits(offset % 60)}`;
}
