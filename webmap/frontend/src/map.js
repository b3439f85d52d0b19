// A map page: reads what the page tells it, has its view painted and listed, answers taps.
import * as L from "leaflet";
import { Pictures } from "./chart/layer.js";
import { Filters } from "./filters.js";
import { distance } from "./figures.js";
import { Following } from "./following.js";
import { List } from "./list.js";
import { Locating } from "./locating.js";
import { Opening } from "./opening.js";
import { markRow, parcelRow, townRow } from "./rows.js";
import { question, writeState } from "./state.js";
import { signal } from "./signal.js";
import { tabbed } from "./tabs.js";
import { Towns } from "./towns.js";

/** @typedef {import("./chart/desk.js").Row} Row */

const FINGER = 22; // px around a fingertip that count as touched
const FROM = "_from"; // behind a date's name: from this day on
const RENEW_MS = 8_000; // after a map is drawn, so that it takes nobody's line
const POINTER = 12; // px around a mouse's point

const { stage, told, began, clerk, packs, towns: townsCome } = /** @type {{begun: import("./begin.js").Begun}} */ (/** @type {any} */ (globalThis)).begun;
const notice = document.getElementById("notice");
const exporting = /** @type {HTMLAnchorElement | null} */ (document.getElementById("export"));

/** Let the browser answer fingers between two pieces of work. */
const breath = () => new Promise((then) => setTimeout(then));
clerk.drawn = shown;
await breath();
const map = L.map(stage, { ...told.options, attributionControl: false, zoomSnap: 0.5, zoomDelta: 1, tapTolerance: FINGER });
L.control.scale({ maxWidth: 160 }).addTo(map);
stage.setAttribute("role", "application");
stage.setAttribute("aria-label", "Map. Arrow keys move it, plus and minus zoom, Enter asks about its middle. The list holds the same.");

await breath();
const filters = new Filters(began, told.layers, () => changed());
const towns = new Towns(told, townsCome);
const pictures = new Pictures({ ask: update, taken, moving: (/** @type {boolean} */ moving) => void clerk.moving(moving) });
const list = new List((from, to, by) => rows(from, to, by), () => locating.start());
const following = new Following(clerk, (version) => refresh(version));
const opening = new Opening({ told, map, stage, clerk, towns, picked, repainted: announce, order: () => list.by, following, finger: FINGER });
const along = later(({ Along }) => new Along(clerk, told, packs, (now) => (kept = Promise.resolve(now))));
const printing = later(({ Printing }) => new Printing({ clerk, told, pictures, chosen: () => filters.words(), say }));
const locating = new Locating(map, (at) => void moved(at), say, () => opening.free());
const tabs = document.querySelector("[role=tablist]");
if (tabs instanceof HTMLElement) tabbed(tabs, (id) => id === "tab-more" && void along());
for (const [id, sheet] of /** @type {[string, boolean][]} */ ([["print-map", false], ["print-sheet", true]])) {
  document.getElementById(id)?.addEventListener("click", async () => (await printing())?.print(sheet));
}
let turns = 0;
let kept = packs; // on this device

