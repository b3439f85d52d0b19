// Places town names on the map. Each lies in its town, and no two overlap: a crowded town gets smaller type, more lines, or another place inside.
import { squareToPixels } from "../tiles/projection.js";

/** Sizes of the type, as shares of the map's own. */
const FONT_SCALES = [1, 0.875, 0.75];
const LINE_HEIGHT_PX = 20; // at full size
const FREE_OVERHANG_RATIO = 1.3; // a name may be this much wider than its town
const MAX_OVERHANG_RATIO = 3; // a name this much wider is left out
const STEPS_FROM_CENTER = [0, -1, 1, -2, 2, -3, 3, -4, 4]; // the heights that are tried, in steps
const STEP_PX = 9;
const MAX_RETRIES = 3;
const MAX_VALUE_TRIES = 40; // places that are tried for a name with its value
const SIDE_SHIFTS = [0, -0.5, 0.5, -1, 1]; // the places that are tried at each height, as shares of the room beside the name
/** How much each deviation from a large name on one line in the center of its town counts. */
const COSTS = { overhang: 2, smaller: 2, line: 0.1, step: 0.05, shift: 0.1 };

/** @typedef {{left: number, top: number, right: number, bottom: number}} PixelBox */
/** @typedef {import("./painter.js").TownShape} TownShape */
/** @typedef {{x: number, y: number, roomPx: number}} Span the middle of a town at some height, and its width there */
/** @typedef {{lines: string[], x: number, y: number, widthPx: number, fontScale: number, cost: number}} Candidate */
/** @typedef {{town: TownShape, bounds: PixelBox, candidates: Candidate[]}} LabeledTown with its possible labels, the best first */
/** @typedef {{text: string, x: number, y: number, fontScale: number}} TextLine */

/**
 * Places each town's name, and its value below where both have room. Larger towns come first. No label lies in a covered box.
 * @param {TownShape[]} towns
 * @param {import("../tiles/projection.js").PixelFrame} frame
 * @param {(text: string, fontScale: number) => number} measureText
 * @param {PixelBox[]} coveredBoxes
 * @returns {TextLine[]}
 */
export function placeTownLabels(towns, frame, measureText, coveredBoxes) {
  const labeledTowns = townsBySize(towns, frame).map(({ town, bounds }) => ({ town, bounds, candidates: nameCandidates(town, bounds, frame, measureText).sort((a, b) => a.cost - b.cost) }));
  const names = placeNames(labeledTowns, coveredBoxes);
  const occupied = [...coveredBoxes, ...[...names.values()].map(labelBox)];
  return [...names].flatMap(([town, name], index) => {
    const others = occupied.filter((_, boxIndex) => boxIndex !== coveredBoxes.length + index);
    const withValue = valueCandidates(town, name, measureText).find((candidate) => isFree(candidate, others));
    if (withValue) occupied[coveredBoxes.length + index] = labelBox(withValue);
    return textLines(withValue ?? name);
  });
}

/** Places as many names as possible. Towns that found no place get the first choice in another try. @param {LabeledTown[]} towns @param {PixelBox[]} coveredBoxes */
function placeNames(towns, coveredBoxes) {
  let [best, order] = [placeInOrder(towns, coveredBoxes), towns];
  for (let triesLeft = MAX_RETRIES; triesLeft > 0 && best.size < towns.length; triesLeft -= 1) {
    const nameless = order.filter((town) => !best.has(town));
    order = [...nameless, ...order.filter((town) => best.has(town))];
    const names = placeInOrder(order, coveredBoxes);
    if (names.size > best.size) best = names;
  }
  return best;
}

/** Gives each town in turn the best label that overlaps no other. @param {LabeledTown[]} towns @param {PixelBox[]} coveredBoxes */
function placeInOrder(towns, coveredBoxes) {
  const occupied = [...coveredBoxes];
  /** @type {Map<LabeledTown, Candidate>} */
  const names = new Map();
  for (const town of towns) {
    const name = town.candidates.find((candidate) => isFree(candidate, occupied));
    if (!name) continue;
    occupied.push(labelBox(name));
    names.set(town, name);
  }
  return names;
}

/** Returns the towns in view that have a point for their label, the largest first, with their bounds in pixels. @param {TownShape[]} towns @param {import("../tiles/projection.js").PixelFrame} frame */
function townsBySize(towns, frame) {
  const inView = towns.flatMap((town) => {
    if (!town.labelPoint) return [];
    const [west, north, east, south] = areaBounds(town);
    const [topLeft, bottomRight] = [squareToPixels([west, north], frame), squareToPixels([east, south], frame)];
    const bounds = { left: topLeft.x, top: topLeft.y, right: bottomRight.x, bottom: bottomRight.y };
    return boxesOverlap(bounds, { left: 0, top: 0, right: frame.width, bottom: frame.height }) ? [{ town, bounds }] : [];
  });
  const sizeOf = (/** @type {PixelBox} */ { left, top, right, bottom }) => (right - left) * (bottom - top);
  return inView.sort((a, b) => sizeOf(b.bounds) - sizeOf(a.bounds));
}

/** @param {TownShape} town @returns {[number, number, number, number]} west, north, east and south on the unit square */
function areaBounds({ areas }) {
  let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of areas.flat(2)) [west, north, east, south] = [Math.min(west, x), Math.min(north, y), Math.max(east, x), Math.max(south, y)];
  return [west, north, east, south];
}

