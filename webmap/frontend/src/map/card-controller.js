// Opens the card of whatever was tapped, listed or searched: a mark, a parcel, a town, a place.
import * as L from "leaflet";
import { parsePlaceKey } from "../search/search-results.js";
import { hexbinCardParts, featureSubtitle, pointCardParts, featureName, parcelCardParts, townCardParts } from "./card-parts.js";
import { createElement, createMarkSvg } from "../ui/dom-elements.js";
import { formatDistance, formatValue } from "../tiles/feature-format.js";
import { centerToShowAt } from "../ui/map-center.js";
import { DetailSheet, factList, textLine, createLink, pageUrl, encodeIdPath } from "../ui/detail-sheet.js";

/** @typedef {import("../render/protocol.js").FeatureRow} FeatureRow */
/**
 * @typedef {{
 *   config: import("./page-config.js").PageConfig, map: L.Map, mapElement: HTMLElement, renderer: import("../render/renderer-client.js").RendererClient,
 *   towns: import("./town-list.js").TownList, onSelected: (key: string | null) => void, onRepainted: (summary: import("../render/protocol.js").ViewSummary) => Promise<void>, listOrder: () => import("../render/protocol.js").ListOrder,
 *   changePoller: import("../tiles/change-poller.js").ChangePoller, touchRadiusPx: number,
 * }} CardControllerOptions
 */

const OUTSIDE_TEXT = "This spot lies outside the towns that are loaded.";
const PARCEL_ZOOM = 19; // shows a parcel that was searched

/** Opens cards and remembers which one is open. */
export class CardController {
  /** @param {CardControllerOptions} options */
  constructor({ config, map, mapElement, renderer, towns, onSelected, onRepainted, listOrder, changePoller, touchRadiusPx }) {
    this.config = config;
    this.map = map;
    this.mapElement = mapElement;
    this.renderer = renderer;
    this.towns = towns;
    this.onSelected = onSelected;
    this.onRepainted = onRepainted;
    this.listOrder = listOrder;
    this.touchRadiusPx = touchRadiusPx;
    this.markByCode = new Map(config.marks.map((mark) => [mark.code, mark]));
    this.sheet = new DetailSheet(() => this.select(null, null));
    this.crewRequest = config.crewUrl ? this.#loadCrew(config.crewUrl, () => void changePoller.pollNow()) : null;
    /** @type {string | null} */
    this.selectedKey = null;
    /** The row of the open mark card, and that card's id. @type {{row: FeatureRow, cardId: number} | null} */
    this.shownCard = null;
    this.requestId = 0;
    /** @type {{id: string} | null} */
    this.pendingParcel = null;
    this.isFlying = false; // the map is about to move to the selected place
  }

  /** Loads the crew's forms, where edits are allowed. @param {string} moduleUrl @param {() => void} onSent */
  async #loadCrew(moduleUrl, onSent) {
    const { CrewPanel } = /** @type {typeof import("../crew/crew-panel.js")} */ (await import(moduleUrl));
    return new CrewPanel(this.sheet, this.config.api, { onSent, onMarked: (records) => this.#setDoneHere(records) });
  }

  /** Draws and lists the records that were marked on this device as done. @param {string[]} records */
  async #setDoneHere(records) {
    const summary = await this.renderer.request("setDoneHere", { records });
    if (summary) await this.onRepainted(summary);
  }

