// Where the names of streets stand: along the longest straight piece, and not twice side by side.

const APART = 260;

/**
 * Place names on lines that are given in pixels.
 * @param {{name: string, points: {x: number, y: number}[]}[]} lines
 * @param {(text: string) => number} widthOf
 * @returns {{name: string, x: number, y: number, angle: number, width: number}[]}
 */
export function placeNames(lines, widthOf) {
  const pieces = lines
    .filter((line) => line.name)
    .map((line) => ({ name: line.name, ...longest(line.points) }))
    .sort((one, other) => other.length - one.length);
  /** @type {{name: string, x: number, y: number, angle: number, width: number}[]} */
  const placed = [];
  for (const { name, x, y, angle, length } of pieces) {
    const width = widthOf(name);
    const crowded = placed.some((other) => {
      const apart = Math.hypot(other.x - x, other.y - y);
      return apart < (other.name === name ? APART : 30) || (apart < (other.width + width) / 2 && Math.abs(other.angle - angle) < 0.2 && apart < 90);
    });
    if (length + beyond({ name, x, y, angle }, pieces) > width + 12 && !crowded) placed.push({ name, x, y, angle, width });
  }
  return placed;
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
