// Draws the texts of a map: town names with values, street names, house numbers, and the numbers of a work sheet.
import { placeStreetLabels } from "./street-labels.js";
import { placeMarkNumbers, placeHouseNumbers, streetLines } from "./labels.js";
import { drawText } from "./mark-stamps.js";
import { isInFrame, nameRequiredStreets } from "./required-streets.js";
import { detailZoomOf, squareToPixels } from "../tiles/projection.js";
import { placeTownLabels } from "./town-labels.js";

/** @typedef {import("./painter.js").Scene} Scene */
/** @typedef {import("./mark-stamps.js").Context} Context */

/** Draws the texts of one map. */
export class TextPainter {
  /** Draws each town's name, with its value where that is known. @param {Context} context @param {Scene} scene */
  drawTownNames(context, { frame, mapStyle, hiddenLayers, towns, coveredBoxes }) {
    if (hiddenLayers.has("towns")) return;
    const measureText = (/** @type {string} */ text, /** @type {number} */ fontScale) => {
      context.font = scaleFont(mapStyle.font, fontScale);
      return context.measureText(text).width;
    };
    for (const { text, x, y, fontScale } of placeTownLabels(towns, frame, measureText, coveredBoxes)) drawText(context, x, y, text, { ...mapStyle.text, font: scaleFont(mapStyle.font, fontScale) });
  }

  /** Draws house numbers and street names clear of marks. Returns all street labels. @param {Context} context @param {Scene} scene @param {import("../tiles/point-features.js").PointFeature[]} urgentPoints */
  drawLabels(context, scene, urgentPoints) {
    const { frame, mapStyle } = scene;
    context.font = mapStyle.font;
    const style = { ...mapStyle.text, font: mapStyle.font };
    const measureText = (/** @type {string} */ text) => context.measureText(text).width;
    const marks = urgentPoints.map(({ position }) => squareToPixels(position, frame));
    const streetLabels = this.placeStreetNames(scene, measureText, marks);
    const numbers = this.placeNumbers(scene, measureText, streetLabels);
    const houseNumbers = scene.showHouseNumbers ? placeHouseNumbers(scene.groundTiles, frame, [...marks, ...numbers], measureText) : [];
    for (const label of houseNumbers) if (!scene.requiredStreets || isInFrame({ ...label, angle: 0 }, frame)) drawText(context, label.x, label.y, label.text, style);
    for (const label of streetLabels) if (!label.isOverMarks) this.drawStreetName(context, scene, label);
    return streetLabels;
  }

  /** Places the street names; on paper also those that the list mentions. @param {Scene} scene @param {(text: string) => number} measureText @param {{x: number, y: number}[]} marks */
  placeStreetNames({ frame, groundTiles, hiddenLayers, requiredStreets }, measureText, marks) {
    if (detailZoomOf(frame) < 16 || hiddenLayers.has("streets")) return [];
    const lines = streetLines(groundTiles, frame);
    const freeLabels = placeStreetLabels(lines, measureText, marks);
    return requiredStreets ? nameRequiredStreets(freeLabels, lines, requiredStreets, frame, measureText, marks) : freeLabels;
  }

  /** Places the numbers of the first marks, clear of the street names. @param {Scene} scene @param {(text: string) => number} measureText @param {import("./street-labels.js").StreetLabel[]} streetLabels */
  placeNumbers({ points, numberedCount, frame }, measureText, streetLabels) {
    return placeMarkNumbers(points.slice(0, numberedCount).map(({ position }) => squareToPixels(position, frame)), measureText, streetLabels, frame);
  }

  /** Draws a street's name on a strip of the street color, which hides other lines below it. @param {Context} context @param {Scene} scene @param {import("./street-labels.js").StreetLabel} label */
  drawStreetName(context, { mapStyle }, { x, y, name, angle, width }) {
    drawText(context, x, y, name, { ...mapStyle.text, font: mapStyle.font, angle, background: mapStyle.streetColor, width });
  }

  /** Numbers the first marks, white on black, so that no number is taken for a house number. @param {Context} context @param {Scene} scene @param {import("./street-labels.js").StreetLabel[]} streetLabels */
  drawMarkNumbers(context, scene, streetLabels) {
    const { font } = scene.mapStyle;
    context.font = font;
    const numbers = this.placeNumbers(scene, (text) => context.measureText(text).width, streetLabels);
    for (const { x, y, text, width } of numbers) drawText(context, x, y, text, { color: "#ffffff", halo: "#000000", font, background: "#000000", width: Math.max(width, 11) });
  }
}

/** Returns a font in another size. @param {string} font for example "400 16px sans-serif" @param {number} fontScale */
function scaleFont(font, fontScale) {
  return font.replace(/[\d.]+px/, (size) => `${fontScale * parseFloat(size)}px`);
}
