// Writes what stands on a map as text: towns with their figures, streets, house numbers, and the numbers of a day's trees.
import { figure, share } from "../figures.js";
import { placeNames } from "../names.js";
import { counts, houseNumbers, streetLines } from "./labels.js";
import { drawText } from "./marks.js";
import { placed } from "./projecting.js";
import { townNames } from "./townnames.js";

/** @typedef {import("./painter.js").Scene} Scene */
/** @typedef {import("./painter.js").Town} Town */
/** @typedef {import("./marks.js").Context} Context */

/** The texts of one map. */
export class Writing {
  /** @param {import("../told.js").Told} told */
  constructor(told) {
    this.told = told;
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
}
