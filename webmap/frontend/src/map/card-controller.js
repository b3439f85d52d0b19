// Opens the card of whatever was tapped, listed or searched, and shows it again after an edit.
import { inspectionCard } from "../cards/inspection-card.js";
import { isFarFromTowns } from "../cards/mapped-area.js";
import { featureName, featureSubtitle } from "../cards/record-names.js";
import { siteCard } from "../cards/site-card.js";
import { parsePlaceKey } from "../search/search-results.js";
import { featureMarkCode } from "../tiles/feature-format.js";
import { DetailSheet, createLink, pageUrl } from "../ui/detail-sheet.js";
import { createElement, createMarkSvg } from "../ui/dom-elements.js";
import { gettext } from "../ui/gettext.js";
import { MapFlight, scrollToMap } from "./map-flight.js";
import { PlaceCards } from "./place-cards.js";

/** @typedef {import("../render/protocol.js").FeatureRow} FeatureRow */
/** @typedef {{title: string, subtitle: string, parts: Node[]}} CardContent */
/** @typedef {() => Promise<CardContent | null>} ReloadCard gives the card's content after an edit, or null if it is as before */
/**
 * @typedef {{
 *   config: import("./page-config.js").PageConfig, map: import("leaflet").Map, mapElement: HTMLElement, renderer: import("../render/renderer-client.js").RendererClient,
 *   towns: import("./town-list.js").TownList, onSelected: (key: string | null) => void, listOrder: () => import("../render/protocol.js").ListOrder,
 *   changePoller: import("../tiles/change-poller.js").ChangePoller, touchRadiusPx: number,
 * }} CardControllerOptions
 */

