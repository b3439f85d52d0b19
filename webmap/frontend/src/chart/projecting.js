// Places on the web's square: x from the west and y from the north, each 0 to 1 (web Mercator, EPSG:3857).

/** @typedef {{zoom: number, left: number, top: number, width: number, height: number}} Frame what is drawn: its corner and size in pixels of the whole Earth at a zoom */

export const EXTENT = 4096; // units that a tile is wide
const EARTH_M = 40_075_016.7; // around the equator

/** @param {number} lon @param {number} lat @returns {[number, number]} */
export function toSquare(lon, lat) {
  const sine = Math.sin((lat * Math.PI) / 180);
  return [(lon + 180) / 360, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}

/** @param {number} x @param {number} y @returns {[number, number]} longitude and latitude */
export function toDegrees(x, y) {
  return [x * 360 - 180, (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI];
}

/** How many pixels the Earth is wide at a zoom. @param {number} zoom */
export function pixels(zoom) {
  return 256 * 2 ** zoom;
}

/** How many metres two places lie apart; near ones alone. @param {[number, number]} one @param {[number, number]} other on the square */
export function metresApart([x, y], [otherX, otherY]) {
  const lat = (toDegrees(0, (y + otherY) / 2)[1] * Math.PI) / 180;
  return Math.hypot(x - otherX, y - otherY) * EARTH_M * Math.cos(lat);
}

/**
 * Name the tiles that a frame meets, those in its middle first.
 * @param {Frame} frame
 * @param {number} z the tiles' zoom
 * @returns {{z: number, x: number, y: number}[]}
 */
export function tilesIn(frame, z) {
  const size = pixels(frame.zoom) / 2 ** z;
  const [west, north] = [Math.floor(frame.left / size), Math.floor(frame.top / size)];
  const [east, south] = [Math.floor((frame.left + frame.width) / size), Math.floor((frame.top + frame.height) / size)];
  const [midX, midY] = [(frame.left + frame.width / 2) / size - 0.5, (frame.top + frame.height / 2) / size - 0.5];
  const last = 2 ** z - 1;
  const found = [];
  for (let x = Math.max(0, west); x <= Math.min(last, east); x += 1) {
    for (let y = Math.max(0, north); y <= Math.min(last, south); y += 1) found.push({ z, x, y });
  }
  const away = (/** @type {{x: number, y: number}} */ { x, y }) => Math.hypot(x - midX, y - midY);
  return found.sort((one, other) => away(one) - away(other));
}

/** The place of units of a tile on the square. @param {import("./tiles.js").Place} place @param {number} unitsX @param {number} unitsY @returns {[number, number]} */
export function onSquare({ z, x, y }, unitsX, unitsY) {
  return [(x + unitsX / EXTENT) / 2 ** z, (y + unitsY / EXTENT) / 2 ** z];
}

/** A place of the square in units of a tile. @param {import("./tiles.js").Place} place @param {[number, number]} at @returns {[number, number]} */
export function inUnits({ z, x, y }, [atX, atY]) {
  return [(atX * 2 ** z - x) * EXTENT, (atY * 2 ** z - y) * EXTENT];
}

/** A place of the square in pixels of a frame. @param {[number, number]} at @param {Frame} frame */
export function placed([x, y], { zoom, left, top }) {
  return { x: x * pixels(zoom) - left, y: y * pixels(zoom) - top };
}

/** A view with its padding. @param {import("./desk.js").View} view @returns {Frame} */
export function padded({ zoom, left, top, width, height, pad }) {
  return { zoom, left: left - pad, top: top - pad, width: width + 2 * pad, height: height + 2 * pad };
}

/** A town as it lies on the square. @param {{name: string, figures: any, areas: number[][][][], middle: [number, number] | null}} told in degrees @returns {import("./painter.js").Town} */
export function townOf({ name, figures, areas, middle }) {
  const brought = (/** @type {number[]} */ [lon = 0, lat = 0]) => toSquare(lon, lat);
  return { name, figures, areas: areas.map((rings) => rings.map((ring) => ring.map(brought))), middle: middle && toSquare(...middle) };
}
