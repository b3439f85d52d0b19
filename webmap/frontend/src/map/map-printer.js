// Prints the map with its legend, scale, date and north arrow, or as a day sheet with a row to tick for each tree.
import { featureSubtitle, featureName } from "./card-parts.js";
import { createElement, createMarkSvg, createOutlineIcon } from "../ui/dom-elements.js";
import { formatValue, formatCode } from "../tiles/feature-format.js";

const MAP_WIDTH_PX = 720; // width of the map on the printed page
const PRINT_DPI = 300;
const MAP_WIDTH_IN = 7.3; // the same width on paper; fits A4 and Letter
const MAX_SHEET_ROWS = 90; // a crew does no more in a day
const MAP_HEIGHT_PX = { map: 760, sheet: 560 };
/** Black on white, whatever the page's theme. */
const PRINT_STYLE = { streetColor: "#d8d8d8", parcelColor: "#8a8f8c", labelColor: "#000000", selectionColor: "#000000", text: { color: "#000000", halo: "#ffffff" } };

/** @typedef {import("../render/protocol.js").PrintResult} PrintResult */
/** @typedef {{renderer: import("../render/renderer-client.js").RendererClient, config: import("./page-config.js").PageConfig, pictureLayer: import("../render/picture-layer.js").PictureLayerInstance, describeFilters: () => string[], showNotice: (text: string) => void}} MapPrinterOptions */

/** Prints the maps of one page. */
export class MapPrinter {
  /** @param {MapPrinterOptions} options */
  constructor({ renderer, config, pictureLayer, describeFilters, showNotice }) {
    this.renderer = renderer;
    this.config = config;
    this.pictureLayer = pictureLayer;
    this.describeFilters = describeFilters;
    this.showNotice = showNotice;
    this.paperElement = document.getElementById("paper");
  }

  /** @param {boolean} withSheet whether to print the day sheet */
  async printMap(withSheet) {
    const screenView = this.pictureLayer.currentView();
    const height = withSheet ? MAP_HEIGHT_PX.sheet : MAP_HEIGHT_PX.map;
    const view = { ...screenView, left: screenView.left + (screenView.width - MAP_WIDTH_PX) / 2, top: screenView.top + (screenView.height - height) / 2, width: MAP_WIDTH_PX, height, padding: 0, pixelRatio: (PRINT_DPI * MAP_WIDTH_IN) / MAP_WIDTH_PX, coveredBoxes: [] };
    const font = `400 13px ${getComputedStyle(document.documentElement).getPropertyValue("--type").trim()}`;
    const printed = await this.renderer.request("renderForPrint", { view, mapStyle: { ...PRINT_STYLE, font }, maxRows: withSheet ? MAX_SHEET_ROWS : 0 });
    if (printed.hasFailedTiles) this.showNotice("Part of the map did not come, and is not on the paper.");
    this.paperElement?.replaceChildren(...this.#paperParts(printed, view, withSheet));
    await new Promise((resolve) => requestAnimationFrame(resolve));
    window.print();
  }

  /** @param {PrintResult} printed @param {import("../render/protocol.js").View} view @param {boolean} withSheet */
  #paperParts(printed, view, withSheet) {
    const canvas = createElement("canvas", { class: "paper-map", role: "img", "aria-label": "Map" });
    [canvas.width, canvas.height] = [printed.bitmap.width, printed.bitmap.height];
    canvas.getContext("bitmaprenderer")?.transferFromImageBitmap(printed.bitmap);
    const title = document.querySelector(".panel h1")?.textContent ?? "";
    const headline = [...this.describeFilters(), `printed ${new Date().toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" })}`];
    const blankLines = withSheet ? [createElement("p", { class: "paper-blanks" }, createElement("span", {}, "Crew"), createElement("span", {}, "Worked on"))] : [];
    const heading = [createElement("h1", {}, withSheet ? `Day sheet: ${title.toLowerCase()}` : title), createElement("p", {}, headline.join(" · "))];
    const mapBox = createElement("div", { class: "paper-stage" }, canvas, northArrow(), scaleBar(view));
    const dataDates = document.getElementById("dated")?.textContent ?? "";
    const footer = createElement("p", { class: "paper-foot" }, `${dataDates} lotleaf`);
    return [...heading, ...blankLines, mapBox, this.#legendElement(printed), ...(withSheet ? [this.#sheetTable(printed)] : []), footer];
  }

  /** Returns a legend of what is on the map. @param {PrintResult} printed */
  #legendElement({ level, markCodes }) {
    const isFeatureLevel = level === "features" && this.config.marks.length > 0;
    const marks = this.config.marks.filter(({ code }) => markCodes.includes(code)).map((mark) => createElement("li", {}, createMarkSvg(mark, 22), mark.label));
    const steps = [...(document.querySelector("ul.scale")?.children ?? [])].map((step) => step.cloneNode(true));
    return createElement("div", { class: "paper-legend" }, createElement("strong", {}, isFeatureLevel ? "" : this.config.scale.title), createElement("ul", { class: "scale" }, ...(isFeatureLevel ? marks : steps)));
  }

