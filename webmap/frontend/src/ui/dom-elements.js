// Creates DOM elements. All data enters the page here as text; nothing is parsed as HTML.

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

/**
 * Creates an element; string children become text.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function createElement(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/**
 * Draws a mark as SVG, from the same path data as on the canvas.
 * @param {import("../map/page-config.js").MarkSymbol} mark
 * @param {number} size
 */
export function createMarkSvg(mark, size = 28) {
  const svg = createSvg(size, "-3 -3 30 30", "mark");
  for (const [strokeColor, width] of [["#101412", "5.2"], ["#ffffff", "3"]]) svg.append(createSvgPath({ d: mark.outline, stroke: strokeColor ?? "", "stroke-width": width ?? "", "stroke-linejoin": "round" }));
  svg.append(createSvgPath({ d: mark.outline, fill: mark.color }));
  if (mark.glyph) svg.append(createSvgPath({ d: mark.glyph, fill: "none", stroke: "#ffffff", "stroke-width": "2.6", "stroke-linecap": "round", "stroke-linejoin": "round" }));
  return svg;
}

/**
 * Draws a swatch of a scale's color; null draws the hatch for unknown.
 * @param {string | null} color
 */
export function createSwatch(color) {
  const svg = createSvg(28, "0 0 28 28", "swatch");
  svg.append(createSvgPath({ d: "M1 1H27V27H1Z", fill: color ?? "url(#hatch)", stroke: "#6b716d" }));
  return svg;
}

/** @param {number} size @param {string} viewBox @param {string} className */
function createSvg(size, viewBox, className) {
  const svg = document.createElementNS(SVG_NAMESPACE, "svg");
  const attributes = { viewBox: viewBox, width: String(size), height: String(size), class: className, "aria-hidden": "true", focusable: "false" };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  return svg;
}

/** @param {Record<string, string>} attributes */
function createSvgPath(attributes) {
  const pathNode = document.createElementNS(SVG_NAMESPACE, "path");
  for (const [name, value] of Object.entries(attributes)) pathNode.setAttribute(name, value);
  return pathNode;
}

/**
 * Draws an outline icon; the stylesheet sets its colors.
 * @param {string} pathData
 * @param {string} className
 * @param {string} viewBox
 */
export function createOutlineIcon(pathData, className, viewBox = "0 0 24 24") {
  const svg = createSvg(24, viewBox, className);
  svg.append(createSvgPath({ d: pathData }));
  return svg;
}
