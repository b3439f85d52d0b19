// Fills Folium's layers with the records of data blocks, styles them, and binds their cards. Data enters as text only.
import * as L from "leaflet";
import { createElement, createMarkSvg } from "../ui/dom-elements.js";
import { createHatchPattern } from "../render/mark-stamps.js";
import { formatList, gettext } from "../ui/gettext.js";
import { addMarkLayer, markSpacing } from "./mark-spacing.js";
import { columnText, columnValue, readBlock, toFeatures } from "./packed-records.js";

/** @typedef {import("./packed-records.js").PackedRecords} PackedRecords */
/** @typedef {{layer: L.GeoJSON, records: PackedRecords, key: string}} FilledLayer */

const LINE_STYLES = /** @type {Record<string, {variable?: string, color?: string, weight: number}>} */ ({
  parcel: { variable: "--map-lot", weight: 0.8 },
  open: { color: "#b23a0e", weight: 2.4 }, // the palette's color for overdue
  street: { variable: "--map-street", weight: 2 },
  boundary: { variable: "--map-label", weight: 2.4 },
});

/** @type {FilledLayer[]} */
export const filledLayers = [];
/** @type {Map<string, string>} */
const themeColors = new Map();
/** @type {CanvasPattern | undefined} */
let hatchPattern;

/** Returns a color of the page's theme. @param {string} variable */
export function themeColor(variable) {
  const color = themeColors.get(variable) ?? getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
  themeColors.set(variable, color);
  return color;
}

/**
 * Adds the records of a data block to a layer.
 * @param {L.GeoJSON} layer
 * @param {string} blockId
 * @param {string} key
 */
export function fillLayer(layer, blockId, key) {
  const records = readBlock(blockId);
  layer.addData(/** @type {any} */ ({ type: "FeatureCollection", features: toFeatures(records) }));
  filledLayers.push({ layer, records, key });
  if (key === "streets") fitStreetsToZoom(layer);
  if (records.kind === "point") addMarkLayer(layer);
  if (records.kind === "line" || !records.fields.length) return;
  layer.bindPopup((child) => recordCard(child), { maxWidth: 340, minWidth: 270, autoPanPaddingTopLeft: [70, 24], autoPanPaddingBottomRight: [8, 24] });
  if (matchMedia("(hover: hover)").matches) {
    layer.bindTooltip((child) => recordName(child), { sticky: true, direction: "top", opacity: 1 });
    layer.on("popupopen", () => void layer.closeTooltip());
  }
}

/** Returns Leaflet's options for a record. @param {any} feature */
export function styleOf(feature) {
  /** @type {{row: number, records: PackedRecords}} */
  const { row, records } = feature.properties;
  const { fill = null, opacity = 1, line = "parcel" } = records.styles[records.styleRows[row] ?? 0] ?? {};
  const { variable, color, weight } = LINE_STYLES[line] ?? { weight: 1 };
  hatchPattern ??= createHatchPattern((width, height) => Object.assign(document.createElement("canvas"), { width, height }));
  return {
    interactive: records.kind !== "line" && records.fields.length > 0,
    color: color ?? themeColor(variable ?? "--map-lot"),
    weight,
    opacity: 1,
    fill: fill !== null,
    fillColor: /** @type {string} */ (fill?.startsWith("--") ? themeColor(fill) : fill === "hatch" ? hatchPattern : fill), // a canvas takes a pattern for a color
    fillOpacity: opacity,
    lineCap: /** @type {const} */ ("round"),
    ...(records.kind === "point" && { spacing: markSpacing }),
  };
}

/** Styles all layers again, for the other theme. */
export function restyleLayers() {
  themeColors.clear();
  for (const { layer } of filledLayers) {
    layer.resetStyle();
    layer.fire("restyle");
  }
}

/** Draws streets as wide as the map's zoom asks for. @param {L.GeoJSON} layer */
function fitStreetsToZoom(layer) {
  /** @type {L.Map | null} */
  let map = null;
  const fit = () => void (map && layer.setStyle({ weight: Math.min(26, Math.max(1.5, 2.4 * 1.75 ** (map.getZoom() - 15))) }));
  layer.on("add", () => {
    map = /** @type {any} */ (layer)._map;
    map?.on("zoomend", fit);
    fit();
  });
  layer.on("remove", () => void map?.off("zoomend", fit));
  layer.on("restyle", fit);
}

/** @param {any} child a Leaflet layer of one record @returns {{row: number, records: PackedRecords}} */
function recordOf(child) {
  return child.feature.properties;
}

/** @param {L.Layer} child */
function recordName(child) {
  const { row, records } = recordOf(child);
  return createElement("span", {}, columnText(records.titles, row));
}

/** Returns the card of a record: its title and facts. One last line names the fields without a value. @param {L.Layer} child */
function recordCard(child) {
  const { row, records } = recordOf(child);
  const mark = /** @type {any} */ (child.options).mark;
  const title = createElement("h2", { class: "popup-title" }, ...(mark ? [createMarkSvg(mark, 26)] : []), createElement("span", {}, columnText(records.titles, row)));
  return createElement("div", { class: "popup-card" }, title, createElement("dl", { class: "popup-facts" }, ...recordFacts(records, row).map(([label, text]) => createElement("div", {}, createElement("dt", {}, label), createElement("dd", {}, text)))));
}

/** Returns the facts of a record as pairs of texts. @param {PackedRecords} records @param {number} row @returns {[string, string][]} */
export function recordFacts(records, row) {
  const facts = records.fields.map(({ label, name, values }) => ({ label, name, text: columnValue(values, row) }));
  const unknownNames = facts.filter(({ text }) => text === null).map(({ name }) => name);
  const knownFacts = facts.flatMap(({ label, text }) => (text ? [/** @type {[string, string]} */ ([label, text])] : []));
  return unknownNames.length ? [...knownFacts, [gettext("Not recorded"), formatList(unknownNames)]] : knownFacts;
}
