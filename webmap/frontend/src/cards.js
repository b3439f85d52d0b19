// What a tap is answered with: the parts of a sheet, made of text.
import { element } from "./element.js";
import { bordered, day, figure, share, told, words } from "./figures.js";
import { directions, facts, line, link, marked, pageLink, pageOf } from "./sheet.js";

/**
 * @typedef {import("./told.js").Properties} Properties
 * @typedef {{id: string, page: string, properties: Properties}} Card
 * @typedef {{id: string, page: string}} Unit
 * @typedef {(name: string | null | undefined) => string | Node} TownLink
 */

const PLACES = /** @type {Record<string, string>} */ ({ stump: "Stump", vacant: "Empty place", proposed: "Proposed place" });
const UNITS = 6; // of a stack, named in a sheet; the parcel's page lists all
// What stands where no point of its own is on record, by what placed it.
/** @type {Record<string, string>} */
const LENT = {
  tree: "at the point of its tree",
  site: "at the point of its site",
  parcel: "in its lot, by the parcel number",
  address: "in its lot, by the address",
  crossing: "at the crossing of two streets",
  manual: "in the lot set by hand",
};

/**
 * Name a feature as people would call it.
 * @param {string} layer
 * @param {import("./told.js").Feature} feature
 */
export function nameOf(layer, { properties }) {
  if (layer === "inspections") return String(properties["address"] ?? "Address not recorded");
  return String(properties["common"] ?? properties["species"] ?? PLACES[properties["status"]] ?? "Tree of unknown species");
}

/**
 * Tell the second line of a feature in the list.
 * @param {string} layer
 * @param {import("./told.js").Feature} feature
 * @param {import("./told.js").Mark} mark
 */
export function detailOf(layer, { properties }, mark) {
  const where = properties["address"] ?? properties["on_street"] ?? properties["town"] ?? "place unknown";
  if (layer === "inspections") return `${mark.label} · ${dueOf(properties)} · ${kindOf(properties).toLowerCase()}`;
  return `${mark.label} · risk ${words(properties["risk"])} · ${where}`;
}

/**
 * Tell a parcel: what applies there, and what stands there.
 * @param {Card} card
 * @param {Unit[]} units
 * @param {Node[]} before
 * @param {TownLink} townLink
 */
export function parcelParts(card, units, before, townLink) {
  const { properties } = card;
  const { town, postal_city: postal } = properties;
  const mail = postal && town && postal.toLowerCase() !== town.toLowerCase() ? [line(`Mail goes to ${postal}; ${town} governs.`)] : [];
  const named = units.map((unit) => unit.id).slice(0, UNITS).join(", ");
  const also = units.length ? [line(`${units.length} more on the same ground: ${named}${units.length > UNITS ? " …" : ""}`)] : [];
  return [...before, facts(parcelFacts(properties, townLink)), ...mail, ...also, pageLink(card.page, "Open the parcel")];
}

/**
 * Tell a tree, a site or an inspection: which one it is, and the parts of its card.
 * @param {string} layer
 * @param {import("./told.js").Feature} feature
 * @param {import("./told.js").Mark} mark
 * @param {TownLink} townLink
 */
export function markParts(layer, feature, mark, townLink) {
  const { properties } = feature;
  const lot = properties["frontage_parcel_id"] ?? properties["parcel_id"];
  const tree = properties["tree_id"];
  const page = tree ? pageOf("trees", tree) : pageOf(layer, feature.id);
  const rows = layer === "inspections" ? inspectionFacts(properties, townLink) : treeFacts(properties, townLink);
  const belongs = /** @type {[string, string | Node]} */ (["Parcel", lot ? link(pageOf("parcels", lot), lot) : "none found"]);
  const number = tree ? `Tree ${tree}` : `${layer === "inspections" ? "Case" : "Site"} ${feature.id}`;
  const where = properties["address"] ?? properties["on_street"];
  const [lon, lat] = feature.geometry.coordinates;
  const ways = element("div", { class: "pair" }, directions(lat, lon, String(where ?? number)), pageLink(page, "Full record", "button quiet"));
  const also = layer === "inspections" ? dueOf(properties) : `risk ${words(properties["risk"])} · condition ${words(properties["condition"])}`;
  return { sub: layer === "inspections" ? `${kindOf(properties)} · ${number}` : [where, number].filter(Boolean).join(" · "), parts: [marked(mark, also), facts([...rows, belongs]), ways] };
}

