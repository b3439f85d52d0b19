// Texts beside lots, streets and marks: each where it has room.
import { spaced } from "../names.js";
import { EXTENT, onSquare, placed } from "./projecting.js";
import { extent } from "./shapes.js";

/** @typedef {import("./tiles.js").Tile} Tile */
/** @typedef {import("./projecting.js").Frame} Frame */
/** @typedef {{x: number, y: number}} Point in pixels */
/** @typedef {{x: number, y: number, text: string, width: number}} Label */

const MARK = 12; // px from a mark's middle to its edge

/** The numbers of houses, each in its lot. @param {Tile[]} tiles @param {Frame} frame @param {Point[]} marks @param {(text: string) => number} widthOf */
export function houseNumbers(tiles, frame, marks, widthOf) {
  /** @type {Map<number, Label>} */
  const labels = new Map();
  for (const { place, layers, values, whole } of tiles) {
    for (const shape of layers["parcels"] ?? []) {
      const text = /^\d+[^ ]*/.exec(values?.get(shape.number)?.properties["address"] ?? "")?.[0];
      const [west, north, east, south] = extent(shape);
      const [x, y] = [(west + east) / 2, (north + south) / 2];
      const beyond = !whole && (x < 0 || y < 0 || x >= EXTENT || y >= EXTENT);
      if (!text || beyond || labels.has(shape.number)) continue;
      labels.set(shape.number, { ...placed(onSquare(place, x, y), frame), text, width: widthOf(text) });
    }
  }
  return spaced([...labels.values()].flatMap((label) => clearOf(label, marks)), 20);
}

/** Put a label where no mark hides it: in its place, under or over it; nowhere where all are taken. @param {Label} label @param {Point[]} marks */
function clearOf(label, marks) {
  const near = marks.filter(({ x, y }) => Math.abs(x - label.x) < label.width / 2 + MARK && Math.abs(y - label.y) < 3 * MARK + 10);
  const free = [0, 22, -22].map((by) => label.y + by).find((at) => near.every(({ y }) => Math.abs(y - at) > MARK + 8));
  return free === undefined ? [] : [{ ...label, y: free }];
}

/** The streets' lines in pixels, as far as their tiles reach. @param {Tile[]} tiles @param {Frame} frame */
export function streetLines(tiles, frame) {
  const lines = [];
  for (const { place, layers } of tiles) {
    for (const shape of layers["streets"] ?? []) {
      const name = shape.properties["name"];
      if (!name) continue;
      for (const line of shape.lines) {
        const points = [];
        for (let at = 0; at < line.length; at += 2) points.push(placed(onSquare(place, line[at] ?? 0, line[at + 1] ?? 0), frame));
        lines.push({ name: String(name), points });
      }
    }
  }
  return lines;
}

/** Numbers for marks in their order, each where it hides the least. @param {Point[]} marks @param {(text: string) => number} widthOf */
export function counts(marks, widthOf) {
  /** @type {Label[]} */
  const put = [];
  const free = (/** @type {Label} */ one) =>
    put.every((other) => Math.abs(other.x - one.x) > (other.width + one.width) / 2 || Math.abs(other.y - one.y) > 16) &&
    marks.every(({ x, y }) => Math.abs(x - one.x) > one.width / 2 + 6 || Math.abs(y - one.y) > 13);
  marks.forEach(({ x, y }, nth) => {
    const [text, width] = [String(nth + 1), widthOf(String(nth + 1))];
    const ways = [[MARK + width / 2, -MARK], [MARK + width / 2, MARK], [-MARK - width / 2, -MARK], [-MARK - width / 2, MARK], [0, -MARK - 8], [0, MARK + 8]];
    const places = ways.map(([right = 0, down = 0]) => ({ x: x + right, y: y + down, text, width }));
    put.push(/** @type {Label} */ (places.find(free) ?? places[0]));
  });
  return put;
}
