// Names every street that a printed list mentions, also where the screen would leave its name out for want of room.
import { streetLines } from "./labels.js";
import { labelPoints, labelsOverlap } from "./street-labels.js";
import { squareToPixels } from "../tiles/projection.js";

/** @typedef {import("./street-labels.js").StreetLabel} StreetLabel */
/** @typedef {{x: number, y: number}} PixelPoint */
/** @typedef {{name: string, points: PixelPoint[]}} StreetLine in pixels */
/** @typedef {import("../tiles/projection.js").PixelFrame} PixelFrame */
/** @typedef {{start: PixelPoint, end: PixelPoint}} Segment */

const EDGE_PX = 10; // between a name and the edge of the map
const STEP_PX = 20; // between the positions that are tried along a street
const MARK_DISTANCE_PX = 20; // a mark this close to a name's center line touches the name
// What speaks against a position, in marks that it would cover.
const COST = { overlap: 40, overhangPx: 0.05 };

/**
 * Returns the streets of some points: the one that a point's address names if the map shows it, else the nearest.
 * @param {import("../tiles/point-features.js").PointFeature[]} points
 * @param {import("./painter.js").Scene} scene
 */
export function streetsOfPoints(points, { groundTiles, frame }) {
  const lines = streetLines(groundTiles, frame);
  const names = [...new Set(lines.map(({ name }) => name))];
  const streets = points.map(({ feature: { properties }, position }) => {
    const place = ` ${properties["address"] ?? ""} ${properties["on_street"] ?? ""} `.toLowerCase();
    return names.find((name) => place.includes(` ${name.toLowerCase()} `)) ?? nearestStreet(squareToPixels(position, frame), lines);
  });
  return [...new Set(streets)].flatMap((name) => name ?? []);
}

/** @param {PixelPoint} point @param {StreetLine[]} lines */
function nearestStreet(point, lines) {
  let nearest = { name: /** @type {string | null} */ (null), distance: Infinity };
  for (const line of lines) {
    for (const segment of segmentsOf(line)) {
      const distance = distanceToSegment(point, segment);
      if (distance < nearest.distance) nearest = { name: line.name, distance };
    }
  }
  return nearest.name;
}

/**
 * Returns labels of which none is cut off by the edge of the map, with one for each required street that the map shows.
 * @param {StreetLabel[]} labels
 * @param {StreetLine[]} lines
 * @param {string[]} requiredNames
 * @param {PixelFrame} frame
 * @param {(text: string) => number} measureText
 * @param {PixelPoint[]} marks
 */
export function nameRequiredStreets(labels, lines, requiredNames, frame, measureText, marks) {
  let placedLabels = labels.filter((label) => isInFrame(label, frame) && !requiredNames.includes(label.name));
  const requests = requiredNames.map((name) => {
    const width = measureText(name);
    return { name, width, candidates: lines.filter((line) => line.name === name).flatMap((line) => labelsAlong(line, width, frame)) };
  });
  // The street with the fewest places comes first.
  for (const { name, width, candidates } of requests.sort((a, b) => a.candidates.length - b.candidates.length)) {
    const costs = candidates.map((label) => labelCost(label, placedLabels, marks));
    const best = candidates[costs.indexOf(Math.min(...costs))];
    if (!best) continue;
    // A name that the list does not mention makes room.
    placedLabels = placedLabels.filter((label) => requiredNames.includes(label.name) || !labelsOverlap(label, best));
    placedLabels.push({ name, x: best.x, y: best.y, angle: best.angle, width, isOverMarks: true });
  }
  return placedLabels;
}

/** Returns positions for a name along a street, each wholly on the map. @param {StreetLine} line @param {number} width @param {PixelFrame} frame */
function labelsAlong(line, width, frame) {
  return segmentsOf(line).flatMap((segment) => {
    const visible = clipToFrame(segment, frame);
    if (!visible) return [];
    const { start, end } = visible;
    const length = Math.hypot(end.x - start.x, end.y - start.y);
    const angle = uprightAngle(Math.atan2(end.y - start.y, end.x - start.x));
    const steps = Math.max(1, Math.ceil(length / STEP_PX));
    const positions = Array.from({ length: steps + 1 }, (_, step) => ({ x: start.x + ((end.x - start.x) * step) / steps, y: start.y + ((end.y - start.y) * step) / steps }));
    return positions.map(({ x, y }) => {
      const roomPx = 2 * Math.min(Math.hypot(x - start.x, y - start.y), Math.hypot(x - end.x, y - end.y));
      return { x, y, angle, width, overhangPx: Math.max(0, width - roomPx) };
    });
  }).filter((label) => isInFrame(label, frame));
}

/** @param {StreetLabel | ReturnType<typeof labelsAlong>[number]} label @param {StreetLabel[]} placedLabels @param {PixelPoint[]} marks */
function labelCost(label, placedLabels, marks) {
  const overlaps = placedLabels.filter((placedLabel) => labelsOverlap(placedLabel, label)).length;
  const points = labelPoints(label);
  const coveredMarks = marks.filter((mark) => points.some(({ x, y }) => Math.hypot(mark.x - x, mark.y - y) < MARK_DISTANCE_PX)).length;
  return COST.overlap * overlaps + coveredMarks + ("overhangPx" in label ? COST.overhangPx * label.overhangPx : 0);
}

/** Returns whether a label lies on the map with all its letters. @param {import("./street-labels.js").SlantedLabel} label @param {PixelFrame} frame */
export function isInFrame(label, { width, height }) {
  return labelPoints(label).every(({ x, y }) => x >= EDGE_PX && y >= EDGE_PX && x <= width - EDGE_PX && y <= height - EDGE_PX);
}

/** @param {StreetLine} line @returns {Segment[]} */
function segmentsOf({ points }) {
  return points.slice(1).map((end, index) => ({ start: /** @type {PixelPoint} */ (points[index]), end }));
}

/** Returns the part of a segment in a frame, by Liang and Barsky; null if none is. @param {Segment} segment @param {PixelFrame} frame @returns {Segment | null} */
function clipToFrame({ start, end }, { width, height }) {
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  let [from, to] = [0, 1];
  for (const [step, room] of /** @type {[number, number][]} */ ([[-dx, start.x], [dx, width - start.x], [-dy, start.y], [dy, height - start.y]])) {
    if (step === 0 && room < 0) return null;
    if (step < 0) from = Math.max(from, room / step);
    if (step > 0) to = Math.min(to, room / step);
  }
  const pointAt = (/** @type {number} */ share) => ({ x: start.x + share * dx, y: start.y + share * dy });
  return from < to ? { start: pointAt(from), end: pointAt(to) } : null;
}

/** @param {number} angle in radians */
function uprightAngle(angle) {
  if (angle > Math.PI / 2) return angle - Math.PI;
  return angle <= -Math.PI / 2 ? angle + Math.PI : angle;
}

/** @param {PixelPoint} point @param {Segment} segment */
function distanceToSegment({ x, y }, { start, end }) {
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  const lengthSquared = dx * dx + dy * dy;
  const share = lengthSquared ? Math.min(1, Math.max(0, ((x - start.x) * dx + (y - start.y) * dy) / lengthSquared)) : 0;
  return Math.hypot(x - start.x - share * dx, y - start.y - share * dy);
}