/** Opens cards and remembers which one is open. */
export class CardController {
  /** @param {CardControllerOptions} options */
  constructor({ config, map, mapElement, renderer, towns, onSelected, listOrder, changePoller, touchRadiusPx }) {
    this.config = config;
    this.map = map;
    this.renderer = renderer;
    this.towns = towns;
    this.onSelected = onSelected;
    this.listOrder = listOrder;
    this.markByCode = new Map(config.marks.map((mark) => [mark.code, mark]));
    this.sheet = new DetailSheet(() => {
      this.shownCard = null;
      this.select(null, null);
    });
    this.flight = new MapFlight(map, mapElement, this.sheet, touchRadiusPx);
    this.places = new PlaceCards(this);
    this.crewRequest = config.crewUrl ? this.#loadCrew(config.crewUrl, () => void changePoller.pollNow()) : null;
    /** @type {string | null} */
    this.selectedKey = null;
    /** The open card, if an edit can change it. @type {{cardId: number, reload: ReloadCard} | null} */
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

  /** Draws and counts the records that were marked on this device as done. @param {string[]} records */
  async #setDoneHere(records) {
    await this.renderer.request("setDoneHere", { records });
    await this.refreshCard();
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

  /** Begins to open another card. Returns a function that says whether this one is still the latest. */
  startRequest() {
    const requestId = (this.requestId += 1);
    return () => requestId === this.requestId;
  }

  /** Opens a card. @param {CardContent} content @param {boolean} takesFocus @param {ReloadCard | null} reload */
  showCard({ title, subtitle, parts }, takesFocus, reload = null) {
    this.sheet.openCard(title, parts, takesFocus, subtitle);
    this.shownCard = reload && { cardId: this.sheet.cardId, reload };
  }

  /** Updates the open card after an edit. A form that is being filled in stays. */
  async refreshCard() {
    const { shownCard } = this;
    if (!shownCard || (await this.crewRequest)?.isFormOpen) return;
    const content = await shownCard.reload();
    if (content && this.sheet.cardId === shownCard.cardId) this.sheet.updateCard(content.title, content.parts, content.subtitle);
  }

  /** Opens a mark's card. @param {FeatureRow} row @param {boolean} takesFocus @param {FeatureRow[]} stackedRows marks under it */
  openMark(row, takesFocus, stackedRows = []) {
    this.startRequest();
    const { feature } = row;
    const [lon, lat] = feature.geometry.coordinates;
    if (takesFocus) scrollToMap();
    if (takesFocus) this.flight.panIntoView([lat, lon]);
    const content = this.#markCard(row);
    let shownRow = row;
    this.showCard({ ...content, parts: [...content.parts, ...this.#stackedMarks(stackedRows)] }, takesFocus, async () => {
      const reloaded = await this.#reloadRow(shownRow);
      if (!reloaded || JSON.stringify([reloaded.feature, reloaded.code]) === JSON.stringify([shownRow.feature, shownRow.code])) return null;
      shownRow = reloaded;
      return this.#markCard(reloaded);
    });
    this.select(`${this.config.layer}/${feature.id}`, [lat, lon]);
    void this.#loadAdjacent(feature.id);
  }

  /** Returns a mark as it is now: from the map, or from the server if the map has moved away. @param {FeatureRow} row @returns {Promise<FeatureRow | null>} */
  async #reloadRow({ feature, distanceM }) {
    const row = await this.renderer.request("findRow", { id: feature.id });
    if (row) return row;
    const card = await this.places.fetchCard(this.config.layer, feature.id);
    if (!card) return null;
    const properties = Object.fromEntries(Object.keys(feature.properties).map((name) => [name, card.properties[name] ?? null]));
    return { feature: { ...feature, properties }, code: featureMarkCode(this.config.markBy ?? "", properties, this.config.today), distanceM };
  }

  /** @param {FeatureRow} row @returns {CardContent} */
  #markCard({ feature, code }) {
    const { layer, today } = this.config;
    const [mark, townLink] = [this.markForCode(code), (/** @type {string | null | undefined} */ townName) => this.townLink(townName, feature.geometry.coordinates)];
    const card = layer === "inspections" ? inspectionCard(feature, mark, today, townLink) : siteCard(feature, mark, townLink);
    if (this.crewRequest && layer === "sites") card.parts.splice(1, 0, this.#crewForms(this.crewRequest, feature));
    return { title: featureName(layer, feature), ...card };
  }

  /** Lists the marks under the tapped one, which a finger cannot tell apart. @param {FeatureRow[]} stackedRows */
  #stackedMarks(stackedRows) {
    if (!stackedRows.length) return [];
    const { layer, today } = this.config;
    const buttons = stackedRows.map((row) => {
      const mark = this.markForCode(row.code);
      const button = createElement("button", { type: "button", class: "row" }, createMarkSvg(mark));
      button.append(createElement("span", { class: "row-main" }, featureName(layer, row.feature)), createElement("span", { class: "row-sub" }, featureSubtitle(layer, row.feature, mark, today)));
      button.addEventListener("click", () => this.openMark(row, true));
      return button;
    });
    return [createElement("h3", {}, gettext("Also at this location")), ...buttons];
  }

