// Paints one view onto a canvas, from bottom to top: ground, streets, borders, labels, marks.
import { GroundPainter } from "./ground-painter.js";
import { MarkStamps, drawSelectionRing } from "./mark-stamps.js";
import { squareToPixels } from "../tiles/projection.js";
import { TextPainter } from "./text-painter.js";

/**
 * @typedef {import("../tiles/projection.js").PixelFrame} PixelFrame
 * @typedef {import("../tiles/tile-cache.js").Tile} Tile
 * @typedef {import("./mark-stamps.js").Context} Context
 * @typedef {{streetColor: string, parcelColor: string, labelColor: string, selectionColor: string, font: string, text: {color: string, halo: string}}} MapStyle the colors and font of the page's theme
 * @typedef {{name: string, valueText: string | null, properties: import("../map/page-config.js").Properties, areas: [number, number][][][], labelPoint: [number, number] | null}} TownShape areas and label point on the unit square
 * @typedef {{
 *   frame: PixelFrame, pixelRatio: number, mapStyle: MapStyle, towns: TownShape[], townFilter: string | null, filledLayer: "towns" | "hexbins" | "parcels" | null, groundTiles: Tile[], hexbinTiles: Tile[],
 *   points: import("../tiles/point-features.js").PointFeature[], countsByMark: Record<string, number>, numberedCount: number, requiredStreets: string[] | null, showHouseNumbers: boolean, hiddenLayers: Set<string>, matchesFilter: (properties: any) => boolean,
 *   selection: {key: string | null, position: [number, number] | null}, coveredBoxes: {left: number, top: number, right: number, bottom: number}[],
 * }} Scene `requiredStreets` are those that a printed map must name; null on the screen
 */

export const QUIET_CODES = new Set(["none", "unknown", "closed", "cancelled"]); // marks of features that need no work
const PAINT_BATCH_SIZE = 40; // parcels or marks painted before the page gets a turn
const TILE_SIZE_PX = 512; // width of a tile at its own zoom

/** Paints the views of one map. */
export class Painter {
  /** @param {import("../map/page-config.js").PageConfig} config @param {import("./mark-stamps.js").CreateCanvas} createCanvas @param {import("../ui/frame-budget.js").FrameBudget} frameBudget */
  constructor(config, createCanvas, frameBudget) {
    this.frameBudget = frameBudget;
    this.markStamps = new MarkStamps(createCanvas);
    this.groundPainter = new GroundPainter(config, createCanvas);
    this.textPainter = new TextPainter();
    this.mostUrgentCode = config.marks[0]?.code;
    this.markByCode = new Map(config.marks.map((mark) => [mark.code, mark]));
  }

  /** Paints a scene. In a page it yields to user input between steps. @param {Context} context @param {Scene} scene */
  async paintScene(context, scene) {
    context.setTransform(scene.pixelRatio, 0, 0, scene.pixelRatio, 0, 0);
    context.clearRect(0, 0, scene.frame.width, scene.frame.height);
    for (const paintStep of this.paintSteps(context, scene)) {
      if (this.frameBudget.isSpent) await this.frameBudget.yieldToPage();
      paintStep();
    }
  }

  /** Returns the paint steps from bottom to top. @param {Context} context @param {Scene} scene @returns {Generator<() => void>} */
  *paintSteps(context, scene) {
    if (scene.filledLayer === "towns") yield () => this.groundPainter.drawTownAreas(context, scene);
    if (scene.hexbinTiles.length) yield () => this.groundPainter.drawHexbins(context, scene);
    for (const tile of scene.groundTiles) {
      for (const features of splitIntoBatches(tile.layers["parcels"] ?? [])) yield () => this.groundPainter.drawInTile(context, scene, tile, (scale) => this.groundPainter.drawParcels(context, scene, tile, features, scale));
    }
    for (const tile of scene.groundTiles) yield () => this.groundPainter.drawInTile(context, scene, tile, (scale) => this.groundPainter.drawParcelOutlines(context, scene, tile, scale));
    if (!scene.hiddenLayers.has("streets")) for (const tile of scene.groundTiles) yield () => this.groundPainter.drawInTile(context, scene, tile, (scale) => this.groundPainter.drawStreets(context, scene, tile, scale));
    yield () => this.groundPainter.drawTownBorders(context, scene);
    if (!scene.groundTiles.length) return yield () => this.textPainter.drawTownNames(context, scene);
    // Marks that need no work lie under the street names, the others over them. A street whose name would be hidden gets it on top.
    const [quietPoints, urgentPoints] = [scene.points.filter(({ code }) => QUIET_CODES.has(code)), scene.points.filter(({ code }) => !QUIET_CODES.has(code))];
    for (const points of splitIntoBatches(quietPoints.reverse())) yield () => this.paintMarks(context, scene, points);
    /** @type {import("./street-labels.js").StreetLabel[]} */
    let streetLabels = [];
    yield () => void (streetLabels = this.textPainter.drawLabels(context, scene, urgentPoints));
    for (const points of splitIntoBatches(urgentPoints.reverse())) yield () => this.paintMarks(context, scene, points);
    yield () => this.paintOverlay(context, scene, streetLabels);
  }

  /** Paints the labels and the selection ring over all marks. @param {Context} context @param {Scene} scene @param {import("./street-labels.js").StreetLabel[]} streetLabels */
  paintOverlay(context, scene, streetLabels) {
    for (const label of streetLabels) if (label.isOverMarks) this.textPainter.drawStreetName(context, scene, label);
    this.textPainter.drawMarkNumbers(context, scene, streetLabels);
    if (!scene.selection.position) return;
    const { x, y } = squareToPixels(scene.selection.position, scene.frame);
    drawSelectionRing(context, x, y, scene.mapStyle.selectionColor);
  }

  /** @param {Context} context @param {Scene} scene @param {import("../tiles/point-features.js").PointFeature[]} points bottom first */
  paintMarks(context, { frame, pixelRatio }, points) {
    for (const point of points) {
      const mark = this.markByCode.get(point.code) ?? this.markByCode.get("unknown");
      if (!mark) continue;
      const { x, y } = squareToPixels(point.position, frame);
      this.markStamps.drawStamp(context, x, y, mark, markScale(frame.zoom, point.code === this.mostUrgentCode, QUIET_CODES.has(point.code)), pixelRatio);
    }
  }
}

/** Splits a list into batches. @template T @param {T[]} items @returns {T[][]} */
function splitIntoBatches(items) {
  return Array.from({ length: Math.ceil(items.length / PAINT_BATCH_SIZE) }, (_, batchIndex) => items.slice(batchIndex * PAINT_BATCH_SIZE, (batchIndex + 1) * PAINT_BATCH_SIZE));
}

/** Returns the scale of a mark: smaller when zoomed out, except for the most urgent marks. @param {number} zoom @param {boolean} isUrgent @param {boolean} isQuiet */
function markScale(zoom, isUrgent, isQuiet) {
  if (zoom >= 19) return 1;
  if (zoom >= 18) return isUrgent ? 1 : 0.88;
  if (zoom >= 17) return isUrgent ? 0.9 : 0.64;
  return isUrgent ? 0.66 : isQuiet ? 0.35 : 0.48;
}

/** Returns the tile zoom for a map zoom. @param {number} zoom @param {number} first @param {number} last */
export function tileZoom(zoom, first, last) {
  return Math.min(last, Math.max(first, Math.floor(zoom + Math.log2(256 / TILE_SIZE_PX))));
}
