// Builds the contents of cards as DOM nodes.
import { createElement } from "../ui/dom-elements.js";
import { formatTownShares, formatDay, scaleValue, formatScaleValue, formatValue, formatCode } from "../tiles/feature-format.js";
import { directionsLink, factList, textLine, createLink, markLine, onlinePageLink, pageUrl } from "../ui/detail-sheet.js";

/**
 * @typedef {import("./page-config.js").Properties} Properties
 * @typedef {{id: string, page: string, properties: Properties}} RecordCard
 * @typedef {{id: string, page: string}} StackedUnit
 * @typedef {(name: string | null | undefined) => string | Node} TownLink
 */

const SITE_STATUS_NAMES = /** @type {Record<string, string>} */ ({ stump: "Stump", vacant: "Empty place", proposed: "Proposed place" });
const MAX_UNITS_LISTED = 6; // stacked parcels named in a card; the parcel's page lists all
// How a record without coordinates of its own was placed.
/** @type {Record<string, string>} */
const PLACED_BY_TEXT = {
  tree: "at the point of its tree",
  site: "at the point of its site",
  parcel: "in its lot, by the parcel number",
  address: "in its lot, by the address",
  crossing: "at the crossing of two streets",
  manual: "in the lot set by hand",
};

/**
 * Returns the display name of a feature.
 * @param {string} layer
 * @param {import("./page-config.js").Feature} feature
 */
export function featureName(layer, { properties }) {
  if (layer === "inspections") return String(properties["address"] ?? "Address not recorded");
  return String(properties["common"] ?? properties["species"] ?? SITE_STATUS_NAMES[properties["status"]] ?? "Tree of unknown species");
}

/**
 * Returns the second line of a feature's list row.
 * @param {string} layer
 * @param {import("./page-config.js").Feature} feature
 * @param {import("./page-config.js").MarkSymbol} mark
 */
export function featureSubtitle(layer, { properties }, mark) {
  const placeText = properties["address"] ?? properties["on_street"] ?? properties["town"] ?? "place unknown";
  if (layer === "inspections") return `${mark.label} · ${dueText(properties)} · ${inspectionKind(properties).toLowerCase()}`;
  return `${mark.label} · risk ${formatCode(properties["risk"])} · ${placeText}`;
}

/**
 * Returns the parts of a parcel's card: what applies there, and what is on it.
 * @param {RecordCard} card
 * @param {StackedUnit[]} units
 * @param {Node[]} leadingParts
 * @param {TownLink} townLink
 */
export function parcelCardParts(card, units, leadingParts, townLink) {
  const { properties } = card;
  const { town, postal_city: postalCity } = properties;
  const mailNote = postalCity && town && postalCity.toLowerCase() !== town.toLowerCase() ? [textLine(`Mail goes to ${postalCity}; ${town} governs.`)] : [];
  const unitIds = units.map((unit) => unit.id).slice(0, MAX_UNITS_LISTED).join(", ");
  const unitsNote = units.length ? [textLine(`${units.length} more on the same ground: ${unitIds}${units.length > MAX_UNITS_LISTED ? " …" : ""}`)] : [];
  return [...leadingParts, factList(parcelFactRows(properties, townLink)), ...mailNote, ...unitsNote, onlinePageLink(card.page, "Open the parcel")];
}

/**
 * Returns the subtitle and the parts of a card of a tree, a site or an inspection.
 * @param {string} layer
 * @param {import("./page-config.js").Feature} feature
 * @param {import("./page-config.js").MarkSymbol} mark
 * @param {TownLink} townLink
 */
export function pointCardParts(layer, feature, mark, townLink) {
  const { properties } = feature;
  const parcelId = properties["frontage_parcel_id"] ?? properties["parcel_id"];
  const treeId = properties["tree_id"];
  const recordUrl = treeId ? pageUrl("trees", treeId) : pageUrl(layer, feature.id);
  const rows = layer === "inspections" ? inspectionFactRows(properties, townLink) : treeFactRows(properties, townLink);
  const parcelRow = /** @type {[string, string | Node]} */ (["Parcel", parcelId ? createLink(pageUrl("parcels", parcelId), parcelId) : "none found"]);
  const recordLabel = treeId ? `Tree ${treeId}` : `${layer === "inspections" ? "Case" : "Site"} ${feature.id}`;
  const placeText = properties["address"] ?? properties["on_street"];
  const [lon, lat] = feature.geometry.coordinates;
  const actionLinks = createElement("div", { class: "pair" }, directionsLink(lat, lon, String(placeText ?? recordLabel)), onlinePageLink(recordUrl, "Full record", "button secondary"));
  const markNote = layer === "inspections" ? dueText(properties) : `risk ${formatCode(properties["risk"])} · condition ${formatCode(properties["condition"])}`;
  return { subtitle: layer === "inspections" ? `${inspectionKind(properties)} · ${recordLabel}` : [placeText, recordLabel].filter(Boolean).join(" · "), parts: [markLine(mark, markNote), factList([...rows, parcelRow]), actionLinks] };
}

