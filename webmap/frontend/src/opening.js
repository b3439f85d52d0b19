// What a tap, a row or an answer opens: the card of a mark, a lot, a place.
import * as L from "leaflet";
import { placeIn } from "./answers.js";
import { blockParts, detailOf, markParts, nameOf, parcelParts, townParts } from "./cards.js";
import { element, markSvg } from "./element.js";
import { distance, told as inWords } from "./figures.js";
import { middleFor } from "./framing.js";
import { Sheet, facts, line, link, pageOf, pathOf } from "./sheet.js";

/** @typedef {import("./chart/desk.js").Row} Row */
/**
 * @typedef {{
 *   told: import("./told.js").Told, map: L.Map, stage: HTMLElement, clerk: import("./chart/clerk.js").Clerk,
 *   towns: import("./towns.js").Towns, picked: (key: string | null) => void, repainted: (seen: import("./chart/desk.js").Summary) => Promise<void>, order: () => import("./chart/desk.js").Order,
 *   following: import("./following.js").Following, finger: number,
 * }} Needed
 */

const OUTSIDE = "This spot lies outside the towns that are loaded.";
const CLOSE = 19; // the zoom at which a lot that was looked up is shown

/** Opens cards, and keeps which one is open. */
export class Opening {
  /** @param {Needed} needed */
  constructor({ told, map, stage, clerk, towns, picked, repainted, order, following, finger }) {
    this.told = told;
    this.map = map;
    this.stage = stage;
    this.clerk = clerk;
    this.towns = towns;
    this.picked = picked;
    this.repainted = repainted;
    this.order = order;
    this.finger = finger;
    this.marks = new Map(told.marks.map((mark) => [mark.code, mark]));
    this.sheet = new Sheet(() => this.pick(null, null));
    this.crew = told.crew ? this.#crewOf(told.crew, () => void following.look()) : null;
    /** @type {string | null} */
    this.key = null;
    /** What a mark's card is about, and which card that is. @type {{row: Row, card: number} | null} */
    this.shown = null;
    this.turn = 0;
    /** @type {{id: string} | null} */
    this.waits = null;
    this.flies = false; // the map is about to go where the card is about
  }

  /** Where edits are taken, have the crew's forms come. @param {string} module @param {() => void} sent */
  async #crewOf(module, sent) {
    const { Crew } = /** @type {typeof import("./crew.js")} */ (await import(module));
    return new Crew(this.sheet, this.told.api, { sent, marked: (records) => this.#marked(records) });
  }

  /** What this device has marked is drawn and listed as done. @param {string[]} records */
  async #marked(records) {
    const seen = await this.clerk.ask("mine", records);
    if (seen) await this.repainted(seen);
  }

