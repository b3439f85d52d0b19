// Opens the cards of what is no mark: parcels, towns, hexagons, and places that were searched.
import { isFarFromTowns } from "../cards/mapped-area.js";
import { hexbinCardParts, townCardParts } from "../cards/area-cards.js";
import { parcelCardParts, parcelName } from "../cards/parcel-card.js";
import { encodeIdPath, factList, pageUrl, textLine } from "../ui/detail-sheet.js";
import { createElement } from "../ui/dom-elements.js";
import { capitalizeFirst, fieldName } from "../ui/code-labels.js";
import { formatDistance, gettext } from "../ui/gettext.js";
import { scrollToMap } from "./map-flight.js";

/** @typedef {import("../cards/parcel-card.js").RecordCard & {layer: string, at: {lat: number, lon: number} | null}} ApiCard as GET /card sends it */
/** @typedef {import("../cards/parcel-card.js").RecordCard} RecordCard */

/** Opens the cards of places on one map. */
export class PlaceCards {
  /** @param {import("./card-controller.js").CardController} controller */
  constructor(controller) {
    this.controller = controller;
    this.config = controller.config;
    this.renderer = controller.renderer;
    this.towns = controller.towns;
  }

  /** Opens the card of the parcel at a point; zoomed out, that of the hexagon or town. @param {import("leaflet").LatLng} latLng @param {boolean} takesFocus */
  async openAt(latLng, takesFocus) {
    const { controller } = this;
    const isCurrent = controller.startRequest();
    /** @type {[number, number]} */
    const latLon = [latLng.lat, latLng.lng];
    controller.select(null, latLon);
    const { level, hexbin, townName } = await this.renderer.request("describePlace", { latLon });
    if (hexbin) return controller.showCard({ title: gettext("This hexagon"), subtitle: "", parts: hexbinCardParts(this.config.scale, hexbin) }, takesFocus);
    if (level === "towns") return townName ? this.openTown(this.towns.townByName(townName), takesFocus) : this.#openOutside(latLon, takesFocus);
    const response = await fetch(`${this.config.api}/parcel-at?lon=${latLng.lng.toFixed(7)}&lat=${latLng.lat.toFixed(7)}`).catch(() => null);
    if (!isCurrent()) return;
    if (!response) return this.openFromPacks({ latLon }, takesFocus);
    if (!response.ok) return this.openFailed(gettext("Lot"), takesFocus);
    const { how: matchMethod, town, distance_m: distanceM, parcel, units } = await response.json();
    if (!parcel) return matchMethod === "town" ? this.#openTownGround(town, takesFocus) : this.#openOutside(latLon, takesFocus);
    const nearestNote = matchMethod === "near" ? [createElement("p", { class: "status-line" }, gettext("No lot is drawn here. This is the nearest, %(distance)s away.", { distance: formatDistance(distanceM) }))] : [];
    this.openParcel(parcel, units, nearestNote, takesFocus);
    controller.select(`parcels/${parcel.id}`, latLon);
  }

  /** Opens a town's card. @param {import("./page-config.js").Feature | undefined} town @param {boolean} takesFocus */
  openTown(town, takesFocus) {
    if (!town) return;
    if (takesFocus) scrollToMap();
    const { name } = town.properties;
    const content = (/** @type {import("./page-config.js").Feature} */ feature) => ({ title: String(name), subtitle: "", parts: townCardParts(this.config.scale, feature) });
    this.controller.showCard(content(town), takesFocus, async () => {
      const reloaded = this.towns.townByName(name);
      return reloaded && reloaded !== town ? content(reloaded) : null;
    });
  }

