// Paints one view onto a canvas: ground, streets, borders, names, marks, from below upward.
import { Ground } from "./ground.js";
import { Stamps, ring } from "./marks.js";
import { placed } from "./projecting.js";
import { Writing } from "./writing.js";

/**
 * @typedef {import("./projecting.js").Frame} Frame
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

export const QUIET = new Set(["none", "unknown", "closed", "cancelled"]); // marks of what asks for no work
const AT_ONCE = 40; // lots or marks that are painted without a rest
const EDGE = 512; // pixels that a tile is wide at its own zoom

/** Whoever paints views of one map. */
export class Painter {
  /** @param {import("../told.js").Told} told @param {import("./marks.js").Make} make @param {import("./rest.js").Rest} rest */
  constructor(told, make, rest) {
    this.rest = rest;
    this.stamps = new Stamps(make);
    this.ground = new Ground(told, make);
    this.writing = new Writing(told);
    this.first = told.marks[0]?.code; // what is most urgent
    this.marks = new Map(told.marks.map((mark) => [mark.code, mark]));
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
    if (scene.filled === "towns") yield () => this.ground.townAreas(context, scene);
    if (scene.blocks.length) yield () => this.ground.blocks(context, scene);
    for (const tile of scene.ground) {
      for (const shapes of parted(tile.layers["parcels"] ?? [])) yield () => this.ground.inTile(context, scene, tile, (scale) => this.ground.lots(context, scene, tile, shapes, scale));
    }
    for (const tile of scene.ground) yield () => this.ground.inTile(context, scene, tile, (scale) => this.ground.outlines(context, scene, tile, scale));
    if (!scene.off.has("streets")) for (const tile of scene.ground) yield () => this.ground.inTile(context, scene, tile, (scale) => this.ground.streets(context, scene, tile, scale));
    yield () => this.ground.borders(context, scene);
    if (!scene.ground.length) return yield () => this.writing.townNames(context, scene);
    // What needs no work lies under the names, what does over them; but each street in view is named once, over all if need be.
    const [quiet, loud] = [scene.spots.filter(({ code }) => QUIET.has(code)), scene.spots.filter(({ code }) => !QUIET.has(code))];
    for (const spots of parted(quiet.reverse())) yield () => this.spots(context, scene, spots);
    /** @type {import("../names.js").Name[]} */
    let streets = [];
    yield () => void (streets = this.writing.labels(context, scene, loud));
    for (const spots of parted(loud.reverse())) yield () => this.spots(context, scene, spots);
    yield () => this.above(context, scene, streets);
  }

  /** What lies over all marks. @param {Context} context @param {Scene} scene @param {import("../names.js").Name[]} streets */
  above(context, scene, streets) {
    for (const name of streets) if (name.over) this.writing.streetName(context, scene, name);
    this.writing.counts(context, scene);
    if (!scene.picked.at) return;
    const { x, y } = placed(scene.picked.at, scene.frame);
    ring(context, x, y, scene.inks.pick);
  }

  /** @param {Context} context @param {Scene} scene @param {import("./features.js").Spot[]} spots the lowest first */
  spots(context, { frame, ratio }, spots) {
    for (const spot of spots) {
      const mark = this.marks.get(spot.code) ?? this.marks.get("unknown");
      if (!mark) continue;
      const { x, y } = placed(spot.at, frame);
      this.stamps.put(context, x, y, mark, sizeOf(frame.zoom, spot.code === this.first, QUIET.has(spot.code)), ratio);
    }
  }
}

/** Part a list, so that one may rest in between. @template T @param {T[]} all @returns {T[][]} */
function parted(all) {
  return Array.from({ length: Math.ceil(all.length / AT_ONCE) }, (_, nth) => all.slice(nth * AT_ONCE, (nth + 1) * AT_ONCE));
}

/** How large marks are: smaller where many are in view, but for the most urgent ones. @param {number} zoom @param {boolean} urgent @param {boolean} quiet */
function sizeOf(zoom, urgent, quiet) {
  if (zoom >= 19) return 1;
  if (zoom >= 18) return urgent ? 1 : 0.88;
  if (zoom >= 17) return urgent ? 0.9 : 0.64;
  return urgent ? 0.66 : quiet ? 0.35 : 0.48;
}

/** Which zoom of tiles a map's zoom is drawn from. @param {number} zoom @param {number} first @param {number} last */
export function tileZoom(zoom, first, last) {
  return Math.min(last, Math.max(first, Math.floor(zoom + Math.log2(256 / EDGE))));
}
