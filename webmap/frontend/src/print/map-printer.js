// Prints the map with its legend, scale, date and north arrow, or as a day sheet with a row to tick for each tree.
import { createElement } from "../ui/dom-elements.js";
import { formatList, gettext, ngettext, pageLanguage } from "../ui/gettext.js";
import { blankLines, daySheet } from "./day-sheet.js";
import { mapStage, paperFoot, paperLegend } from "./paper-parts.js";
import { paperView } from "./paper-view.js";
import { loadParcelAddresses } from "./parcel-addresses.js";

const MAX_TOWNS_NAMED = 8;
const MAX_SHEET_ROWS = 90; // a crew does no more in a day
/** Black on white, whatever the page's theme. */
const PRINT_STYLE = { streetColor: "#d8d8d8", parcelColor: "#8a8f8c", labelColor: "#000000", selectionColor: "#000000", text: { color: "#000000", halo: "#ffffff" } };

/** @typedef {import("../render/protocol.js").PrintResult} PrintResult */
/** @typedef {{renderer: import("../render/renderer-client.js").RendererClient, config: import("../map/page-config.js").PageConfig, pictureLayer: import("../render/picture-layer.js").PictureLayerInstance, describeFilters: () => string[], showNotice: (text: string) => void}} MapPrinterOptions */

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
    const view = paperView(this.pictureLayer.currentView());
    const font = `400 16px ${getComputedStyle(document.documentElement).getPropertyValue("--type").trim()}`;
    const printed = await this.renderer.request("renderForPrint", { view, mapStyle: { ...PRINT_STYLE, font }, maxRows: withSheet ? MAX_SHEET_ROWS : 0 });
    if (withSheet && printed.level !== "features") return this.showNotice(gettext("Zoom in until the map shows single marks, then print the day sheet."));
    if (printed.hasFailedTiles) this.showNotice(gettext("Part of the map could not be loaded, and is not printed. Check the connection and try again."));
    this.paperElement?.replaceChildren(...(await this.#paperParts(printed, view, withSheet)));
    await new Promise((resolve) => requestAnimationFrame(resolve));
    window.print();
  }

  /** @param {PrintResult} printed @param {import("../render/protocol.js").View} view @param {boolean} withSheet */
  async #paperParts(printed, view, withSheet) {
    const title = document.querySelector(".panel h1")?.textContent ?? "";
    const printDate = new Date().toLocaleDateString(pageLanguage(), { dateStyle: "medium" });
    const filterTexts = this.describeFilters();
    const townNames = printed.towns.filter((name) => !filterTexts.some((text) => text.endsWith(name)));
    const headline = [townsText(townNames), ...filterTexts, gettext("Printed %(date)s", { date: printDate })].filter(Boolean).join(" · ");
    const heading = createElement("header", { class: "paper-head" }, createElement("h1", {}, withSheet ? gettext("Day sheet: %(map)s", { map: title }) : title), createElement("p", {}, headline), ...(withSheet ? [blankLines()] : []));
    const addresses = await loadParcelAddresses(this.config.api, printed.rows);
    const foot = await paperFoot(location.href, document.getElementById("dated")?.textContent ?? "");
    const mapPage = createElement("div", { class: withSheet ? "paper-page with-rows" : "paper-page" }, heading, mapStage(printed, view), paperLegend(this.config, printed), foot);
    return [mapPage, ...(withSheet ? [daySheet(this.config, printed, addresses)] : [])];
  }
}

/** @param {string[]} names of towns, those with the most first */
function townsText(names) {
  const [named, moreCount] = [formatList(names.slice(0, MAX_TOWNS_NAMED)), names.length - MAX_TOWNS_NAMED];
  return moreCount > 0 ? ngettext("%(towns)s and %(count)s more town", "%(towns)s and %(count)s more towns", moreCount, { towns: named }) : named;
}
