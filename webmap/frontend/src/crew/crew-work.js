// The kinds of work that crews do, and the record that each edit changes.
import { gettext_noop } from "../ui/gettext.js";

/** @typedef {import("../map/page-config.js").Feature} Feature */
/** @typedef {{done: string, markLabel: string, saveLabel: string, title: string}} WorkTexts the name of the finished work, the labels of its two buttons, and the title of its edit */

/** The texts of each kind of work, by need. @type {Record<string, WorkTexts>} */
export const WORK_TEXTS = {
  remove: { done: gettext_noop("Removed"), markLabel: gettext_noop("Mark as done: removed"), saveLabel: gettext_noop("Save as removed"), title: gettext_noop("Removed: %(name)s") },
  prune: { done: gettext_noop("Pruned"), markLabel: gettext_noop("Mark as done: pruned"), saveLabel: gettext_noop("Save as pruned"), title: gettext_noop("Pruned: %(name)s") },
  inspect: { done: gettext_noop("Inspected"), markLabel: gettext_noop("Mark as done: inspected"), saveLabel: gettext_noop("Save as inspected"), title: gettext_noop("Inspected: %(name)s") },
  stump: { done: gettext_noop("Stump ground out"), markLabel: gettext_noop("Mark as done: stump ground out"), saveLabel: gettext_noop("Save as stump ground out"), title: gettext_noop("Stump ground out: %(name)s") },
  plant: { done: gettext_noop("Planted"), markLabel: gettext_noop("Mark as done: planted"), saveLabel: gettext_noop("Save as planted"), title: gettext_noop("Planted: %(name)s") },
};
export const NOTE_TITLE = gettext_noop("Note: %(name)s");

/** The possible statuses of a site after work, most frequent first (geo/forestry/work.toml). @type {Record<string, [string, string][]>} */
export const SITE_STATUS_AFTER = {
  remove: [["stump", gettext_noop("A stump is left")], ["vacant", gettext_noop("Stump ground out; plant again")], ["retired", gettext_noop("Stump ground out; do not plant")]],
  stump: [["vacant", gettext_noop("Plant again")], ["retired", gettext_noop("Do not plant")]],
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
