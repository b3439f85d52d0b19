// Everything that a feature says enters a page here, as text: nothing is ever parsed as HTML.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an element; strings among its children become text.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * Draw a mark as SVG, from the same path data as on the canvas.
 * @param {import("./told.js").Mark} mark
 * @param {number} size
 */
export function markSvg(mark, size = 28) {
  const svg = drawing(size, "-3 -3 30 30", "mark");
  for (const [stroke, width] of [["#101412", "5.2"], ["#ffffff", "3"]]) svg.append(path({ d: mark.shape, stroke: stroke ?? "", "stroke-width": width ?? "", "stroke-linejoin": "round" }));
  svg.append(path({ d: mark.shape, fill: mark.colour }));
  if (mark.sign) svg.append(path({ d: mark.sign, fill: "none", stroke: "#ffffff", "stroke-width": "2.6", "stroke-linecap": "round", "stroke-linejoin": "round" }));
  return svg;
}

/**
 * Draw a colour of a scale; null is the hatch of unknown.
 * @param {string | null} colour
 */
export function swatch(colour) {
  const svg = drawing(28, "0 0 28 28", "swatch");
  svg.append(path({ d: "M1 1H27V27H1Z", fill: colour ?? "url(#hatch)", stroke: "#6b716d" }));
  return svg;
}

/** @param {number} size @param {string} box @param {string} name */
function drawing(size, box, name) {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = { viewBox: box, width: String(size), height: String(size), class: name, "aria-hidden": "true", focusable: "false" };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  return svg;
}

/** @param {Record<string, string>} attributes */
function path(attributes) {
  const made = document.createElementNS(SVG, "path");
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/**
 * Draw an outline as a picture; its colours are the stylesheet's.
 * @param {string} data
 * @param {string} name its class
 * @param {string} box
 */
export function outline(data, name, box = "0 0 24 24") {
  const svg = drawing(24, box, name);
  svg.append(path({ d: data }));
  return svg;
}
