// The one layer of the map: shows pictures that the desk paints, and moves them with the map until the next one comes.
// It speaks of Leaflet's inner steps of zooming, which its types do not cover; so there they are `any`.
import * as L from "leaflet";

/** @typedef {import("./desk.js").View} View */
/** @typedef {import("./desk.js").Drawn} Drawn */

const PAD = 0.18; // of the view's longer side, painted beyond its edges
const MOST_RATIO = 2; // pixels of the device in one of the screen: finer is not seen

/** @type {any} */
const Layer = L.Layer;

/** What the desk paints, on the map. `options.ask(view)` has a view painted. */
export const Pictures = Layer.extend({
  initialize(/** @type {any} */ options) {
    L.setOptions(this, options);
  },
  onAdd() {
    this._box = L.DomUtil.create("div", "leaflet-zoom-animated pictures", this.getPane());
    this._canvas = null;
    this._drawn = null;
    this._busy = false;
    this.ask();
  },
  onRemove() {
    this._box.remove();
  },
  getEvents() {
    return {
      movestart: () => this.options.moving(true),
      moveend: this._stands,
      move: this._moved,
      viewreset: this._place,
      zoom: this._place,
      zoomanim: (/** @type {any} */ event) => this._place(null, event.center, event.zoom),
      resize: this.ask,
    };
  },

  _stands() {
    this.options.moving(false);
    void this.ask();
  },

  /** Have the view painted as it is now. */
  async ask() {
    const view = this.view();
    if (!view.width || !view.height) return; // nothing of the map is seen: the page is being printed
    this._busy = true;
    await this.options.ask(view);
    this._busy = false;
  },

  /** @returns {View} */
  view() {
    const map = this._map;
    const { x: width, y: height } = map.getSize();
    const zoom = map.getZoom();
    const middle = map.project(map.getCenter(), zoom);
    const ratio = Math.min(MOST_RATIO, window.devicePixelRatio || 1);
    const pad = Math.round(PAD * Math.max(width, height));
    return { zoom, left: middle.x - width / 2, top: middle.y - height / 2, width, height, pad, ratio, taken: this.options.taken() };
  },

  /** While the map is dragged beyond what is painted, paint on. */
  _moved() {
    const drawn = this._drawn;
    if (this._busy || !drawn || this._map.getZoom() !== drawn.zoom) return;
    const { left, top } = this.view();
    if (Math.abs(left - drawn.left) > drawn.pad || Math.abs(top - drawn.top) > drawn.pad) void this.ask();
  },

  /** Show a picture. @param {Drawn} drawn */
  show({ bitmap, view }) {
    if (!this._map) return;
    if (bitmap instanceof HTMLCanvasElement) this._put(bitmap);
    else {
      const canvas = this._canvas ?? this._put(document.createElement("canvas"));
      if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
      canvas.getContext("bitmaprenderer").transferFromImageBitmap(bitmap);
    }
    this._drawn = view;
    this._canvas.style.width = `${view.width + 2 * view.pad}px`;
    this._canvas.style.height = `${view.height + 2 * view.pad}px`;
    if (!this._map._animatingZoom) this._place();
  },

  /** @param {HTMLCanvasElement} canvas */
  _put(canvas) {
    canvas.setAttribute("aria-hidden", "true");
    this._box.replaceChildren(canvas);
    return (this._canvas = canvas);
  },

  /** Put what is painted where it belongs, as the map is or is about to be. @param {any} [_event] @param {L.LatLng} [center] @param {number} [to] */
  _place(_event, center, to) {
    const drawn = this._drawn;
    if (!drawn) return;
    const map = this._map;
    const zoom = to ?? map.getZoom();
    const scale = map.getZoomScale(zoom, drawn.zoom);
    const corner = L.point(drawn.left - drawn.pad, drawn.top - drawn.pad).multiplyBy(scale);
    L.DomUtil.setTransform(this._box, corner.subtract(map._getNewPixelOrigin(center ?? map.getCenter(), zoom)), scale);
  },
});
