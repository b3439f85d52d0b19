// Lists the records of a map file as a table: a text alternative to the map, which the keyboard and a printer can use.
import { createElement, createMarkSvg } from "../ui/dom-elements.js";
import { columnText } from "./packed-records.js";
import { filledLayers } from "./record-layers.js";

const PAGE_SIZE = 100; // rows added at a time

/** @typedef {import("./record-layers.js").FilledLayer} FilledLayer */
/** @typedef {{filled: FilledLayer, child: any, row: number}} ListedRecord */

/**
 * Fills the table when it is opened for the first time.
 * @param {HTMLDetailsElement} details
 * @param {(child: any) => void} showOnMap
 */
export function startRecordTable(details, showOnMap) {
  const listedLayers = filledLayers.filter(({ records }) => records.isListed);
  const listed = listedLayers.flatMap(listRecords);
  details.hidden = !listed.length;
  details.addEventListener("toggle", () => buildTable(details, listed, showOnMap), { once: true });
}

/** @param {FilledLayer} filled @returns {ListedRecord[]} in the order of their rows */
function listRecords(filled) {
  return filled.layer.getLayers().map((child) => ({ filled, child, row: /** @type {any} */ (child).feature.properties.row }));
}

/** @param {HTMLElement} parent @param {ListedRecord[]} listed @param {(child: any) => void} showOnMap */
function buildTable(parent, listed, showOnMap) {
  const labels = listed[0]?.filled.records.fields.map(({ label }) => label) ?? [];
  const body = createElement("tbody", {});
  const headings = ["Name", ...labels].map((label) => createElement("th", { scope: "col" }, label));
  const table = createElement("table", {}, createElement("caption", { class: "visually-hidden" }, "All records of this map"), createElement("thead", {}, createElement("tr", {}, ...headings)), body);
  const more = createElement("button", { type: "button", class: "button secondary" }, "Show more");
  const status = createElement("p", { class: "muted", role: "status" });
  let shownCount = 0;
  const showMore = () => {
    body.append(...listed.slice(shownCount, shownCount + PAGE_SIZE).map((record) => createRow(record, showOnMap)));
    shownCount = body.rows.length;
    status.textContent = `${shownCount.toLocaleString("en-US")} of ${listed.length.toLocaleString("en-US")} shown.`;
    more.hidden = shownCount === listed.length;
  };
  more.addEventListener("click", showMore);
  showMore();
  parent.append(createElement("div", { class: "scroll", role: "region", "aria-label": "All records of this map", tabindex: "0" }, table), status, more);
}

/** Returns a row. The name is a button that shows the record on the map. @param {ListedRecord} record @param {(child: any) => void} showOnMap */
function createRow({ filled: { records }, child, row }, showOnMap) {
  const mark = child.options.mark;
  const button = createElement("button", { type: "button", class: "record-button" }, ...(mark ? [createMarkSvg(mark, 24)] : []), createElement("span", {}, columnText(records.titles, row)));
  button.addEventListener("click", () => showOnMap(child));
  const cells = records.fields.map(({ values }) => createElement("td", {}, columnText(values, row)));
  return createElement("tr", {}, createElement("th", { scope: "row" }, button), ...cells);
}
