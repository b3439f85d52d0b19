// The labels of codes and fields, in lower case, as webmap/field_labels.py has them for pages.
import { gettext, gettext_noop } from "./gettext.js";

/** The codes that mean the same in every field. @type {Record<string, string>} */
const CODE_LABELS = {
  cancelled: gettext_noop("canceled"),
  closed: gettext_noop("closed"),
  critical: gettext_noop("critical"),
  dead: gettext_noop("dead"),
  excellent: gettext_noop("excellent"),
  extreme: gettext_noop("extreme"),
  fair: gettext_noop("fair"),
  good: gettext_noop("good"),
  high: gettext_noop("high"),
  low: gettext_noop("low"),
  moderate: gettext_noop("moderate"),
  none: gettext_noop("none"),
  open: gettext_noop("open"),
  planted: gettext_noop("tree"),
  poor: gettext_noop("poor"),
  private: gettext_noop("private"),
  proposed: gettext_noop("proposed site"),
  public: gettext_noop("public"),
  retired: gettext_noop("no longer used"),
  shared: gettext_noop("shared"),
  stump: gettext_noop("stump"),
  utility: gettext_noop("utility company"),
  vacant: gettext_noop("vacant site"),
  very_good: gettext_noop("very good"),
};
/** The codes of needs, with the labels of their marks. @type {Record<string, string>} */
const NEED_LABELS = {
  remove: gettext_noop("Needs removal"),
  prune: gettext_noop("Needs pruning"),
  stump: gettext_noop("Stump to grind"),
  inspect: gettext_noop("Needs an arborist's look"),
  plant: gettext_noop("Vacant site"),
  none: gettext_noop("No work needed"),
  unknown: gettext_noop("Need not recorded"),
};
/** The names of the fields that cards show. @type {Record<string, string>} */
const FIELD_NAMES = {
  canopy_pct: gettext_noop("canopy cover"),
  clearance: gettext_noop("clearance"),
  closed_on: gettext_noop("closed"),
  condition: gettext_noop("condition"),
  court: gettext_noop("court hub"),
  dbh_in: gettext_noop("diameter"),
  due_on: gettext_noop("due"),
  frontage_parcel_id: gettext_noop("belongs to parcel"),
  inspection: gettext_noop("inspecting agency"),
  inspections: gettext_noop("inspections"),
  most_urgent_need: gettext_noop("most urgent need"),
  opened_on: gettext_noop("opened"),
  overhead_wires: gettext_noop("overhead wires"),
  owner_kind: gettext_noop("tree owner"),
  parcel_id: gettext_noop("parcel number"),
  placed_by: gettext_noop("location from"),
  police: gettext_noop("police"),
  risk: gettext_noop("risk"),
  species: gettext_noop("scientific name"),
  status_word: gettext_noop("status in the agency's words"),
  surveyed_on: gettext_noop("surveyed"),
  town: gettext_noop("town"),
  town_shares: gettext_noop("shares by town"),
  trees: gettext_noop("trees"),
};

/** Returns whether nobody recorded a value. @param {unknown} value */
export function isUnknown(value) {
  return value === null || value === undefined || value === "" || value === "unknown";
}

/** Returns a code as words; null for one that nobody recorded. @param {unknown} code @param {string} field */
export function codeLabel(code, field = "") {
  if (field === "need") return gettext(NEED_LABELS[String(code)] ?? /** @type {string} */ (NEED_LABELS["unknown"]));
  return isUnknown(code) ? null : gettext(CODE_LABELS[String(code)] ?? String(code).replaceAll("_", " "));
}

/** Returns a field's name as it stands within a sentence. @param {string} field */
export function fieldName(field) {
  return gettext(FIELD_NAMES[field] ?? field.replaceAll("_", " "));
}

/** Returns a text with a capital at its start. @param {string} text */
export function capitalizeFirst(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
