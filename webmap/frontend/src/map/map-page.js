// The script of a map page: creates the map and its controls, has views painted and listed, and reacts to taps.
import * as L from "leaflet";
import { PictureLayer } from "../render/picture-layer.js";
import { FilterForm } from "./filter-form.js";
import { formatDistance } from "../tiles/feature-format.js";
import { ChangePoller } from "../tiles/change-poller.js";
import { FeatureList } from "./feature-list.js";
import { Geolocation } from "./geolocation.js";
import { CardController } from "./card-controller.js";
import { pointListRow, parcelListRow, townListRow } from "./list-rows.js";
import { featureQuery, formatMapState } from "./url-state.js";
import { showOnlineStatus } from "../offline/online-status.js";
import { setUpTabs } from "../ui/tab-list.js";
import { TownList } from "./town-list.js";

/** @typedef {import("../render/protocol.js").FeatureRow} FeatureRow */
/** @typedef {import("../render/protocol.js").ViewSummary} ViewSummary */

const TOUCH_RADIUS_PX = 22; // a mark this close to a fingertip counts as tapped
const FROM_DATE_SUFFIX = "_from"; // of a date filter: from this day on
const RENEW_DELAY_MS = 8_000; // after the map is drawn, so that it does not compete for the network
const MOUSE_RADIUS_PX = 12; // a mark this close to the mouse counts as clicked

const { mapElement, config, initialState, renderer, packsRequest, townsRequest } = /** @type {{mapBoot: import("./boot.js").MapBoot}} */ (/** @type {any} */ (globalThis)).mapBoot;
const notice = document.getElementById("notice");
const exportLinks = /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll(".doings a[data-export]"));

/** Lets the browser handle input between two pieces of work. */
const yieldToInput = () => new Promise((resolve) => setTimeout(resolve));
renderer.onPicture = onPicture;
await yieldToInput();
const map = L.map(mapElement, { ...config.options, attributionControl: false, zoomSnap: 0.5, zoomDelta: 1, tapTolerance: TOUCH_RADIUS_PX });
L.control.scale({ maxWidth: 160 }).addTo(map);
mapElement.setAttribute("role", "application");
mapElement.setAttribute("aria-label", "Map. Arrow keys move it, plus and minus zoom, Enter asks about its middle. The list holds the same.");

await yieldToInput();
const filters = new FilterForm(initialState, config.layers, () => onFiltersChanged());
const towns = new TownList(config, townsRequest);
const pictureLayer = new PictureLayer({ requestView: updateView, coveredBoxes, onMoving: (isMoving) => void renderer.request("setMapMoving", { isMoving }) });
const featureList = new FeatureList((start, end, order) => loadRows(start, end, order), () => geolocation.startWatching());
const changePoller = new ChangePoller(renderer, (version) => refreshMap(version));
const cardController = new CardController({ config, map, mapElement, renderer, towns, onSelected, onRepainted: updateList, listOrder: () => featureList.order, changePoller, touchRadiusPx: TOUCH_RADIUS_PX });
const loadOfflineTowns = lazyOnce(({ OfflineTowns }) => new OfflineTowns(renderer, config, packsRequest, (packs) => (townPacks = Promise.resolve(packs))));
const loadPrinting = lazyOnce(({ MapPrinter }) => new MapPrinter({ renderer, config, pictureLayer, describeFilters: () => filters.describeChoices(), showNotice }));
const geolocation = new Geolocation(map, (latLon) => void onDeviceMoved(latLon), showNotice, () => cardController.freeCenter());
const tabList = document.querySelector("[role=tablist]");
if (tabList instanceof HTMLElement) setUpTabs(tabList, (id) => id === "tab-more" && void loadOfflineTowns());
for (const [buttonId, withSheet] of /** @type {[string, boolean][]} */ ([["print-map", false], ["print-sheet", true]])) {
  document.getElementById(buttonId)?.addEventListener("click", async () => (await loadPrinting())?.printMap(withSheet));
}
let lastUpdateId = 0;
let townPacks = packsRequest; // on this device

await yieldToInput();
if (initialState.position) map.setView([initialState.position.lat, initialState.position.lon], initialState.position.zoom, { animate: false });
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
  if (event.key === "Enter" && event.target === mapElement) void cardController.openAt(map.getCenter(), true);
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

function showHomeExtent() {
  const [west, south, east, north] = config.homeBbox;
  map.fitBounds([[south, west], [north, east]], { padding: [16, 16], animate: false });
}

/** Returns whether towns are in view: from afar, or because the filter selects one. */
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
  await updateView(pictureLayer.currentView());
  await cardController.refreshCard();
}

/** Repaints in the colors of a new theme. */
async function applyTheme() {
  await renderer.request("setMapStyle", readMapStyle());
  await updateView(pictureLayer.currentView());
}

