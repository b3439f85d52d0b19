// Marks, texts and the hatch, drawn on any canvas: in the page or in a worker.

/** @typedef {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} Context */
/** @typedef {(width: number, height: number) => HTMLCanvasElement | OffscreenCanvas} Make */

/** @type {Map<string, Path2D>} */
const paths = new Map();

/** @param {string} data */
function shape(data) {
  const known = paths.get(data) ?? new Path2D(data);
  paths.set(data, known);
  return known;
}

/** @param {HTMLCanvasElement | OffscreenCanvas} canvas @returns {Context} */
export function contextOf(canvas) {
  return /** @type {Context} */ (canvas.getContext("2d"));
}

/** Marks drawn once for each size, and stamped from then on. */
export class Stamps {
  /** @param {Make} make */
  constructor(make) {
    this.make = make;
    /** @type {Map<string, HTMLCanvasElement | OffscreenCanvas>} */
    this.made = new Map();
  }

  /**
   * Stamp a mark with its middle at a place.
   * @param {Context} context whose unit is a pixel of the screen
   * @param {number} x
   * @param {number} y
   * @param {import("../told.js").Mark} mark
   * @param {number} scale
   * @param {number} ratio pixels of the device in one of the screen
   */
  put(context, x, y, mark, scale, ratio) {
    const key = `${mark.code} ${scale} ${ratio}`;
    const wide = Math.ceil(mark.size * scale * 1.3) + 2;
    let stamp = this.made.get(key);
    if (!stamp) {
      stamp = this.make(Math.round(wide * ratio), Math.round(wide * ratio));
      const on = contextOf(stamp);
      on.scale(ratio, ratio);
      drawMark(on, wide / 2, wide / 2, mark, scale);
      this.made.set(key, stamp);
    }
    // Whole pixels: a stamp between them is blurred.
    const at = (/** @type {number} */ middle) => Math.round((middle - wide / 2) * ratio) / ratio;
    context.drawImage(stamp, at(x), at(y), wide, wide);
  }
}

/**
 * Draw a mark with its middle at a place: a black and a white outline, so that it stands out on any ground.
 * @param {Context} context
 * @param {number} x
 * @param {number} y
 * @param {import("../told.js").Mark} mark
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

/** @param {Context} context @param {Path2D} path @param {string} colour @param {number} width */
function stroke(context, path, colour, width) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke(path);
}

/**
 * Write text with a halo, turned by an angle.
 * @param {Context} context
 * @param {number} x
 * @param {number} y
 * @param {string} text
 * @param {{ink: string, halo: string, font: string, angle?: number, ground?: string, width?: number}} style a `ground` is laid under a text of some `width`
 */
export function drawText(context, x, y, text, style) {
  context.save();
  context.translate(x, y);
  context.rotate(style.angle ?? 0);
  context.font = style.font;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = context.lineCap = "round";
  if (style.ground && style.width) {
    stroke(context, lineOf(style.width - 10), style.ground, 18);
  }
  context.lineWidth = 4;
  context.strokeStyle = style.halo;
  context.strokeText(text, 0, 0);
  context.fillStyle = style.ink;
  context.fillText(text, 0, 0);
  context.restore();
}

/** A level line of some length about a place. @param {number} width */
function lineOf(width) {
  const path = new Path2D();
  path.moveTo(-width / 2, 0);
  path.lineTo(width / 2, 0);
  return path;
}

/** Ring what is picked. @param {Context} context @param {number} x @param {number} y @param {string} ink */
export function ring(context, x, y, ink) {
  for (const [colour, width] of /** @type {[string, number][]} */ ([["#ffffff", 7], [ink, 4]])) {
    context.beginPath();
    context.arc(x, y, 15, 0, 2 * Math.PI);
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }
}

/** Make the hatch of what is unknown. @param {Make} make */
export function hatch(make) {
  const tile = make(8, 8);
  const context = contextOf(tile);
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