  /** @param {PrintResult} printed */
  #sheetTable({ rows, count }) {
    const headerCells = ["", "", "Tree or site", "What", "Where", "Remarks"].map((text) => createElement("th", { scope: "col" }, text));
    const body = rows.map(({ feature, code }, index) => {
      const mark = this.config.marks.find((candidate) => candidate.code === code);
      const name = createElement("td", {}, createElement("strong", {}, featureName(this.config.layer, feature)), createElement("br", {}), `${feature.properties["tree_id"] ?? feature.id}`);
      const picture = mark ? createMarkSvg(mark, 20) : "";
      const placeText = String(feature.properties["address"] ?? feature.properties["on_street"] ?? feature.properties["town"] ?? "unknown");
      const workCell = createElement("td", {}, picture, ` ${this.#workText(feature, mark?.label ?? code)}`);
      return createElement("tr", {}, createElement("td", { class: "tick" }, "☐"), createElement("td", { class: "number" }, String(index + 1)), name, workCell, createElement("td", {}, placeText), createElement("td", { class: "remarks" }));
    });
    const table = createElement("table", {}, createElement("thead", {}, createElement("tr", {}, ...headerCells)), createElement("tbody", {}, ...body));
    const moreNote = count > rows.length ? [createElement("p", {}, `The ${rows.length} most urgent of ${count.toLocaleString("en-US")} on this map. Filter or zoom in for the others.`)] : [];
    const orderNote = rows.length > 1 ? [createElement("p", {}, "In walking order; the numbers stand on the map.")] : [];
    return createElement("section", {}, ...moreNote, ...orderNote, rows.length ? table : createElement("p", {}, "Nothing of what is chosen stands on this map."));
  }

  /** @param {import("./page-config.js").Feature} feature @param {string} label */
  #workText(feature, label) {
    const { properties } = feature;
    if (this.config.layer === "inspections") return featureSubtitle(this.config.layer, feature, /** @type {any} */ ({ label }));
    const dbhInches = properties["dbh_in"];
    return `${label} · ${dbhInches === null || dbhInches === undefined ? "DBH unknown" : `${formatValue(dbhInches)} in`} · ${formatCode(properties["condition"])} · risk ${formatCode(properties["risk"])}`;
  }
}

function northArrow() {
  const arrow = createOutlineIcon("M12 1 19 22 12 18 5 22ZM8 35V26L16 35V26", "paper-north", "0 0 24 36");
  arrow.removeAttribute("aria-hidden");
  for (const [name, value] of Object.entries({ role: "img", "aria-label": "North is up" })) arrow.setAttribute(name, value);
  return arrow;
}

/** Returns scale bars of a round length in feet and meters. @param {import("../render/protocol.js").View} view */
function scaleBar({ zoom, top, height }) {
  const worldWidthPx = 256 * 2 ** zoom;
  const lat = Math.atan(Math.sinh(Math.PI * (1 - (2 * (top + height / 2)) / worldWidthPx)));
  const metersPerPx = (40_075_016.7 * Math.cos(lat)) / worldWidthPx;
  const bars = [["m", 1], ["ft", 0.3048]].map(([unit, metersPerUnit]) => {
    const maxLength = (150 * metersPerPx) / Number(metersPerUnit);
    const powerOfTen = 10 ** Math.floor(Math.log10(maxLength));
    const length = [5, 2, 1].map((factor) => factor * powerOfTen).find((candidate) => candidate <= maxLength) ?? powerOfTen;
    const bar = createElement("span", { class: "paper-bar" }, `${length.toLocaleString("en-US")} ${unit}`);
    bar.style.width = `${(length * Number(metersPerUnit)) / metersPerPx}px`;
    return bar;
  });
  return createElement("div", { class: "paper-scale" }, ...bars);
}