/** Repaints after a change of filters or layers. @returns {Promise<void>} */
async function onFiltersChanged() {
  if (filters.hasTownChanged() && (towns.isLoaded || (await loadTowns()))) zoomToTown();
  updateBasemap();
  await renderer.request("setFilter", filterPayload());
  await updateView(pictureLayer.currentView());
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

/** Has a view painted and listed. @param {import("../render/protocol.js").View} view */
async function updateView(view) {
  if (!view.width || !view.height) return;
  const updateId = (lastUpdateId += 1);
  updateLinks();
  if (showsTowns() && !towns.isLoaded && !towns.request) void loadTowns().then((areLoaded) => (areLoaded ? updateView(pictureLayer.currentView()) : showNotice("The server gave no towns. Move the map to ask again.")));
  const summary = await renderer.request("showView", view);
  if (updateId !== lastUpdateId || !summary) return;
  await updateList(summary);
  showOnlineStatus(summary.offline, await townPacks);
  document.body.toggleAttribute("data-offline", summary.offline); // hides links that need the network
  cardController.onViewPainted();
  mapElement.dataset["ready"] = String(Number(mapElement.dataset["ready"] ?? 0) + 1);
}

/** @param {import("../render/protocol.js").Picture} picture */
function onPicture(picture) {
  pictureLayer.showPicture(picture);
  if (picture.isComplete) showNotice(picture.failedTiles ? (navigator.onLine ? "Part of the map did not come: the server does not answer. Move the map to ask again." : "No signal, and this part was not kept on this device.") : "");
}

/** Writes the state into the URL and the export links. */
function updateLinks() {
  if (!filters.form) return;
  const { lat, lng } = map.getCenter();
  const state = { position: { zoom: map.getZoom(), lat, lon: lng }, hiddenLayers: filters.hiddenLayers(), selectedKey: cardController.selectedKey, filters: filters.queryPairs() };
  history.replaceState(null, "", `?${formatMapState(state)}`);
  const bounds = map.getBounds();
  const bbox = { west: bounds.getWest(), south: bounds.getSouth(), east: bounds.getEast(), north: bounds.getNorth() };
  for (const link of exportLinks) link.href = `${link.dataset["export"]}?${featureQuery(bbox, filters.queryPairs(), { download: "1" })}`;
}

/** Lists what is in view. @param {ViewSummary} summary */
async function updateList(summary) {
  filters.showMarkCounts(summary.level === "features" ? summary.countsByMark : null);
  if (summary.level !== "features") {
    const openTown = (/** @type {import("./page-config.js").Feature} */ town) => towns.openTown(map, cardController, town);
    const filterNote = filters.queryPairs().some(([name]) => name !== "town") ? "; the filters apply to these" : "";
    featureList.showTowns(towns.towns.map((town) => townListRow(config.scale, town, () => openTown(town))), `${towns.towns.length} towns. Zoom in to see single ${config.noun}${filterNote}.`);
    return;
  }
  await featureList.showFeatures(summary.count, viewSummaryText(summary));
  featureList.highlightRow(cardController.selectedKey);
}

/** Says how much is in view, and where. @param {ViewSummary} summary */
function viewSummaryText({ count, towns: townNames, offline, failedTiles }) {
  const unsurveyedTown = count ? null : towns.unsurveyedTownName(filters.selectedTownName());
  if (unsurveyedTown) return `No ${config.layer === "inspections" ? "record of inspections" : "tree inventory"} of ${unsurveyedTown}.`;
  if (!count && offline && failedTiles) return `${filters.selectedTownName() ?? "This place"} is not kept on this device.`;
  const townsText = townNames.length ? ` · ${townNames.slice(0, 2).join(", ")}${townNames.length > 2 ? " and more" : ""}` : "";
  const filterHint = count === 0 && filters.queryPairs().length ? "; the filters may hide others" : "";
  return `${count.toLocaleString("en-US")} ${config.noun} in view${filterHint}${townsText}`;
}

/** @param {number} start @param {number} end @param {import("../render/protocol.js").ListOrder} order */
async function loadRows(start, end, order) {
  const { rows: featureRows } = await renderer.request("listRows", { start, end, order });
  return featureRows.map(toListRow);
}

/** @param {FeatureRow} row @returns {import("./feature-list.js").ListRow} */
function toListRow({ feature, code, distanceM }) {
  const distancePrefix = distanceM === null ? "" : `${formatDistance(distanceM)} away · `;
  if (!config.markBy) return parcelListRow(config, feature, distancePrefix, () => void cardController.openRecord("parcels", feature.id, true));
  return pointListRow(config, feature, cardController.markForCode(code), distancePrefix, () => cardController.openMark({ feature, code, distanceM }, true));
}

/** @param {L.LeafletMouseEvent} event */
async function onMapClick(event) {
  const pointerType = /** @type {PointerEvent} */ (event.originalEvent).pointerType;
  const { x, y } = event.containerPoint;
  const hit = await renderer.request("hitTest", { x, y, radiusPx: pointerType === "mouse" ? MOUSE_RADIUS_PX : TOUCH_RADIUS_PX });
  if (hit) cardController.openMark(hit.row, false, hit.stacked);
  else await cardController.openAt(event.latlng, false);
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

/** Reads the colors and the font of the current theme. @returns {import("../render/painter.js").MapStyle} */
function readMapStyle() {
  const style = getComputedStyle(document.documentElement);
  const cssVariable = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  return {
    streetColor: cssVariable("--map-street"),
    parcelColor: cssVariable("--map-lot"),
    labelColor: cssVariable("--map-label"),
    selectionColor: cssVariable("--focus"),
    font: `400 16px ${cssVariable("--type")}`,
    text: { color: cssVariable("--map-label"), halo: cssVariable("--map-halo") },
  };
}

/** @param {string} text */
function showNotice(text) {
  if (!notice) return;
  notice.textContent = text;
  notice.hidden = !text;
}
