// Paints the areas and lines under labels and marks: towns, hexbins, parcels, streets, borders.
import { scaleColor, scaleValue, isInForce } from "../tiles/feature-format.js";
import { createHatchPattern } from "./mark-stamps.js";
import { TILE_EXTENT, worldSizePx, squareToPixels } from "../tiles/projection.js";

/** @typedef {import("./painter.js").Scene} Scene */
/** @typedef {import("./painter.js").TownShape} TownShape */
/** @typedef {import("../tiles/projection.js").PixelFrame} PixelFrame */
/** @typedef {import("../tiles/mvt.js").TileFeature} TileFeature */
/** @typedef {import("../tiles/tile-cache.js").Tile} Tile */
/** @typedef {import("./mark-stamps.js").Context} Context */

const OPEN_INSPECTION_COLOR = "#b23a0e"; // outlines parcels with open inspections; the palette's color for overdue
const FADED_ALPHA = 0.3; // of areas outside the selected town

/** Paints the ground of one map. */
export class GroundPainter {
  /** @param {import("../map/page-config.js").PageConfig} config @param {import("./mark-stamps.js").CreateCanvas} createCanvas */
  constructor(config, createCanvas) {
    this.config = config;
    this.hatchPattern = createHatchPattern(createCanvas);
    /** @type {WeakMap<TileFeature, Path2D>} */
    this.pathCache = new WeakMap();
  }

  /** @param {Context} context @param {Scene} scene */
  drawTownAreas(context, scene) {
    if (scene.hiddenLayers.has("towns")) return;
    for (const town of scene.towns) {
      context.globalAlpha = scene.townFilter === null || town.name === scene.townFilter ? 1 : FADED_ALPHA;
      const fill = this.fillStyleOf(town.properties);
      if (typeof fill !== "string") fill.setTransform(new DOMMatrix());
      context.fillStyle = fill;
      context.fill(townPath(town, scene.frame), "evenodd");
    }
    context.globalAlpha = 1;
  }

  /** Paints hexbins, faded outside the towns or outside the selected town. @param {Context} context @param {Scene} scene */
  drawHexbins(context, scene) {
    const towns = scene.towns.filter(({ name }) => scene.townFilter === null || name === scene.townFilter);
    const townsPath = new Path2D();
    for (const town of towns) townsPath.addPath(townPath(town, scene.frame));
    for (const isInside of towns.length ? [false, true] : [true]) {
      context.save();
      context.globalAlpha = isInside ? 1 : FADED_ALPHA;
      if (isInside && towns.length) context.clip(townsPath);
      for (const tile of scene.hexbinTiles) this.drawInTile(context, scene, tile, (scale) => this.drawHexbinTile(context, tile, scale));
      context.restore();
    }
  }

  /** @param {Context} context @param {Tile} tile @param {number} scale */
  drawHexbinTile(context, tile, scale) {
    context.lineWidth = 1 / scale;
    context.strokeStyle = "rgb(40 44 40 / 0.28)";
    for (const feature of tile.layers["blocks"] ?? []) {
      this.fillFeature(context, feature, this.fillStyleOf(feature.properties), scale);
      context.stroke(this.featurePath(feature));
    }
  }

  /** @param {Context} context @param {Scene} scene @param {Tile} tile @param {TileFeature[]} features @param {number} scale */
  drawParcels(context, { mapStyle, filledLayer, hiddenLayers, matchesFilter }, tile, features, scale) {
    if (hiddenLayers.has("parcels")) return;
    context.lineJoin = "round";
    context.lineWidth = 0.8 / scale;
    context.strokeStyle = mapStyle.parcelColor;
    for (const feature of features) {
      const entry = filledLayer === "parcels" ? tile.values?.get(feature.featureNumber) : null;
      if (entry && matchesFilter(entry.properties)) this.fillFeature(context, feature, this.fillStyleOf(entry.properties), scale);
      context.stroke(this.featurePath(feature));
    }
  }

  /** Outlines parcels over their neighbors' edges: those with open inspections, and the selected one. @param {Context} context @param {Scene} scene @param {Tile} tile @param {number} scale */
  drawParcelOutlines(context, { mapStyle, filledLayer, selection, hiddenLayers, matchesFilter }, tile, scale) {
    if (hiddenLayers.has("parcels") || !tile.values) return;
    const selectedParcelId = selection.key?.startsWith("parcels/") ? selection.key.slice("parcels/".length) : null;
    const entryOf = (/** @type {TileFeature} */ { featureNumber }) => tile.values?.get(featureNumber);
    const withOpenInspections = filledLayer === "parcels" ? (tile.layers["parcels"] ?? []).filter((feature) => (entryOf(feature)?.properties["inspections_open"] ?? 0) > 0 && matchesFilter(entryOf(feature)?.properties ?? {})) : [];
    const selectedFeatures = selectedParcelId === null ? [] : (tile.layers["parcels"] ?? []).filter((feature) => entryOf(feature)?.id === selectedParcelId);
    context.lineJoin = "round";
    // White under the color, so that outlines stand out on any fill.
    for (const [features, color, width] of /** @type {[TileFeature[], string, number][]} */ ([[withOpenInspections, "#ffffff", 4.4], [withOpenInspections, OPEN_INSPECTION_COLOR, 2.4], [selectedFeatures, mapStyle.selectionColor, 4]])) {
      context.lineWidth = width / scale;
      context.strokeStyle = color;
      for (const feature of features) context.stroke(this.featurePath(feature));
    }
  }

