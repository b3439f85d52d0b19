// Draws one map: holds its tiles, edits and filters, paints views, and lists and finds the features in them.
// It runs in a worker where the browser can draw there, else in the page. All requests come through `handleRequest`.
import { applyHexbinEdits, applyParcelEdits } from "../tiles/area-edits.js";
import { matchesFilter, filterAndCount } from "../tiles/point-features.js";
import { hexbinAt, townNameAt, isInView } from "../tiles/feature-lookup.js";
import { context2d } from "./mark-stamps.js";
import { Painter, QUIET_CODES, tileZoom } from "./painter.js";
import { streetsOfPoints } from "./required-streets.js";
import { detailZoomOf, paddedFrame, squareToPixels, tilesCovering, toSquare, projectTown } from "../tiles/projection.js";
import { FrameBudget } from "../ui/frame-budget.js";
import { RankedPoints } from "./ranked-points.js";
import { ViewIndex } from "./view-index.js";
import { TileCache } from "../tiles/tile-cache.js";
import { walkingOrder } from "../print/walking-order.js";
import { ChangeFeed } from "../tiles/change-feed.js";

/**
 * @typedef {import("./protocol.js").Requests} Requests
 * @typedef {import("./protocol.js").RequestType} RequestType
 * @typedef {import("./protocol.js").LatLon} LatLon
 * @typedef {import("./protocol.js").View} View
 * @typedef {import("./protocol.js").DetailLevel} DetailLevel
 * @typedef {import("./protocol.js").ViewSummary} ViewSummary
 * @typedef {import("./painter.js").Scene} Scene
 * @typedef {import("./painter.js").MapStyle} MapStyle
 * @typedef {import("../tiles/projection.js").PixelFrame} PixelFrame
 * @typedef {import("../tiles/point-features.js").PointFeature} PointFeature
 */

const REPAINT_INTERVAL_MS = 90; // between pictures of a view whose tiles are still loading
const HEXBIN_ZOOMS = /** @type {[number, number]} */ ([10, 14]);
const FEATURE_ZOOMS = /** @type {[number, number]} */ ([15, 16]);
const PACK_ZOOMS = /** @type {[number, number]} */ ([16, 16]); // the only zoom in town packs

export { FrameBudget };

/** The renderer of one map. */
export class MapRenderer {
  /**
   * @param {import("../map/page-config.js").PageConfig} config
   * @param {import("./mark-stamps.js").CreateCanvas} createCanvas
   * @param {(url: string) => Promise<Response>} fetchResponse
   * @param {(picture: import("./protocol.js").Picture) => void} onPicture
   * @param {FrameBudget} frameBudget
   */
  constructor(config, createCanvas, fetchResponse, onPicture, frameBudget = new FrameBudget()) {
    this.config = config;
    this.createCanvas = createCanvas;
    this.onPicture = onPicture;
    this.frameBudget = frameBudget;
    this.painter = new Painter(config, createCanvas, frameBudget);
    this.tileCache = new TileCache(fetchResponse, config.tilesets, frameBudget);
    this.changeFeed = new ChangeFeed(this.tileCache, config.api, fetchResponse, [config.tileset, "lots"]);
    this.rankedPoints = new RankedPoints(config, this.changeFeed);
    /** @type {import("./painter.js").TownShape[]} */
    this.towns = [];
    /** @type {import("../tiles/point-features.js").FeatureFilter} */
    this.filter = { town: null, fields: [], since: [] };
    /** @type {Set<string>} */
    this.hiddenLayers = new Set();
    /** @type {Scene["selection"]} */
    this.selection = { key: null, position: null };
    this.viewIndex = new ViewIndex(config.tileset, config.scale);
    /** @type {any} */
    this.mapStyle = null;
    /** @type {View | null} */
    this.view = null;
    this.paintId = 0;
    [this.isPainting, this.needsRepaint] = [false, false];
    /** What the setters change shows in the next view. @type {import("./protocol.js").RequestHandlers} */
    this.handlers = {
      setTowns: ({ towns }) => void (this.towns = towns.map(projectTown)),
      setMapStyle: (mapStyle) => void (this.mapStyle = mapStyle),
      setFilter: ({ filter, hiddenLayers }) => void ([this.filter, this.hiddenLayers] = [filter, new Set(hiddenLayers)]),
      setDevicePosition: ({ latLon }) => void (this.viewIndex.devicePosition = toSquarePosition(latLon)),
      setMapMoving: ({ isMoving }) => void (this.frameBudget.isMapMoving = isMoving),
      setSelection: ({ key, latLon }) => this.setSelection(key, latLon),
      setDoneHere: ({ records }) => this.setDoneHere(records),
      prefetchTiles: ({ frame, hiddenLayers }) => this.prefetchTiles(frame, hiddenLayers),
      showView: (view) => this.showView(view),
      renderForPrint: (payload) => this.renderForPrint(payload),
      pollChanges: () => this.changeFeed.poll(),
      openPacks: ({ moduleUrl }) => this.openPacks(moduleUrl),
      describePlace: ({ latLon }) => this.describePlace(latLon),
      findParcel: (query) => this.viewIndex.findParcelInView(query),
      findRow: ({ id }) => this.findRow(id),
      hitTest: (payload) => this.viewIndex.hitTest(payload),
      listRows: (payload) => this.viewIndex.pageOfRows(payload),
      adjacentRows: (payload) => this.viewIndex.adjacentRows(payload),
    };
  }

