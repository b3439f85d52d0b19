// Defines the messages between the page and the map renderer, which runs in a worker where it can. This file holds types only.

/**
 * @typedef {import("../map/page-config.js").PageConfig} PageConfig
 * @typedef {import("../map/page-config.js").Feature} Feature
 * @typedef {import("../map/page-config.js").Properties} Properties
 * @typedef {import("../tiles/projection.js").PixelFrame} PixelFrame
 * @typedef {import("../tiles/projection.js").TownOutline} TownOutline
 * @typedef {import("../tiles/point-features.js").FeatureFilter} FeatureFilter
 * @typedef {import("../tiles/change-feed.js").PollResult} PollResult
 * @typedef {import("../tiles/town-packs.js").PackInfo} PackInfo
 * @typedef {import("./painter.js").MapStyle} MapStyle
 */

/**
 * @typedef {[number, number]} LatLon latitude and longitude in degrees
 * @typedef {{left: number, top: number, right: number, bottom: number}} PixelBox
 * @typedef {"towns" | "hexbins" | "features"} DetailLevel what a map draws at a zoom
 * @typedef {"need" | "distance" | "least" | "most"} ListOrder by urgency (lots by address), by distance from the device, or by the value of the map's scale, where unknown comes last
 * @typedef {PixelFrame & {padding: number, pixelRatio: number, coveredBoxes: PixelBox[]}} View its corner and size do not include the padding, which is painted around it
 * @typedef {{bitmap: ImageBitmap | HTMLCanvasElement, view: View, isComplete: boolean, failedTiles: number, summary: ViewSummary | null}} Picture `summary` is null until all tiles have loaded
 * @typedef {{level: DetailLevel, count: number, countsByMark: Record<string, number>, towns: string[], offline: boolean, failedTiles: number}} ViewSummary how many features match and are in view, how many of each mark, in which towns, and how many tiles failed to load
 * @typedef {{feature: Feature, code: string, distanceM: number | null}} FeatureRow a feature with the code of its mark, and its distance from the device
 * @typedef {{bitmap: ImageBitmap, rows: FeatureRow[], count: number, towns: string[], markCodes: string[], level: DetailLevel, hasFailedTiles: boolean}} PrintResult
 * @typedef {{id: string, properties: Properties, position: {lon: number, lat: number}}} ParcelResult
 */

/**
 * Every request the page sends, with its payload and its result.
 * @typedef {{
 *   prefetchTiles: {payload: {frame: PixelFrame, hiddenLayers: string[]}, result: void},
 *   showView: {payload: View, result: ViewSummary | null},
 *   setTowns: {payload: {towns: TownOutline[]}, result: void},
 *   setMapStyle: {payload: MapStyle, result: void},
 *   setFilter: {payload: {filter: FeatureFilter, hiddenLayers: string[]}, result: void},
 *   setSelection: {payload: {key: string | null, latLon: LatLon | null}, result: void},
 *   setDoneHere: {payload: {records: string[]}, result: void},
 *   setDevicePosition: {payload: {latLon: LatLon | null}, result: void},
 *   setMapMoving: {payload: {isMoving: boolean}, result: void},
 *   pollChanges: {payload: {}, result: PollResult},
 *   openPacks: {payload: {moduleUrl: string}, result: PackInfo[]},
 *   renderForPrint: {payload: {view: View, mapStyle: MapStyle, maxRows: number}, result: PrintResult},
 *   describePlace: {payload: {latLon: LatLon}, result: {level: DetailLevel, hexbin: Properties | null, townName: string | null}},
 *   findParcel: {payload: {id?: string, latLon?: LatLon}, result: ParcelResult | null},
 *   findRow: {payload: {id: string}, result: FeatureRow | null},
 *   hitTest: {payload: {x: number, y: number, radiusPx: number}, result: {row: FeatureRow, stacked: FeatureRow[]} | null},
 *   listRows: {payload: {start: number, end: number, order: ListOrder}, result: {rows: FeatureRow[], count: number}},
 *   adjacentRows: {payload: {id: string, order: ListOrder}, result: {previous: FeatureRow | null, next: FeatureRow | null} | null},
 * }} Requests
 * @typedef {keyof Requests} RequestType
 * @typedef {{[T in RequestType]: (payload: Requests[T]["payload"]) => Requests[T]["result"] | Promise<Requests[T]["result"]>}} RequestHandlers
 */

/**
 * Envelopes: the page sends one InitMessage, then RequestMessages. The worker answers each with a ResponseMessage, and sends PictureEvents unasked.
 * @typedef {{type: "init", config: PageConfig}} InitMessage
 * @typedef {{[T in RequestType]: {requestId: number, type: T, payload: Requests[T]["payload"]}}[RequestType]} RequestMessage
 * @typedef {{type?: undefined, requestId: number, result?: any, error?: string}} ResponseMessage
 * @typedef {{type: "picture", picture: Picture}} PictureEvent its bitmap is transferred
 */

export {};
