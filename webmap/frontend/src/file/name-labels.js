// Draws the names of towns, streets and house numbers over a map file's shapes. Without a basemap they say where one is.
import * as L from "leaflet";
import { context2d, drawText } from "../render/mark-stamps.js";
import { placeStreetLabels, spreadLabels } from "../render/street-labels.js";
import { columnText, decodeShapes } from "./packed-records.js";
import { filledLayers, themeColor } from "./record-layers.js";

/** @typedef {import("./packed-records.js").PackedRecords} PackedRecords */
/** @typedef {import("./packed-records.js").Position} Position */
/** @typedef {import("../render/mark-stamps.js").Context} Context */

const STREET_NAMES_MIN_ZOOM = 16;
const TOWN_NAMES_MAX_ZOOM = 16.5; // where there are several towns
const HOUSE_NUMBERS_MIN_ZOOM = 18;
const HOUSE_NUMBER_SHIFTS = [0, 22, -22]; // pixels down from the middle of a parcel
const MARK_RADIUS_PX = 11;
const PANE = "names"; // between shapes and popups
const NAME_SIZE = "600 15px";

/** The names over one map. */
export class NameLabels {
  /** @param {L.Map} map */
  constructor(map) {
    this.map = map;
    /** @type {WeakMap<PackedRecords, {shape: import("./packed-records.js").Shape, row: number}[]>} */
    this.shapeCache = new WeakMap();
    /** @type {number | undefined} */
    this.frame = undefined;
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("aria-hidden", "true");
    this.canvas.className = "name-labels leaflet-zoom-hide";
    const pane = map.getPane(PANE) ?? map.createPane(PANE);
    pane.append(this.canvas);
    map.on("moveend zoomend resize layeradd layerremove", () => this.drawSoon());
    this.drawSoon();
  }

  /** Draws before the next frame, once. */
  drawSoon() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.draw();
    });
  }

  draw() {
    const size = this.map.getSize();
    const ratio = window.devicePixelRatio || 1;
    Object.assign(this.canvas, { width: Math.round(size.x * ratio), height: Math.round(size.y * ratio) });
    Object.assign(this.canvas.style, { width: `${size.x}px`, height: `${size.y}px` });
    L.DomUtil.setPosition(this.canvas, this.map.containerPointToLayerPoint([0, 0]));
    const context = context2d(this.canvas);
    context.scale(ratio, ratio);
    context.font = this.font;
    const zoom = this.map.getZoom();
    const townRecords = this.shownRecords("boundary");
    if (townRecords?.labelPoints && zoom < TOWN_NAMES_MAX_ZOOM) return this.drawTownNames(context, townRecords);
    const marks = this.shownMarks();
    if (zoom >= STREET_NAMES_MIN_ZOOM) this.drawStreetNames(context, marks);
    if (zoom >= HOUSE_NUMBERS_MIN_ZOOM) this.drawHouseNumbers(context, marks);
  }

  get font() {
    return `${NAME_SIZE} ${getComputedStyle(this.map.getContainer()).fontFamily}`;
  }

  get textStyle() {
    return { color: themeColor("--map-label"), halo: themeColor("--map-halo"), font: this.font };
  }

  /** @param {Context} context @param {PackedRecords} records */
  drawTownNames(context, records) {
    const labels = decodeShapes(records.labelPoints ?? "").map((shape, row) => {
      const text = columnText(records.titles, row);
      return { ...this.toPixels(shape[0]?.[0]?.[0] ?? [0, 0]), text, width: context.measureText(text).width };
    });
    for (const { x, y, text } of spreadLabels(labels, 20)) drawText(context, x, y, text, this.textStyle);
  }

  /** @param {Context} context @param {L.Point[]} marks */
  drawStreetNames(context, marks) {
    const records = this.shownRecords("streets");
    if (!records) return;
    const { x: width, y: height } = this.map.getSize();
    const lines = this.shapesOf(records).flatMap(({ row, shape }) => shape.map(([line]) => ({ name: columnText(records.titles, row), points: (line ?? []).map((position) => this.toPixels(position)) })));
    const linesInView = lines.filter(({ points }) => points.some(({ x, y }) => x > 0 && y > 0 && x < width && y < height));
    const style = { ...this.textStyle, background: themeColor("--map-street") };
    for (const { name, x, y, angle, width: textWidth } of placeStreetLabels(linesInView, (text) => context.measureText(text).width, marks)) drawText(context, x, y, name, { ...style, angle, width: textWidth });
  }

  /** Draws house numbers in their parcels, above or below marks. @param {Context} context @param {L.Point[]} marks */
  drawHouseNumbers(context, marks) {
    const records = this.shownRecords("parcels");
    if (!records) return;
    const bounds = this.map.getBounds();
    const labels = this.shapesOf(records).flatMap(({ row, shape }) => {
      const text = /^\d+[^ ]*/.exec(columnText(records.titles, row))?.[0];
      const center = L.latLngBounds((shape[0]?.[0] ?? []).map(([lon, lat]) => [lat, lon])).getCenter();
      if (!text || !bounds.contains(center)) return [];
      const label = { ...this.toPixels([center.lng, center.lat]), text, width: context.measureText(text).width };
      const shift = HOUSE_NUMBER_SHIFTS.find((down) => marks.every(({ x, y }) => Math.abs(x - label.x) > label.width / 2 + MARK_RADIUS_PX || Math.abs(y - label.y - down) > MARK_RADIUS_PX + 8));
      return shift === undefined ? [] : [{ ...label, y: label.y + shift }];
    });
    for (const { x, y, text } of spreadLabels(labels, 20)) drawText(context, x, y, text, this.textStyle);
  }

  /** Returns the records of a layer that is shown. @param {string} key */
  shownRecords(key) {
    return filledLayers.find((filled) => filled.key === key && this.map.hasLayer(filled.layer))?.records;
  }

  /** Returns the marks in view that are shown, in pixels. */
  shownMarks() {
    const bounds = this.map.getBounds();
    const shown = filledLayers.filter(({ layer, records }) => records.kind === "point" && this.map.hasLayer(layer));
    return shown.flatMap(({ layer }) => layer.getLayers().map((mark) => /** @type {L.CircleMarker} */ (mark).getLatLng())).filter((position) => bounds.contains(position)).map((position) => this.map.latLngToContainerPoint(position));
  }

  /** Decodes the shapes of a layer once. @param {PackedRecords} records */
  shapesOf(records) {
    const shapes = this.shapeCache.get(records) ?? decodeShapes(records.shapes).map((shape, row) => ({ shape, row }));
    this.shapeCache.set(records, shapes);
    return shapes;
  }

  /** @param {Position} position */
  toPixels([lon, lat]) {
    return this.map.latLngToContainerPoint([lat, lon]);
  }
}
