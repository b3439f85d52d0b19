// Paints what lies under names and marks: towns, blocks, lots, streets, borders.
import { colour, figure, stands } from "../figures.js";
import { hatch } from "./marks.js";
import { EXTENT, pixels, placed } from "./projecting.js";

/** @typedef {import("./painter.js").Scene} Scene */
/** @typedef {import("./painter.js").Town} Town */
/** @typedef {import("./projecting.js").Frame} Frame */
/** @typedef {import("./mvt.js").Shape} Shape */
/** @typedef {import("./tiles.js").Tile} Tile */
/** @typedef {import("./marks.js").Context} Context */

const OPEN = "#b23a0e"; // around lots with open inspections, as the palette's mark of what is overdue
const PALE = 0.3; // of what lies beyond what is asked for

/** The ground of one map. */
export class Ground {
  /** @param {import("../told.js").Told} told @param {import("./marks.js").Make} make */
  constructor(told, make) {
    this.told = told;
    this.hatch = hatch(make);
    /** @type {WeakMap<Shape, Path2D>} */
    this.paths = new WeakMap();
  }

  /** @param {Context} context @param {Scene} scene */
  townAreas(context, scene) {
    if (scene.off.has("towns")) return;
    for (const town of scene.towns) {
      context.globalAlpha = scene.town === null || town.name === scene.town ? 1 : PALE;
      const fill = this.fillOf(town.figures);
      if (typeof fill !== "string") fill.setTransform(new DOMMatrix());
      context.fillStyle = fill;
      context.fill(areaPath(town, scene.frame), "evenodd");
    }
    context.globalAlpha = 1;
  }

  /** Blocks are pale beyond the towns' limits, and beyond the chosen town's. @param {Context} context @param {Scene} scene */
  blocks(context, scene) {
    const towns = scene.towns.filter(({ name }) => scene.town === null || name === scene.town);
    const within = new Path2D();
    for (const town of towns) within.addPath(areaPath(town, scene.frame));
    for (const inside of towns.length ? [false, true] : [true]) {
      context.save();
      context.globalAlpha = inside ? 1 : PALE;
      if (inside && towns.length) context.clip(within);
      for (const tile of scene.blocks) this.inTile(context, scene, tile, (scale) => this.hexagons(context, tile, scale));
      context.restore();
    }
  }

  /** @param {Context} context @param {Tile} tile @param {number} scale */
  hexagons(context, tile, scale) {
    context.lineWidth = 1 / scale;
    context.strokeStyle = "rgb(40 44 40 / 0.28)";
    for (const shape of tile.layers["blocks"] ?? []) {
      this.filled(context, shape, this.fillOf(shape.properties), scale);
      context.stroke(this.path(shape));
    }
  }

  /** @param {Context} context @param {Scene} scene @param {Tile} tile @param {Shape[]} shapes @param {number} scale */
  lots(context, { inks, filled, off, meant }, tile, shapes, scale) {
    if (off.has("parcels")) return;
    context.lineJoin = "round";
    context.lineWidth = 0.8 / scale;
    context.strokeStyle = inks.lot;
    for (const shape of shapes) {
      const told = filled === "lots" ? tile.values?.get(shape.number) : null;
      if (told && meant(told.properties)) this.filled(context, shape, this.fillOf(told.properties), scale);
      context.stroke(this.path(shape));
    }
  }

  /** Lots that stand out, over their neighbours' edges: those with open inspections, and the one that is picked. @param {Context} context @param {Scene} scene @param {Tile} tile @param {number} scale */
  outlines(context, { inks, filled, picked, off, meant }, tile, scale) {
    if (off.has("parcels") || !tile.values) return;
    const chosen = picked.key?.startsWith("parcels/") ? picked.key.slice("parcels/".length) : null;
    const told = (/** @type {Shape} */ { number }) => tile.values?.get(number);
    const open = filled === "lots" ? (tile.layers["parcels"] ?? []).filter((shape) => (told(shape)?.properties["inspections_open"] ?? 0) > 0 && meant(told(shape)?.properties ?? {})) : [];
    const mine = chosen === null ? [] : (tile.layers["parcels"] ?? []).filter((shape) => told(shape)?.id === chosen);
    context.lineJoin = "round";
    // White and dark, so that they stand out on any fill.
    for (const [shapes, colour, width] of /** @type {[Shape[], string, number][]} */ ([[open, "#ffffff", 4.4], [open, OPEN, 2.4], [mine, inks.pick, 4]])) {
      context.lineWidth = width / scale;
      context.strokeStyle = colour;
      for (const shape of shapes) context.stroke(this.path(shape));
    }
  }

