// Places street names along the longest straight segment, where the fewest marks hide them, and without close repeats.

const MIN_REPEAT_DISTANCE_PX = 260;
const MARK_OVERLAP_PX = 14; // a mark this close to a name's center line hides part of it
const LINE_HEIGHT_PX = 20;
const STEP_PX = 20; // between the positions tried along a segment
const PX_PER_HIDING_MARK = 40; // a name may be hidden by one mark per this many pixels

/** @typedef {{name: string, x: number, y: number, angle: number, width: number, isOverMarks: boolean}} StreetLabel `isOverMarks` if it must be drawn above the marks to be readable */

/**
 * Places names on lines in pixels where no mark hides them. A street without such a place gets one name above the marks.
 * @param {{name: string, points: {x: number, y: number}[]}[]} lines
 * @param {(text: string) => number} measureText
 * @param {{x: number, y: number}[]} marks drawn over the names
 * @returns {StreetLabel[]}
 */
export function placeStreetLabels(lines, measureText, marks = []) {
  const pieces = lines
    .filter((line) => line.name)
    .map((line) => ({ name: line.name, ...longestStraightPiece(line.points) }))
    .sort((label, otherLabel) => otherLabel.length - label.length);
  /** @type {StreetLabel[]} */
  const placedLabels = [];
  const isCrowded = (/** @type {StreetLabel} */ label) => placedLabels.some((otherLabel) => (otherLabel.name === label.name && Math.hypot(otherLabel.x - label.x, otherLabel.y - label.y) < MIN_REPEAT_DISTANCE_PX) || labelsOverlap(otherLabel, label));
  /** @type {(StreetLabel & {hiddenMarks: number})[]} */
  const hiddenLabels = [];
  for (const piece of pieces) {
    const { name, angle } = piece;
    const width = measureText(name);
    if (piece.length + straightContinuation(piece, pieces) <= width + 12) continue;
    const { x, y, hiddenMarks } = leastHiddenPosition(piece, width, marks);
    const label = { name, x, y, angle, width, isOverMarks: false };
    if (hiddenMarks > width / PX_PER_HIDING_MARK) hiddenLabels.push({ ...label, isOverMarks: true, hiddenMarks });
    else if (!isCrowded(label)) placedLabels.push(label);
  }
  for (const { hiddenMarks: _hiddenMarks, ...label } of hiddenLabels.sort((label, otherLabel) => label.hiddenMarks - otherLabel.hiddenMarks)) {
    if (!placedLabels.some(({ name }) => name === label.name) && !isCrowded(label)) placedLabels.push(label);
  }
  return placedLabels;
}

/** @typedef {{x: number, y: number, angle: number, width: number}} SlantedLabel */

/** Returns whether two rotated labels come closer to each other than one line height. @param {SlantedLabel} a @param {SlantedLabel} b */
export function labelsOverlap(a, b) {
  const pointsOfB = labelPoints(b);
  return labelPoints(a).some((pointOfA) => pointsOfB.some((pointOfB) => Math.hypot(pointOfA.x - pointOfB.x, pointOfA.y - pointOfB.y) < LINE_HEIGHT_PX));
}

/** Returns points along the center line of a label, at half a line height. @param {SlantedLabel} label */
export function labelPoints({ x, y, angle, width }) {
  const count = Math.ceil(width / (LINE_HEIGHT_PX / 2));
  return Array.from({ length: count + 1 }, (_, index) => {
    const offset = (index / count - 0.5) * width;
    return { x: x + offset * Math.cos(angle), y: y + offset * Math.sin(angle) };
  });
}

/**
 * Finds the position along a segment where the fewest marks hide a label; among equals the one nearest to the center.
 * @param {{x: number, y: number, angle: number, length: number}} piece
 * @param {number} width
 * @param {{x: number, y: number}[]} marks
 */
function leastHiddenPosition(piece, width, marks) {
  const [east, south] = [Math.cos(piece.angle), Math.sin(piece.angle)];
  const markOffsets = marks
    .map(({ x, y }) => [(x - piece.x) * east + (y - piece.y) * south, (y - piece.y) * east - (x - piece.x) * south])
    .flatMap(([offset = 0, sideOffset = 0]) => (Math.abs(sideOffset) < MARK_OVERLAP_PX ? [offset] : []));
  const steps = Math.max(0, Math.floor((piece.length - width - 12) / 2 / STEP_PX));
  let best = { offset: 0, hiddenMarks: Infinity };
  for (const stepIndex of Array.from({ length: steps + 1 }, (_, index) => index)) {
    for (const offset of [stepIndex * STEP_PX, -stepIndex * STEP_PX]) {
      const hiddenMarks = markOffsets.filter((markOffset) => Math.abs(markOffset - offset) < width / 2 + MARK_OVERLAP_PX / 2).length;
      if (hiddenMarks < best.hiddenMarks) best = { offset, hiddenMarks };
    }
  }
  return { x: piece.x + best.offset * east, y: piece.y + best.offset * south, hiddenMarks: best.hiddenMarks };
}

/**
 * Returns how far a street continues straight in other segments: a label may reach across an intersection.
 * @param {{name: string, x: number, y: number, angle: number}} piece
 * @param {{name: string, x: number, y: number, angle: number, length: number}[]} pieces
 */
function straightContinuation(piece, pieces) {
  return pieces
    .filter((other) => other.name === piece.name && (other.x !== piece.x || other.y !== piece.y))
    .filter((other) => {
      const [east, south] = [other.x - piece.x, other.y - piece.y];
      const sideOffset = Math.abs(south * Math.cos(piece.angle) - east * Math.sin(piece.angle));
      return sideOffset < 8 && Math.abs(Math.sin(other.angle - piece.angle)) < 0.15 && Math.hypot(east, south) < MIN_REPEAT_DISTANCE_PX;
    })
    .reduce((sum, other) => sum + other.length, 0);
}

/**
 * Keeps those upright labels that leave each other room; earlier ones win.
 * @template {{x: number, y: number, width: number}} Label
 * @param {Label[]} labels centers and widths in pixels
 * @param {number} height of a line in pixels
 * @returns {Label[]}
 */
export function spreadLabels(labels, height) {
  /** @type {Label[]} */
  const placedLabels = [];
  for (const label of labels) {
    const isFree = placedLabels.every((placedLabel) => Math.abs(placedLabel.y - label.y) >= height || Math.abs(placedLabel.x - label.x) >= (placedLabel.width + label.width) / 2 + 6);
    if (isFree) placedLabels.push(label);
  }
  return placedLabels;
}

/**
 * Finds the longest straight segment of a line: its center, length, and angle, turned so that text is upright.
 * @param {{x: number, y: number}[]} points
 */
export function longestStraightPiece(points) {
  let best = { x: 0, y: 0, length: 0, angle: 0 };
  for (let index = 1; index < points.length; index += 1) {
    const [start, end] = [points[index - 1], points[index]];
    if (!start || !end) continue;
    const length = Math.hypot(end.x - start.x, end.y - start.y);
    if (length <= best.length) continue;
    let angle = Math.atan2(end.y - start.y, end.x - start.x);
    if (angle > Math.PI / 2) angle -= Math.PI;
    if (angle <= -Math.PI / 2) angle += Math.PI;
    best = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2, length, angle };
  }
  return best;
}
