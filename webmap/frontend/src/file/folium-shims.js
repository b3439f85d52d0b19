// Stands in for the libraries that Folium's own script calls, so that a map file needs none of them: jQuery, Awesome Markers, d3.
import * as L from "leaflet";
import { createElement } from "../ui/dom-elements.js";
import { formatNumber } from "../ui/gettext.js";

/**
 * Answers the calls of jQuery in Folium's script: waits for the page, or turns HTML into nodes.
 * @param {unknown} subject a document, a function or HTML
 */
export function jQueryShim(subject) {
  const ready = (/** @type {() => void} */ run) => void (document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", run) : run());
  if (typeof subject === "function") return ready(/** @type {() => void} */ (subject));
  if (typeof subject !== "string") return { ready };
  return new DOMParser().parseFromString(subject, "text/html").body.childNodes;
}

const PIN_PATH = "M12 39C11 33 2 23 2 14a12 12 0 1 1 24 0c0 9-9 19-10 25Z";
// The colors of Awesome Markers by their names. CSS knows the others.
const PIN_COLORS = /** @type {Record<string, string>} */ ({
  red: "#b23a0e", darkred: "#8f1d21", lightred: "#e8684f", orange: "#c56200", beige: "#a8875b", green: "#2f7d4f", darkgreen: "#1d5a40", lightgreen: "#5f8f2f",
  blue: "#1d5fa8", darkblue: "#123d6b", lightblue: "#3f7f9f", purple: "#86397f", darkpurple: "#4f2450", pink: "#b04a8b", cadetblue: "#436978", gray: "#656c69", lightgray: "#7d8a82",
});

/** Draws the pin of `folium.Icon` with a dot, since the icon fonts are on other hosts. */
const PinIcon = /** @type {any} */ (L.DivIcon).extend({
  options: { className: "pin-icon", iconSize: [28, 40], iconAnchor: [14, 39], popupAnchor: [0, -36], tooltipAnchor: [14, -26], markerColor: "blue", iconColor: "white" },

  createIcon() {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const pin = document.createElementNS(svg.namespaceURI ?? "", "path");
    const dot = document.createElementNS(svg.namespaceURI ?? "", "circle");
    const { markerColor, iconColor } = this.options;
    for (const [node, attributes] of /** @type {[Element, Record<string, string>][]} */ ([
      [svg, { viewBox: "0 0 28 40", width: "28", height: "40", "aria-hidden": "true" }],
      [pin, { d: PIN_PATH, fill: PIN_COLORS[markerColor] ?? String(markerColor), stroke: "#fff", "stroke-width": "1.5" }],
      [dot, { cx: "14", cy: "14", r: "5", fill: String(iconColor) }],
    ])) for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    svg.append(pin, dot);
    const icon = createElement("div", {}, svg);
    this._setIconStyles(icon, "icon");
    return icon;
  },

  createShadow: () => null,
});

export const AwesomeMarkersShim = { Icon: PinIcon, icon: (/** @type {object} */ options) => new PinIcon(options) };

/**
 * Returns a function that shows fields of a GeoJSON feature as a table, with text only.
 * @param {{fields: string[], aliases: string[], labels: boolean, localize: boolean}} options of Folium's GeoJsonTooltip or GeoJsonPopup
 */
export function featureTable({ fields, aliases, labels, localize }) {
  return (/** @type {any} */ layer) => {
    const rows = fields.map((field, index) => {
      const value = layer.feature.properties[field] ?? "";
      const text = typeof value === "object" ? JSON.stringify(value) : localize && typeof value === "number" ? formatNumber(value, 3) : String(value);
      return createElement("tr", {}, ...(labels ? [createElement("th", { scope: "row" }, String(aliases[index]))] : []), createElement("td", {}, text));
    });
    return createElement("div", {}, createElement("table", {}, createElement("tbody", {}, ...rows)));
  };
}

/**
 * Draws a branca color map as a legend in the map's corner.
 * @param {L.Map} map
 * @param {{caption: string, colors: string[], low: number, high: number, ticks: (number | "")[]}} legend colors at equal steps
 */
export function addColorLegend(map, { caption, colors, low, high, ticks }) {
  const control = new L.Control({ position: "topright" });
  control.onAdd = () => {
    const bar = createElement("div", { class: "color-legend-bar" });
    const width = 100 / colors.length;
    bar.style.background = `linear-gradient(to right, ${colors.map((color, index) => `${color} ${index * width}% ${(index + 1) * width}%`).join(", ")})`;
    const labels = ticks.filter((tick) => tick !== "").map((tick) => {
      const label = createElement("span", {}, formatNumber(Number(tick), 2));
      label.style.left = `${(100 * (Number(tick) - low)) / (high - low || 1)}%`;
      return label;
    });
    return createElement("div", { class: "color-legend" }, createElement("p", {}, caption), bar, createElement("div", { class: "color-legend-ticks" }, ...labels));
  };
  control.addTo(map);
}
