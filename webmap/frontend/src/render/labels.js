// Places labels for house numbers, streets and mark numbers where they have room.
import { labelPoints, spreadLabels } from "./street-labels.js";
import { TILE_EXTENT, tileToSquare, squareToPixels } from "../tiles/projection.js";
import { boundsOfLines } from "../tiles/tile-geometry.js";

/** @typedef {import("../tiles/tile-cache.js").Tile} Tile */
/** @typedef {import("../tiles/projection.js").PixelFrame} PixelFrame */
/** @typedef {{x: number, y: number}} PixelPoint in pixels */
/** @typedef {{x: number, y: number, text: string, width: number}} Label */

const MARK_RADIUS_PX = 12; // from a mark's center to its edge

/** Places house numbers in their parcels. @param {Tile[]} tiles @param {PixelFrame} frame @param {PixelPoint[]} marks @param {(text: string) => number} measureText */
export function placeHouseNumbers(tiles, frame, marks, measureText) {
  /** @type {Map<number, Label>} */
  const labels = new Map();
  for (const { coord, layers, values, isUnclipped } of tiles) {
    for (const feature of layers["parcels"] ?? []) {
      const text = /^\d+[^ ]*/.exec(values?.get(feature.featureNumber)?.properties["address"] ?? "")?.[0];
      const [west, north, east, south] = boundsOfLines(feature);
      const [x, y] = [(west + east) / 2, (north + south) / 2];
      const isOutsideTile = !isUnclipped && (x < 0 || y < 0 || x >= TILE_EXTENT || y >= TILE_EXTENT);
      if (!text || isOutsideTile || labels.has(feature.featureNumber)) continue;
      labels.set(feature.featureNumber, { ...squareToPixels(tileToSquare(coord, x, y), frame), text, width: measureText(text) });
    }
  }
  return spreadLabels([...labels.values()].flatMap((label) => avoidMarks(label, marks)), 20);
}

/** Moves a label up or down until no mark hides it; returns none if that fails. @param {Label} label @param {PixelPoint[]} marks */
function avoidMarks(label, marks) {
  const nearbyMarks = marks.filter(({ x, y }) => Math.abs(x - label.x) < label.width / 2 + MARK_RADIUS_PX && Math.abs(y - label.y) < 3 * MARK_RADIUS_PX + 10);
  const freeY = [0, 22, -22].map((offsetY) => label.y + offsetY).find((candidateY) => nearbyMarks.every(({ y }) => Math.abs(y - candidateY) > MARK_RADIUS_PX + 8));
  return freeY === undefined ? [] : [{ ...label, y: freeY }];
}

/** Returns the street lines of some tiles in pixels. @param {Tile[]} tiles @param {PixelFrame} frame */
export function streetLines(tiles, frame) {
  const lines = [];
  for (const { coord, layers } of tiles) {
    for (const feature of layers["streets"] ?? []) {
      const name = feature.properties["name"];
      if (!name) continue;
      for (const line of feature.lines) {
        const points = [];
        for (let index = 0; index < line.length; index += 2) points.push(squareToPixels(tileToSquare(coord, line[index] ?? 0, line[index + 1] ?? 0), frame));
        lines.push({ name: String(name), points });
      }
    }
  }
  return lines;
}

/**
 * Places a number beside each mark, where it hides the least.
 * @param {PixelPoint[]} marks
 * @param {(text: string) => number} measureText
 * @param {import("./street-labels.js").SlantedLabel[]} streetLabels to leave free
 * @param {PixelFrame | null} frame that should hold the numbers
 */
export function placeMarkNumbers(marks, measureText, streetLabels = [], frame = null) {
  const streetPoints = streetLabels.flatMap(labelPoints);
  /** @type {Label[]} */
  const placedLabels = [];
  const isOnMap = (/** @type {Label} */ { x, y, width }) => !frame || (x > width / 2 + 4 && y > 10 && x < frame.width - width / 2 - 4 && y < frame.height - 10);
  const isFree = (/** @type {Label} */ candidate) =>
    isOnMap(candidate) &&
    placedLabels.every((placedLabel) => Math.abs(placedLabel.x - candidate.x) > (placedLabel.width + candidate.width) / 2 || Math.abs(placedLabel.y - candidate.y) > 16) &&
    marks.every(({ x, y }) => Math.abs(x - candidate.x) > candidate.width / 2 + 6 || Math.abs(y - candidate.y) > 13) &&
    streetPoints.every(({ x, y }) => Math.abs(x - candidate.x) > candidate.width / 2 + 4 || Math.abs(y - candidate.y) > 14);
  marks.forEach(({ x, y }, index) => {
    const [text, width] = [String(index + 1), measureText(String(index + 1))];
    const offsets = [[MARK_RADIUS_PX + width / 2, -MARK_RADIUS_PX], [MARK_RADIUS_PX + width / 2, MARK_RADIUS_PX], [-MARK_RADIUS_PX - width / 2, -MARK_RADIUS_PX], [-MARK_RADIUS_PX - width / 2, MARK_RADIUS_PX], [0, -MARK_RADIUS_PX - 8], [0, MARK_RADIUS_PX + 8]];
    const candidates = offsets.map(([right = 0, down = 0]) => ({ x: x + right, y: y + down, text, width }));
    placedLabels.push(/** @type {Label} */ (candidates.find(isFree) ?? candidates.find(isOnMap) ?? candidates[0]));
  });
  return placedLabels;
}
