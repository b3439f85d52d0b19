// The map's own records in some tiles, with the latest edits, most urgent first.
import { collectPoints, markCodeReader, sortPoints } from "../tiles/point-features.js";

/** @typedef {import("../tiles/point-features.js").PointFeature} PointFeature */
/** @typedef {import("../tiles/tile-cache.js").Tile} Tile */

/** Ranks the records of one map, and remembers which of them were done on this device. */
export class RankedPoints {
  /** @param {import("../map/page-config.js").PageConfig} config @param {import("../tiles/change-feed.js").ChangeFeed} changeFeed */
  constructor(config, changeFeed) {
    this.config = config;
    this.changeFeed = changeFeed;
    this.markCodeOf = markCodeReader(config);
    this.markCodes = config.marks.map((mark) => mark.code);
    /** Records marked as done on this device but not sent yet, as layer/id. @type {Set<string>} */
    this.doneHere = new Set();
    /** The last result, with the inputs that it was made from. @type {{inputs: any[], points: PointFeature[]}} */
    this.cache = { inputs: [], points: [] };
  }

  /** Replaces the records marked as done. Returns whether any has changed. @param {string[]} records */
  setDoneHere(records) {
    const isUnchanged = records.length === this.doneHere.size && records.every((recordKey) => this.doneHere.has(recordKey));
    if (!isUnchanged) this.doneHere = new Set(records);
    return !isUnchanged;
  }

  /** Returns the tiles of the map's own records among some loaded ones. @param {{tileset: string, tile: Tile}[]} loaded */
  ownTiles(loaded) {
    return this.config.tileset === "lots" ? [] : loaded.filter(({ tileset }) => tileset === this.config.tileset).map(({ tile }) => tile);
  }

  /** Returns the points of some loaded tiles. The result is cached while neither the tiles nor the edits change. @param {{tileset: string, tile: Tile}[]} loaded */
  pointsOf(loaded) {
    const tiles = this.ownTiles(loaded);
    const edits = this.changeFeed.editsFor(this.config.tileset);
    const inputs = [...tiles, edits.token, this.doneHere];
    if (inputs.length !== this.cache.inputs.length || inputs.some((input, index) => input !== this.cache.inputs[index])) {
      const points = collectPoints(tiles, this.config.layer, edits, this.markCodeOf, this.markCodes, (properties, id) => this.#isDone(properties, id));
      this.cache = { inputs, points: sortPoints(points, null) };
    }
    return this.cache.points;
  }

  /** @param {import("../map/page-config.js").Properties} properties @param {string} id */
  #isDone(properties, id) {
    return this.doneHere.has(`${this.config.layer}/${id}`) || this.doneHere.has(`trees/${properties["tree_id"]}`);
  }
}