  /** Handles one request. @template {RequestType} T @param {T} type @param {Requests[T]["payload"]} payload @returns {Promise<Requests[T]["result"]>} */
  async handleRequest(type, payload) {
    if (!Object.hasOwn(this.handlers, type)) throw new Error(`unknown request type: ${type}`);
    return this.handlers[type](payload);
  }

  /** Paints a view at once from the loaded tiles, and again as more load. @param {View} view @returns {Promise<ViewSummary | null>} null if another view was requested meanwhile */
  async showView(view) {
    this.view = view;
    const paintId = (this.paintId += 1);
    [this.isPainting, this.needsRepaint] = [true, false];
    try {
      return await this.paintUntilComplete(view, paintId);
    } finally {
      if (paintId === this.paintId) this.isPainting = false;
    }
  }

  /** @param {View} view @param {number} paintId @returns {Promise<ViewSummary | null>} */
  async paintUntilComplete(view, paintId) {
    const { usesPacksOnly: packsOnly } = this.tileCache;
    const tilesRequest = this.loadTiles(view);
    let done = false;
    void tilesRequest.then(() => (done = true));
    await Promise.race([tilesRequest, new Promise((resolve) => setTimeout(resolve, 16))]);
    while (paintId === this.paintId) {
      const isComplete = done;
      const failedTiles = isComplete ? (await tilesRequest).filter((tile) => tile.failed).length : 0;
      if (!(await this.paintPicture(view, paintId, isComplete, failedTiles))) return null;
      // Paint again if the view's data changed meanwhile, or if the server was lost and tiles now come from packs.
      if (isComplete && (this.needsRepaint || this.tileCache.usesPacksOnly !== packsOnly)) return this.showView(view);
      if (isComplete) return this.viewIndex.summarizeView(this.tileCache.isOffline);
      await Promise.race([tilesRequest, new Promise((resolve) => setTimeout(resolve, REPAINT_INTERVAL_MS))]);
    }
    return null;
  }

  /** Paints the current view again. While it is being painted, the running request does it. */
  async repaint() {
    this.needsRepaint = this.isPainting;
    if (this.view && this.mapStyle && !this.isPainting) await this.showView(this.view);
  }

  /** @param {string | null} key @param {LatLon | null} latLon */
  setSelection(key, latLon) {
    this.selection = { key, position: toSquarePosition(latLon) };
    return this.repaint();
  }

  /** Replaces the records marked as done on this device. @param {string[]} records */
  async setDoneHere(records) {
    if (this.rankedPoints.setDoneHere(records)) await this.repaint();
  }

  /** Loads the tiles of a frame before it is painted. @param {PixelFrame} frame @param {string[]} hiddenLayers */
  prefetchTiles(frame, hiddenLayers) {
    this.hiddenLayers = new Set(hiddenLayers);
    void this.loadTiles(frame);
  }

  /** Loads all tiles of a frame. @param {PixelFrame} frame */
  loadTiles(frame) {
    return Promise.all(this.requiredTiles(frame).map(({ tileset, coord, withValues }) => this.tileCache.loadTile(tileset, coord, withValues)));
  }