/** Returns the possible labels of a town: in several sizes, lines and places. @param {TownShape} town @param {PixelBox} bounds @param {import("../tiles/projection.js").PixelFrame} frame @param {(text: string, fontScale: number) => number} measureText @returns {Candidate[]} */
function nameCandidates(town, bounds, frame, measureText) {
  const spans = STEPS_FROM_CENTER.flatMap((step) => {
    const span = townSpan(town, /** @type {[number, number]} */ (town.labelPoint), step * STEP_PX, frame);
    return span.y >= bounds.top && span.y <= bounds.bottom && span.roomPx > 0 ? [{ span, step: Math.abs(step) }] : [];
  });
  return FONT_SCALES.flatMap((fontScale) =>
    lineBreaks(town.name).flatMap((lines) => {
      const widthPx = Math.max(...lines.map((line) => measureText(line, fontScale)));
      const baseCost = COSTS.smaller * (1 - fontScale) + COSTS.line * (lines.length - 1);
      return spans.flatMap(({ span: { x, y, roomPx }, step }) => {
        const overhangRatio = widthPx / roomPx;
        if (overhangRatio > MAX_OVERHANG_RATIO) return [];
        const cost = baseCost + COSTS.overhang * Math.max(0, overhangRatio - FREE_OVERHANG_RATIO) + COSTS.step * step;
        const slackPx = Math.abs(roomPx - widthPx) / 2;
        return SIDE_SHIFTS.map((shift) => ({ lines, x: x + shift * slackPx, y, widthPx, fontScale, cost: cost + COSTS.shift * Math.abs(shift) }));
      });
    }),
  );
}

/** Returns the possible labels with the value below the name, which is not made smaller for it. A value that reaches out of its town is left out. @param {LabeledTown} town @param {Candidate} name @param {(text: string, fontScale: number) => number} measureText @returns {Candidate[]} */
function valueCandidates({ town: { valueText }, bounds, candidates }, name, measureText) {
  if (!valueText) return [];
  const names = [name, ...candidates.slice(0, MAX_VALUE_TRIES).filter(({ fontScale }) => fontScale >= name.fontScale)];
  return names.flatMap((candidate) => {
    const lines = [...candidate.lines, valueText];
    const halfLinePx = (LINE_HEIGHT_PX * candidate.fontScale) / 2;
    const halfHeightPx = lines.length * halfLinePx;
    const widthPx = Math.max(candidate.widthPx, measureText(valueText, candidate.fontScale));
    const isInTown = (/** @type {number} */ y) => y - halfHeightPx >= bounds.top && y + halfHeightPx <= bounds.bottom;
    return [candidate.y, candidate.y + halfLinePx].filter(isInTown).map((y) => ({ ...candidate, lines, y, widthPx }));
  });
}

/** Returns the ways to write a name: on one line, on two, or with a line for each word. @param {string} name */
function lineBreaks(name) {
  const words = name.split(" ");
  const twoLines = words.slice(1).map((_, index) => [words.slice(0, index + 1).join(" "), words.slice(index + 1).join(" ")]);
  return [[name], ...twoLines, ...(words.length > 2 ? [words] : [])];
}

/** Returns whether a label overlaps none of some boxes. @param {Candidate} candidate @param {PixelBox[]} boxes */
function isFree(candidate, boxes) {
  const box = labelBox(candidate);
  return !boxes.some((other) => boxesOverlap(other, box));
}

/** @param {Candidate} candidate @returns {PixelBox} */
function labelBox({ lines, x, y, widthPx, fontScale }) {
  const heightPx = lines.length * LINE_HEIGHT_PX * fontScale;
  return { left: x - widthPx / 2, right: x + widthPx / 2, top: y - heightPx / 2, bottom: y + heightPx / 2 };
}

/** @param {Candidate} candidate @returns {TextLine[]} */
function textLines(candidate) {
  const { lines, x, fontScale } = candidate;
  const { top } = labelBox(candidate);
  return lines.map((text, index) => ({ text, x, y: top + (index + 0.5) * LINE_HEIGHT_PX * fontScale, fontScale }));
}

/**
 * Returns the town's span at the height of a point inside, or some pixels above or below: halfway between the borders west and east, with the pixels between them.
 * @param {TownShape} town @param {[number, number]} inside @param {number} offsetPx @param {import("../tiles/projection.js").PixelFrame} frame
 * @returns {Span}
 */
function townSpan({ areas }, [x, centerY], offsetPx, frame) {
  const y = centerY + offsetPx / (256 * 2 ** frame.zoom);
  const crossings = areas.flat().flatMap((ring) => ringCrossings(ring, y)).sort((a, b) => a - b);
  // Crossings come in pairs. At other heights the point may lie beside the town: its nearest part is taken.
  const pairs = crossings.flatMap((west, index) => (index % 2 ? [] : [{ west, east: crossings[index + 1] ?? west }]));
  const distanceTo = (/** @type {{west: number, east: number}} */ pair) => Math.max(pair.west - x, x - pair.east, 0);
  const pair = pairs.sort((a, b) => distanceTo(a) - distanceTo(b))[0];
  if (!pair) return { ...squareToPixels([x, y], frame), roomPx: 0 };
  const center = squareToPixels([(pair.west + pair.east) / 2, y], frame);
  return { ...center, roomPx: squareToPixels([pair.east, y], frame).x - squareToPixels([pair.west, y], frame).x };
}

/** Returns where a ring crosses a parallel. @param {[number, number][]} ring @param {number} y @returns {number[]} */
function ringCrossings(ring, y) {
  return ring.flatMap(([toX, toY], index) => {
    const [fromX, fromY] = ring[index - 1] ?? [toX, toY];
    return fromY < y === toY < y ? [] : [fromX + ((y - fromY) / (toY - fromY)) * (toX - fromX)];
  });
}

/** @param {PixelBox} a @param {PixelBox} b */
function boxesOverlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
