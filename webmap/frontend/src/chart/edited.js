// What edits have changed of areas since their tiles were made: lots, and the blocks that count what stands in them.
import { EXTENT, toSquare } from "./projecting.js";

/**
 * @typedef {import("./tiles.js").Tile} Tile
 * @typedef {import("./mvt.js").Shape} Shape
 * @typedef {import("./features.js").Edits} Edits
 * @typedef {{zoom: number, number: number, values: import("../told.js").Properties | null, shape?: any}} Block
 */

const DEEP = 16; // the zoom of the tile from which a shape that is in none is measured

/** Put what was changed of lots into their tiles, which must be told; new outlines stand in a tile of their own. @param {Tile[]} tiles @param {Edits} edits @returns {Tile[]} */
export function editedLots(tiles, edits) {
  if (!edits.changed.size && !edits.gone.size) return tiles;
  const moved = (/** @type {string} */ id) => edits.gone.has(id) || "shape" in (edits.changed.get(id) ?? {});
  const told = tiles.map((tile) => {
    if (!tile.values) return tile;
    const values = new Map(tile.values);
    for (const [number, one] of values) {
      const edit = edits.changed.get(one.id);
      if (edit) values.set(number, { id: one.id, properties: { ...one.properties, ...edit.values } });
    }
    const parcels = (tile.layers["parcels"] ?? []).filter(({ number }) => !moved(values.get(number)?.id ?? ""));
    return { ...tile, values, layers: { ...tile.layers, parcels } };
  });
  const drawn = [...edits.changed.values()].filter(({ shape }) => shape).map(({ id, values, shape }, nth) => ({ number: -1 - nth, id, properties: values, shape }));
  return [...told, ...drawn.map((one) => alone("parcels", one))];
}

/** Put what was counted again into blocks. @param {Tile[]} tiles @param {Block[]} changed @returns {Tile[]} */
export function editedBlocks(tiles, changed) {
  if (!changed.length) return tiles;
  const told = tiles.map((tile) => {
    const figures = new Map(changed.filter(({ zoom }) => zoom === tile.place.z).map(({ number, values }) => [number, values]));
    if (!figures.size) return tile;
    const blocks = (tile.layers["blocks"] ?? []).flatMap((shape) => {
      const values = figures.get(shape.number);
      return values === undefined ? [shape] : values === null ? [] : [{ ...shape, properties: values }];
    });
    return { ...tile, layers: { ...tile.layers, blocks } };
  });
  const zoom = tiles[0]?.place.z;
  const drawn = changed.filter((one) => one.zoom === zoom && one.shape && one.values);
  return [...told, ...drawn.map(({ number, values, shape }) => alone("blocks", { number, id: "", properties: values ?? {}, shape }))];
}

/** A tile that holds one area whole. @param {string} layer @param {{number: number, id: string, properties: import("../told.js").Properties, shape: any}} told its shape as GeoJSON @returns {Tile} */
function alone(layer, { number, id, properties, shape }) {
  /** @type {number[][][]} */
  const rings = shape.type === "MultiPolygon" ? shape.coordinates.flat() : shape.coordinates;
  const [lon = 0, lat = 0] = rings[0]?.[0] ?? [];
  const [x, y] = toSquare(lon, lat).map((at) => Math.floor(at * 2 ** DEEP));
  const place = { z: DEEP, x: x ?? 0, y: y ?? 0 };
  const lines = rings.map((ring) => ring.flatMap(([east = 0, north = 0]) => {
    const [atX, atY] = toSquare(east, north);
    return [(atX * 2 ** DEEP - place.x) * EXTENT, (atY * 2 ** DEEP - place.y) * EXTENT];
  }));
  const values = new Map([[number, { id, properties }]]);
  return { place, layers: { [layer]: [{ number, kind: 3, lines, properties }] }, values, failed: false, whole: true };
}
