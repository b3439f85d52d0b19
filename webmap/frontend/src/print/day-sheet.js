// Builds the table of a day sheet: a row to tick for each tree, site or inspection.
import { treeDiameterText } from "../cards/fact-rows.js";
import { needReason } from "../cards/need-reasons.js";
import { featureName, featureSubtitle } from "../cards/record-names.js";
import { capitalizeFirst, codeLabel, fieldName, isUnknown } from "../ui/code-labels.js";
import { createElement, createMarkSvg } from "../ui/dom-elements.js";
import { formatList, formatNumber, gettext } from "../ui/gettext.js";

/** @typedef {import("../map/page-config.js").PageConfig} PageConfig */
/** @typedef {import("../map/page-config.js").Properties} Properties */
/** @typedef {import("../render/protocol.js").FeatureRow} FeatureRow */
/** @typedef {[field: string, text: string | null]} Fact null where nobody recorded it */
/** @typedef {{config: PageConfig, addresses: Map<string, string>, showsTowns: boolean}} SheetContext `addresses` of parcels, for rows without one */

/** Returns the lines to fill in by hand. */
export function blankLines() {
  return createElement("p", { class: "paper-blanks" }, createElement("span", {}, gettext("Crew")), createElement("span", {}, gettext("Worked on")));
}

/** Returns the table with its notes. @param {PageConfig} config @param {import("../render/protocol.js").PrintResult} printed @param {Map<string, string>} addresses of parcels, by id */
export function daySheet(config, { rows, count }, addresses) {
  if (!rows.length) return createElement("section", {}, createElement("p", {}, gettext("Nothing on this map matches the filters.")));
  const notes = [
    ...(count > rows.length ? [gettext("These are the %(shown)s most urgent of %(total)s on this map. Filter or zoom in for the others.", { shown: formatNumber(rows.length), total: formatNumber(count) })] : []),
    ...(rows.length > 1 ? [gettext("In walking order. The numbers are on the map.")] : []),
  ];
  const context = { config, addresses, showsTowns: new Set(rows.map(({ feature }) => feature.properties["town"])).size > 1 };
  const head = createElement("tr", {}, ...headings(config).map((text) => createElement("th", { scope: "col" }, text)));
  const body = rows.map((row, index) => sheetRow(context, row, index + 1));
  return createElement("section", {}, ...notes.map((note) => createElement("p", {}, note)), createElement("table", { class: "paper-rows" }, createElement("thead", {}, head), createElement("tbody", {}, ...body)));
}

/** @param {PageConfig} config */
function headings(config) {
  if (isAboutSites(config)) return [gettext("Done"), gettext("No."), gettext("Tree or site"), gettext("Work"), gettext("Address"), gettext("At the tree"), gettext("Remarks")];
  return [gettext("Done"), gettext("No."), gettext("Inspection"), gettext("Status"), gettext("Remarks")];
}

/** @param {PageConfig} config */
function isAboutSites(config) {
  return config.layer === "sites";
}

/** @param {SheetContext} context @param {FeatureRow} row @param {number} number */
function sheetRow(context, row, number) {
  const cells = [createElement("td", { class: "tick" }, "☐"), createElement("td", { class: "number" }, formatNumber(number))];
  const ownCells = isAboutSites(context.config) ? siteCells(context, row) : inspectionCells(context, row);
  return createElement("tr", {}, ...cells, ...ownCells, createElement("td", { class: "remarks" }));
}