  /** @param {Context} context @param {Scene} scene @param {Tile} tile @param {number} scale */
  drawStreets(context, { mapStyle, frame }, tile, scale) {
    context.lineWidth = streetWidthPx(frame.zoom) / scale;
    context.lineCap = context.lineJoin = "round";
    context.strokeStyle = mapStyle.streetColor;
    for (const feature of tile.layers["streets"] ?? []) context.stroke(this.featurePath(feature));
  }

  /** @param {Context} context @param {Scene} scene */
  drawTownBorders(context, scene) {
    if (scene.hiddenLayers.has("towns")) return;
    context.strokeStyle = scene.mapStyle.labelColor;
    if (!scene.groundTiles.length) {
      context.lineWidth = 1.6;
      for (const town of scene.towns) context.stroke(townPath(town, scene.frame));
      return;
    }
    for (const tile of scene.groundTiles) {
      this.drawInTile(context, scene, tile, (scale) => {
        context.lineWidth = 2 / scale;
        context.lineCap = "round";
        for (const feature of tile.layers["limits"] ?? []) if (isInForce(feature.properties, this.config.today)) context.stroke(this.featurePath(feature));
      });
    }
  }

  /**
   * Draws in tile units, clipped to the tile's edges.
   * @param {Context} context
   * @param {Scene} scene
   * @param {Tile} tile
   * @param {(scale: number) => void} draw gets the size of a tile unit in pixels
   */
  drawInTile(context, { frame, pixelRatio }, { coord, isUnclipped }, draw) {
    const size = worldSizePx(frame.zoom) / 2 ** coord.z;
    const [left, top] = [coord.x * size - frame.left, coord.y * size - frame.top];
    context.save();
    context.beginPath();
    // Snap to whole pixels, so that neighboring tiles neither overlap nor leave a gap.
    const [west, north, east, south] = [left, top, left + size, top + size].map((edge) => Math.round(edge * pixelRatio) / pixelRatio);
    context.rect(west ?? 0, north ?? 0, (east ?? 0) - (west ?? 0), (south ?? 0) - (north ?? 0));
    if (!isUnclipped) context.clip();
    context.translate(left, top);
    context.scale(size / TILE_EXTENT, size / TILE_EXTENT);
    draw(size / TILE_EXTENT);
    context.restore();
  }

  /** @param {TileFeature} feature */
  featurePath(feature) {
    const cachedPath = this.pathCache.get(feature);
    if (cachedPath) return cachedPath;
    const path = new Path2D();
    for (const line of feature.lines) {
      for (let index = 0; index < line.length; index += 2) {
        if (index) path.lineTo(line[index] ?? 0, line[index + 1] ?? 0);
        else path.moveTo(line[0] ?? 0, line[1] ?? 0);
      }
      if (feature.geometryType === 3) path.closePath();
    }
    this.pathCache.set(feature, path);
    return path;
  }

  /** @param {import("../map/page-config.js").Properties} properties */
  fillStyleOf(properties) {
    return scaleColor(this.config.scale, scaleValue(this.config.scale, properties)) ?? this.hatchPattern;
  }

  /** Fills a feature. The hatch keeps its screen size whatever the tile's scale. @param {Context} context @param {TileFeature} feature @param {string | CanvasPattern} fill @param {number} scale */
  fillFeature(context, feature, fill, scale) {
    if (typeof fill !== "string") fill.setTransform(new DOMMatrix([1 / scale, 0, 0, 1 / scale, 0, 0]));
    context.fillStyle = fill;
    context.fill(this.featurePath(feature), "evenodd");
  }
}

/** @param {TownShape} town @param {PixelFrame} frame */
function townPath({ areas }, frame) {
  const path = new Path2D();
  for (const rings of areas) {
    for (const line of rings) {
      line.forEach((position, index) => {
        const { x, y } = squareToPixels(position, frame);
        if (index) path.lineTo(x, y);
        else path.moveTo(x, y);
      });
      path.closePath();
    }
  }
  return path;
}

/** Returns the width of streets in pixels. @param {number} zoom */
function streetWidthPx(zoom) {
  return Math.min(26, Math.max(2, 2.4 * 1.75 ** (zoom - 15)));
}
