// Builds the card of a parcel: what applies there, and what is on it.
import { postalCityNote } from "../search/postal-city.js";
import { formatCode, formatTownShares, formatValue } from "../tiles/feature-format.js";
import { isUnknown } from "../ui/code-labels.js";
import { onlinePageLink, textLine } from "../ui/detail-sheet.js";
import { formatList, formatNumber, formatPercent, gettext, ngettext } from "../ui/gettext.js";
import { factParts, textFact } from "./fact-rows.js";

/**
 * @typedef {import("../map/page-config.js").Properties} Properties
 * @typedef {{id: string, page: string, properties: Properties}} RecordCard
 * @typedef {{id: string, page: string}} StackedUnit
 * @typedef {import("./fact-rows.js").FactRow} FactRow
 */

const MAX_UNITS_LISTED = 6; // stacked parcels named in a card; the parcel's page lists all

/** Returns the title of a parcel's card and list row. @param {{id: string, properties: Properties}} parcel */
export function parcelName({ id, properties }) {
  return String(properties["address"] ?? gettext("Parcel %(id)s", { id }));
}

/** Returns the parts of a parcel's card. @param {RecordCard} card @param {StackedUnit[]} units @param {Node[]} leadingParts @param {import("./site-card.js").TownLink} townLink @returns {Node[]} */
export function parcelCardParts({ page, properties }, units, leadingParts, townLink) {
  const mailText = postalCityNote(properties["postal_city"], properties["town"]);
  const mailNote = mailText ? [textLine(mailText)] : [];
  return [...leadingParts, ...factParts(parcelFacts(properties, townLink)), ...mailNote, ...unitsNote(units), onlinePageLink(page, gettext("Open the parcel page"))];
}

/** Names the other parcels on the same ground. @param {StackedUnit[]} units */
function unitsNote(units) {
  if (!units.length) return [];
  const ids = units.slice(0, MAX_UNITS_LISTED).map(({ id }) => id);
  return [textLine(ngettext("%(count)s more parcel on the same ground: %(ids)s", "%(count)s more parcels on the same ground: %(ids)s", units.length, { ids: formatList(units.length > MAX_UNITS_LISTED ? [...ids, "…"] : ids) }))];
}

/** @param {Properties} parcel @param {import("./site-card.js").TownLink} townLink @returns {FactRow[]} */
function parcelFacts(parcel, townLink) {
  return [
    ["town", townLink(parcel["town"])],
    ...(parcel["town_shares"] ? /** @type {FactRow[]} */ ([["town_shares", formatTownShares(parcel["town_shares"])]]) : []),
    textFact(parcel, "court"),
    textFact(parcel, "police"),
    textFact(parcel, "inspection"),
    ["canopy_pct", canopyText(parcel)],
    ["trees", pairText(parcel["trees_inside"], parcel["trees_front"], (inside, front) => gettext("%(inside)s inside, %(front)s in front", { inside, front }))],
    ["most_urgent_need", isUnknown(parcel["need"]) ? null : formatCode(parcel["need"], "need")],
    ["inspections", pairText(parcel["inspections_open"], parcel["inspections_closed"], (open, closed) => gettext("%(open)s open, %(closed)s closed", { open, closed }))],
  ];
}

/** @param {Properties} parcel */
function canopyText({ canopy_pct: percent, canopy_method: method, canopy_year: year }) {
  if (isUnknown(percent)) return null;
  const source = [method, year].filter((part) => !isUnknown(part)).join(", ");
  return source ? gettext("%(percent)s (%(source)s)", { percent: formatPercent(percent), source }) : formatPercent(percent);
}

/** Writes two counts, or null where neither is known. @param {number | null | undefined} count @param {number | null | undefined} otherCount @param {(count: string, otherCount: string) => string} write */
function pairText(count, otherCount, write) {
  const format = (/** @type {number | null | undefined} */ number) => (isUnknown(number) ? formatValue(null) : formatNumber(Number(number)));
  return isUnknown(count) && isUnknown(otherCount) ? null : write(format(count), format(otherCount));
}
