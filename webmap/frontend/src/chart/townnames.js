// The towns' names over the map: each deep inside its town, and only where it has room.
import { placed } from "./projecting.js";

const OVER = 1.3; // how much wider than its town a name may be
const LINE = 20; // px

/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */

/**
 * Place the towns' names, a line each, with a figure beneath where there is room; where two would overlap, the smaller town's steps back, and all do before what lies over the map.
 * @param {import("./painter.js").Town[]} towns
 * @param {import("./projecting.js").Frame} frame
 * @param {(text: string) => number} widthOf
 * @param {Box[]} taken
 * @param {(town: import("./painter.js").Town) => string | null} figureOf
 */
export function townNames(towns, frame, widthOf, taken, figureOf = () => null) {
  const full = [...taken];
  /** @type {{text: string, x: number, y: number}[]} */
  const lines = [];
  const withRoom = towns.flatMap((town) => (town.middle ? [{ town, ...across(town, town.middle, frame) }] : []));
  for (const { town, x, y, room } of withRoom.sort((one, other) => other.room - one.room)) {
    const words = [room, OVER * room].map((width) => broken(town.name, width, widthOf)).find(Boolean);
    if (!words) continue;
    const figure = figureOf(town);
    for (const said of figure ? [[...words, figure], words] : [words]) {
      const wide = Math.max(...said.map(widthOf));
      const box = { left: x - wide / 2, right: x + wide / 2, top: y - (said.length * LINE) / 2, bottom: y + (said.length * LINE) / 2 };
      if (full.some((other) => overlap(other, box))) continue;
      full.push(box);
      said.forEach((text, nth) => lines.push({ text, x, y: box.top + (nth + 0.5) * LINE }));
      break;
    }
  }
  return lines;
}

/** Break a name into lines of so much width; null where a word is wider. @param {string} name @param {number} width @param {(text: string) => number} widthOf */
function broken(name, width, widthOf) {
  /** @type {string[]} */
  const lines = [];
  for (const word of name.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length && widthOf(longer) <= width) lines.splice(-1, 1, longer);
    else if (widthOf(word) <= width) lines.push(word);
    else return null;
  }
  return lines;
}

/**
 * Tell where a town's name stands: in the middle between its borders west and east of a place inside, and how many pixels they lie apart.
 * @param {import("./painter.js").Town} town @param {[number, number]} inside @param {import("./projecting.js").Frame} frame
 */
function across({ areas }, [x, y], frame) {
  const met = areas.flat().flatMap((ring) => crossed(ring, y));
  const west = Math.max(...met.filter((at) => at <= x));
  const east = Math.min(...met.filter((at) => at > x));
  if (!Number.isFinite(east - west)) return { ...placed([x, y], frame), room: 0 };
  const middle = placed([(west + east) / 2, y], frame);
  return { ...middle, room: placed([east, y], frame).x - placed([west, y], frame).x };
}

/** Where a ring meets a parallel. @param {[number, number][]} ring @param {number} y @returns {number[]} */
function crossed(ring, y) {
  return ring.flatMap(([toX, toY], at) => {
    const [fromX, fromY] = ring[at - 1] ?? [toX, toY];
    return fromY < y === toY < y ? [] : [fromX + ((y - fromY) / (toY - fromY)) * (toX - fromX)];
  });
}

/** @param {Box} one @param {Box} other */
function overlap(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