  /** @param {Context} context @param {Scene} scene @param {Tile} tile @param {number} scale */
  streets(context, { inks, frame }, tile, scale) {
    context.lineWidth = roadway(frame.zoom) / scale;
    context.lineCap = context.lineJoin = "round";
    context.strokeStyle = inks.street;
    for (const shape of tile.layers["streets"] ?? []) context.stroke(this.path(shape));
  }

  /** @param {Context} context @param {Scene} scene */
  borders(context, scene) {
    if (scene.off.has("towns")) return;
    context.strokeStyle = scene.inks.label;
    if (!scene.ground.length) {
      context.lineWidth = 1.6;
      for (const town of scene.towns) context.stroke(areaPath(town, scene.frame));
      return;
    }
    for (const tile of scene.ground) {
      this.inTile(context, scene, tile, (scale) => {
        context.lineWidth = 2 / scale;
        context.lineCap = "round";
        for (const shape of tile.layers["limits"] ?? []) if (stands(shape.properties, this.told.today)) context.stroke(this.path(shape));
      });
    }
  }

  /**
   * Draw within a tile's edges, in its units.
   * @param {Context} context
   * @param {Scene} scene
   * @param {Tile} tile
   * @param {(scale: number) => void} draw told how many pixels a unit is
   */
  inTile(context, { frame, ratio }, { place, whole }, draw) {
    const size = pixels(frame.zoom) / 2 ** place.z;
    const [left, top] = [place.x * size - frame.left, place.y * size - frame.top];
    context.save();
    context.beginPath();
    // Whole pixels: neighbours neither overlap nor leave a gap.
    const [west, north, east, south] = [left, top, left + size, top + size].map((at) => Math.round(at * ratio) / ratio);
    context.rect(west ?? 0, north ?? 0, (east ?? 0) - (west ?? 0), (south ?? 0) - (north ?? 0));
    if (!whole) context.clip();
    context.translate(left, top);
    context.scale(size / EXTENT, size / EXTENT);
    draw(size / EXTENT);
    context.restore();
  }

  /** @param {Shape} shape */
  path(shape) {
    const known = this.paths.get(shape);
    if (known) return known;
    const path = new Path2D();
    for (const line of shape.lines) {
      for (let at = 0; at < line.length; at += 2) {
        if (at) path.lineTo(line[at] ?? 0, line[at + 1] ?? 0);
        else path.moveTo(line[0] ?? 0, line[1] ?? 0);
      }
      if (shape.kind === 3) path.closePath();
    }
    this.paths.set(shape, path);
    return path;
  }

  /** @param {import("../told.js").Properties} properties */
  fillOf(properties) {
    return colour(this.told.scale, figure(this.told.scale, properties)) ?? this.hatch;
  }

  /** The hatch is of the screen, whatever the tile's units. @param {Context} context @param {Shape} shape @param {string | CanvasPattern} fill @param {number} scale */
  filled(context, shape, fill, scale) {
    if (typeof fill !== "string") fill.setTransform(new DOMMatrix([1 / scale, 0, 0, 1 / scale, 0, 0]));
    context.fillStyle = fill;
    context.fill(this.path(shape), "evenodd");
  }
}

/** @param {Town} town @param {Frame} frame */
function areaPath({ areas }, frame) {
  const path = new Path2D();
  for (const rings of areas) {
    for (const line of rings) {
      line.forEach((at, nth) => {
        const { x, y } = placed(at, frame);
        if (nth) path.lineTo(x, y);
        else path.moveTo(x, y);
      });
      path.closePath();
    }
  }
  return path;
}

/** How wide streets are, in pixels. @param {number} zoom */
function roadway(zoom) {
  return Math.min(26, Math.max(2, 2.4 * 1.75 ** (zoom - 15)));
}
