// Where am I: the place, how sure it is, which way one looks; and what is needed near there.
import * as L from "leaflet";
import { element, outline } from "./element.js";
import { middleFor } from "./framing.js";

const CLOSE = 18; // the zoom at which one's surroundings are shown
const STEP_M = 5; // metres below which a place is the same
const ICON = "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 1v4M12 19v4M1 12h4M19 12h4";
/** @type {Record<number, string>} */
const WHY = { 1: "This browser may not tell where you are: allow it for this site, then try again.", 2: "Where you are cannot be told just now.", 3: "Where you are could not be told in time. Try again in the open." };

/** Follows where the device is, while that is wanted. */
export class Locating {
  /**
   * @param {L.Map} map
   * @param {(at: [number, number] | null) => void} moved told latitude and longitude whenever they have changed, null when they are no longer known
   * @param {(text: string) => void} say
   * @param {() => [number, number]} middle of what is free of the map, in its pixels
   */
  constructor(map, moved, say, middle) {
    this.map = map;
    this.moved = moved;
    this.say = say;
    this.middle = middle;
    /** @type {[number, number] | null} */
    this.at = null;
    /** @type {number | null} */
    this.watch = null;
    this.follows = false;
    /** @type {Promise<import("./later.js").Whereabouts | null> | null} */
    this.place = null;
    this.button = element("button", { type: "button", class: "locate", "aria-pressed": "false", "aria-label": "Show where I am", title: "Show where I am" });
    this.button.append(outline(ICON, "locate-icon"));
    const control = new L.Control({ position: "topleft" });
    control.onAdd = () => {
      const box = element("div", { class: "leaflet-bar" }, this.button);
      L.DomEvent.disableClickPropagation(box);
      return box;
    };
    control.addTo(map);
    this.button.addEventListener("click", () => this.#pressed());
    map.on("dragstart", () => (this.follows = false));
    const turned = (/** @type {DeviceOrientationEvent} */ event) => this.#turned(event);
    window.addEventListener("deviceorientationabsolute", /** @type {any} */ (turned));
  }

  /** The first press shows where one is, a further one leads back there, and one more ends it. */
  #pressed() {
    if (this.watch === null) this.start();
    else if (this.at && !this.follows) {
      this.follows = true;
      this.#to(this.at, this.map.getZoom());
    } else this.stop();
  }

  /** Bring a place to the middle of what is free of the map. @param {[number, number]} at @param {number} zoom */
  #to(at, zoom) {
    this.map.setView(middleFor(this.map, at, zoom, this.middle()), zoom, { animate: false });
  }

  start() {
    if (this.watch !== null) return;
    if (!("geolocation" in navigator)) return this.say(/** @type {string} */ (WHY[2]));
    this.follows = true;
    this.#press(true);
    const options = { enableHighAccuracy: true, maximumAge: 5_000, timeout: 20_000 };
    this.place ??= import("./later.js").then(({ Whereabouts }) => new Whereabouts(this.map), () => (this.place = null));
    this.watch = navigator.geolocation.watchPosition((told) => void this.#found(told), (error) => this.#failed(error), options);
  }

  stop() {
    if (this.watch !== null) navigator.geolocation.clearWatch(this.watch);
    this.watch = null;
    this.at = null;
    this.#press(false);
    void this.place?.then((place) => place?.clear());
    this.moved(null);
  }

  /** @param {boolean} pressed */
  #press(pressed) {
    this.button.setAttribute("aria-pressed", String(pressed));
  }

  /** @param {GeolocationPosition} told */
  async #found({ coords }) {
    const place = await this.place;
    if (this.watch === null) return;
    const first = this.at === null;
    /** @type {[number, number]} */
    const at = [coords.latitude, coords.longitude];
    const far = first || this.map.distance(/** @type {[number, number]} */ (this.at), at) >= STEP_M;
    this.say("");
    place?.show(at, coords.accuracy);
    if (coords.heading !== null && (coords.speed ?? 0) > 0.5) place?.point(coords.heading);
    if (!far) return;
    this.at = at;
    if (first) this.#to(at, Math.max(CLOSE, this.map.getZoom()));
    else if (this.follows) this.#to(at, this.map.getZoom());
    this.moved(at);
  }

  /** @param {DeviceOrientationEvent} event */
  #turned({ alpha, absolute }) {
    if (absolute && alpha !== null) void this.place?.then((place) => place?.point(360 - alpha));
  }

  /** @param {GeolocationPositionError} error */
  #failed(error) {
    this.say(WHY[error.code] ?? /** @type {string} */ (WHY[2]));
    if (error.code === 1 || this.at === null) this.stop();
  }
}