  /** Returns those tiles of a frame that are loaded. @param {PixelFrame} frame */
  loadedTiles(frame) {
    return this.requiredTiles(frame).flatMap(({ tileset, coord, withValues }) => {
      const tile = this.tileCache.loadedTile(tileset, coord, withValues);
      return tile ? [{ tileset, tile }] : [];
    });
  }

  /** Lists the tiles that a frame needs, and which of them with values. @param {PixelFrame} frame */
  requiredTiles(frame) {
    const zoom = detailZoomOf(frame);
    const level = this.detailLevel(zoom);
    const zoomRange = this.tileCache.usesPacksOnly ? PACK_ZOOMS : FEATURE_ZOOMS;
    const tilesOf = (/** @type {string} */ tileset, /** @type {[number, number]} */ [first, last], withValues = false) =>
      tilesCovering(frame, tileZoom(zoom, first, last)).map((coord) => ({ tileset, coord, withValues }));
    if (level === "towns") return [];
    if (level === "hexbins") return tilesOf("blocks", HEXBIN_ZOOMS);
    const hasOwnTileset = this.config.tileset !== "lots";
    // A selected or edited parcel is recognized by its id, which comes with the values.
    const needsParcelValues = !hasOwnTileset || this.showsHouseNumbers(zoom) || this.changeFeed.editsFor("lots").hasGeometryChanges || Boolean(this.selection.key?.startsWith("parcels/"));
    const ground = hasOwnTileset && zoom < this.config.parcelZoom ? tilesOf("streets", zoomRange) : tilesOf("lots", zoomRange, needsParcelValues);
    return hasOwnTileset && !this.hiddenLayers.has(this.config.layer) ? [...tilesOf(this.config.tileset, zoomRange, true), ...ground] : ground;
  }

  /** @param {number} zoom @returns {DetailLevel} */
  detailLevel(zoom) {
    if (zoom >= this.config.featureZoom) return "features";
    return zoom >= this.config.hexbinZoom && !this.hiddenLayers.has("blocks") ? "hexbins" : "towns";
  }

  /** @param {number} zoom */
  showsHouseNumbers(zoom) {
    return (zoom >= 18 || this.tileCache.usesPacksOnly) && !this.hiddenLayers.has("parcels");
  }

  /** Paints a view and sends the picture, unless another view was requested meanwhile. Returns whether it was sent. @param {View} view @param {number} paintId @param {boolean} isComplete @param {number} failedTiles */
  async paintPicture(view, paintId, isComplete, failedTiles) {
    const scene = this.buildScene(view, this.mapStyle);
    const canvas = await this.paintToCanvas(scene);
    if (paintId !== this.paintId) return false;
    this.viewIndex.setScene(view, scene, this.detailLevel(view.zoom), failedTiles);
    const bitmap = "transferToImageBitmap" in canvas ? canvas.transferToImageBitmap() : /** @type {HTMLCanvasElement} */ (canvas);
    this.onPicture({ bitmap, view, isComplete, failedTiles, summary: isComplete ? this.viewIndex.summarizeView(this.tileCache.isOffline) : null });
    return true;
  }

  /** Paints a scene onto a new canvas. @param {Scene} scene */
  async paintToCanvas(scene) {
    const canvas = this.createCanvas(Math.round(scene.frame.width * scene.pixelRatio), Math.round(scene.frame.height * scene.pixelRatio));
    await this.painter.paintScene(context2d(canvas), scene);
    return canvas;
  }

