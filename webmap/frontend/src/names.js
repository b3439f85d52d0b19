// Where the names of streets stand: along the longest straight piece, where the fewest marks lie, and not twice side by side.

const APART = 260;
const BESIDE = 14; // px from the middle of a name's line within which a mark lies over it
const LINE = 20; // px that a line of text is high
const STEP = 20; // px between the places along a piece that are looked at
const READABLE = 40; // px of a name for each mark that may lie over it

/** @typedef {{name: string, x: number, y: number, angle: number, width: number, over: boolean}} Name `over` where it can only be read over the marks */

/**
 * Place names on lines that are given in pixels: where no mark hides them, and of a street that has no such place one name over the marks.
 * @param {{name: string, points: {x: number, y: number}[]}[]} lines
 * @param {(text: string) => number} widthOf
 * @param {{x: number, y: number}[]} marks what else lies over the names
 * @returns {Name[]}
 */
export function placeNames(lines, widthOf, marks = []) {
  const pieces = lines
    .filter((line) => line.name)
    .map((line) => ({ name: line.name, ...longest(line.points) }))
    .sort((one, other) => other.length - one.length);
  /** @type {Name[]} */
  const placed = [];
  const crowded = (/** @type {Name} */ one) => placed.some((other) => (other.name === one.name && Math.hypot(other.x - one.x, other.y - one.y) < APART) || touch(other, one));
  /** @type {(Name & {hidden: number})[]} */
  const left = [];
  for (const piece of pieces) {
    const { name, angle } = piece;
    const width = widthOf(name);
    if (piece.length + beyond(piece, pieces) <= width + 12) continue;
    const { x, y, hidden } = freest(piece, width, marks);
    const one = { name, x, y, angle, width, over: false };
    if (hidden > width / READABLE) left.push({ ...one, over: true, hidden });
    else if (!crowded(one)) placed.push(one);
  }
  for (const { hidden: _hidden, ...one } of left.sort((one, other) => one.hidden - other.hidden)) {
    if (!placed.some(({ name }) => name === one.name) && !crowded(one)) placed.push(one);
  }
  return placed;
}

/** @typedef {{x: number, y: number, angle: number, width: number}} Slanted */

/** Whether two slanted names come nearer to each other than a line. @param {Slanted} one @param {Slanted} other */
function touch(one, other) {
  const dots = dotted(other);
  return dotted(one).some((here) => dots.some((there) => Math.hypot(here.x - there.x, here.y - there.y) < LINE));
}

/** A name as points along its middle, close enough that none slips between. @param {Slanted} name */
function dotted({ x, y, angle, width }) {
  const count = Math.ceil(width / (LINE / 2));
  return Array.from({ length: count + 1 }, (_, n) => {
    const at = (n / count - 0.5) * width;
    return { x: x + at * Math.cos(angle), y: y + at * Math.sin(angle) };
  });
}

/**
 * Find the place along a piece where the fewest marks lie over a name; of equal ones that nearest to its middle.
 * @param {{x: number, y: number, angle: number, length: number}} piece
 * @param {number} width
 * @param {{x: number, y: number}[]} marks
 */
function freest(piece, width, marks) {
  const [east, south] = [Math.cos(piece.angle), Math.sin(piece.angle)];
  const along = marks
    .map(({ x, y }) => [(x - piece.x) * east + (y - piece.y) * south, (y - piece.y) * east - (x - piece.x) * south])
    .flatMap(([at = 0, aside = 0]) => (Math.abs(aside) < BESIDE ? [at] : []));
  const steps = Math.max(0, Math.floor((piece.length - width - 12) / 2 / STEP));
  let best = { at: 0, hidden: Infinity };
  for (const step of Array.from({ length: steps + 1 }, (_, n) => n)) {
    for (const at of [step * STEP, -step * STEP]) {
      const hidden = along.filter((mark) => Math.abs(mark - at) < width / 2 + BESIDE / 2).length;
      if (hidden < best.hidden) best = { at, hidden };
    }
  }
  return { x: piece.x + best.at * east, y: piece.y + best.at * south, hidden: best.hidden };
}

/**
 * Tell how much further a street runs straight on in other pieces: a name may reach over a crossing.
 * @param {{name: string, x: number, y: number, angle: number}} piece
 * @param {{name: string, x: number, y: number, angle: number, length: number}[]} pieces
 */
function beyond(piece, pieces) {
  return pieces
    .filter((other) => other.name === piece.name && (other.x !== piece.x || other.y !== piece.y))
    .filter((other) => {
      const [east, south] = [other.x - piece.x, other.y - piece.y];
      const aside = Math.abs(south * Math.cos(piece.angle) - east * Math.sin(piece.angle));
      return aside < 8 && Math.abs(Math.sin(other.angle - piece.angle)) < 0.15 && Math.hypot(east, south) < APART;
    })
    .reduce((sum, other) => sum + other.length, 0);
}

/**
 * Keep of upright labels those that leave each other room; the first come first.
 * @template {{x: number, y: number, width: number}} Label
 * @param {Label[]} labels their middles and widths in pixels
 * @param {number} height of a line in pixels
 * @returns {Label[]}
 */
export function spaced(labels, height) {
  /** @type {Label[]} */
  const kept = [];
  for (const label of labels) {
    const free = kept.every((other) => Math.abs(other.y - label.y) >= height || Math.abs(other.x - label.x) >= (other.width + label.width) / 2 + 6);
    if (free) kept.push(label);
  }
  return kept;
}

/**
 * Find a line's longest straight piece: its middle, its length, and its angle, turned so that text stands upright.
 * @param {{x: number, y: number}[]} points
 */
export function longest(points) {
  let best = { x: 0, y: 0, length: 0, angle: 0 };
  for (let at = 1; at < points.length; at += 1) {
    const [from, to] = [points[at - 1], points[at]];
    if (!from || !to) continue;
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    if (length <= best.length) continue;
    let angle = Math.atan2(to.y - from.y, to.x - from.x);
    if (angle > Math.PI / 2) angle -= Math.PI;
    if (angle <= -Math.PI / 2) angle += Math.PI;
    best = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2, length, angle };
  }
  return best;
}
