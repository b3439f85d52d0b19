// The script of a map page: creates the map and its controls, has views painted and listed, and reacts to taps.
import * as L from "leaflet";
import { townCountText, viewSummaryText } from "../cards/count-texts.js";
import { parcelListRow, pointListRow, townListRow } from "../cards/list-rows.js";
import { showOnlineStatus } from "../offline/online-status.js";
import { PictureLayer } from "../render/picture-layer.js";
import { ChangePoller } from "../tiles/change-poller.js";
import { gettext } from "../ui/gettext.js";
import { translateScale } from "../ui/map-scale.js";
import { readMapStyle } from "../ui/map-style.js";
import { setUpTabs } from "../ui/tab-list.js";
import { CardController } from "./card-controller.js";
import { FeatureList } from "./feature-list.js";
import { FilterForm } from "./filter-form.js";
import { Geolocation } from "./geolocation.js";
import { MapHistory } from "./map-history.js";
import { TownList } from "./town-list.js";
import { MATCHES_CHANGE } from "./unplaced-records.js";
import { featureQuery } from "./url-state.js";

/** @typedef {import("../render/protocol.js").FeatureRow} FeatureRow */
/** @typedef {import("../render/protocol.js").ViewSummary} ViewSummary */
/** @typedef {import("./url-state.js").MapState} MapState */

const TOUCH_RADIUS_PX = 22; // a mark this close to a fingertip counts as tapped
const FROM_DATE_SUFFIX = "_from"; // of a date filter: from this day on
const RENEW_DELAY_MS = 8_000; // after the map is drawn, so that it does not compete for the network
const ZOOM_STEP = 0.5;
const MOUSE_RADIUS_PX = 12; // a mark this close to the mouse counts as clicked

const { mapElement, config, initialState, renderer, packsRequest, townsRequest } = /** @type {{mapBoot: import("./boot.js").MapBoot}} */ (/** @type {any} */ (globalThis)).mapBoot;
const notice = document.getElementById("notice");
const exportLinks = /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll(".doings a[data-export]"));

/** Lets the browser handle input between two pieces of work. */
const yieldToInput = () => new Promise((resolve) => setTimeout(resolve));
renderer.onPicture = onPicture;
await yieldToInput();
const map = L.map(mapElement, { ...config.options, attributionControl: false, zoomControl: false, zoomSnap: ZOOM_STEP, zoomDelta: 1, tapTolerance: TOUCH_RADIUS_PX });
L.control.zoom({ zoomInTitle: gettext("Zoom in"), zoomOutTitle: gettext("Zoom out") }).addTo(map);
const scaleBar = L.control.scale({ maxWidth: 160 });
translateScale(scaleBar);
scaleBar.addTo(map);
mapElement.setAttribute("role", "application");
mapElement.setAttribute("aria-label", gettext("Map. Arrow keys move it, plus and minus zoom, Enter opens the lot at its center. The list has the same records."));

await yieldToInput();
const filters = new FilterForm(initialState, config.layers, () => onFiltersChanged());
const towns = new TownList(config, townsRequest);
const pictureLayer = new PictureLayer({ requestView: updateView, coveredBoxes, onMoving: (isMoving) => void renderer.request("setMapMoving", { isMoving }) });
const featureList = new FeatureList((start, end, order) => loadRows(start, end, order), () => geolocation.startWatching());
const changePoller = new ChangePoller(renderer, (version) => refreshMap(version));
const mapHistory = new MapHistory(readState, (state) => void restoreState(state));
const cardController = new CardController({ config, map, mapElement, renderer, towns, onSelected, listOrder: () => featureList.order, changePoller, touchRadiusPx: TOUCH_RADIUS_PX });
const loadOfflineTowns = lazyOnce(({ OfflineTowns }) => new OfflineTowns(renderer, config, packsRequest, (packs) => (townPacks = Promise.resolve(packs))));
const loadPrinting = lazyOnce(({ MapPrinter }) => new MapPrinter({ renderer, config, pictureLayer, describeFilters: () => filters.describeChoices(), showNotice }));
const geolocation = new Geolocation(map, (latLon) => void onDeviceMoved(latLon), showNotice, () => cardController.flight.freeCenter());
const tabList = document.querySelector("[role=tablist]");
if (tabList instanceof HTMLElement) setUpTabs(tabList, (id) => id === "tab-more" && void loadOfflineTowns());
for (const [buttonId, withSheet] of /** @type {[string, boolean][]} */ ([["print-map", false], ["print-sheet", true]])) {
  document.getElementById(buttonId)?.addEventListener("click", async () => (await loadPrinting())?.printMap(withSheet));
}
let townPacks = packsRequest; // on this device