/** @param {SheetContext} context @param {FeatureRow} row */
function siteCells(context, { feature, code }) {
  const { id, properties } = feature;
  const treeId = properties["tree_id"];
  const mark = context.config.marks.find((candidate) => candidate.code === code);
  const measures = treeId ? measuresOf(properties) : [];
  const facts = treeId ? treeFacts(properties) : [wiresFact(properties)];
  const reason = needReason(properties);
  return [
    cellOf(createElement("strong", {}, featureName(context.config.layer, feature)), treeId ? gettext("Tree %(id)s", { id: treeId }) : gettext("Site %(id)s", { id }), measureLine(measures)),
    cellOf(createElement("span", { class: "paper-work" }, ...(mark ? [createMarkSvg(mark, 18)] : []), createElement("strong", {}, mark?.label ?? codeLabel(code, "need") ?? "")), reason ?? ""),
    cellOf(...addressLines(context, properties)),
    cellOf(...factLines([...facts, ...measures.filter(([, text]) => text === null)])),
  ];
}

/** @param {SheetContext} context @param {FeatureRow} row */
function inspectionCells({ config }, { feature, code }) {
  const mark = config.marks.find((candidate) => candidate.code === code);
  const { town } = feature.properties;
  const subtitle = mark ? featureSubtitle(config.layer, feature, mark, config.today) : "";
  return [
    cellOf(createElement("strong", {}, featureName(config.layer, feature)), String(town ?? ""), gettext("Case %(id)s", { id: feature.id })),
    cellOf(createElement("span", { class: "paper-work" }, ...(mark ? [createMarkSvg(mark, 18)] : []), createElement("strong", {}, mark?.label ?? "")), subtitle),
  ];
}

/** Returns a cell with a line for each text that is not empty. @param {...(string | Node)} texts */
function cellOf(...texts) {
  return createElement("td", {}, ...texts.filter((text) => text !== "").map((text) => createElement("div", {}, text)));
}

/** Returns the known facts in one line, which breaks between two facts only. @param {Fact[]} facts */
function measureLine(facts) {
  const texts = facts.flatMap(([, text]) => text ?? []);
  return texts.length ? createElement("span", {}, ...texts.flatMap((text, index) => [index ? " · " : "", createElement("span", { class: "paper-fact" }, text)])) : "";
}

/** @param {SheetContext} context @param {Properties} properties */
function addressLines({ addresses, showsTowns }, { address, on_street: street, town, frontage_parcel_id: parcelId }) {
  const place = address ?? addresses.get(parcelId) ?? street;
  if (!place && !town) return [gettext("no location")];
  return [String(place ?? ""), showsTowns || !place ? String(town ?? "") : ""];
}

/** Returns the facts that say what kind of tree it is. @param {Properties} properties @returns {Fact[]} */
function measuresOf(properties) {
  const { condition, risk } = properties;
  const riskText = isUnknown(risk) ? null : gettext("risk: %(risk)s", { risk: codeLabel(risk, "risk") ?? "" });
  return [["dbh_in", treeDiameterText(properties)], ["condition", codeLabel(condition, "condition")], ["risk", riskText]];
}

/** Returns the facts that say what the crew meets there. @param {Properties} properties @returns {Fact[]} */
function treeFacts(properties) {
  const { clearance, owner_kind: owner } = properties;
  return [wiresFact(properties), ["clearance", isUnknown(clearance) ? null : String(clearance)], ["owner_kind", codeLabel(owner, "owner_kind")]];
}

/** Returns the wires over a site; an inventory of trees may have them with the tree. @param {Properties} properties @returns {Fact} */
function wiresFact({ overhead_wires: siteWires, wires: treeWires }) {
  const wires = isUnknown(siteWires) ? treeWires : siteWires;
  return ["overhead_wires", isUnknown(wires) ? null : String(wires)];
}

/** Returns a line for each known fact, and one that names the others. @param {Fact[]} facts */
function factLines(facts) {
  const knownLines = facts.flatMap(([field, text]) => (text === null ? [] : [gettext("%(name)s: %(value)s", { name: capitalizeFirst(fieldName(field)), value: text })]));
  const missing = facts.filter(([, text]) => text === null).map(([field]) => fieldName(field));
  return [...knownLines, missing.length ? gettext("Not recorded: %(fields)s", { fields: formatList(missing) }) : ""];
}
