// What the page tells its map (made in webmap/maps), and what features look like.

/**
 * @typedef {{code: string, label: string, says: string, colour: string, shape: string, sign: string, size: number}} Mark
 * @typedef {{title: string, says: string, unit: string, over: string[], under: string | null, breaks: number[], colours: string[], unknown: string}} Scale
 * @typedef {{key: string, title: string}} LayerTold
 * @typedef {{
 *   options: Record<string, any>, layers: LayerTold[], view: string, layer: string, set: string, noun: string, home: [number, number, number, number],
 *   api: string, today: string, worker: string, desk: string, packs: string, crew?: string, basemap: {address: string, credit: string} | null, version: number, born: string, sets: Record<string, import("./chart/tiles.js").SetTold>,
 *   blocks: number, near: number, lots: number, townFields: string[], scale: Scale, marks: Mark[], markBy: string | null,
 * }} Told
 * @typedef {Record<string, any>} Properties
 * @typedef {{type: "Feature", id: string, geometry: any, properties: Properties}} Feature
 * @typedef {{west: number, south: number, east: number, north: number}} Box
 */

export {};
