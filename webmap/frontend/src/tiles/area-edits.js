// Applies edits to parcels and hexbins that were loaded with tiles of an older version.
import { TILE_EXTENT, toSquare } from "./projection.js";

/**
 * @typedef {import("./tile-cache.js").Tile} Tile
 * @typedef {import("./mvt.js").TileFeature} TileFeature
 * @typedef {import("./point-features.js").EditOverlay} EditOverlay
 * @typedef {{zoom: number, number: number, values: import("../map/page-config.js").Properties | null, geometry?: any}} ChangedHexbin as GET /changes/blocks sends it
 */

const OUTLINE_ZOOM = 16; // zoom of the made-up tile that holds a geometry of no loaded tile

/** Merges edited parcels into tiles with values. Each new outline gets a tile of its own. @param {Tile[]} tiles @param {EditOverlay} edits @returns {Tile[]} */
export function applyParcelEdits(tiles, edits) {
  if (!edits.changed.size && !edits.deleted.size) return tiles;
  const isRedrawnOrDeleted = (/** @type {string} */ id) => edits.deleted.has(id) || "geometry" in (edits.changed.get(id) ?? {});
  const editedTiles = tiles.map((tile) => {
    if (!tile.values) return tile;
    const values = new Map(tile.values);
    for (const [number, entry] of values) {
      const edit = edits.changed.get(entry.id);
      if (edit) values.set(number, { id: entry.id, properties: { ...entry.properties, ...edit.values } });
    }
    const parcels = (tile.layers["parcels"] ?? []).filter(({ featureNumber: number }) => !isRedrawnOrDeleted(values.get(number)?.id ?? ""));
    return { ...tile, values, layers: { ...tile.layers, parcels } };
  });
  const newOutlines = [...edits.changed.values()].filter(({ geometry }) => geometry).map(({ id, values, geometry }, index) => ({ number: -1 - index, id, properties: values, geometry }));
  return [...editedTiles, ...newOutlines.map((entry) => singleAreaTile("parcels", entry))];
}

/** Merges recounted values into hexbins. @param {Tile[]} tiles @param {ChangedHexbin[]} changedHexbins @returns {Tile[]} */
export function applyHexbinEdits(tiles, changedHexbins) {
  if (!changedHexbins.length) return tiles;
  const editedTiles = tiles.map((tile) => {
    const valuesByNumber = new Map(changedHexbins.filter(({ zoom }) => zoom === tile.coord.z).map(({ number, values }) => [number, values]));
    if (!valuesByNumber.size) return tile;
    const hexbins = (tile.layers["blocks"] ?? []).flatMap((hexbin) => {
      const values = valuesByNumber.get(hexbin.featureNumber);
      return values === undefined ? [hexbin] : values === null ? [] : [{ ...hexbin, properties: values }];
    });
    return { ...tile, layers: { ...tile.layers, blocks: hexbins } };
  });
  const zoom = tiles[0]?.coord.z;
  const newHexbins = changedHexbins.filter((hexbin) => hexbin.zoom === zoom && hexbin.geometry && hexbin.values);
  return [...editedTiles, ...newHexbins.map(({ number, values, geometry }) => singleAreaTile("blocks", { number, id: "", properties: values ?? {}, geometry }))];
}

/** Returns a tile that holds one area, not clipped to the tile's edges. @param {string} layer @param {{number: number, id: string, properties: import("../map/page-config.js").Properties, geometry: any}} area with its geometry as GeoJSON @returns {Tile} */
function singleAreaTile(layer, { number, id, properties, geometry }) {
  /** @type {number[][][]} */
  const rings = geometry.type === "MultiPolygon" ? geometry.coordinates.flat() : geometry.coordinates;
  const [lon = 0, lat = 0] = rings[0]?.[0] ?? [];
  const [x, y] = toSquare(lon, lat).map((coordinate) => Math.floor(coordinate * 2 ** OUTLINE_ZOOM));
  const coord = { z: OUTLINE_ZOOM, x: x ?? 0, y: y ?? 0 };
  const lines = rings.map((ring) => ring.flatMap(([east = 0, north = 0]) => {
    const [atX, atY] = toSquare(east, north);
    return [(atX * 2 ** OUTLINE_ZOOM - coord.x) * TILE_EXTENT, (atY * 2 ** OUTLINE_ZOOM - coord.y) * TILE_EXTENT];
  }));
  const values = new Map([[number, { id, properties }]]);
  return { coord, layers: { [layer]: [{ featureNumber: number, geometryType: 3, lines, properties }] }, values, failed: false, isUnclipped: true };
}