await breath();
if (began.at) map.setView([began.at.lat, began.at.lon], began.at.zoom, { animate: false });
else home();
const basemap = told.basemap && laid(told.basemap);
showBasemap();
void clerk.ask("inks", inks());
void clerk.ask("chosen", chosen());
await packs;
pictures.addTo(map);
map.on("click", (event) => void answer(event));
stage.addEventListener("pointerdown", () => stage.classList.add("touched"));
stage.addEventListener("keydown", (event) => {
  stage.classList.remove("touched");
  if (event.key === "Enter" && event.target === stage) void opening.at(map.getCenter(), true);
});
document.addEventListener("lotleaf:theme", () => void recolour());
document.addEventListener("lotleaf:asking", (event) => lean(/** @type {CustomEvent} */ (event).detail));
document.addEventListener("lotleaf:chosen", (event) => {
  if (opening.goTo(/** @type {CustomEvent} */ (event).detail)) event.preventDefault();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => void recolour());
new ResizeObserver(() => map.invalidateSize()).observe(stage);
if (far() && (await townsCame()) && !began.at) lookAtTown();
await update(pictures.view());
if (told.version > Math.min(...Object.values(told.sets).map((set) => set.version))) await following.look();
if (began.pick) await opening.restore(began.pick).catch(() => {}); // what an address asks for may be anything
document.dispatchEvent(new Event("lotleaf:drawn"));
following.start();
setTimeout(async () => (await packs).length && (await along())?.renew(), RENEW_MS);
void navigator.serviceWorker?.ready.then(() => towns.there || townsCame()); // they are kept for where there is no signal

/** @param {string | null} key */
function picked(key) {
  list.mark(key);
  tell();
}

function home() {
  const [west, south, east, north] = told.home;
  map.fitBounds([[south, west], [north, east]], { padding: [16, 16], animate: false });
}

/** Whether the towns are looked at: from afar, or one of them by a filter. */
function far() {
  return map.getZoom() < told.near || filters.townName() !== null;
}

/** Have the towns come, and tell the desk; gives whether they came. @param {number | null} version */
async function townsCame(version = null) {
  if (!(await towns.come(version))) return false;
  await clerk.ask("towns", towns.told());
  return true;
}

/** Something was edited, and figures may be others; or there is a signal no more, or again. @param {number | null} version */
async function refresh(version) {
  if (version !== null && towns.there) await townsCame(version);
  await update(pictures.view());
  await opening.again();
}

/** The theme is another. */
async function recolour() {
  await clerk.ask("inks", inks());
  await update(pictures.view());
}

/** Filters or layers have changed. @returns {Promise<void>} */
async function changed() {
  if (filters.townChanged() && (towns.there || (await townsCame()))) lookAtTown();
  showBasemap();
  await clerk.ask("chosen", chosen());
  await update(pictures.view());
}

/** @param {{address: string, credit: string}} credited */
async function laid(credited) {
  const { Basemap } = await import("./later.js");
  return new Basemap(map, credited);
}

/** Make something of what comes later, once, when it is first asked for; null where it cannot come. @template T @param {(parts: typeof import("./later.js")) => T} make */
function later(make) {
  /** @type {Promise<T | null> | null} */
  let made = null;
  return () => (made ??= import("./later.js").then(make, () => (made = null)));
}

function showBasemap() {
  void basemap?.then((pictures) => pictures.show(filters.shows("basemap")));
}

/** What the filters mean, in the words of the data. */
function chosen() {
  /** @type {Map<string, string[]>} */
  const fields = new Map();
  /** @type {[string, string][]} */
  const since = [];
  for (const [name, value] of filters.values()) {
    if (name.endsWith(FROM)) since.push([name.slice(0, -FROM.length), value]);
    else if (name !== "town") fields.set(name, [...(fields.get(name) ?? []), value]);
  }
  return { chosen: { town: filters.townName(), fields: [...fields], since }, off: filters.off() };
}

function lookAtTown() {
  const town = towns.named(filters.townName());
  if (town) towns.fit(map, town);
}

/** Have a view painted and listed. @param {import("./chart/desk.js").View} view */
async function update(view) {
  if (!view.width || !view.height) return;
  const turn = (turns += 1);
  tell();
  if (far() && !towns.there && !towns.coming) void townsCame().then((came) => (came ? update(pictures.view()) : say("The server gave no towns. Move the map to ask again.")));
  const seen = await clerk.ask("view", view);
  if (turn !== turns || !seen) return;
  await announce(seen);
  signal(seen.offline, await kept);
  document.body.toggleAttribute("data-offline", seen.offline); // what needs a signal is not offered
  opening.settled();
  stage.dataset["ready"] = String(Number(stage.dataset["ready"] ?? 0) + 1);
}

/** @param {import("./chart/desk.js").Drawn} drawn */
function shown(drawn) {
  pictures.show(drawn);
  if (drawn.whole) say(drawn.failed ? (navigator.onLine ? "Part of the map did not come: the server does not answer. Move the map to ask again." : "No signal, and this part was not kept on this device.") : "");
}

/** Tell the address and the export what is shown. */
function tell() {
  if (!filters.form) return;
  const { lat, lng } = map.getCenter();
  const state = { at: { zoom: map.getZoom(), lat, lon: lng }, off: filters.off(), pick: opening.key, filters: filters.values() };
  history.replaceState(null, "", `?${writeState(state)}`);
  const seen = map.getBounds();
  const box = { west: seen.getWest(), south: seen.getSouth(), east: seen.getEast(), north: seen.getNorth() };
  if (exporting) exporting.href = `${told.api}/${told.layer}.geojson?${question(box, filters.values(), { download: "1" })}`;
}

/** List what is shown, and say how much that is. @param {import("./chart/desk.js").Summary} seen */
async function announce(seen) {
  filters.count(seen.level === "near" ? seen.tally : null);
  if (seen.level !== "near") {
    const open = (/** @type {import("./told.js").Feature} */ town) => towns.open(map, opening, town);
    const filtered = filters.values().some(([name]) => name !== "town") ? "; the filters apply to these" : "";
    list.show(towns.all.map((town) => townRow(told.scale, town, () => open(town))), `${towns.all.length} towns. Zoom in to see single ${told.noun}${filtered}.`);
    return;
  }
  await list.showMany(seen.count, summed(seen));
  list.mark(opening.key);
}

/** Say how much is in view, and where. @param {import("./chart/desk.js").Summary} seen */
function summed({ count, towns: in_, offline, failed }) {
  const bare = count ? null : towns.unsurveyed(filters.townName());
  if (bare) return `No ${told.layer === "inspections" ? "record of inspections" : "tree inventory"} of ${bare}.`;
  if (!count && offline && failed) return `${filters.townName() ?? "This place"} is not kept on this device.`;
  const where = in_.length ? ` · ${in_.slice(0, 2).join(", ")}${in_.length > 2 ? " and more" : ""}` : "";
  const hidden = count === 0 && filters.values().length ? "; the filters may hide others" : "";
  return `${count.toLocaleString("en-US")} ${told.noun} in view${hidden}${where}`;
}

/** @param {number} from @param {number} to @param {"need" | "distance"} by */
async function rows(from, to, by) {
  const { rows: found } = await clerk.ask("rows", { from, to, by });
  return found.map(rowOf);
}

/** @param {Row} row @returns {import("./list.js").Row} */
function rowOf({ feature, code, away }) {
  const near = away === null ? "" : `${distance(away)} away · `;
  if (!told.markBy) return parcelRow(told, feature, near, () => void opening.record("parcels", feature.id, true));
  return markRow(told, feature, opening.markOf(code), near, () => opening.mark({ feature, code, away }, true));
}

/** @param {L.LeafletMouseEvent} event */
async function answer(event) {
  const pointer = /** @type {PointerEvent} */ (event.originalEvent).pointerType;
  const { x, y } = event.containerPoint;
  const touched = await clerk.ask("touched", { x, y, reach: pointer === "mouse" ? POINTER : FINGER });
  if (touched) opening.mark(touched.row, false, touched.under);
  else await opening.at(event.latlng, false);
}

/** The device is elsewhere: what is listed by distance goes by that. @param {[number, number] | null} at */
async function moved(at) {
  await clerk.ask("here", at);
  list.located(at !== null);
  if (at) await update(pictures.view());
}

/** Let what is looked up lean to what the map shows. @param {URLSearchParams} query */
function lean(query) {
  const { lat, lng } = map.getCenter();
  query.set("near", `${lng.toFixed(5)},${lat.toFixed(5)}`);
  const town = filters.townName();
  if (town) query.set("town", town);
}

/** Where on the map names step back: what lies over it. */
function taken() {
  if (!notice || notice.hidden) return [];
  const [over, under] = [notice.getBoundingClientRect(), stage.getBoundingClientRect()];
  return [{ left: over.left - under.left, top: over.top - under.top, right: over.right - under.left, bottom: over.bottom - under.top }];
}

/** Read the colours of the theme that holds now. */
function inks() {
  const style = getComputedStyle(document.documentElement);
  const of = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  return {
    street: of("--map-street"),
    lot: of("--map-lot"),
    label: of("--map-label"),
    pick: of("--focus"),
    plain: `400 16px ${of("--type")}`,
    text: { ink: of("--map-label"), halo: of("--map-halo") },
  };
}

/** @param {string} text */
function say(text) {
  if (!notice) return;
  notice.textContent = text;
  notice.hidden = !text;
}
