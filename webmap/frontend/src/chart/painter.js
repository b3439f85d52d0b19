// Paints one view onto a canvas: ground, streets, borders, names, marks, from below upward.
import { colour, figure, share, stands } from "../figures.js";
import { placeNames } from "../names.js";
import { counts, houseNumbers, streetLines } from "./labels.js";
import { Stamps, drawText, hatch, ring } from "./marks.js";
import { EXTENT, pixels, placed } from "./projecting.js";
import { townNames } from "./townnames.js";

/**
 * @typedef {import("./projecting.js").Frame} Frame
 * @typedef {import("./reading.js").Shape} Shape
 * @typedef {import("./tiles.js").Tile} Tile
 * @typedef {import("./marks.js").Context} Context
 * @typedef {{street: string, lot: string, label: string, pick: string, plain: string, text: {ink: string, halo: string}}} Inks
 * @typedef {{name: string, figures: import("../told.js").Properties, areas: [number, number][][][], middle: [number, number] | null}} Town areas and middle on the square
 * @typedef {{
 *   frame: Frame, ratio: number, inks: Inks, towns: Town[], town: string | null, filled: "towns" | "blocks" | "lots" | null, ground: Tile[], blocks: Tile[],
 *   spots: import("./features.js").Spot[], tally: Record<string, number>, counted: number, numbered: boolean, off: Set<string>, meant: (properties: any) => boolean,
 *   picked: {key: string | null, at: [number, number] | null}, taken: {left: number, top: number, right: number, bottom: number}[],
 * }} Scene
 */

const OPEN = "#b23a0e"; // around lots with open inspections, as the palette's mark of what is overdue
export const QUIET = new Set(["none", "unknown", "closed", "cancelled"]); // marks of what asks for no work
const PALE = 0.3; // of what lies beyond what is asked for
const AT_ONCE = 120; // lots or marks that are painted without a rest
const EDGE = 512; // pixels that a tile is wide at its own zoom

/** Whoever paints views of one map. */
export class Painter {
  /** @param {import("../told.js").Told} told @param {import("./marks.js").Make} make @param {import("./rest.js").Rest} rest */
  constructor(told, make, rest) {
    this.rest = rest;
    this.told = told;
    this.stamps = new Stamps(make);
    this.hatch = hatch(make);
    this.marks = new Map(told.marks.map((mark) => [mark.code, mark]));
    /** @type {WeakMap<Shape, Path2D>} */
    this.paths = new WeakMap();
  }

  /** Paint a scene; in a page in pieces, between which it answers fingers. @param {Context} context @param {Scene} scene */
  async paint(context, scene) {
    context.setTransform(scene.ratio, 0, 0, scene.ratio, 0, 0);
    context.clearRect(0, 0, scene.frame.width, scene.frame.height);
    for (const piece of this.pieces(context, scene)) {
      if (this.rest.due) await this.rest.take();
      piece();
    }
  }

  /** What is to be painted, piece by piece, from below upward. @param {Context} context @param {Scene} scene @returns {Generator<() => void>} */
  *pieces(context, scene) {
    if (scene.filled === "towns") yield () => this.townAreas(context, scene);
    if (scene.blocks.length) yield () => this.blocks(context, scene);
    for (const tile of scene.ground) {
      for (const shapes of parted(tile.layers["parcels"] ?? [])) yield () => this.inTile(context, scene, tile, (scale) => this.lots(context, scene, tile, shapes, scale));
    }
    for (const tile of scene.ground) yield () => this.inTile(context, scene, tile, (scale) => this.outlines(context, scene, tile, scale));
    if (!scene.off.has("streets")) for (const tile of scene.ground) yield () => this.inTile(context, scene, tile, (scale) => this.streets(context, scene, tile, scale));
    yield () => this.borders(context, scene);
    if (!scene.ground.length) return yield () => this.townNames(context, scene);
    // What needs no work lies under the names, what does over them; but each street in view is named once, over all if need be.
    const [quiet, loud] = [scene.spots.filter(({ code }) => QUIET.has(code)), scene.spots.filter(({ code }) => !QUIET.has(code))];
    for (const spots of parted(quiet.reverse())) yield () => this.spots(context, scene, spots);
    /** @type {import("../names.js").Name[]} */
    let streets = [];
    yield () => void (streets = this.labels(context, scene, loud));
    for (const spots of parted(loud.reverse())) yield () => this.spots(context, scene, spots);
    yield () => this.above(context, scene, streets);
  }

