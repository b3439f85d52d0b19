// Where the shapes of tiles lie.
import { onSquare } from "./projecting.js";

/** @typedef {import("./mvt.js").Shape} Shape */

/** The box of lines: least x and y, most x and y; of a shape in a tile west, north, east, south. @param {{lines: number[][]}} shape each line as x, y, x, y @returns {[number, number, number, number]} */
export function extent({ lines }) {
  let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const line of lines) {
    for (let at = 0; at < line.length; at += 2) {
      const [x = 0, y = 0] = [line[at], line[at + 1]];
      [west, north, east, south] = [Math.min(west, x), Math.min(north, y), Math.max(east, x), Math.max(south, y)];
    }
  }
  return [west, north, east, south];
}

/** The box of a shape on the square. @param {import("./tiles.js").Place} place @param {Shape} shape @returns {[number, number, number, number]} */
export function boxOf(place, shape) {
  const [west, north, east, south] = extent(shape);
  return [...onSquare(place, west, north), ...onSquare(place, east, south)];
}

/** Whether a place lies in an area, its holes left out. @param {{lines: number[][]}} area each line as x, y, x, y @param {[number, number]} place in the same units */
export function holds({ lines }, [x, y]) {
  let inside = false;
  for (const line of lines) {
    for (let at = 0, before = line.length - 2; at < line.length; before = at, at += 2) {
      const [toX = 0, toY = 0, fromX = 0, fromY = 0] = [line[at], line[at + 1], line[before], line[before + 1]];
      if (fromY > y !== toY > y && x < fromX + ((y - fromY) / (toY - fromY)) * (toX - fromX)) inside = !inside;
    }
  }
  return inside;
}