  /** Builds the scene of a view from the loaded tiles. @param {View} view @param {MapStyle} mapStyle @returns {Scene} */
  buildScene(view, mapStyle) {
    const zoom = detailZoomOf(view);
    const level = this.detailLevel(zoom);
    const loaded = this.loadedTiles(paddedFrame(view)); // the padding shows only tiles that happen to be loaded
    const tilesOf = (/** @type {string[]} */ ...tilesets) => loaded.filter(({ tileset }) => tilesets.includes(tileset)).map(({ tile }) => tile);
    const isFeatureLevel = level === "features";
    const { matches, countsByMark } = filterAndCount(this.rankedPoints.pointsOf(loaded), this.filter, this.config.markBy, ({ position }) => isInView(squareToPixels(position, view), view));
    return {
      frame: paddedFrame(view),
      pixelRatio: view.pixelRatio,
      mapStyle,
      towns: this.towns,
      townFilter: this.filter.town,
      filledLayer: isFeatureLevel ? (this.config.tileset === "lots" ? "parcels" : null) : level,
      groundTiles: isFeatureLevel ? applyParcelEdits(tilesOf("lots", "streets"), this.changeFeed.editsFor("lots")) : [],
      hexbinTiles: applyHexbinEdits(tilesOf("blocks"), this.changeFeed.changedHexbins),
      points: matches,
      countsByMark,
      ...{ numberedCount: 0, requiredStreets: null },
      showHouseNumbers: zoom >= 18 && this.showsHouseNumbers(zoom),
      hiddenLayers: this.hiddenLayers,
      matchesFilter: (properties) => matchesFilter(properties, this.filter),
      selection: this.selection,
      coveredBoxes: view.coveredBoxes.map((box) => shiftBox(box, view.padding)),
    };
  }

  /** Finds a record in and around the current view, whatever the filter, with the latest edits. @param {string} id @returns {import("./protocol.js").FeatureRow | null} */
  findRow(id) {
    const loaded = this.view ? this.loadedTiles(paddedFrame(this.view)) : [];
    const point = this.rankedPoints.pointsOf(loaded).find(({ feature }) => feature.id === id);
    return point ? this.viewIndex.toRow(point) : null;
  }

  /**
   * Paints a view for print. A work sheet also gets up to `maxRows` rows, the most urgent ones, in walking order, and their marks get numbers.
   * @param {Requests["renderForPrint"]["payload"]} payload
   * @returns {Promise<import("./protocol.js").PrintResult>}
   */
  async renderForPrint({ view, mapStyle, maxRows }) {
    const tiles = await this.loadTiles(view);
    const scene = this.buildScene(view, mapStyle);
    const pointsInView = scene.points.filter(({ position }) => isInView(squareToPixels(position, view), view));
    const filtersByMark = this.filter.fields.some(([name]) => name === this.config.markBy);
    const candidates = maxRows && !filtersByMark ? pointsInView.filter(({ code }) => !QUIET_CODES.has(code)) : pointsInView;
    const selected = maxRows ? candidates.slice(0, maxRows) : [];
    const routed = walkingOrder(selected.map(({ position }) => position), this.viewIndex.devicePosition).flatMap((index) => selected[index] ?? []);
    const points = maxRows ? routed : pointsInView;
    const canvas = await this.paintToCanvas({ ...scene, points, numberedCount: routed.length, requiredStreets: streetsOfPoints(routed, scene), selection: { key: null, position: null } });
    const bitmap = await createImageBitmap(canvas);
    const rows = routed.map((point) => this.viewIndex.toRow(point));
    return { bitmap, rows, count: candidates.length, towns: this.viewIndex.summarizeView(false).towns, markCodes: [...new Set(points.map(({ code }) => code))], level: this.detailLevel(detailZoomOf(view)), hasFailedTiles: tiles.some((tile) => tile.failed) };
  }

  /** Opens the downloaded town packs. @param {string} moduleUrl */
  async openPacks(moduleUrl) {
    const { TownPacks } = /** @type {typeof import("../tiles/town-packs.js")} */ (await import(moduleUrl));
    this.tileCache.setPacks(await TownPacks.openAll());
    return this.tileCache.packs?.packInfos() ?? [];
  }

  /** Returns what a far view shows at a point: the values of a hexbin, or the name of a town. @param {LatLon} latLon */
  describePlace(latLon) {
    const level = this.view ? this.detailLevel(this.view.zoom) : "towns";
    const tiles = this.view ? this.loadedTiles(this.view).map(({ tile }) => tile) : [];
    return { level, hexbin: hexbinAt(applyHexbinEdits(tiles, this.changeFeed.changedHexbins), latLon), townName: level === "towns" ? townNameAt(this.towns, latLon) : null };
  }
}

/** @param {LatLon | null} latLon @returns {[number, number] | null} on the unit square */
function toSquarePosition(latLon) {
  return latLon && toSquare(latLon[1], latLon[0]);
}

/** @param {import("./protocol.js").PixelBox} box @param {number} offset */
function shiftBox({ left, top, right, bottom }, offset) {
  return { left: left + offset, top: top + offset, right: right + offset, bottom: bottom + offset };
}
