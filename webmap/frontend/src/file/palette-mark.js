// A mark of the palette as a Leaflet marker, drawn on the map's canvas. Folium creates it as `L.PaletteMark`.
// Marks are smaller when zoomed out. Where they would cover each other, they are dots.
import * as L from "leaflet";
import { MarkStamps } from "../render/mark-stamps.js";
import { QUIET_CODES } from "../render/painter.js";

/** @typedef {import("../map/page-config.js").MarkSymbol} MarkSymbol */
/** @typedef {{scale: number, isDot: boolean}} MarkSize */

const tolerancePx = matchMedia("(pointer: coarse)").matches ? 10 : 2; // added to the radius, for a finger or a mouse
const SYMBOL_SPACING_PX = 13; // symbols that are closer to each other are drawn as dots
const DOT_SCALE_PER_PX = 0.023; // of the space between marks
const URGENT_CODES = new Set(["remove", "overdue"]);
const SCALES_BY_ZOOM = [[19, 1], [18, 0.88], [17, 0.68], [16, 0.5]]; // from this zoom on
const [MIN_SYMBOL_SCALE, MIN_DOT_SCALE] = [0.4, 0.13];
const stamps = new MarkStamps((width, height) => Object.assign(document.createElement("canvas"), { width, height }));

/** Returns the size of a mark. @param {MarkSymbol} mark @param {number} zoom @param {number} spacingPx the space for each mark @returns {MarkSize} */
export function markSize(mark, zoom, spacingPx) {
  const isDot = spacingPx < SYMBOL_SPACING_PX;
  const [, zoomScale = MIN_SYMBOL_SCALE] = SCALES_BY_ZOOM.find(([minZoom = 0]) => zoom >= minZoom) ?? [];
  const scale = isDot ? Math.max(MIN_DOT_SCALE, spacingPx * DOT_SCALE_PER_PX) : zoomScale;
  if (scale > 0.7) return { scale, isDot };
  return { scale: scale * (URGENT_CODES.has(mark.code) ? 1.35 : QUIET_CODES.has(mark.code) ? 0.75 : 1), isDot };
}

const base = /** @type {any} */ (L.CircleMarker.prototype);
export const PaletteMark = /** @type {any} */ (L.CircleMarker).extend({
  /** Sets the size for the zoom, then the position. */
  _project() {
    this._size = markSize(this.options.mark, this._map.getZoom(), this.options.spacing?.(this._map) ?? Infinity);
    this._radius = (this.options.mark.size / 2) * this._size.scale;
    base._project.call(this);
  },

  _clickTolerance() {
    return tolerancePx;
  },

  _updatePath() {
    const { _ctx: context, _drawing: isDrawing } = this._renderer;
    if (!isDrawing || this._empty()) return;
    const { mark } = this.options;
    if (this._size.isDot) drawDot(context, this._point, this._radius, mark.color);
    else stamps.drawStamp(context, this._point.x, this._point.y, mark, this._size.scale, L.Browser.retina ? 2 : 1);
  },
});

/** @type {Map<string, HTMLCanvasElement>} */
const dots = new Map();

/** Draws a dot with a white edge, from a picture: a large town has tens of thousands. @param {CanvasRenderingContext2D} context @param {L.Point} point @param {number} radius @param {string} color */
function drawDot(context, { x, y }, radius, color) {
  const key = `${color} ${radius}`;
  const sizePx = 2 * Math.ceil(radius + 1);
  const dot = dots.get(key) ?? createDot(sizePx, radius, color);
  dots.set(key, dot);
  context.globalAlpha = 1;
  context.drawImage(dot, x - sizePx / 2, y - sizePx / 2, sizePx, sizePx);
}

/** @param {number} sizePx @param {number} radius @param {string} color */
function createDot(sizePx, radius, color) {
  const ratio = L.Browser.retina ? 2 : 1;
  const dot = Object.assign(document.createElement("canvas"), { width: sizePx * ratio, height: sizePx * ratio });
  const context = /** @type {CanvasRenderingContext2D} */ (dot.getContext("2d"));
  context.scale(ratio, ratio);
  for (const [fill, edge] of /** @type {[string, number][]} */ ([["#ffffff", 0.6], [color, 0]])) {
    context.beginPath();
    context.arc(sizePx / 2, sizePx / 2, radius + edge, 0, 2 * Math.PI);
    context.fillStyle = fill;
    context.fill();
  }
  return dot;
}