await yieldToInput();
if (initialState.position) showPosition(initialState.position);
else showHomeExtent();
const basemapRequest = config.basemap && createBasemap(config.basemap);
updateBasemap();
void renderer.request("setMapStyle", readMapStyle());
void renderer.request("setFilter", filterPayload());
await packsRequest;
pictureLayer.addTo(map);
map.on("click", (event) => void onMapClick(event));
mapElement.addEventListener("pointerdown", () => mapElement.classList.add("pointer-used"));
mapElement.addEventListener("keydown", (event) => {
  mapElement.classList.remove("pointer-used");
  if (event.key === "Enter" && event.target === mapElement) void cardController.places.openAt(map.getCenter(), true);
});
document.addEventListener("lotleaf:theme-change", () => void applyTheme());
document.addEventListener("lotleaf:search", (event) => addSearchBias(/** @type {CustomEvent} */ (event).detail));
document.addEventListener("lotleaf:select", (event) => {
  if (cardController.goToCandidate(/** @type {CustomEvent} */ (event).detail)) event.preventDefault();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => void applyTheme());
new ResizeObserver(() => map.invalidateSize()).observe(mapElement);
if (showsTowns() && (await loadTowns()) && !initialState.position) zoomToTown();
await updateView(pictureLayer.currentView());
if (config.version > Math.min(...Object.values(config.tilesets).map((tileset) => tileset.version))) await changePoller.pollNow();
if (initialState.selectedKey) await cardController.restoreSelection(initialState.selectedKey).catch(() => {}); // a URL may select anything
document.dispatchEvent(new Event("lotleaf:map-ready"));
changePoller.startPolling();
setTimeout(async () => (await packsRequest).length && (await loadOfflineTowns())?.renewOutdated(), RENEW_DELAY_MS);
void navigator.serviceWorker?.ready.then(() => towns.isLoaded || loadTowns()); // so that they are cached for offline use

/** @param {string | null} selectedKey */
function onSelected(selectedKey) {
  featureList.highlightRow(selectedKey);
  updateLinks();
}

/** Shows all towns, zoomed out far enough for their names. */
function showHomeExtent() {
  const [west, south, east, north] = config.homeBbox;
  map.fitBounds([[south, west], [north, east]], { padding: [16, 16], maxZoom: config.featureZoom - ZOOM_STEP, animate: false });
}

/** @param {NonNullable<import("./url-state.js").MapPosition>} position */
function showPosition({ zoom, lat, lon }) {
  map.setView([lat, lon], zoom, { animate: false });
}

/** Returns whether towns are in view: zoomed out, or because the filter selects one. */
function showsTowns() {
  return map.getZoom() < config.featureZoom || filters.selectedTownName() !== null;
}

/** Loads the towns and sends them to the renderer. Returns whether they could be loaded. @param {number | null} version */
async function loadTowns(version = null) {
  if (!(await towns.loadTowns(version))) return false;
  await renderer.request("setTowns", { towns: towns.townShapes() });
  return true;
}

/** Repaints after edits, or after the server was lost or came back. @param {number | null} version */
async function refreshMap(version) {
  if (version !== null && towns.isLoaded) await loadTowns(version);
  document.dispatchEvent(new Event(MATCHES_CHANGE));
  await Promise.all([updateView(pictureLayer.currentView()), cardController.refreshCard()]);
}

/** Repaints in the colors of a new theme. */
async function applyTheme() {
  await renderer.request("setMapStyle", readMapStyle());
  await updateView(pictureLayer.currentView());
}

/** Repaints after a change of filters or layers, which Back undoes. @returns {Promise<void>} */
async function onFiltersChanged() {
  mapHistory.addEntry();
  if (filters.hasTownChanged() && (towns.isLoaded || (await loadTowns()))) zoomToTown();
  await applyFilters();
}

async function applyFilters() {
  document.dispatchEvent(new Event(MATCHES_CHANGE));
  updateBasemap();
  await renderer.request("setFilter", filterPayload());
  await updateView(pictureLayer.currentView());
}

/** Shows the state of the URL, after Back or Forward. @param {MapState} state */
async function restoreState(state) {
  filters.restore(state);
  const isPainted = applyFilters();
  if (state.position) showPosition(state.position);
  await isPainted;
  await cardController.restoreSelection(state.selectedKey).catch(() => {});
}

/** @param {{urlTemplate: string, credit: string}} basemapSource */
async function createBasemap(basemapSource) {
  const { Basemap } = await import("./lazy-parts.js");
  return new Basemap(map, basemapSource);
}

/** Returns a function that loads the lazy parts and creates an object from them, once. It gives null if they cannot be loaded. @template T @param {(parts: typeof import("./lazy-parts.js")) => T} create */
function lazyOnce(create) {
  /** @type {Promise<T | null> | null} */
  let instance = null;
  return () => (instance ??= import("./lazy-parts.js").then(create, () => (instance = null)));
}

function updateBasemap() {
  void basemapRequest?.then((basemap) => basemap.setVisible(filters.isLayerShown("basemap")));
}

/** Returns the filters as the renderer takes them, with the data's field names. */
function filterPayload() {
  /** @type {Map<string, string[]>} */
  const fields = new Map();
  /** @type {[string, string][]} */
  const fromDates = [];
  for (const [name, value] of filters.queryPairs()) {
    if (name.endsWith(FROM_DATE_SUFFIX)) fromDates.push([name.slice(0, -FROM_DATE_SUFFIX.length), value]);
    else if (name !== "town") fields.set(name, [...(fields.get(name) ?? []), value]);
  }
  return { filter: { town: filters.selectedTownName(), fields: [...fields], since: fromDates }, hiddenLayers: filters.hiddenLayers() };
}

function zoomToTown() {
  const town = towns.townByName(filters.selectedTownName());
  if (town) towns.fitMap(map, town);
}

/** Has a view painted. Its picture brings what to list. @param {import("../render/protocol.js").View} view */
async function updateView(view) {
  if (!view.width || !view.height) return;
  updateLinks();
  if (showsTowns() && !towns.isLoaded && !towns.request) void loadTowns().then((areLoaded) => (areLoaded ? updateView(pictureLayer.currentView()) : showNotice(gettext("The towns could not be loaded. Check the connection, then move the map to try again."))));
  await renderer.request("showView", view);
}

/** @param {import("../render/protocol.js").Picture} picture */
function onPicture(picture) {
  pictureLayer.showPicture(picture);
  if (!picture.summary) return;
  const failureText = navigator.onLine ? gettext("Part of the map could not be loaded. Check the connection, then move the map to try again.") : gettext("Offline. This part of the map is not downloaded.");
  showNotice(picture.failedTiles ? failureText : "");
  void onViewPainted(picture.summary);
}

/** Lists a view that has been painted whole. @param {ViewSummary} summary */
async function onViewPainted(summary) {
  await updateList(summary);
  showOnlineStatus(summary.offline, await townPacks);
  document.body.toggleAttribute("data-offline", summary.offline); // hides links that need the network
  cardController.onViewPainted();
  mapElement.dataset["ready"] = String(Number(mapElement.dataset["ready"] ?? 0) + 1);
}

/** @returns {MapState} */
function readState() {
  const { lat, lng } = map.getCenter();
  return { position: { zoom: map.getZoom(), lat, lon: lng }, hiddenLayers: filters.hiddenLayers(), selectedKey: cardController.selectedKey, filters: filters.queryPairs() };
}

/** Writes the state into the URL and the export links. */
function updateLinks() {
  if (!filters.form) return;
  mapHistory.updateEntry();
  const bounds = map.getBounds();
  const bbox = { west: bounds.getWest(), south: bounds.getSouth(), east: bounds.getEast(), north: bounds.getNorth() };
  for (const link of exportLinks) link.href = `${link.dataset["export"]}?${featureQuery(bbox, filters.queryPairs(), { download: "1" })}`;
}

/** Lists what is in view. @param {ViewSummary} summary */
async function updateList(summary) {
  filters.showMarkCounts(summary.level === "features" ? summary.countsByMark : null);
  if (summary.level !== "features") {
    const hasFilters = filters.queryPairs().some(([name]) => name !== "town");
    const rows = towns.towns.map((town) => townListRow(config.scale, town, () => cardController.openTown(town)));
    return featureList.showTowns(rows, townCountText(config.layer, rows.length, hasFilters));
  }
  const [townName, hasFilters] = [filters.selectedTownName(), filters.queryPairs().length > 0];
  await featureList.showFeatures(summary.count, viewSummaryText(summary, { layer: config.layer, townName, unsurveyedTown: towns.unsurveyedTownName(townName), hasFilters }));
  featureList.highlightRow(cardController.selectedKey);
}

/** @param {number} start @param {number} end @param {import("../render/protocol.js").ListOrder} order */
async function loadRows(start, end, order) {
  const { rows: featureRows } = await renderer.request("listRows", { start, end, order });
  return featureRows.map(toListRow);
}

/** @param {FeatureRow} row @returns {import("./feature-list.js").ListRow} */
function toListRow({ feature, code, distanceM }) {
  if (!config.markBy) return parcelListRow(config, feature, distanceM, () => void cardController.openRecord("parcels", feature.id, true));
  return pointListRow(config, feature, cardController.markForCode(code), distanceM, () => cardController.openMark({ feature, code, distanceM }, true));
}

/** @param {L.LeafletMouseEvent} event */
async function onMapClick(event) {
  const pointerType = /** @type {PointerEvent} */ (event.originalEvent).pointerType;
  const { x, y } = event.containerPoint;
  const hit = await renderer.request("hitTest", { x, y, radiusPx: pointerType === "mouse" ? MOUSE_RADIUS_PX : TOUCH_RADIUS_PX });
  if (hit) cardController.openMark(hit.row, false, hit.stacked);
  else await cardController.places.openAt(event.latlng, false);
}

/** Updates the distances in the list after the device has moved. @param {[number, number] | null} latLon */
async function onDeviceMoved(latLon) {
  await renderer.request("setDevicePosition", { latLon });
  featureList.setLocated(latLon !== null);
  if (latLon) await updateView(pictureLayer.currentView());
}

/** Adds the map's center and town to a search, which prefers candidates near them. @param {URLSearchParams} query */
function addSearchBias(query) {
  const { lat, lng } = map.getCenter();
  query.set("near", `${lng.toFixed(5)},${lat.toFixed(5)}`);
  const town = filters.selectedTownName();
  if (town) query.set("town", town);
}

/** Returns the boxes over the map that labels must avoid. */
function coveredBoxes() {
  if (!notice || notice.hidden) return [];
  const [noticeBox, mapBox] = [notice.getBoundingClientRect(), mapElement.getBoundingClientRect()];
  return [{ left: noticeBox.left - mapBox.left, top: noticeBox.top - mapBox.top, right: noticeBox.right - mapBox.left, bottom: noticeBox.bottom - mapBox.top }];
}

/** @param {string} text */
function showNotice(text) {
  if (!notice) return;
  notice.textContent = text;
  notice.hidden = !text;
}