/**
 * Returns the parts of a town's card.
 * @param {import("./page-config.js").ColorScale} scale
 * @param {import("./page-config.js").Feature} town
 */
export function townCardParts(scale, town) {
  const scaleText = formatScaleValue(scale, scaleValue(scale, town.properties));
  return [factList([[scale.title, scaleText]]), textLine(scale.description), onlinePageLink(pageUrl("towns", town.properties["slug"]), "Open the town")];
}

/**
 * Returns the parts of a hexbin's card. Values that its tile lacks are unknown.
 * @param {import("./page-config.js").ColorScale} scale
 * @param {Properties} hexbin
 */
export function hexbinCardParts(scale, hexbin) {
  /** @type {[string, string][]} */
  const rows = [
    [scale.title, formatScaleValue(scale, scaleValue(scale, hexbin))],
    ["Canopy", hexbin["canopy_pct"] === undefined ? "unknown" : `${formatValue(hexbin["canopy_pct"])} %`],
    ["Trees", formatValue(hexbin["trees"])],
    ["To remove", formatValue(hexbin["need_remove"])],
    ["To prune", formatValue(hexbin["need_prune"])],
    ["Stumps", formatValue(hexbin["need_stump"])],
    ["To inspect", formatValue(hexbin["need_inspect"])],
    ["To plant", formatValue(hexbin["need_plant"])],
    ["Open inspections", formatValue(hexbin["inspections_open"])],
  ];
  const uniqueRows = rows.filter(([name], index) => rows.findIndex(([otherName]) => otherName === name) === index);
  return [textLine("All that stands in this hexagon. Zoom in for single lots and trees."), factList(uniqueRows)];
}

/** @param {Properties} parcel @param {TownLink} townLink @returns {[string, string | Node][]} */
function parcelFactRows(parcel, townLink) {
  const canopy = parcel["canopy_pct"];
  const canopySource = `${formatValue(parcel["canopy_method"])}, ${parcel["canopy_year"] ?? "year unknown"}`;
  return [
    ["Town", townLink(parcel["town"])],
    ...(parcel["town_shares"] ? [/** @type {[string, string]} */ (["Border", formatTownShares(parcel["town_shares"])])] : []),
    ["Court hub", formatValue(parcel["court"])],
    ["Police", formatValue(parcel["police"])],
    ["Inspections by", formatValue(parcel["inspection"])],
    ["Canopy", canopy === null || canopy === undefined ? "unknown" : `${formatValue(canopy)} % (${canopySource})`],
    ["Trees", `${formatValue(parcel["trees_inside"])} inside, ${formatValue(parcel["trees_front"])} in front`],
    ["First need", formatCode(parcel["need"])],
    ["Inspections", `${formatValue(parcel["inspections_open"])} open, ${formatValue(parcel["inspections_closed"])} closed`],
  ];
}

/** @param {Properties} properties */
function inspectionKind(properties) {
  const kind = String(properties["kind"] ?? "Inspection of unknown kind");
  return kind.charAt(0).toUpperCase() + kind.slice(1);
}

/** Says when an inspection is due, or when it was opened. @param {Properties} properties */
function dueText(properties) {
  const due = properties["due_on"];
  return due ? `due ${formatDay(due)}` : `opened ${formatDay(properties["opened_on"])}`;
}

/** Says how a record without coordinates of its own was placed. @param {Properties} properties @returns {[string, string][]} */
function placementFactRows(properties) {
  const placementText = PLACED_BY_TEXT[properties["placed_by"]];
  return placementText ? [["Placed", placementText]] : [];
}

/** @param {Properties} properties @param {TownLink} townLink @returns {[string, string | Node][]} */
function inspectionFactRows(properties, townLink) {
  return [
    ["Town", townLink(properties["town"])],
    ["Opened", formatDay(properties["opened_on"])],
    ["Due", formatDay(properties["due_on"])],
    ["Closed", properties["status"] === "open" && !properties["closed_on"] ? "not yet" : formatDay(properties["closed_on"])],
    ...placementFactRows(properties),
  ];
}

/** @param {Properties} properties @param {TownLink} townLink @returns {[string, string | Node][]} */
function treeFactRows(properties, townLink) {
  const dbhInches = properties["dbh_in"];
  return [
    ["Species", formatValue(properties["species"])],
    ["Diameter", formatValue(dbhInches, dbhInches === null || dbhInches === undefined ? "" : "in")],
    ["Town", townLink(properties["town"])],
    ["Surveyed", formatDay(properties["surveyed_on"])],
    ...placementFactRows(properties),
  ];
}
