// The map on paper: with its legend, scale, date and north, and as a day sheet with a row to tick for each tree.
import { detailOf, nameOf } from "./cards.js";
import { element, markSvg, outline } from "./element.js";
import { told as inWords, words } from "./figures.js";

const WIDE = 720; // px of the page that the map is wide
const DPI = 300;
const PAGE_IN = 7.3; // inches of paper that it is wide: A4 and Letter without their margins
const ROWS = 90; // trees on a day sheet; a crew does not do more in a day
const TALL = { map: 760, sheet: 560 };
/** Black on white, whatever the screen's colours. */
const INKS = { street: "#d8d8d8", lot: "#8a8f8c", label: "#000000", pick: "#000000", text: { ink: "#000000", halo: "#ffffff" } };

/** @typedef {import("./chart/desk.js").Row} Row */
/** @typedef {{clerk: import("./chart/clerk.js").Clerk, told: import("./told.js").Told, pictures: any, chosen: () => string[], say: (text: string) => void}} Needed */

/** Puts maps on paper. */
export class Printing {
  /** @param {Needed} needed */
  constructor({ clerk, told, pictures, chosen, say }) {
    this.clerk = clerk;
    this.told = told;
    this.pictures = pictures;
    this.chosen = chosen;
    this.say = say;
    this.paper = document.getElementById("paper");
  }

  /** @param {boolean} sheet whether rows to tick are printed too */
  async print(sheet) {
    const seen = this.pictures.view();
    const height = sheet ? TALL.sheet : TALL.map;
    const view = { ...seen, left: seen.left + (seen.width - WIDE) / 2, top: seen.top + (seen.height - height) / 2, width: WIDE, height, pad: 0, ratio: (DPI * PAGE_IN) / WIDE, taken: [] };
    const plain = `400 13px ${getComputedStyle(document.documentElement).getPropertyValue("--type").trim()}`;
    const drawn = await this.clerk.ask("paper", { view, inks: { ...INKS, plain }, most: sheet ? ROWS : 0 });
    if (drawn.failed) this.say("Part of the map did not come, and is not on the paper.");
    this.paper?.replaceChildren(...this.#parts(drawn, view, sheet));
    await new Promise((soon) => requestAnimationFrame(soon));
    window.print();
  }

  /** @param {any} drawn @param {import("./chart/desk.js").View} view @param {boolean} sheet */
  #parts(drawn, view, sheet) {
    const canvas = element("canvas", { class: "paper-map", role: "img", "aria-label": "Map" });
    [canvas.width, canvas.height] = [drawn.bitmap.width, drawn.bitmap.height];
    canvas.getContext("bitmaprenderer")?.transferFromImageBitmap(drawn.bitmap);
    const title = document.querySelector(".panel h1")?.textContent ?? "";
    const meant = [...this.chosen(), `printed ${new Date().toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" })}`];
    const blanks = sheet ? [element("p", { class: "paper-blanks" }, element("span", {}, "Crew"), element("span", {}, "Worked on"))] : [];
    const head = [element("h1", {}, sheet ? `Day sheet: ${title.toLowerCase()}` : title), element("p", {}, meant.join(" · "))];
    const stage = element("div", { class: "paper-stage" }, canvas, north(), scaleBar(view));
    const dated = document.getElementById("dated")?.textContent ?? "";
    const foot = element("p", { class: "paper-foot" }, `${dated} lotleaf`);
    return [...head, ...blanks, stage, this.#legend(drawn), ...(sheet ? [this.#table(drawn)] : []), foot];
  }

  /** What stands on the map, and no more. @param {any} drawn */
  #legend({ level, codes }) {
    const near = level === "near" && this.told.marks.length > 0;
    const marks = this.told.marks.filter(({ code }) => codes.includes(code)).map((mark) => element("li", {}, markSvg(mark, 22), mark.label));
    const steps = [...(document.querySelector("ul.scale")?.children ?? [])].map((step) => step.cloneNode(true));
    return element("div", { class: "paper-legend" }, element("strong", {}, near ? "" : this.told.scale.title), element("ul", { class: "scale" }, ...(near ? marks : steps)));
  }

  /** @param {{rows: Row[], count: number}} drawn */
  #table({ rows, count }) {
    const head = ["", "", "Tree or site", "What", "Where", "Remarks"].map((text) => element("th", { scope: "col" }, text));
    const body = rows.map(({ feature, code }, nth) => {
      const mark = this.told.marks.find((one) => one.code === code);
      const name = element("td", {}, element("strong", {}, nameOf(this.told.layer, feature)), element("br", {}), `${feature.properties["tree_id"] ?? feature.id}`);
      const picture = mark ? markSvg(mark, 20) : "";
      const where = String(feature.properties["address"] ?? feature.properties["on_street"] ?? feature.properties["town"] ?? "unknown");
      const what = element("td", {}, picture, ` ${this.#what(feature, mark?.label ?? code)}`);
      return element("tr", {}, element("td", { class: "tick" }, "☐"), element("td", { class: "number" }, String(nth + 1)), name, what, element("td", {}, where), element("td", { class: "remarks" }));
    });
    const table = element("table", {}, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...body));
    const more = count > rows.length ? [element("p", {}, `The ${rows.length} most urgent of ${count.toLocaleString("en-US")} on this map. Filter or zoom in for the others.`)] : [];
    const order = rows.length > 1 ? [element("p", {}, "In walking order; the numbers stand on the map.")] : [];
    return element("section", {}, ...more, ...order, rows.length ? table : element("p", {}, "Nothing of what is chosen stands on this map."));
  }

  /** @param {import("./told.js").Feature} feature @param {string} label */
  #what(feature, label) {
    const { properties } = feature;
    if (this.told.layer === "inspections") return detailOf(this.told.layer, feature, /** @type {any} */ ({ label }));
    const width = properties["dbh_in"];
    return `${label} · ${width === null || width === undefined ? "DBH unknown" : `${inWords(width)} in`} · ${words(properties["condition"])} · risk ${words(properties["risk"])}`;
  }
}

function north() {
  const arrow = outline("M12 1 19 22 12 18 5 22ZM8 35V26L16 35V26", "paper-north", "0 0 24 36");
  arrow.removeAttribute("aria-hidden");
  for (const [name, value] of Object.entries({ role: "img", "aria-label": "North is up" })) arrow.setAttribute(name, value);
  return arrow;
}

/** A bar of round length in feet and metres. @param {import("./chart/desk.js").View} view */
function scaleBar({ zoom, top, height }) {
  const across = 256 * 2 ** zoom;
  const lat = Math.atan(Math.sinh(Math.PI * (1 - (2 * (top + height / 2)) / across)));
  const metres = (40_075_016.7 * Math.cos(lat)) / across;
  const bars = [["m", 1], ["ft", 0.3048]].map(([unit, size]) => {
    const most = (150 * metres) / Number(size);
    const ten = 10 ** Math.floor(Math.log10(most));
    const length = [5, 2, 1].map((times) => times * ten).find((one) => one <= most) ?? ten;
    const bar = element("span", { class: "paper-bar" }, `${length.toLocaleString("en-US")} ${unit}`);
    bar.style.width = `${(length * Number(size)) / metres}px`;
    return bar;
  });
  return element("div", { class: "paper-scale" }, ...bars);
}
