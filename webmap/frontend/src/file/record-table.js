// Lists the records of a map file as a table: a text alternative to the map, which the keyboard and a printer can use.
import { createElement, createMarkSvg } from "../ui/dom-elements.js";
import { formatNumber, gettext } from "../ui/gettext.js";
import { columnText, columnValue } from "./packed-records.js";
import { filledLayers } from "./record-layers.js";

const PAGE_SIZE = 100; // rows added at a time

/** @typedef {import("./record-layers.js").FilledLayer} FilledLayer */
/** @typedef {{filled: FilledLayer, child: any, row: number}} ListedRecord */
/** @typedef {{label: string, index: number}} Column a field of the records, by its place among them */

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
  const columns = usedColumns(listed);
  const body = createElement("tbody", { role: "rowgroup" });
  const headings = [gettext("Name"), ...columns.map(({ label }) => label)].map((label) => createElement("th", { scope: "col", role: "columnheader" }, label));
  const head = createElement("thead", { role: "rowgroup" }, createElement("tr", { role: "row" }, ...headings));
  // As on pages: a narrow screen shows each row as a card, and the roles say that it is still a table.
  const table = createElement("table", { class: "stacked", role: "table" }, createElement("caption", { class: "visually-hidden" }, gettext("All records of this map")), head, body);
  const more = createElement("button", { type: "button", class: "button secondary" }, gettext("Show more"));
  const status = createElement("p", { class: "muted", role: "status" });
  let shownCount = 0;
  const showMore = () => {
    body.append(...listed.slice(shownCount, shownCount + PAGE_SIZE).map((record) => createRow(record, columns, showOnMap)));
    shownCount = body.rows.length;
    status.textContent = gettext("%(shown)s of %(total)s shown.", { shown: formatNumber(shownCount), total: formatNumber(listed.length) });
    more.hidden = shownCount === listed.length;
  };
  more.addEventListener("click", showMore);
  showMore();
  parent.append(createElement("div", { class: "scroll", role: "region", "aria-label": gettext("All records of this map"), tabindex: "0" }, table), status, more);
}

/** Returns the columns in which any record has a text, or an unknown value. All layers have the same columns. @param {ListedRecord[]} listed @returns {Column[]} */
function usedColumns(listed) {
  const columns = listed[0]?.filled.records.fields.map(({ label }, index) => ({ label, index })) ?? [];
  return columns.filter(({ index }) => listed.some(({ filled, row }) => columnValue(filled.records.fields[index]?.values ?? [], row) !== ""));
}

/** Returns a row. The name is a button that shows the record on the map. @param {ListedRecord} record @param {Column[]} columns @param {(child: any) => void} showOnMap */
function createRow({ filled: { records }, child, row }, columns, showOnMap) {
  const mark = child.options.mark;
  const button = createElement("button", { type: "button", class: "record-button" }, ...(mark ? [createMarkSvg(mark, 24)] : []), createElement("span", {}, columnText(records.titles, row)));
  button.addEventListener("click", () => showOnMap(child));
  const cells = columns.map(({ label, index }) => createCell(label, columnValue(records.fields[index]?.values ?? [], row)));
  return createElement("tr", { role: "row" }, createElement("th", { scope: "row", role: "rowheader" }, button), ...cells);
}

/** @param {string} label @param {string | null} text null is unknown */
function createCell(label, text) {
  const content = text === null ? [createElement("span", { class: "unknown" }, gettext("unknown"))] : text ? [text] : [];
  return createElement("td", { role: "cell", "data-label": label }, ...content);
}
