// What a tap, a row or an answer opens: the card of a mark, a lot, a place.
import * as L from "leaflet";
import { placeIn } from "./answers.js";
import { blockParts, markParts, nameOf, parcelParts, townParts } from "./cards.js";
import { element } from "./element.js";
import { told as inWords } from "./figures.js";
import { Sheet, facts, line, link, pageOf } from "./sheet.js";

/** @typedef {import("./chart/desk.js").Row} Row */
/**
 * @typedef {{
 *   told: import("./told.js").Told, map: L.Map, stage: HTMLElement, clerk: import("./chart/clerk.js").Clerk,
 *   towns: import("./towns.js").Towns, picked: (key: string | null) => void,
 *   following: import("./following.js").Following, finger: number,
 * }} Needed
 */

const OUTSIDE = "This spot lies outside the towns that are loaded.";
const CLOSE = 19; // the zoom at which a lot that was looked up is shown

/** Opens cards, and keeps which one is open. */
export class Opening {
  /** @param {Needed} needed */
  constructor({ told, map, stage, clerk, towns, picked, following, finger }) {
    this.told = told;
    this.map = map;
    this.stage = stage;
    this.clerk = clerk;
    this.towns = towns;
    this.picked = picked;
    this.finger = finger;
    this.marks = new Map(told.marks.map((mark) => [mark.code, mark]));
    this.sheet = new Sheet(() => this.pick(null, null));
    this.crew = told.crew ? this.#crewOf(told.crew, () => void following.look()) : null;
    /** @type {string | null} */
    this.key = null;
    this.turn = 0;
    /** @type {{id: string} | null} */
    this.waits = null;
  }