  /** Says that a point is in no town that is loaded. @param {[number, number]} latLon @param {boolean} takesFocus */
  #openOutside([lat, lon], takesFocus) {
    const isFar = isFarFromTowns(this.config.homeBbox, [lon, lat]);
    const title = isFar ? gettext("Outside the mapped area") : gettext("No lot here");
    const text = isFar ? gettext("No town is loaded here.") : gettext("No lot is drawn here, and no town boundary that is loaded contains it.");
    this.controller.showCard({ title, subtitle: "", parts: [textLine(text)] }, takesFocus);
  }

  /** Says that a point of a town is in no lot. @param {string} town @param {boolean} takesFocus */
  #openTownGround(town, takesFocus) {
    const explanation = textLine(gettext("No lot is drawn here. It may be a street, or ground that the assessor does not list."));
    const townLink = this.controller.townLink(town) ?? town;
    this.controller.showCard({ title: town, subtitle: "", parts: [explanation, factList([[capitalizeFirst(fieldName("town")), townLink]])] }, takesFocus);
  }

  /** Says that a place could not be loaded. @param {string} title @param {boolean} takesFocus */
  openFailed(title, takesFocus) {
    this.controller.showCard({ title, subtitle: "", parts: [textLine(gettext("This place could not be loaded. Check the connection and try again."))] }, takesFocus);
  }

  /** Opens a parcel from a downloaded town, while offline. @param {{id?: string, latLon?: [number, number]}} query @param {boolean} takesFocus */
  async openFromPacks(query, takesFocus) {
    const parcel = await this.renderer.request("findParcel", query);
    if (!parcel) return this.controller.showCard({ title: query.id ? gettext("Parcel %(id)s", { id: query.id }) : gettext("Offline"), subtitle: "", parts: [textLine(gettext("This place is not downloaded."))] }, takesFocus);
    const card = { id: parcel.id, page: pageUrl("parcels", parcel.id), properties: parcel.properties };
    this.openParcel(card, [], [textLine(gettext("Offline. This is from the downloaded data."))], takesFocus);
    this.controller.select(`parcels/${parcel.id}`, query.latLon ?? [parcel.position.lat, parcel.position.lon]);
  }

  /** @param {RecordCard} card @param {import("../cards/parcel-card.js").StackedUnit[]} units @param {Node[]} leadingParts @param {boolean} takesFocus */
  openParcel(card, units, leadingParts, takesFocus) {
    if (takesFocus) scrollToMap();
    const content = (/** @type {RecordCard} */ parcel) => ({ title: parcelName(parcel), subtitle: gettext("Parcel %(id)s", { id: card.id }), parts: parcelCardParts(parcel, units, leadingParts, (townName) => this.controller.townLink(townName)) });
    let shownValues = JSON.stringify(card.properties);
    this.controller.showCard(content(card), takesFocus, async () => {
      const reloaded = await this.fetchCard("parcels", card.id);
      if (!reloaded || JSON.stringify(reloaded.properties) === shownValues) return null;
      shownValues = JSON.stringify(reloaded.properties);
      return content(reloaded);
    });
  }

  /** Fetches a record; null if there is none, or no response. @param {string} layer @param {string} id @returns {Promise<ApiCard | null>} */
  async fetchCard(layer, id) {
    const path = encodeIdPath(id);
    const response = path && (await fetch(`${this.config.api}/card/${layer}/${path}`).catch(() => null));
    const card = response && response.ok ? await response.json() : null;
    return card && card.layer === layer && card.id === id ? card : null; // the path may lead to another record
  }

  /** Opens a place that is no record, such as an intersection or a landmark. Resolves when the map shows it. @param {{lat: number, lon: number, name: string}} place @param {boolean} takesFocus */
  async openPlace({ lat, lon, name }, takesFocus) {
    const { controller } = this;
    controller.startRequest();
    controller.showCard({ title: name || gettext("Location"), subtitle: "", parts: [textLine(gettext("Select a lot to see its details."))] }, takesFocus);
    controller.select(`place/${lat.toFixed(6)}/${lon.toFixed(6)}/${name}`, [lat, lon]);
    if (takesFocus) await controller.flight.flyTo([lat, lon]);
  }
}
