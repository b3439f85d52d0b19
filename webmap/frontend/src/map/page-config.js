// Types of the configuration that the server writes into a map page (webmap/maps), and of features.

/**
 * @typedef {{code: string, label: string, description: string, color: string, outline: string, glyph: string, size: number}} MarkSymbol
 * @typedef {{title: string, description: string, unit: string, numerator_fields: string[], denominator_field: string | null, breaks: number[], colors: string[], unknown_color: string}} ColorScale
 * @typedef {{key: string, title: string}} LayerToggle
 * @typedef {{
 *   options: Record<string, any>, layers: LayerToggle[], view: string, layer: string, tileset: string, homeBbox: [number, number, number, number],
 *   api: string, today: string, workerUrl: string, rendererUrl: string, packsUrl: string, crewUrl?: string, basemap: {urlTemplate: string, credit: string} | null, version: number, workspace_id: string, tilesets: Record<string, import("../tiles/tile-cache.js").TilesetInfo>,
 *   hexbinZoom: number, featureZoom: number, parcelZoom: number, townFields: string[], scale: ColorScale, marks: MarkSymbol[], markBy: string | null,
 * }} PageConfig
 * @typedef {Record<string, any>} Properties
 * @typedef {{type: "Feature", id: string, geometry: any, properties: Properties}} Feature
 * @typedef {{west: number, south: number, east: number, north: number}} BoundingBox
 */

export {};