  /** Links the previous and next rows of the list. @param {string} id */
  async #loadAdjacent(id) {
    const { requestId } = this;
    const adjacent = await this.renderer.request("adjacentRows", { id, order: this.listOrder() });
    if (requestId !== this.requestId || !adjacent) return;
    const openerOf = (/** @type {FeatureRow | null} */ row) => row && (() => this.openMark(row, false));
    this.sheet.setAdjacent({ previous: openerOf(adjacent.previous), next: openerOf(adjacent.next) });
  }

  /** Selects a record by its id, opens its card if it is a parcel, and returns its position. @param {string} layer @param {string} id @param {boolean} takesFocus @returns {Promise<[number, number] | null>} */
  async openRecord(layer, id, takesFocus) {
    const isCurrent = this.startRequest();
    const card = await this.places.fetchCard(layer, id);
    if (!card || !isCurrent()) return null;
    /** @type {[number, number] | null} */
    const latLon = card.at ? [card.at.lat, card.at.lon] : null;
    if (layer === "parcels") this.places.openParcel(card, [], [], takesFocus);
    this.select(`${layer}/${id}`, latLon);
    return latLon;
  }

  /** Opens the selection of the URL, or closes the card if it selects nothing. @param {string | null} selectionKey */
  async restoreSelection(selectionKey) {
    if (selectionKey === this.selectedKey) return;
    if (!selectionKey) return this.sheet.closeSheet();
    const place = parsePlaceKey(selectionKey);
    if (place) return this.places.openPlace(place, false);
    const [layer, id] = [selectionKey.slice(0, selectionKey.indexOf("/")), selectionKey.slice(selectionKey.indexOf("/") + 1)];
    const row = layer === this.config.layer ? await this.renderer.request("findRow", { id }) : null;
    if (row) this.openMark(row, false);
    else if (layer === "parcels") await this.openRecord(layer, id, false);
  }

  /** Flies to a search candidate and opens it. Returns false if the map cannot show it. @param {import("../search/search-results.js").SearchCandidate} candidate */
  goToCandidate(candidate) {
    if (!document.body.classList.contains("has-map")) return false;
    if (candidate.kind === "town" && candidate.id) void this.goToTown(candidate.id);
    else if (["tree", "site", "inspection", "district"].includes(candidate.kind)) return false;
    else if (candidate.parcel_id) void this.flyToParcel(candidate.parcel_id, candidate);
    else if (candidate.lat !== null && candidate.lon !== null) void this.places.openPlace({ lat: candidate.lat, lon: candidate.lon, name: candidate.address ?? "" }, true);
    else return false;
    return true;
  }

  /** Shows a town on the map, or opens its page if the map does not have it. @param {string} slug */
  async goToTown(slug) {
    await this.towns.loadTowns();
    const town = this.towns.townBySlug(slug);
    if (town) this.openTown(town);
    else location.assign(pageUrl("towns", slug));
  }

  /** Shows a town on the map and opens its card. @param {import("./page-config.js").Feature} town */
  openTown(town) {
    this.towns.fitMap(this.map, town);
    this.places.openTown(town, true);
  }

  /** @param {string} id @param {{lat: number | null, lon: number | null, address: string | null}} candidate */
  async flyToParcel(id, { lat, lon, address }) {
    this.isFlying = true;
    const latLon = await this.openRecord("parcels", id, true).finally(() => (this.isFlying = false));
    const name = address ?? gettext("Parcel %(id)s", { id });
    if (latLon) return this.flight.flyTo(latLon);
    if (lat === null || lon === null) return this.places.openFailed(name, true);
    const arrival = this.places.openPlace({ lat, lon, name }, true);
    const placeKey = this.selectedKey;
    await arrival;
    if (this.selectedKey === placeKey) this.pendingParcel = { id }; // else something was opened on the way
  }

  /** Opens the card that waited for the map to arrive and be painted. */
  onViewPainted() {
    const { pendingParcel } = this;
    this.pendingParcel = null;
    if (pendingParcel) void this.places.openFromPacks(pendingParcel, true);
  }

  /** @param {string | null} selectionKey @param {[number, number] | null} latLon */
  select(selectionKey, latLon) {
    this.selectedKey = selectionKey;
    void this.renderer.request("setSelection", { key: selectionKey, latLon });
    if (latLon && !this.isFlying) this.flight.panClearOfSheet(latLon);
    this.onSelected(selectionKey);
  }

  /** Returns a link to a town's page. Without a town, the county governs where boundaries are loaded and near; else null. @param {string | null | undefined} townName @param {[number, number]} [lonLat] @returns {string | Node | null} */
  townLink(townName, lonLat) {
    const options = [...(/** @type {HTMLSelectElement | null} */ (document.getElementById("f-town"))?.options ?? [])].filter(({ value }) => value);
    if (!townName && !options.length) return null;
    if (!townName) return lonLat && isFarFromTowns(this.config.homeBbox, lonLat) ? gettext("Outside the mapped area") : gettext("Unincorporated (county government)");
    const option = options.find(({ text }) => text === townName);
    return option ? createLink(pageUrl("towns", option.value), townName) : townName;
  }
}
