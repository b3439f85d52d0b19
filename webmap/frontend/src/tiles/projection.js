// Converts between degrees, pixels and the unit square of web Mercator (EPSG:3857): x from the west, y from the north, each 0 to 1.

/** @typedef {{zoom: number, detailZoom?: number, left: number, top: number, width: number, height: number}} PixelFrame a part of the map: its corner and size in pixels of the whole world at a zoom, and the zoom whose details it shows, if another */
/** @typedef {{name: string, valueText: string | null, properties: import("../map/page-config.js").Properties, areas: number[][][][], labelPoint: [number, number] | null}} TownOutline in degrees; `valueText` goes under the name, since a worker knows no language */

export const TILE_EXTENT = 4096; // width of a tile in tile units
const EQUATOR_M = 40_075_016.7; // length of the equator

/** @param {number} lon @param {number} lat @returns {[number, number]} */
export function toSquare(lon, lat) {
  const sine = Math.sin((lat * Math.PI) / 180);
  return [(lon + 180) / 360, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}

/** @param {number} x @param {number} y @returns {[number, number]} longitude and latitude */
export function toDegrees(x, y) {
  return [x * 360 - 180, (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI];
}

/** Returns the width of the world in pixels at a zoom. @param {number} zoom */
export function worldSizePx(zoom) {
  return 256 * 2 ** zoom;
}

/** Returns the distance in meters between two nearby points of the unit square. @param {[number, number]} a @param {[number, number]} b */
export function metersApart([x, y], [otherX, otherY]) {
  const lat = (toDegrees(0, (y + otherY) / 2)[1] * Math.PI) / 180;
  return Math.hypot(x - otherX, y - otherY) * EQUATOR_M * Math.cos(lat);
}

/** Returns the zoom whose details a frame shows. A printed map is scaled to fit the paper, with the details of the screen. @param {PixelFrame} frame */
export function detailZoomOf({ zoom, detailZoom = zoom }) {
  return detailZoom;
}

/**
 * Lists the tiles that cover a frame, those in its center first.
 * @param {PixelFrame} frame
 * @param {number} tileZoom
 * @returns {{z: number, x: number, y: number}[]}
 */
export function tilesCovering(frame, tileZoom) {
  const size = worldSizePx(frame.zoom) / 2 ** tileZoom;
  const [west, north] = [Math.floor(frame.left / size), Math.floor(frame.top / size)];
  const [east, south] = [Math.floor((frame.left + frame.width) / size), Math.floor((frame.top + frame.height) / size)];
  const [midX, midY] = [(frame.left + frame.width / 2) / size - 0.5, (frame.top + frame.height / 2) / size - 0.5];
  const last = 2 ** tileZoom - 1;
  const coords = [];
  for (let x = Math.max(0, west); x <= Math.min(last, east); x += 1) {
    for (let y = Math.max(0, north); y <= Math.min(last, south); y += 1) coords.push({ z: tileZoom, x, y });
  }
  const distanceToCenter = (/** @type {{x: number, y: number}} */ { x, y }) => Math.hypot(x - midX, y - midY);
  return coords.sort((a, b) => distanceToCenter(a) - distanceToCenter(b));
}

/** Converts tile units to the unit square. @param {import("./tile-cache.js").TileCoord} coord @param {number} unitsX @param {number} unitsY @returns {[number, number]} */
export function tileToSquare({ z, x, y }, unitsX, unitsY) {
  return [(x + unitsX / TILE_EXTENT) / 2 ** z, (y + unitsY / TILE_EXTENT) / 2 ** z];
}

/** Converts a point of the unit square to tile units. @param {import("./tile-cache.js").TileCoord} coord @param {[number, number]} point @returns {[number, number]} */
export function squareToTile({ z, x, y }, [squareX, squareY]) {
  return [(squareX * 2 ** z - x) * TILE_EXTENT, (squareY * 2 ** z - y) * TILE_EXTENT];
}

/** Converts a point of the unit square to pixels of a frame. @param {[number, number]} point @param {PixelFrame} frame */
export function squareToPixels([x, y], { zoom, left, top }) {
  return { x: x * worldSizePx(zoom) - left, y: y * worldSizePx(zoom) - top };
}

/** Returns the frame of a view with its padding. @param {import("../render/protocol.js").View} view @returns {PixelFrame} */
export function paddedFrame({ zoom, detailZoom, left, top, width, height, padding }) {
  return { zoom, ...(detailZoom !== undefined && { detailZoom }), left: left - padding, top: top - padding, width: width + 2 * padding, height: height + 2 * padding };
}

/** Projects a town onto the unit square. @param {TownOutline} town @returns {import("../render/painter.js").TownShape} */
export function projectTown({ name, valueText, properties, areas, labelPoint }) {
  const project = (/** @type {number[]} */ [lon = 0, lat = 0]) => toSquare(lon, lat);
  return { name, valueText, properties, areas: areas.map((rings) => rings.map((ring) => ring.map(project))), labelPoint: labelPoint && toSquare(...labelPoint) };
}
