// Builds the list of facts in a card, and the line that names the fields without a value.
import { formatCode } from "../tiles/feature-format.js";
import { capitalizeFirst, fieldName, isUnknown } from "../ui/code-labels.js";
import { factList, textLine } from "../ui/detail-sheet.js";
import { formatDate, formatDiameter, formatDiameterClass, formatList, gettext } from "../ui/gettext.js";

/** @typedef {import("../map/page-config.js").Properties} Properties */
/** @typedef {[field: string, value: string | Node | null]} FactRow null where nobody recorded the value */

/** Returns the list of the known facts, then a line with the names of the others. @param {FactRow[]} rows */
export function factParts(rows) {
  const knownRows = /** @type {[string, string | Node][]} */ (rows.filter(([, value]) => value !== null).map(([field, value]) => [capitalizeFirst(fieldName(field)), value]));
  const unknownFields = rows.filter(([, value]) => value === null).map(([field]) => fieldName(field));
  return [factList(knownRows), ...(unknownFields.length ? [textLine(gettext("Not recorded: %(fields)s", { fields: formatList(unknownFields) }))] : [])];
}

/** Returns a tree's diameter, or the class that the inventory gives instead; null where neither is known. @param {Properties} properties */
export function treeDiameterText({ dbh_in: inches, dbh_low_in: low, dbh_high_in: high }) {
  return isUnknown(inches) ? formatDiameterClass(low, high) : formatDiameter(inches);
}

/** Returns a fact in the words of its file. @param {Properties} properties @param {string} field @returns {FactRow} */
export function textFact(properties, field) {
  return [field, isUnknown(properties[field]) ? null : String(properties[field])];
}

/** @param {Properties} properties @param {string} field @returns {FactRow} */
export function codeFact(properties, field) {
  return [field, isUnknown(properties[field]) ? null : formatCode(properties[field], field)];
}

/** @param {Properties} properties @param {string} field @returns {FactRow} */
export function dateFact(properties, field) {
  return [field, isUnknown(properties[field]) ? null : formatDate(String(properties[field]))];
}
