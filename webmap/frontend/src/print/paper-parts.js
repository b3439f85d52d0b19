// Builds the parts of a printed page besides the table: the map with its scale and north arrow, the legend, and the address of the page.
import { createElement, createMarkSvg, createOutlineIcon } from "../ui/dom-elements.js";
import { formatNumber, gettext, gettext_noop, usesFeet } from "../ui/gettext.js";

/** @typedef {import("../render/protocol.js").PrintResult} PrintResult */
/** @typedef {import("../render/protocol.js").View} View */
/** @typedef {{text: string, metersPerUnit: number}} LengthUnit */

/** The URL of the built module qr-code.js; build.js inserts it. @type {string} */
// @ts-expect-error not declared anywhere
const QR_CODE_URL = globalThis.__QR_CODE_URL__;
const MAX_BAR_PX = 150;
const EQUATOR_M = 40_075_016.7;
const FEET = /** @type {LengthUnit} */ ({ text: gettext_noop("%(number)s ft"), metersPerUnit: 0.3048 });
const MILES = /** @type {LengthUnit} */ ({ text: gettext_noop("%(number)s mi"), metersPerUnit: 1_609.344 });
const METERS = /** @type {LengthUnit} */ ({ text: gettext_noop("%(number)s m"), metersPerUnit: 1 });
const KILOMETERS = /** @type {LengthUnit} */ ({ text: gettext_noop("%(number)s km"), metersPerUnit: 1_000 });

/** Returns the printed map. It takes the width and height that the paper leaves it. @param {PrintResult} printed @param {View} view */
export function mapStage({ bitmap }, view) {
  const canvas = createElement("canvas", { class: "paper-map", role: "img", "aria-label": gettext("Map") });
  [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
  canvas.getContext("bitmaprenderer")?.transferFromImageBitmap(bitmap);
  const stage = createElement("div", { class: "paper-stage" }, canvas, northArrow(), scaleBars(view));
  stage.style.setProperty("--aspect", String(view.width / view.height));
  return stage;
}

function northArrow() {
  const arrow = createOutlineIcon("M12 1 19 22 12 18 5 22ZM8 35V26L16 35V26", "paper-north", "0 0 24 36");
  arrow.removeAttribute("aria-hidden");
  for (const [name, value] of Object.entries({ role: "img", "aria-label": gettext("North is up") })) arrow.setAttribute(name, value);
  return arrow;
}

/** Returns two scale bars, feet first or meters first. Their widths follow that of the map. @param {View} view */
function scaleBars(view) {
  const metersPerPx = groundResolution(view);
  const pairs = [[FEET, MILES], [METERS, KILOMETERS]].map(([small, large]) => [/** @type {LengthUnit} */ (small), /** @type {LengthUnit} */ (large)]);
  const box = createElement("div", { class: "paper-scale" });
  for (const [small, large] of usesFeet() ? pairs : pairs.reverse()) {
    if (!small || !large) continue;
    const unit = MAX_BAR_PX * metersPerPx >= large.metersPerUnit ? large : small;
    const length = roundLength((MAX_BAR_PX * metersPerPx) / unit.metersPerUnit);
    const bar = createElement("span", { class: "paper-bar" }, gettext(unit.text, { number: formatNumber(length) }));
    bar.style.setProperty("--share", String((length * unit.metersPerUnit) / metersPerPx / view.width)); // of the map's width
    box.append(bar);
  }
  return box;
}

/** Returns the meters that a pixel of a view spans, in its center. @param {View} view */
export function groundResolution({ zoom, top, height }) {
  const worldWidthPx = 256 * 2 ** zoom;
  const lat = Math.atan(Math.sinh(Math.PI * (1 - (2 * (top + height / 2)) / worldWidthPx)));
  return (EQUATOR_M * Math.cos(lat)) / worldWidthPx;
}

/** Returns the largest length of the form 1, 2 or 5 times a power of ten that is not longer. @param {number} maxLength */
export function roundLength(maxLength) {
  const powerOfTen = 10 ** Math.floor(Math.log10(maxLength));
  return [5, 2, 1].map((factor) => factor * powerOfTen).find((candidate) => candidate <= maxLength) ?? powerOfTen;
}

/** Returns a legend of what is on the map. The page's own legend gives the steps of the scale. @param {import("../map/page-config.js").PageConfig} config @param {PrintResult} printed */
export function paperLegend(config, { level, markCodes }) {
  const showsMarks = level === "features" && config.marks.length > 0;
  const marks = config.marks.filter(({ code }) => markCodes.includes(code)).map((mark) => createElement("li", {}, createMarkSvg(mark, 22), mark.label));
  const steps = [...(document.querySelector("ul.scale")?.children ?? [])].map((step) => step.cloneNode(true));
  return createElement("div", { class: "paper-legend" }, ...(showsMarks ? [] : [createElement("strong", {}, config.scale.title)]), createElement("ul", { class: "scale" }, ...(showsMarks ? marks : steps)));
}

/** Returns where the page comes from: its address as text and as a QR code, and the dates of the data. @param {string} url @param {string} dataDates */
export async function paperFoot(url, dataDates) {
  const code = await qrCode(url).catch(() => null); // without a signal it may not be on this device
  const texts = createElement("div", {}, createElement("p", {}, gettext("Open this map again:"), " ", createElement("span", { class: "paper-url", translate: "no" }, url)), createElement("p", {}, `${dataDates} lotleaf`));
  return createElement("div", { class: "paper-foot" }, ...(code ? [code] : []), texts);
}

/** @param {string} url */
async function qrCode(url) {
  const { qrCodePath } = /** @type {typeof import("./qr-code.js")} */ (await import(QR_CODE_URL));
  const { pathData, size } = qrCodePath(url);
  const icon = createOutlineIcon(pathData, "paper-qr", `0 0 ${size} ${size}`);
  icon.removeAttribute("aria-hidden");
  for (const [name, value] of Object.entries({ role: "img", "aria-label": gettext("The address of this page as a QR code") })) icon.setAttribute(name, value);
  return icon;
}