  /** Where edits are taken, have the crew's forms come. @param {string} module @param {() => void} sent */
  async #crewOf(module, sent) {
    const { Crew } = /** @type {typeof import("./crew.js")} */ (await import(module));
    return new Crew(this.sheet, this.told.api, sent);
  }

  /** A place for the crew's forms in a card, filled as soon as they are there. @param {Promise<import("./crew.js").Crew>} crew @param {import("./told.js").Feature} feature */
  #forms(crew, feature) {
    const box = element("div", {});
    void crew.then((one) => box.append(...one.parts(feature)));
    return box;
  }

  /** @param {string} code */
  markOf(code) {
    return /** @type {import("./told.js").Mark} */ (this.marks.get(code) ?? this.marks.get("unknown"));
  }

  /** Open a mark's card. @param {Row} row @param {boolean} focus */
  mark({ feature, code }, focus) {
    this.turn += 1;
    const { layer } = this.told;
    const [lon, lat] = feature.geometry.coordinates;
    if (focus && !this.map.getBounds().pad(-0.1).contains([lat, lon])) this.map.panTo([lat, lon]);
    /** @type {Element[]} */
    const parts = markParts(layer, feature, this.markOf(code), (name) => this.townLink(name));
    if (this.crew && layer === "sites") {
      parts.at(-1)?.classList.add("quiet"); // there is one thing to do first
      parts.splice(3, 0, this.#forms(this.crew, feature));
    }
    this.sheet.open(nameOf(layer, feature), parts, focus);
    this.pick(`${layer}/${feature.id}`, [lat, lon]);
  }

  /** Say which parcel is at a place. @param {L.LatLng} place @param {boolean} focus */
  async at(place, focus) {
    const turn = (this.turn += 1);
    this.pick(null, [place.lat, place.lng]);
    const { level, block, town: around } = await this.clerk.ask("around", [place.lat, place.lng]);
    if (block) return this.sheet.open("Around here", blockParts(this.told.scale, block), focus);
    if (level === "towns") return this.town(this.towns.named(around), focus);
    const response = await fetch(`${this.told.api}/parcel-at?lon=${place.lng.toFixed(7)}&lat=${place.lat.toFixed(7)}`).catch(() => null);
    if (turn !== this.turn) return; // something else was opened meanwhile
    if (!response) return this.stored({ at: [place.lat, place.lng] }, focus);
    if (!response.ok) return this.sheet.open("No answer", [line("The server did not answer. Try again.")], focus);
    const { how, town, distance_m: away, parcel, units } = await response.json();
    if (parcel) {
      const near = how === "near" ? [line(`No lot here; the nearest lies ${Math.round(away)} m away.`)] : [];
      this.parcel(parcel, units, near, focus);
      return this.pick(`parcels/${parcel.id}`, [place.lat, place.lng]);
    }
    const said = how === "town" ? "No lot is drawn here: a street, or ground that the assessor does not list." : OUTSIDE;
    const where = town ? [facts([["Town", this.townLink(town)]])] : [];
    this.sheet.open(town ?? "Outside", [line(said), ...where], focus);
  }

  /** Say what is known of a town. @param {import("./told.js").Feature | undefined} town @param {boolean} focus */
  town(town, focus) {
    if (town) this.sheet.open(String(town.properties["name"]), townParts(this.told.scale, town), focus);
    else this.sheet.open("Outside", [line(OUTSIDE)], focus);
  }

  /** Open a lot from what was taken along: there is no signal. @param {{id?: string, at?: [number, number]}} asked @param {boolean} focus */
  async stored(asked, focus) {
    const lot = await this.clerk.ask("lot", asked);
    if (!lot) return this.sheet.open(asked.id ? `Parcel ${asked.id}` : "No signal", [line("Nothing that was taken along tells of this place.")], focus);
    const card = { id: lot.id, page: pageOf("parcels", lot.id), properties: lot.properties };
    this.parcel(card, [], [line("No signal: this is from what was taken along.")], focus);
    this.pick(`parcels/${lot.id}`, asked.at ?? [lot.at.lat, lot.at.lon]);
  }

  /** @param {import("./cards.js").Card} card @param {import("./cards.js").Unit[]} units @param {Node[]} before @param {boolean} focus */
  parcel(card, units, before, focus) {
    this.sheet.open(card.properties["address"] ?? `Parcel ${card.id}`, parcelParts(card, units, before, (name) => this.townLink(name)), focus);
  }

  /** Open a record by its number. @param {string} layer @param {string} id @param {boolean} focus @returns {Promise<[number, number] | null>} */
  async record(layer, id, focus) {
    const turn = (this.turn += 1);
    const path = id.split("/").map(encodeURIComponent).join("/");
    const response = await fetch(`${this.told.api}/card/${layer}/${path}`).catch(() => null);
    if (!response?.ok || turn !== this.turn) return null;
    const card = await response.json();
    /** @type {[number, number] | null} */
    const place = card.at ? [card.at.lat, card.at.lon] : null;
    if (layer === "parcels") this.parcel(card, [], [], focus);
    this.pick(`${layer}/${id}`, place);
    return place;
  }

  /** Open again what an address tells was open. @param {string} key */
  async restore(key) {
    const place = placeIn(key);
    if (place) return this.place(place, false);
    const [layer, id] = [key.slice(0, key.indexOf("/")), key.slice(key.indexOf("/") + 1)];
    const row = layer === this.told.layer ? await this.clerk.ask("feature", id) : null;
    if (row) this.mark(row, false);
    else if (layer === "parcels") await this.record(layer, id, false);
  }

  /** Fly to what was looked up, and open it; false where the map cannot show it. @param {import("./answers.js").Found} one */
  goTo(one) {
    if (!document.body.classList.contains("has-map")) return false;
    if (one.kind === "town" && one.id) void this.goToTown(one.id);
    else if (one.kind === "tree" || one.kind === "site" || one.kind === "inspection") return false;
    else if (one.parcel_id) void this.flyToParcel(one.parcel_id, one);
    else if (one.lat !== null && one.lon !== null) this.place({ lat: one.lat, lon: one.lon, name: one.address ?? "" }, true);
    else return false;
    return true;
  }

  /** Show a town; one that is not on the map has a page. @param {string} slug */
  async goToTown(slug) {
    await this.towns.come();
    const town = this.towns.called(slug);
    if (town) this.towns.open(this.map, this, town);
    else location.assign(pageOf("towns", slug));
  }

  /** @param {string} id @param {{lat: number | null, lon: number | null, address: string | null}} found */
  async flyToParcel(id, { lat, lon, address }) {
    const place = await this.record("parcels", id, true);
    if (place) return this.fly(place);
    if (lat === null || lon === null) return this.sheet.open(address ?? `Parcel ${id}`, [line("The server did not answer. Try again.")], true);
    this.place({ lat, lon, name: address ?? `Parcel ${id}` }, true);
    this.waits = { id };
  }

  /** The map stands still and is painted: open what waited for that. */
  settled() {
    const { waits } = this;
    this.waits = null;
    if (waits) void this.stored(waits, true);
  }

  /** Open a place that is no record: a crossing, a landmark. @param {{lat: number, lon: number, name: string}} place @param {boolean} focus */
  place({ lat, lon, name }, focus) {
    this.turn += 1;
    this.sheet.open(name || "Place", [line("Tap a lot for what is known of it.")], focus);
    this.pick(`place/${lat.toFixed(6)}/${lon.toFixed(6)}/${name}`, [lat, lon]);
    if (focus) this.fly([lat, lon]);
  }

  /** @param {[number, number]} place */
  fly(place) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const zoom = Math.max(this.map.getZoom(), CLOSE);
    if (still) this.map.setView(place, zoom, { animate: false });
    else this.map.flyTo(place, zoom, { duration: 0.8 });
  }

  /** @param {string | null} key @param {[number, number] | null} place */
  pick(key, place) {
    this.key = key;
    void this.clerk.ask("pick", { key, at: place });
    if (place) this.clearOfSheet(place);
    this.picked(key);
  }

  /** Move the map where the sheet would cover what it is about. @param {[number, number]} place */
  clearOfSheet(place) {
    const cover = this.sheet.cover(this.stage.getBoundingClientRect());
    const point = this.map.latLngToContainerPoint(place);
    if (!cover || point.x < cover.left - this.finger || point.y < cover.top - this.finger) return;
    const below = cover.left < 2 * this.finger;
    this.map.panBy(below ? [0, point.y - cover.top / 2] : [point.x - cover.left / 2, 0]);
  }

  /** @param {string | null | undefined} name @returns {string | Node} */
  townLink(name) {
    const town = [...(/** @type {HTMLSelectElement | null} */ (document.getElementById("f-town"))?.options ?? [])].find(({ text, value }) => value && text === name);
    return town && name ? link(pageOf("towns", town.value), name) : inWords(name);
  }
}
