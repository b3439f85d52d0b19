// Builds the card of a tree or a planting site.
import { isUnknown } from "../ui/code-labels.js";
import { createElement } from "../ui/dom-elements.js";
import { createLink, markLine, onlinePageLink, pageUrl } from "../ui/detail-sheet.js";
import { gettext, gettext_noop } from "../ui/gettext.js";
import { directionsParts } from "./directions.js";
import { codeFact, dateFact, factParts, textFact, treeDiameterText } from "./fact-rows.js";
import { needReason } from "./need-reasons.js";

/** @typedef {import("../map/page-config.js").Properties} Properties */
/** @typedef {import("../map/page-config.js").Feature} Feature */
/** @typedef {import("./fact-rows.js").FactRow} FactRow */
/** @typedef {{subtitle: string, parts: Node[]}} CardContent */
/** @typedef {(name: string | null | undefined) => string | Node | null} TownLink */

/** Where a record without a location of its own is drawn. @type {Record<string, string>} */
const PLACED_BY_TEXT = {
  tree: gettext_noop("its tree"),
  site: gettext_noop("its site"),
  parcel: gettext_noop("its lot, by parcel number"),
  address: gettext_noop("its lot, by address"),
  crossing: gettext_noop("the street intersection in its address"),
  manual: gettext_noop("its lot, set by hand"),
};

/** Returns the card of a tree or site. @param {Feature} feature @param {import("../map/page-config.js").MarkSymbol} mark @param {TownLink} townLink @returns {CardContent} */
export function siteCard(feature, mark, townLink) {
  const { id, properties } = feature;
  const treeId = properties["tree_id"];
  const recordLabel = treeId ? gettext("Tree %(id)s", { id: treeId }) : gettext("Site %(id)s", { id });
  const address = properties["address"] ?? properties["on_street"];
  /** @type {FactRow[]} */
  const facts = [...(treeId ? treeFacts(properties) : [wiresFact(properties)]), ["town", townLink(properties["town"])], dateFact(properties, "surveyed_on"), ...placementFacts(properties), parcelFact(properties, "frontage_parcel_id")];
  const parts = [markLine(mark, mark.code === "done" ? mark.description : (needReason(properties) ?? "")), ...factParts(facts), ...recordLinks(feature, treeId ? pageUrl("trees", treeId) : pageUrl("sites", id), String(address ?? recordLabel))];
  return { subtitle: [address, recordLabel].filter(Boolean).join(" · "), parts };
}

/** Returns the directions to a record, and the link to its page. @param {Feature} feature @param {string} url @param {string} placeName @returns {Node[]} */
export function recordLinks({ geometry }, url, placeName) {
  const [lon, lat] = geometry.coordinates;
  const { buttons, status } = directionsParts(lat, lon, placeName);
  return [createElement("div", { class: "pair" }, ...buttons, onlinePageLink(url, gettext("Full record"), "button secondary")), status];
}

/** Says how a record without a location of its own was placed. @param {Properties} properties @returns {FactRow[]} */
export function placementFacts({ placed_by: placedBy }) {
  const text = PLACED_BY_TEXT[placedBy];
  return text ? [["placed_by", gettext(text)]] : [];
}

/** @param {Properties} properties @param {string} field @returns {FactRow} */
export function parcelFact(properties, field) {
  const parcelId = properties[field];
  return [field, parcelId ? createLink(pageUrl("parcels", parcelId), parcelId) : gettext("none found")];
}

/** @param {Properties} properties @returns {FactRow[]} */
function treeFacts(properties) {
  return [["dbh_in", treeDiameterText(properties)], codeFact(properties, "condition"), codeFact(properties, "risk"), wiresFact(properties), textFact(properties, "clearance"), codeFact(properties, "owner_kind"), textFact(properties, "species")];
}

/** Returns the wires over a site; an inventory of trees may have them with the tree. @param {Properties} properties @returns {FactRow} */
function wiresFact({ overhead_wires: siteWires, wires: treeWires }) {
  return textFact({ overhead_wires: isUnknown(siteWires) ? treeWires : siteWires }, "overhead_wires");
}
