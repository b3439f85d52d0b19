// Computes bounds of tile geometries and tests points against them.
import { tileToSquare } from "./projection.js";

/** @typedef {import("./mvt.js").TileFeature} TileFeature */

/** Returns the bounds of lines: minimum x and y, maximum x and y. In tile units these are west, north, east, south. @param {{lines: number[][]}} geometry each line is x, y, x, y @returns {[number, number, number, number]} */
export function boundsOfLines({ lines }) {
  let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const line of lines) {
    for (let index = 0; index < line.length; index += 2) {
      const [x = 0, y = 0] = [line[index], line[index + 1]];
      [west, north, east, south] = [Math.min(west, x), Math.min(north, y), Math.max(east, x), Math.max(south, y)];
    }
  }
  return [west, north, east, south];
}

/** Returns the bounds of a feature on the unit square. @param {import("./tile-cache.js").TileCoord} coord @param {TileFeature} feature @returns {[number, number, number, number]} */
export function squareBounds(coord, feature) {
  const [west, north, east, south] = boundsOfLines(feature);
  return [...tileToSquare(coord, west, north), ...tileToSquare(coord, east, south)];
}

/** Returns whether a point lies in a polygon, outside its holes. @param {{lines: number[][]}} polygon each line is x, y, x, y @param {[number, number]} point in the same units */
export function containsPoint({ lines }, [x, y]) {
  let isInside = false;
  for (const line of lines) {
    for (let index = 0, previousIndex = line.length - 2; index < line.length; previousIndex = index, index += 2) {
      const [toX = 0, toY = 0, fromX = 0, fromY = 0] = [line[index], line[index + 1], line[previousIndex], line[previousIndex + 1]];
      if (fromY > y !== toY > y && x < fromX + ((y - fromY) / (toY - fromY)) * (toX - fromX)) isInside = !isInside;
    }
  }
  return isInside;
}
