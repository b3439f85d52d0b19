// Names records: the titles of cards and list rows, and the second line of a row.
import { daysBetween, featureMarkCode } from "../tiles/feature-format.js";
import { capitalizeFirst, codeLabel, isUnknown } from "../ui/code-labels.js";
import { formatDate, gettext, gettext_noop, ngettext } from "../ui/gettext.js";
import { shortNeedReason } from "./need-reasons.js";

/** @typedef {import("../map/page-config.js").Properties} Properties */
/** @typedef {import("../map/page-config.js").Feature} Feature */

/** The names of sites without a tree. @type {Record<string, string>} */
const SITE_STATUS_NAMES = { stump: gettext_noop("Stump"), vacant: gettext_noop("Vacant site"), proposed: gettext_noop("Proposed site"), retired: gettext_noop("Retired site") };

/** Returns the title of a feature's card and list row. @param {string} layer @param {Feature} feature */
export function featureName(layer, { properties }) {
  if (layer === "inspections") return inspectionAddress(properties);
  const siteName = SITE_STATUS_NAMES[properties["status"]];
  return String(properties["common"] ?? properties["species"] ?? (siteName ? gettext(siteName) : gettext("Tree, species not recorded")));
}

/** Returns the address of an inspection, else that of its lot. @param {Properties} properties */
function inspectionAddress({ address, parcel_address: parcelAddress, parcel_id: parcelId }) {
  const recordedAddress = address ?? parcelAddress;
  if (recordedAddress) return String(recordedAddress);
  return parcelId ? gettext("Parcel %(id)s", { id: parcelId }) : gettext("Address not recorded");
}

/**
 * Returns the second line of a feature's list row.
 * @param {string} layer
 * @param {Feature} feature
 * @param {import("../map/page-config.js").MarkSymbol} mark
 * @param {string} today
 */
export function featureSubtitle(layer, { properties }, mark, today) {
  if (layer === "inspections") return [inspectionAge(properties, today) ?? mark.label, dueText(properties), inspectionKind(properties)].filter(Boolean).join(" · ");
  const reason = shortNeedReason(properties);
  const need = reason && mark.code !== "done" ? gettext("%(need)s: %(reason)s", { need: mark.label, reason }) : mark.label;
  const risk = isUnknown(properties["risk"]) ? "" : gettext("risk: %(risk)s", { risk: codeLabel(properties["risk"]) ?? "" });
  return [need, risk, properties["address"] ?? properties["on_street"] ?? properties["town"]].filter(Boolean).join(" · ");
}

/** Returns how long an inspection has been open or overdue, or when it was closed; null where no date says so. @param {Properties} properties @param {string} today */
export function inspectionAge(properties, today) {
  const code = featureMarkCode("status", properties, today);
  const [daysOverdue, daysOpen] = [daysBetween(properties["due_on"], today), daysBetween(properties["opened_on"], today)];
  if (code === "overdue" && daysOverdue !== null) return ngettext("Overdue by %(count)s day", "Overdue by %(count)s days", daysOverdue);
  if (code === "maybe_overdue" && daysOverdue !== null) return ngettext("May be overdue by %(count)s day", "May be overdue by %(count)s days", daysOverdue);
  if (code === "open" && daysOpen !== null && daysOpen >= 0) return ngettext("Open %(count)s day", "Open %(count)s days", daysOpen);
  return code === "closed" && properties["closed_on"] ? gettext("Closed %(date)s", { date: formatDate(properties["closed_on"]) }) : null;
}

/** Returns what an inspection is about. @param {Properties} properties */
export function inspectionKind({ kind }) {
  return kind ? capitalizeFirst(String(kind)) : gettext("Inspection, type not recorded");
}

/** Says when an open inspection is due; empty if that is not known. @param {Properties} properties */
function dueText({ status, due_on: due }) {
  return status === "open" && due ? gettext("due %(date)s", { date: formatDate(due) }) : "";
}
