// Shows and follows the device's position on the map.
import * as L from "leaflet";
import { createElement, createOutlineIcon } from "../ui/dom-elements.js";
import { gettext, gettext_noop } from "../ui/gettext.js";
import { centerToShowAt } from "../ui/map-center.js";

const LOCATE_ZOOM = 18; // the map zooms in at least this far
const MIN_MOVE_M = 5; // shorter moves are ignored
const LOCATE_ICON = "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 1v4M12 19v4M1 12h4M19 12h4";
/** @type {Record<number, string>} */
const ERROR_TEXT = {
  1: gettext_noop("The browser does not share your location. Allow it for this site, then try again."),
  2: gettext_noop("Your location is not available now. Try again in a moment."),
  3: gettext_noop("Finding your location took too long. Try again under the open sky."),
};

/** Follows the device's position while the user wants it. */
export class Geolocation {
  /**
   * @param {L.Map} map
   * @param {(latLon: [number, number] | null) => void} onMoved gets each new position, and null when the position is no longer known
   * @param {(text: string) => void} showNotice
   * @param {() => [number, number]} freeCenter center of the uncovered part of the map, in pixels
   */
  constructor(map, onMoved, showNotice, freeCenter) {
    this.map = map;
    this.onMoved = onMoved;
    this.showNotice = showNotice;
    this.freeCenter = freeCenter;
    /** @type {[number, number] | null} */
    this.position = null;
    /** @type {number | null} */
    this.watchId = null;
    this.isFollowing = false;
    /** @type {Promise<import("./lazy-parts.js").LocationMarker | null> | null} */
    this.marker = null;
    const label = gettext("Show my location");
    this.button = createElement("button", { type: "button", class: "locate", "aria-pressed": "false", "aria-label": label, title: label });
    this.button.append(createOutlineIcon(LOCATE_ICON, "locate-icon"));
    const control = new L.Control({ position: "topleft" });
    control.onAdd = () => {
      const box = createElement("div", { class: "leaflet-bar" }, this.button);
      L.DomEvent.disableClickPropagation(box);
      return box;
    };
    control.addTo(map);
    this.button.addEventListener("click", () => this.#onButton());
    map.on("dragstart", () => (this.isFollowing = false));
    const onOrientation = (/** @type {DeviceOrientationEvent} */ event) => this.#onOrientation(event);
    window.addEventListener("deviceorientationabsolute", /** @type {any} */ (onOrientation));
  }

  /** The first press shows the position, the next one returns to it, and one more stops following. */
  #onButton() {
    if (this.watchId === null) this.startWatching();
    else if (this.position && !this.isFollowing) {
      this.isFollowing = true;
      this.#centerOn(this.position, this.map.getZoom());
    } else this.stopWatching();
  }

  /** Centers a point in the uncovered part of the map. @param {[number, number]} latLon @param {number} zoom */
  #centerOn(latLon, zoom) {
    this.map.setView(centerToShowAt(this.map, latLon, zoom, this.freeCenter()), zoom, { animate: false });
  }

  startWatching() {
    if (this.watchId !== null) return;
    if (!("geolocation" in navigator)) return this.showNotice(errorText(2));
    this.isFollowing = true;
    this.#setPressed(true);
    const options = { enableHighAccuracy: true, maximumAge: 5_000, timeout: 20_000 };
    this.marker ??= import("./lazy-parts.js").then(({ LocationMarker }) => new LocationMarker(this.map), () => (this.marker = null));
    this.watchId = navigator.geolocation.watchPosition((position) => void this.#onPosition(position), (error) => this.#onError(error), options);
  }

  stopWatching() {
    if (this.watchId !== null) navigator.geolocation.clearWatch(this.watchId);
    this.watchId = null;
    this.position = null;
    this.#setPressed(false);
    void this.marker?.then((marker) => marker?.removeFromMap());
    this.onMoved(null);
  }

  /** @param {boolean} isPressed */
  #setPressed(isPressed) {
    this.button.setAttribute("aria-pressed", String(isPressed));
  }

  /** @param {GeolocationPosition} position */
  async #onPosition({ coords }) {
    const marker = await this.marker;
    if (this.watchId === null) return;
    const isFirst = this.position === null;
    /** @type {[number, number]} */
    const latLon = [coords.latitude, coords.longitude];
    const hasMoved = isFirst || this.map.distance(/** @type {[number, number]} */ (this.position), latLon) >= MIN_MOVE_M;
    this.showNotice("");
    marker?.showAt(latLon, coords.accuracy);
    if (coords.heading !== null && (coords.speed ?? 0) > 0.5) marker?.pointArrow(coords.heading);
    if (!hasMoved) return;
    this.position = latLon;
    if (isFirst) this.#centerOn(latLon, Math.max(LOCATE_ZOOM, this.map.getZoom()));
    else if (this.isFollowing) this.#centerOn(latLon, this.map.getZoom());
    this.onMoved(latLon);
  }

  /** @param {DeviceOrientationEvent} event */
  #onOrientation({ alpha, absolute }) {
    if (absolute && alpha !== null) void this.marker?.then((marker) => marker?.pointArrow(360 - alpha));
  }

  /** @param {GeolocationPositionError} error */
  #onError(error) {
    this.showNotice(errorText(error.code));
    if (error.code === 1 || this.position === null) this.stopWatching();
  }
}

/** @param {number} code of a GeolocationPositionError */
function errorText(code) {
  return gettext(ERROR_TEXT[code] ?? /** @type {string} */ (ERROR_TEXT[2]));
}
