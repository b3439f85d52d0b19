// Leaflet paths that paint themselves when they are drawn, with the colours and the zoom of that moment.
// The one room that reaches into Leaflet's renderer; its types do not cover that, so here they are `any`.
import * as L from "leaflet";

/** @type {any} */
const Leaflet = L;

/** A polygon or a line: `options.paint()` gives its style at the moment of drawing. */
export const Area = Leaflet.Polygon.extend({
  _updatePath() {
    Object.assign(this.options, this.options.paint());
    Leaflet.Polygon.prototype._updatePath.call(this);
  },
});

export const Line = Leaflet.Polyline.extend({
  _updatePath() {
    Object.assign(this.options, this.options.paint());
    Leaflet.Polyline.prototype._updatePath.call(this);
  },
});

/** A point: `options.draw(context, x, y)` draws it; `radius` says how far it reaches. */
export const Spot = Leaflet.CircleMarker.extend({
  _updatePath() {
    const context = this._renderer._drawing && this._renderer._ctx;
    if (context && !this._empty()) this.options.draw(context, this._point.x, this._point.y);
  },
});

/** @type {Map<string, Path2D>} */
const paths = new Map();

/** @param {string} data */
function shape(data) {
  const known = paths.get(data) ?? new Path2D(data);
  paths.set(data, known);
  return known;
}

/**
 * Draw a mark with its middle at a place: a black and a white outline, so that it stands out on any ground.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {import("./told.js").Mark} mark
 * @param {number} scale
 */
export function drawMark(context, x, y, mark, scale = 1) {
  const size = (mark.size * scale) / 24;
  context.save();
  context.translate(x - 12 * size, y - 12 * size);
  context.scale(size, size);
  context.lineJoin = context.lineCap = "round";
  const outline = shape(mark.shape);
  stroke(context, outline, "#101412", 5.2);
  stroke(context, outline, "#ffffff", 3);
  context.fillStyle = mark.colour;
  context.fill(outline);
  if (mark.sign) stroke(context, shape(mark.sign), "#ffffff", 2.6);
  context.restore();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Path2D} path
 * @param {string} colour
 * @param {number} width
 */
function stroke(context, path, colour, width) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke(path);
}

/**
 * Write text with a halo, turned by an angle.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {string} text
 * @param {{ink: string, halo: string, font: string, angle?: number}} style
 */
export function drawText(context, x, y, text, style) {
  context.save();
  context.translate(x, y);
  context.rotate(style.angle ?? 0);
  context.font = style.font;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 4;
  context.strokeStyle = style.halo;
  context.strokeText(text, 0, 0);
  context.fillStyle = style.ink;
  context.fillText(text, 0, 0);
  context.restore();
}

/** Make the hatch of what is unknown. */
export function hatch() {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const context = /** @type {CanvasRenderingContext2D} */ (tile.getContext("2d"));
  context.fillStyle = "#d7dbd8";
  context.fillRect(0, 0, 8, 8);
  context.strokeStyle = "#8b918e";
  context.lineWidth = 1.6;
  for (const shift of [-8, 0, 8]) {
    context.beginPath();
    context.moveTo(shift, 8);
    context.lineTo(shift + 8, 0);
    context.stroke();
  }
  return /** @type {CanvasPattern} */ (context.createPattern(tile, "repeat"));
}
