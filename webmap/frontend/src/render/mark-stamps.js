// Draws marks, texts and the hatch on any canvas, in the page or in a worker.

/** @typedef {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} Context */
/** @typedef {(width: number, height: number) => HTMLCanvasElement | OffscreenCanvas} CreateCanvas */

/** @type {Map<string, Path2D>} */
const pathCache = new Map();

/** @param {string} data */
function parsePath(data) {
  const path = pathCache.get(data) ?? new Path2D(data);
  pathCache.set(data, path);
  return path;
}

/** @param {HTMLCanvasElement | OffscreenCanvas} canvas @returns {Context} */
export function context2d(canvas) {
  return /** @type {Context} */ (canvas.getContext("2d"));
}

/** Draws each mark once per size, then copies the cached picture. */
export class MarkStamps {
  /** @param {CreateCanvas} createCanvas */
  constructor(createCanvas) {
    this.createCanvas = createCanvas;
    /** @type {Map<string, HTMLCanvasElement | OffscreenCanvas>} */
    this.stampCache = new Map();
  }

  /**
   * Draws a cached mark centered at a point.
   * @param {Context} context in CSS pixels
   * @param {number} x
   * @param {number} y
   * @param {import("../map/page-config.js").MarkSymbol} mark
   * @param {number} scale
   * @param {number} pixelRatio device pixels per CSS pixel
   */
  drawStamp(context, x, y, mark, scale, pixelRatio) {
    const key = `${mark.code} ${scale} ${pixelRatio}`;
    const sizePx = Math.ceil(mark.size * scale * 1.3) + 2;
    let stamp = this.stampCache.get(key);
    if (!stamp) {
      stamp = this.createCanvas(Math.round(sizePx * pixelRatio), Math.round(sizePx * pixelRatio));
      const stampContext = context2d(stamp);
      stampContext.scale(pixelRatio, pixelRatio);
      drawMark(stampContext, sizePx / 2, sizePx / 2, mark, scale);
      this.stampCache.set(key, stamp);
    }
    // Snap to whole pixels; a stamp between pixels is blurred.
    const snapToPixel = (/** @type {number} */ center) => Math.round((center - sizePx / 2) * pixelRatio) / pixelRatio;
    context.drawImage(stamp, snapToPixel(x), snapToPixel(y), sizePx, sizePx);
  }
}

/**
 * Draws a mark centered at a point, with a black and a white outline so that it stands out on any background.
 * @param {Context} context
 * @param {number} x
 * @param {number} y
 * @param {import("../map/page-config.js").MarkSymbol} mark
 * @param {number} scale
 */
export function drawMark(context, x, y, mark, scale = 1) {
  const size = (mark.size * scale) / 24;
  context.save();
  context.translate(x - 12 * size, y - 12 * size);
  context.scale(size, size);
  context.lineJoin = context.lineCap = "round";
  const outline = parsePath(mark.outline);
  strokePath(context, outline, "#101412", 5.2);
  strokePath(context, outline, "#ffffff", 3);
  context.fillStyle = mark.color;
  context.fill(outline);
  if (mark.glyph) strokePath(context, parsePath(mark.glyph), "#ffffff", 2.6);
  context.restore();
}

/** @param {Context} context @param {Path2D} path @param {string} color @param {number} width */
function strokePath(context, path, color, width) {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.stroke(path);
}

/**
 * Draws text with a halo, rotated by an angle.
 * @param {Context} context
 * @param {number} x
 * @param {number} y
 * @param {string} text
 * @param {{color: string, halo: string, font: string, angle?: number, background?: string, width?: number}} style a `background` needs the `width` of the text
 */
export function drawText(context, x, y, text, style) {
  context.save();
  context.translate(x, y);
  context.rotate(style.angle ?? 0);
  context.font = style.font;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = context.lineCap = "round";
  if (style.background && style.width) {
    strokePath(context, horizontalLine(style.width - 10), style.background, 18);
  }
  context.lineWidth = 4;
  context.strokeStyle = style.halo;
  context.strokeText(text, 0, 0);
  context.fillStyle = style.color;
  context.fillText(text, 0, 0);
  context.restore();
}

/** Returns a horizontal line centered at the origin. @param {number} width */
function horizontalLine(width) {
  const path = new Path2D();
  path.moveTo(-width / 2, 0);
  path.lineTo(width / 2, 0);
  return path;
}

/** Draws a ring around the selected feature. @param {Context} context @param {number} x @param {number} y @param {string} selectionColor */
export function drawSelectionRing(context, x, y, selectionColor) {
  for (const [color, width] of /** @type {[string, number][]} */ ([["#ffffff", 7], [selectionColor, 4]])) {
    context.beginPath();
    context.arc(x, y, 15, 0, 2 * Math.PI);
    context.strokeStyle = color;
    context.lineWidth = width;
    context.stroke();
  }
}

/** Creates the hatch pattern for unknown values. @param {CreateCanvas} createCanvas */
export function createHatchPattern(createCanvas) {
  const tile = createCanvas(8, 8);
  const context = context2d(tile);
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
