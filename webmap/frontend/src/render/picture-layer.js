// A Leaflet layer that shows the renderer's pictures, and moves each with the map until the next one comes.
// It uses internals of Leaflet's zoom animation that have no types, so `this` is `any` in it.
import * as L from "leaflet";

/** @typedef {import("./protocol.js").View} View */
/** @typedef {import("./protocol.js").Picture} Picture */
/** @typedef {{requestView: (view: View) => Promise<void>, coveredBoxes: () => import("./protocol.js").PixelBox[], onMoving: (isMoving: boolean) => void}} PictureLayerOptions `requestView` has a view painted */
/** @typedef {L.Layer & {requestView: () => Promise<void>, currentView: () => View, showPicture: (picture: Picture) => void}} PictureLayerInstance */

const PADDING_RATIO = 0.18; // part of the view's longer side that is painted beyond its edges
const MAX_PIXEL_RATIO = 2; // device pixels per CSS pixel; more is not visible

/** @type {any} */
const LeafletLayer = L.Layer;

export const PictureLayer = /** @type {new (options: PictureLayerOptions) => PictureLayerInstance} */ (LeafletLayer.extend({
  initialize(/** @type {PictureLayerOptions} */ options) {
    L.setOptions(this, options);
  },
  onAdd() {
    this._container = L.DomUtil.create("div", "leaflet-zoom-animated pictures", this.getPane());
    this._canvas = null;
    this._shownView = null;
    this._isRequesting = false;
    void this.requestView();
  },
  onRemove() {
    this._container.remove();
  },
  getEvents() {
    return {
      movestart: () => this.options.onMoving(true),
      moveend: this._onMoveEnd,
      move: this._onMove,
      viewreset: this._updatePosition,
      zoom: this._updatePosition,
      zoomanim: (/** @type {any} */ event) => this._updatePosition(null, event.center, event.zoom),
      resize: this.requestView,
    };
  },

  _onMoveEnd() {
    this.options.onMoving(false);
    void this.requestView();
  },

  /** Has the current view painted. */
  async requestView() {
    const view = this.currentView();
    if (!view.width || !view.height) return; // the map is hidden, for example while the page is printed
    this._isRequesting = true;
    try {
      await this.options.requestView(view);
    } finally {
      this._isRequesting = false;
    }
  },

  /** @returns {View} */
  currentView() {
    const map = this._map;
    const { x: width, y: height } = map.getSize();
    const zoom = map.getZoom();
    const centerPx = map.project(map.getCenter(), zoom);
    const pixelRatio = Math.min(MAX_PIXEL_RATIO, window.devicePixelRatio || 1);
    const padding = Math.round(PADDING_RATIO * Math.max(width, height));
    return { zoom, left: centerPx.x - width / 2, top: centerPx.y - height / 2, width, height, padding, pixelRatio, coveredBoxes: this.options.coveredBoxes() };
  },

  /** Requests a new picture when the map is dragged beyond the painted padding. */
  _onMove() {
    const shownView = this._shownView;
    if (this._isRequesting || !shownView || this._map.getZoom() !== shownView.zoom) return;
    const { left, top } = this.currentView();
    if (Math.abs(left - shownView.left) > shownView.padding || Math.abs(top - shownView.top) > shownView.padding) void this.requestView();
  },

  /** @param {Picture} picture */
  showPicture({ bitmap, view }) {
    if (!this._map) return;
    if (bitmap instanceof HTMLCanvasElement) this._attachCanvas(bitmap);
    else {
      const canvas = this._canvas ?? this._attachCanvas(document.createElement("canvas"));
      if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
      canvas.getContext("bitmaprenderer").transferFromImageBitmap(bitmap);
    }
    this._shownView = view;
    this._canvas.style.width = `${view.width + 2 * view.padding}px`;
    this._canvas.style.height = `${view.height + 2 * view.padding}px`;
    if (!this._map._animatingZoom) this._updatePosition();
  },

  /** @param {HTMLCanvasElement} canvas */
  _attachCanvas(canvas) {
    canvas.setAttribute("aria-hidden", "true");
    this._container.replaceChildren(canvas);
    return (this._canvas = canvas);
  },

  /** Moves the picture to its place on the map, which may be animating toward another center and zoom. @param {any} [_event] @param {L.LatLng} [center] @param {number} [targetZoom] */
  _updatePosition(_event, center, targetZoom) {
    const shownView = this._shownView;
    if (!shownView) return;
    const map = this._map;
    const zoom = targetZoom ?? map.getZoom();
    const scale = map.getZoomScale(zoom, shownView.zoom);
    const topLeft = L.point(shownView.left - shownView.padding, shownView.top - shownView.padding).multiplyBy(scale);
    L.DomUtil.setTransform(this._container, topLeft.subtract(map._getNewPixelOrigin(center ?? map.getCenter(), zoom)), scale);
  },
}));