  /** Returns a box for the crew's forms, which is filled when they have loaded. @param {Promise<import("../crew/crew-panel.js").CrewPanel>} crewRequest @param {import("./page-config.js").Feature} feature */
  #crewForms(crewRequest, feature) {
    const box = createElement("div", {});
    void crewRequest.then((crew) => {
      const [statusBox, formBox, notesBox] = crew.crewCardParts(feature);
      box.append(statusBox ?? "", formBox ?? "");
      box.parentElement?.append(notesBox ?? "");
    });
    return box;
  }

  /** @param {string} code */
  markForCode(code) {
    return /** @type {import("./page-config.js").MarkSymbol} */ (this.markByCode.get(code) ?? this.markByCode.get("unknown"));
  }

  /** Opens a mark's card. @param {FeatureRow} row @param {boolean} takesFocus @param {FeatureRow[]} stackedRows marks under it */
  openMark(row, takesFocus, stackedRows = []) {
    this.requestId += 1;
    const { feature } = row;
    const [lon, lat] = feature.geometry.coordinates;
    if (takesFocus) scrollToMap();
    if (takesFocus && !this.map.getBounds().pad(-0.1).contains([lat, lon])) this.map.panTo([lat, lon]);
    const { subtitle, parts } = this.#markCard(row);
    this.sheet.openCard(featureName(this.config.layer, feature), [...parts, ...this.#stackedMarks(stackedRows)], takesFocus, subtitle);
    this.shownCard = { row, cardId: this.sheet.cardId };
    this.select(`${this.config.layer}/${feature.id}`, [lat, lon]);
    void this.#loadAdjacent(feature.id);
  }

  /** @param {FeatureRow} row */
  #markCard({ feature, code }) {
    const { layer } = this.config;
    const card = pointCardParts(layer, feature, this.markForCode(code), (townName) => this.townLink(townName));
    if (this.crewRequest && layer === "sites") card.parts.splice(1, 0, this.#crewForms(this.crewRequest, feature));
    return card;
  }

  /** Lists the marks under the tapped one, which a finger cannot tell apart. @param {FeatureRow[]} stackedRows */
  #stackedMarks(stackedRows) {
    if (!stackedRows.length) return [];
    const buttons = stackedRows.map((row) => {
      const mark = this.markForCode(row.code);
      const button = createElement("button", { type: "button", class: "row" }, createMarkSvg(mark));
      button.append(createElement("span", { class: "row-main" }, featureName(this.config.layer, row.feature)), createElement("span", { class: "row-sub" }, featureSubtitle(this.config.layer, row.feature, mark)));
      button.addEventListener("click", () => this.openMark(row, true));
      return button;
    });
    return [createElement("h3", {}, "Also at this spot"), ...buttons];
  }

  /** Links the previous and next rows of the list. @param {string} id */
  async #loadAdjacent(id) {
    const { requestId } = this;
    const adjacent = await this.renderer.request("adjacentRows", { id, order: this.listOrder() });
    if (requestId !== this.requestId || !adjacent) return;
    const openerOf = (/** @type {FeatureRow | null} */ row) => row && (() => this.openMark(row, false));
    this.sheet.setAdjacent({ previous: openerOf(adjacent.previous), next: openerOf(adjacent.next) });
  }

  /** Updates the open card after an edit. */
  async refreshCard() {
    const { shownCard } = this;
    if (!shownCard || (await this.crewRequest)?.isFormOpen) return;
    const row = await this.renderer.request("findRow", { id: shownCard.row.feature.id });
    if (!row || this.sheet.cardId !== shownCard.cardId || JSON.stringify([row.feature, row.code]) === JSON.stringify([shownCard.row.feature, shownCard.row.code])) return;
    shownCard.row = row;
    const { subtitle, parts } = this.#markCard(row);
    this.sheet.updateCard(featureName(this.config.layer, row.feature), parts, subtitle);
  }

  /** Opens the card of the parcel at a point. @param {L.LatLng} latLng @param {boolean} takesFocus */
  async openAt(latLng, takesFocus) {
    const requestId = (this.requestId += 1);
    this.select(null, [latLng.lat, latLng.lng]);
    const { level, hexbin, townName } = await this.renderer.request("describePlace", { latLon: [latLng.lat, latLng.lng] });
    if (hexbin) return this.sheet.openCard("Around here", hexbinCardParts(this.config.scale, hexbin), takesFocus);
    if (level === "towns") return this.openTown(this.towns.townByName(townName), takesFocus);
    const response = await fetch(`${this.config.api}/parcel-at?lon=${latLng.lng.toFixed(7)}&lat=${latLng.lat.toFixed(7)}`).catch(() => null);
    if (requestId !== this.requestId) return; // something else was opened meanwhile
    if (!response) return this.openFromPacks({ latLon: [latLng.lat, latLng.lng] }, takesFocus);
    if (!response.ok) return this.sheet.openCard("No answer", [textLine("The server did not answer. Try again.")], takesFocus);
    const { how: matchMethod, town, distance_m: distanceM, parcel, units } = await response.json();
    if (parcel) {
      const nearestNote = matchMethod === "near" ? [createElement("p", { class: "status-line" }, `No lot is drawn where you tapped. This is the nearest, ${formatDistance(distanceM)} away.`)] : [];
      this.openParcel(parcel, units, nearestNote, takesFocus);
      return this.select(`parcels/${parcel.id}`, [latLng.lat, latLng.lng]);
    }
    const explanation = matchMethod === "town" ? "No lot is drawn here: a street, or ground that the assessor does not list." : OUTSIDE_TEXT;
    const townFacts = town ? [factList([["Town", this.townLink(town)]])] : [];
    this.sheet.openCard(town ?? "Outside", [textLine(explanation), ...townFacts], takesFocus);
  }

  /** Opens a town's card. @param {import("./page-config.js").Feature | undefined} town @param {boolean} takesFocus */
  openTown(town, takesFocus) {
    if (takesFocus) scrollToMap();
    if (town) this.sheet.openCard(String(town.properties["name"]), townCardParts(this.config.scale, town), takesFocus);
    else this.sheet.openCard("Outside", [textLine(OUTSIDE_TEXT)], takesFocus);
  }

  /** Opens a parcel from a downloaded pack, while offline. @param {{id?: string, latLon?: [number, number]}} query @param {boolean} takesFocus */
  async openFromPacks(query, takesFocus) {
    const parcel = await this.renderer.request("findParcel", query);
    if (!parcel) return this.sheet.openCard(query.id ? `Parcel ${query.id}` : "No signal", [textLine("Nothing that was taken along tells of this place.")], takesFocus);
    const card = { id: parcel.id, page: pageUrl("parcels", parcel.id), properties: parcel.properties };
    this.openParcel(card, [], [textLine("No signal: this is from what was taken along.")], takesFocus);
    this.select(`parcels/${parcel.id}`, query.latLon ?? [parcel.position.lat, parcel.position.lon]);
  }

  /** @param {import("./card-parts.js").RecordCard} card @param {import("./card-parts.js").StackedUnit[]} units @param {Node[]} leadingParts @param {boolean} takesFocus */
  openParcel(card, units, leadingParts, takesFocus) {
    if (takesFocus) scrollToMap();
    this.sheet.openCard(card.properties["address"] ?? `Parcel ${card.id}`, parcelCardParts(card, units, leadingParts, (townName) => this.townLink(townName)), takesFocus, `Parcel ${card.id}`);
  }

  /** Selects a record by its id, opens its card if it is a parcel, and returns its position. @param {string} layer @param {string} id @param {boolean} takesFocus @returns {Promise<[number, number] | null>} */
  async openRecord(layer, id, takesFocus) {
    const requestId = (this.requestId += 1);
    const path = encodeIdPath(id);
    const response = path && (await fetch(`${this.config.api}/card/${layer}/${path}`).catch(() => null));
    if (!response || !response.ok || requestId !== this.requestId) return null;
    const card = await response.json();
    if (card.layer !== layer || card.id !== id) return null; // the path led to another record
    /** @type {[number, number] | null} */
    const latLon = card.at ? [card.at.lat, card.at.lon] : null;
    if (layer === "parcels") this.openParcel(card, [], [], takesFocus);
    this.select(`${layer}/${id}`, latLon);
    return latLon;
  }

  /** Opens the selection of the URL. @param {string} selectionKey */
  async restoreSelection(selectionKey) {
    const place = parsePlaceKey(selectionKey);
    if (place) return this.openPlace(place, false);
    const [layer, id] = [selectionKey.slice(0, selectionKey.indexOf("/")), selectionKey.slice(selectionKey.indexOf("/") + 1)];
    const row = layer === this.config.layer ? await this.renderer.request("findRow", { id }) : null;
    if (row) this.openMark(row, false);
    else if (layer === "parcels") await this.openRecord(layer, id, false);
  }

  /** Flies to a search candidate and opens it. Returns false if the map cannot show it. @param {import("../search/search-results.js").SearchCandidate} candidate */
  goToCandidate(candidate) {
    if (!document.body.classList.contains("has-map")) return false;
    if (candidate.kind === "town" && candidate.id) void this.goToTown(candidate.id);
    else if (candidate.kind === "tree" || candidate.kind === "site" || candidate.kind === "inspection") return false;
    else if (candidate.parcel_id) void this.flyToParcel(candidate.parcel_id, candidate);
    else if (candidate.lat !== null && candidate.lon !== null) this.openPlace({ lat: candidate.lat, lon: candidate.lon, name: candidate.address ?? "" }, true);
    else return false;
    return true;
  }

  /** Shows a town on the map, or opens its page if the map does not have it. @param {string} slug */
  async goToTown(slug) {
    await this.towns.loadTowns();
    const town = this.towns.townBySlug(slug);
    if (town) this.towns.openTown(this.map, this, town);
    else location.assign(pageUrl("towns", slug));
  }

  /** @param {string} id @param {{lat: number | null, lon: number | null, address: string | null}} candidate */
  async flyToParcel(id, { lat, lon, address }) {
    this.isFlying = true;
    const latLon = await this.openRecord("parcels", id, true).finally(() => (this.isFlying = false));
    if (latLon) return this.flyTo(latLon);
    if (lat === null || lon === null) return this.sheet.openCard(address ?? `Parcel ${id}`, [textLine("The server did not answer. Try again.")], true);
    this.openPlace({ lat, lon, name: address ?? `Parcel ${id}` }, true);
    this.pendingParcel = { id };
  }

  /** Opens the card that waited for the map to stop and be painted. */
  onViewPainted() {
    const { pendingParcel } = this;
    this.pendingParcel = null;
    if (pendingParcel) void this.openFromPacks(pendingParcel, true);
  }

  /** Opens a place that is no record, such as an intersection or a landmark. @param {{lat: number, lon: number, name: string}} place @param {boolean} takesFocus */
  openPlace({ lat, lon, name }, takesFocus) {
    this.requestId += 1;
    this.sheet.openCard(name || "Place", [textLine("Tap a lot for what is known of it.")], takesFocus);
    this.select(`place/${lat.toFixed(6)}/${lon.toFixed(6)}/${name}`, [lat, lon]);
    if (takesFocus) this.flyTo([lat, lon]);
  }

  /** @param {[number, number]} latLon */
  flyTo(latLon) {
    const prefersReducedMotion = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const zoom = Math.max(this.map.getZoom(), PARCEL_ZOOM);
    // Center the place in the part of the map that the sheet leaves free.
    const center = centerToShowAt(this.map, latLon, zoom, this.freeCenter());
    if (prefersReducedMotion) this.map.setView(center, zoom, { animate: false });
    else this.map.flyTo(center, zoom, { duration: 0.8 });
  }

  /** @param {string | null} selectionKey @param {[number, number] | null} latLon */
  select(selectionKey, latLon) {
    this.selectedKey = selectionKey;
    void this.renderer.request("setSelection", { key: selectionKey, latLon });
    if (latLon && !this.isFlying) this.panClearOfSheet(latLon);
    this.onSelected(selectionKey);
  }

  /** Pans the map if the sheet covers the selected place. @param {[number, number]} latLon */
  panClearOfSheet(latLon) {
    const sheetCorner = this.sheet.coveredFrom(this.mapElement.getBoundingClientRect());
    const point = this.map.latLngToContainerPoint(latLon);
    if (!sheetCorner || point.x < sheetCorner.left - this.touchRadiusPx || point.y < sheetCorner.top - this.touchRadiusPx) return;
    const [x, y] = this.freeCenter();
    this.map.panBy(sheetCorner.top ? [0, point.y - y] : [point.x - x, 0]);
  }

  /** Returns the center of the part of the map that the sheet leaves free, in pixels. */
  freeCenter() {
    return this.sheet.freeCenter(this.mapElement.getBoundingClientRect());
  }

  /** @param {string | null | undefined} townName @returns {string | Node} */
  townLink(townName) {
    const option = [...(/** @type {HTMLSelectElement | null} */ (document.getElementById("f-town"))?.options ?? [])].find(({ text, value }) => value && text === townName);
    return option && townName ? createLink(pageUrl("towns", option.value), townName) : formatValue(townName);
  }
}

/** Scrolls to the map, which lies above the list on a phone. */
function scrollToMap() {
  scrollTo({ top: 0 });
}
