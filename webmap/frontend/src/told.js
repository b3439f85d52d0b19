// What the page tells its map (made in webmap/maps), and what features look like.

/**
 * @typedef {{code: string, label: string, says: string, colour: string, shape: string, sign: string, size: number}} Mark
 * @typedef {{title: string, says: string, unit: string, over: string[], under: string | null, breaks: number[], colours: string[], unknown: string}} Scale
 * @typedef {{key: string, title: string, address: string, how: "towns" | "areas" | "lots" | "lines" | "marks", nearest: number, fields: string[], show: boolean}} LayerTold
 * @typedef {{
 *   options: Record<string, any>, layers: LayerTold[], view: string, layer: string, noun: string, home: [number, number, number, number],
 *   api: string, today: string, near: number, outlines: string, exact: number, limit: number, scale: Scale, marks: Mark[], markBy: string | null,
 * }} Told
 * @typedef {Record<string, any>} Properties
 * @typedef {{type: "Feature", id: string, geometry: any, properties: Properties}} Feature
 * @typedef {{features: Feature[], cut: boolean, middles: Record<string, [number, number]>}} Answer
 * @typedef {{west: number, south: number, east: number, north: number}} Box
 */

export {};