/**
 * Tell a town, as the list does.
 * @param {import("./told.js").Scale} scale
 * @param {import("./told.js").Feature} town
 */
export function townParts(scale, town) {
  const value = share(scale, figure(scale, town.properties));
  return [facts([[scale.title, value]]), line(scale.says), pageLink(pageOf("towns", town.properties["slug"]), "Open the town")];
}

/**
 * Tell a block: a hexagon with all that stands in it. What its tile lacks nobody knows.
 * @param {import("./told.js").Scale} scale
 * @param {Properties} block
 */
export function blockParts(scale, block) {
  /** @type {[string, string][]} */
  const rows = [
    [scale.title, share(scale, figure(scale, block))],
    ["Canopy", block["canopy_pct"] === undefined ? "unknown" : `${told(block["canopy_pct"])} %`],
    ["Trees", told(block["trees"])],
    ["To remove", told(block["need_remove"])],
    ["To prune", told(block["need_prune"])],
    ["Stumps", told(block["need_stump"])],
    ["To inspect", told(block["need_inspect"])],
    ["To plant", told(block["need_plant"])],
    ["Open inspections", told(block["inspections_open"])],
  ];
  const once = rows.filter(([name], at) => rows.findIndex(([other]) => other === name) === at);
  return [line("All that stands in this hexagon. Zoom in for single lots and trees."), facts(once)];
}

/** @param {Properties} parcel @param {TownLink} townLink @returns {[string, string | Node][]} */
function parcelFacts(parcel, townLink) {
  const canopy = parcel["canopy_pct"];
  const method = `${told(parcel["canopy_method"])}, ${parcel["canopy_year"] ?? "year unknown"}`;
  return [
    ["Town", townLink(parcel["town"])],
    ...(parcel["town_shares"] ? [/** @type {[string, string]} */ (["Border", bordered(parcel["town_shares"])])] : []),
    ["Court hub", told(parcel["court"])],
    ["Police", told(parcel["police"])],
    ["Inspections by", told(parcel["inspection"])],
    ["Canopy", canopy === null || canopy === undefined ? "unknown" : `${told(canopy)} % (${method})`],
    ["Trees", `${told(parcel["trees_inside"])} inside, ${told(parcel["trees_front"])} in front`],
    ["First need", words(parcel["need"])],
    ["Inspections", `${told(parcel["inspections_open"])} open, ${told(parcel["inspections_closed"])} closed`],
  ];
}

/** @param {Properties} properties */
function kindOf(properties) {
  const kind = String(properties["kind"] ?? "Inspection of unknown kind");
  return kind.charAt(0).toUpperCase() + kind.slice(1);
}

/** When an inspection is or was due, or when it began. @param {Properties} properties */
function dueOf(properties) {
  const due = properties["due_on"];
  return due ? `due ${day(due)}` : `opened ${day(properties["opened_on"])}`;
}

/** Tell that a place is not the record's own. @param {Properties} properties @returns {[string, string][]} */
function lent(properties) {
  const said = LENT[properties["placed_by"]];
  return said ? [["Placed", said]] : [];
}

/** @param {Properties} properties @param {TownLink} townLink @returns {[string, string | Node][]} */
function inspectionFacts(properties, townLink) {
  return [
    ["Town", townLink(properties["town"])],
    ["Opened", day(properties["opened_on"])],
    ["Due", day(properties["due_on"])],
    ["Closed", properties["status"] === "open" && !properties["closed_on"] ? "not yet" : day(properties["closed_on"])],
    ...lent(properties),
  ];
}

/** @param {Properties} properties @param {TownLink} townLink @returns {[string, string | Node][]} */
function treeFacts(properties, townLink) {
  const width = properties["dbh_in"];
  return [
    ["Species", told(properties["species"])],
    ["Diameter", told(width, width === null || width === undefined ? "" : "in")],
    ["Town", townLink(properties["town"])],
    ["Surveyed", day(properties["surveyed_on"])],
    ...lent(properties),
  ];
}
