// Draws the texts of a map: town names with values, street names, house numbers, and the numbers of a work sheet.
import { scaleValue, formatScaleValue } from "../tiles/feature-format.js";
import { placeStreetLabels } from "./street-labels.js";
import { placeMarkNumbers, placeHouseNumbers, streetLines } from "./labels.js";
import { drawText } from "./mark-stamps.js";
import { squareToPixels } from "../tiles/projection.js";
import { placeTownLabels } from "./town-labels.js";

/** @typedef {import("./painter.js").Scene} Scene */
/** @typedef {import("./painter.js").TownShape} TownShape */
/** @typedef {import("./mark-stamps.js").Context} Context */

/** Draws the texts of one map. */
export class TextPainter {
  /** @param {import("../map/page-config.js").PageConfig} config */
  constructor(config) {
    this.config = config;
  }

  /** Draws each town's name, with its value where that is known. @param {Context} context @param {Scene} scene */
  drawTownNames(context, { frame, mapStyle, hiddenLayers, towns, coveredBoxes }) {
    if (hiddenLayers.has("towns")) return;
    const { scale } = this.config;
    const valueTextOf = (/** @type {TownShape} */ { properties }) => {
      const value = scaleValue(scale, properties);
      return value === null ? null : formatScaleValue(scale, Math.round(value * 10) / 10);
    };
    context.font = mapStyle.font;
    const style = { ...mapStyle.text, font: mapStyle.font };
    const townLabels = placeTownLabels(towns, frame, (text) => context.measureText(text).width, coveredBoxes, valueTextOf);
    for (const { text, x, y } of townLabels) drawText(context, x, y, text, style);
  }

  /** Draws house numbers and street names clear of marks. Returns all street labels. @param {Context} context @param {Scene} scene @param {import("../tiles/point-features.js").PointFeature[]} urgentPoints */
  drawLabels(context, scene, urgentPoints) {
    const { frame, mapStyle } = scene;
    context.font = mapStyle.font;
    const style = { ...mapStyle.text, font: mapStyle.font };
    const measureText = (/** @type {string} */ text) => context.measureText(text).width;
    const marks = urgentPoints.map(({ position }) => squareToPixels(position, frame));
    if (scene.showHouseNumbers) for (const { x, y, text } of placeHouseNumbers(scene.groundTiles, frame, marks, measureText)) drawText(context, x, y, text, style);
    if (frame.zoom < 16 || scene.hiddenLayers.has("streets")) return [];
    const streetLabels = placeStreetLabels(streetLines(scene.groundTiles, frame), measureText, marks);
    for (const label of streetLabels) if (!label.isOverMarks) this.drawStreetName(context, scene, label);
    return streetLabels;
  }

  /** Draws a street's name on a strip of the street color, which hides other lines below it. @param {Context} context @param {Scene} scene @param {import("./street-labels.js").StreetLabel} label */
  drawStreetName(context, { mapStyle }, { x, y, name, angle, width }) {
    drawText(context, x, y, name, { ...mapStyle.text, font: mapStyle.font, angle, background: mapStyle.streetColor, width });
  }

  /** Numbers the first marks. @param {Context} context @param {Scene} scene */
  drawMarkNumbers(context, { points, numberedCount, frame, mapStyle }) {
    context.font = mapStyle.font;
    const marks = points.slice(0, numberedCount).map(({ position }) => squareToPixels(position, frame));
    for (const { x, y, text } of placeMarkNumbers(marks, (label) => context.measureText(label).width)) drawText(context, x, y, text, { ...mapStyle.text, font: mapStyle.font });
  }
}