  /** What lies over all marks. @param {Context} context @param {Scene} scene @param {import("../names.js").Name[]} streets */
  above(context, scene, streets) {
    for (const name of streets) if (name.over) this.streetName(context, scene, name);
    this.counts(context, scene);
    if (!scene.picked.at) return;
    const { x, y } = placed(scene.picked.at, scene.frame);
    ring(context, x, y, scene.inks.pick);
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

  /** The hatch is of the screen, whatever the tile's units. @param {Context} context @param {Shape} shape @param {string | CanvasPattern} fill @param {number} scale */
  filled(context, shape, fill, scale) {
    if (typeof fill !== "string") fill.setTransform(new DOMMatrix([1 / scale, 0, 0, 1 / scale, 0, 0]));
    context.fillStyle = fill;
    context.fill(this.path(shape), "evenodd");
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

  /** Each town's name with its figure, where it is known. @param {Context} context @param {Scene} scene */
  townNames(context, { frame, inks, off, towns, taken }) {
    if (off.has("towns")) return;
    const { scale } = this.told;
    const figureOf = (/** @type {Town} */ { figures }) => {
      const value = figure(scale, figures);
      return value === null ? null : share(scale, Math.round(value * 10) / 10);
    };
    context.font = inks.plain;
    const style = { ...inks.text, font: inks.plain };
    const names = townNames(towns, frame, (text) => context.measureText(text).width, taken, figureOf);
    for (const { text, x, y } of names) drawText(context, x, y, text, style);
  }

  /** Write house numbers and streets' names clear of marks; gives all names of streets. @param {Context} context @param {Scene} scene @param {import("./features.js").Spot[]} loud */
  labels(context, scene, loud) {
    const { frame, inks } = scene;
    context.font = inks.plain;
    const style = { ...inks.text, font: inks.plain };
    const widthOf = (/** @type {string} */ text) => context.measureText(text).width;
    const marks = loud.map(({ at }) => placed(at, frame));
    if (scene.numbered) for (const { x, y, text } of houseNumbers(scene.ground, frame, marks, widthOf)) drawText(context, x, y, text, style);
    if (frame.zoom < 16 || scene.off.has("streets")) return [];
    const names = placeNames(streetLines(scene.ground, frame), widthOf, marks);
    for (const name of names) if (!name.over) this.streetName(context, scene, name);
    return names;
  }

  /** A street's name stands on its street, whatever runs along beneath it. @param {Context} context @param {Scene} scene @param {import("../names.js").Name} name */
  streetName(context, { inks }, { x, y, name, angle, width }) {
    drawText(context, x, y, name, { ...inks.text, font: inks.plain, angle, ground: inks.street, width });
  }

  /** Number the first marks in their order. @param {Context} context @param {Scene} scene */
  counts(context, { spots, counted, frame, inks }) {
    context.font = inks.plain;
    const marks = spots.slice(0, counted).map(({ at }) => placed(at, frame));
    for (const { x, y, text } of counts(marks, (said) => context.measureText(said).width)) drawText(context, x, y, text, { ...inks.text, font: inks.plain });
  }

  /** @param {Context} context @param {Scene} scene @param {import("./features.js").Spot[]} spots the lowest first */
  spots(context, { frame, ratio }, spots) {
    const scale = sizeOf(frame.zoom);
    for (const spot of spots) {
      const mark = this.marks.get(spot.code) ?? this.marks.get("unknown");
      if (!mark) continue;
      const { x, y } = placed(spot.at, frame);
      this.stamps.put(context, x, y, mark, QUIET.has(spot.code) && frame.zoom < 17 ? scale * 0.7 : scale, ratio);
    }
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

/** Part a list, so that one may rest in between. @template T @param {T[]} all @returns {T[][]} */
function parted(all) {
  return Array.from({ length: Math.ceil(all.length / AT_ONCE) }, (_, nth) => all.slice(nth * AT_ONCE, (nth + 1) * AT_ONCE));
}

/** How large marks are: smaller where many are in view. @param {number} zoom */
function sizeOf(zoom) {
  return zoom < 17 ? 0.5 : zoom < 18 ? 0.72 : zoom < 19 ? 0.9 : 1;
}

/** How wide streets are, in pixels. @param {number} zoom */
function roadway(zoom) {
  return Math.min(26, Math.max(2, 2.4 * 1.75 ** (zoom - 15)));
}

/** Which zoom of tiles a map's zoom is drawn from. @param {number} zoom @param {number} first @param {number} last */
export function tileZoom(zoom, first, last) {
  return Math.min(last, Math.max(first, Math.floor(zoom + Math.log2(256 / EDGE))));
}