  /** A place for the crew's forms in a card, filled as soon as they are there. @param {Promise<import("./crew.js").Crew>} crew @param {import("./told.js").Feature} feature */
  #forms(crew, feature) {
    const box = element("div", {});
    void crew.then((one) => {
      const [said, asked, notes] = one.parts(feature);
      box.append(said ?? "", asked ?? "");
      box.parentElement?.append(notes ?? "");
    });
    return box;
  }

  /** @param {string} code */
  markOf(code) {
    return /** @type {import("./told.js").Mark} */ (this.marks.get(code) ?? this.marks.get("unknown"));
  }

  /** Open a mark's card. @param {Row} row @param {boolean} focus @param {Row[]} under marks that it lies on */
  mark(row, focus, under = []) {
    this.turn += 1;
    const { feature } = row;
    const [lon, lat] = feature.geometry.coordinates;
    if (focus) toMap();
    if (focus && !this.map.getBounds().pad(-0.1).contains([lat, lon])) this.map.panTo([lat, lon]);
    const { sub, parts } = this.#card(row);
    this.sheet.open(nameOf(this.told.layer, feature), [...parts, ...this.#under(under)], focus, sub);
    this.shown = { row, card: this.sheet.turn };
    this.pick(`${this.told.layer}/${feature.id}`, [lat, lon]);
    void this.#steps(feature.id);
  }

  /** @param {Row} row */
  #card({ feature, code }) {
    const { layer } = this.told;
    const card = markParts(layer, feature, this.markOf(code), (name) => this.townLink(name));
    if (this.crew && layer === "sites") card.parts.splice(1, 0, this.#forms(this.crew, feature));
    return card;
  }

  /** Offer the marks that one lies on: a finger cannot tell them apart. @param {Row[]} under */
  #under(under) {
    if (!under.length) return [];
    const rows = under.map((row) => {
      const mark = this.markOf(row.code);
      const button = element("button", { type: "button", class: "row" }, markSvg(mark));
      button.append(element("span", { class: "row-main" }, nameOf(this.told.layer, row.feature)), element("span", { class: "row-sub" }, detailOf(this.told.layer, row.feature, mark)));
      button.addEventListener("click", () => this.mark(row, true));
      return button;
    });
    return [element("h3", {}, "Also at this spot"), ...rows];
  }

  /** Let one go on to what stands before and after in the list. @param {string} id */
  async #steps(id) {
    const { turn } = this;
    const found = await this.clerk.ask("beside", { id, by: this.order() });
    if (turn !== this.turn || !found) return;
    const to = (/** @type {Row | null} */ row) => row && (() => this.mark(row, false));
    this.sheet.steps({ before: to(found.before), next: to(found.next) });
  }

  /** What the open card is about may have changed: show it as it is now. */
  async again() {
    const { shown } = this;
    if (!shown || (await this.crew)?.busy) return;
    const row = await this.clerk.ask("feature", shown.row.feature.id);
    if (!row || this.sheet.turn !== shown.card || JSON.stringify([row.feature, row.code]) === JSON.stringify([shown.row.feature, shown.row.code])) return;
    shown.row = row;
    const { sub, parts } = this.#card(row);
    this.sheet.retell(nameOf(this.told.layer, row.feature), parts, sub);
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
      const near = how === "near" ? [element("p", { class: "said" }, `No lot is drawn where you tapped. This is the nearest, ${distance(away)} away.`)] : [];
      this.parcel(parcel, units, near, focus);
      return this.pick(`parcels/${parcel.id}`, [place.lat, place.lng]);
    }
    const said = how === "town" ? "No lot is drawn here: a street, or ground that the assessor does not list." : OUTSIDE;
    const where = town ? [facts([["Town", this.townLink(town)]])] : [];
    this.sheet.open(town ?? "Outside", [line(said), ...where], focus);
  }

  /** Say what is known of a town. @param {import("./told.js").Feature | undefined} town @param {boolean} focus */
  town(town, focus) {
    if (focus) toMap();
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
    if (focus) toMap();
    this.sheet.open(card.properties["address"] ?? `Parcel ${card.id}`, parcelParts(card, units, before, (name) => this.townLink(name)), focus, `Parcel ${card.id}`);
  }

  /** Open a record by its number. @param {string} layer @param {string} id @param {boolean} focus @returns {Promise<[number, number] | null>} */
  async record(layer, id, focus) {
    const turn = (this.turn += 1);
    const path = pathOf(id);
    const response = path && (await fetch(`${this.told.api}/card/${layer}/${path}`).catch(() => null));
    if (!response || !response.ok || turn !== this.turn) return null;
    const card = await response.json();
    if (card.layer !== layer || card.id !== id) return null; // an address led elsewhere
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
    this.flies = true;
    const place = await this.record("parcels", id, true).finally(() => (this.flies = false));
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
    // The place comes to stand in the middle of what the sheet leaves free.
    const middle = middleFor(this.map, place, zoom, this.free());
    if (still) this.map.setView(middle, zoom, { animate: false });
    else this.map.flyTo(middle, zoom, { duration: 0.8 });
  }

  /** @param {string | null} key @param {[number, number] | null} place */
  pick(key, place) {
    this.key = key;
    void this.clerk.ask("pick", { key, at: place });
    if (place && !this.flies) this.clearOfSheet(place);
    this.picked(key);
  }

  /** Move the map where the sheet would cover what it is about. @param {[number, number]} place */
  clearOfSheet(place) {
    const cover = this.sheet.cover(this.stage.getBoundingClientRect());
    const point = this.map.latLngToContainerPoint(place);
    if (!cover || point.x < cover.left - this.finger || point.y < cover.top - this.finger) return;
    const [x, y] = this.free();
    this.map.panBy(cover.top ? [0, point.y - y] : [point.x - x, 0]);
  }

  /** The middle of what the sheet leaves free of the map, in its pixels. */
  free() {
    return this.sheet.free(this.stage.getBoundingClientRect());
  }

  /** @param {string | null | undefined} name @returns {string | Node} */
  townLink(name) {
    const town = [...(/** @type {HTMLSelectElement | null} */ (document.getElementById("f-town"))?.options ?? [])].find(({ text, value }) => value && text === name);
    return town && name ? link(pageOf("towns", town.value), name) : inWords(name);
  }
}

/** On a phone the list stands below the map: what was chosen there is seen on the map. */
function toMap() {
  scrollTo({ top: 0 });
}
