// A map page: reads what the page tells it, asks for what is in view, draws it, lists it, answers taps.
import * as L from "leaflet";
import { Drawing, boxOf, placeOf, polygons } from "./drawing.js";
import { Filters } from "./filters.js";
import { codeOf, stands, told as inWords, urgency } from "./figures.js";
import { List } from "./list.js";
import { placeIn } from "./answers.js";
import { markParts, nameOf, parcelParts, townParts } from "./cards.js";
import { markRow, parcelRow, townRow } from "./rows.js";
import { Sheet, facts, line, link, pageOf } from "./sheet.js";
import { Source } from "./source.js";
import { question, readState, writeState } from "./state.js";
import { showTownNames } from "./townnames.js";

/** @typedef {import("./told.js").Feature} Feature */
/** @typedef {import("./told.js").LayerTold} LayerTold */

const SETTLE = 140; // ms without a move before the view is asked for
const FINGER = 22; // px around a fingertip that count as touched
const SURE = 2; // zooms behind `near` from which on nobody asks first how much is in view
const CLOSE = 19; // the zoom at which a lot that was looked up is shown
const POINTER = 12; // px around a mouse's point

const stage = /** @type {HTMLElement} */ (document.querySelector("[data-map]"));
/** @type {import("./told.js").Told} */
const told = JSON.parse(document.getElementById(stage.id + "-told")?.textContent ?? "{}");
const layers = new Map(told.layers.map((layer) => [layer.key, layer]));
const main = /** @type {LayerTold} */ (layers.get(told.layer));
const limits = /** @type {LayerTold} */ (layers.get("towns"));
const marks = new Map(told.marks.map((mark) => [mark.code, mark]));
const codes = told.marks.map((mark) => mark.code);
const notice = document.getElementById("notice");
const exporting = /** @type {HTMLAnchorElement | null} */ (document.getElementById("export"));

const began = readState(location.search);
const map = L.map(stage, { ...told.options, attributionControl: false, zoomSnap: 0.5, zoomDelta: 1, tapTolerance: FINGER });
L.control.scale().addTo(map);
stage.setAttribute("role", "application");
stage.setAttribute("aria-label", "Map. Arrow keys move it, plus and minus zoom, Enter asks about its middle. The list holds the same.");

const drawing = new Drawing(map, told);
const filters = new Filters(began, told.layers, () => changed());
const list = new List();
const sheet = new Sheet(() => pick(null, null));
/** @type {Map<string, Source>} */
const sources = new Map(told.layers.map((layer) => [layer.key, new Source()]));
/** @type {Feature[]} */
let towns = [];
/** @type {Record<string, [number, number]>} */
let middles = {};
/** @type {string | null} */
let picked = null;
let turns = 0; // an answer to an earlier view is dropped
/** @type {ReturnType<typeof setTimeout> | undefined} */
let settling;

if (began.at) map.setView([began.at.lat, began.at.lon], began.at.zoom, { animate: false });
else home();
map.on("moveend", () => {
  clearTimeout(settling);
  settling = setTimeout(update, SETTLE);
});
map.on("click", (event) => void answer(event));
stage.addEventListener("pointerdown", () => stage.classList.add("touched"));
stage.addEventListener("keydown", (event) => {
  stage.classList.remove("touched");
  if (event.key === "Enter" && event.target === stage) void answerAt(map.getCenter(), true);
});
document.addEventListener("lotleaf:theme", () => drawing.repaint());
document.addEventListener("lotleaf:asking", (event) => lean(/** @type {CustomEvent} */ (event).detail));
document.addEventListener("lotleaf:chosen", (event) => {
  if (goTo(/** @type {CustomEvent} */ (event).detail)) event.preventDefault();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawing.repaint());
new ResizeObserver(() => map.invalidateSize()).observe(stage);
await loadTowns();
await update();
if (began.pick) await restore(began.pick);

function home() {
  const [west, south, east, north] = told.home;
  map.fitBounds([[south, west], [north, east]], { padding: [16, 16], animate: false });
}

/** The towns' outlines and figures are few: they come once, and stay. */
async function loadTowns() {
  const answer_ = await asked(limits, `fields=${limits.fields.join(",")}`, told.outlines);
  towns = answer_?.features ?? [];
  middles = answer_?.middles ?? {};
  if (!began.at) lookAtTown();
}

/** The towns as this view draws them: all in outline, or those in view with their exact limits. */
async function townsToDraw() {
  if (!filters.shows("towns")) return [];
  if (map.getZoom() < told.exact) return towns;
  const answer_ = await asked(limits, question(boxOf(map.getBounds()), [], { fields: limits.fields.join(","), limit: String(told.limit) }));
  return (answer_?.features ?? towns).filter((town) => stands(town.properties, told.today));
}

/** Filters or layers have changed. @returns {void} */
function changed() {
  if (filters.townChanged()) lookAtTown();
  void update();
}

function lookAtTown() {
  const town = towns.find((one) => one.properties["name"] === filters.townName());
  if (town) fit(town);
}

/** @param {Feature} town */
function fit(town) {
  if (town.geometry) map.fitBounds(L.latLngBounds(polygons(town.geometry).flat(2)), { padding: [24, 24], animate: false });
}

/** Show what the view and the filters mean. */
async function update() {
  clearTimeout(settling);
  const turn = (turns += 1);
  tell();
  const [near, limited] = await Promise.all([isNear(), townsToDraw()]);
  if (turn !== turns) return;
  drawing.towns(limited, near);
  showTownNames(map, filters.shows("towns") && !near ? towns : [], middles, notice?.hidden ? null : notice);
  const [ground, streets, shown] = await Promise.all([
    inView("parcels", near, told.layer === "parcels"),
    inView("streets", near, false),
    told.layer === "parcels" ? null : inView(told.layer, near, true),
  ]);
  if (turn !== turns) return;
  if (ground) drawing.parcels(told.layer !== "parcels" && ground.cut ? [] : ground.features, told.layer === "parcels");
  const about = told.layer === "parcels" ? ground : shown;
  const ordered = [...(about?.features ?? [])].sort(urgency(codes, codeOfFeature));
  if (shown) drawing.marks(ordered);
  if (streets) drawing.streets(streets.features);
  if (about) announce(ordered, about.cut, near);
  stage.dataset["ready"] = String(Number(stage.dataset["ready"] ?? 0) + 1);
}

/** Whether single features are drawn, or towns: also where there would be too many to draw. */
async function isNear() {
  const zoom = map.getZoom();
  say("");
  if (zoom < told.near || zoom >= told.near + SURE) return zoom >= told.near;
  const response = await fetch(`${told.api}/count/${told.layer}?${question(boxOf(map.getBounds()), filters.values())}`).catch(() => null);
  const count = response?.ok ? (await response.json()).count : 0;
  if (count > told.limit) say(`${inWords(count)} ${told.noun} in view, too many to draw: come nearer or filter.`);
  return count <= told.limit;
}

/**
 * Ask for the features of a layer in view; none when it is hidden or the map is too far.
 * @param {string} key
 * @param {boolean} near
 * @param {boolean} filtered
 */
async function inView(key, near, filtered) {
  const layer = layers.get(key);
  if (!layer || !near || !filters.shows(key) || map.getZoom() < layer.nearest) {
    sources.get(key)?.stop();
    return { features: [], cut: false, middles: {} };
  }
  const limit = { fields: layer.fields.join(","), limit: String(told.limit) };
  return asked(layer, question(boxOf(map.getBounds()), filtered ? filters.values() : [], limit));
}

/** @param {LayerTold} layer @param {string} query */
async function asked(layer, query, address = layer.address) {
  try {
    return await /** @type {Source} */ (sources.get(layer.key)).ask(`${address}?${query}`);
  } catch (error) {
    say(`The server gave no ${layer.title.toLowerCase()}: ${error instanceof Error ? error.message : "no answer"}. Move the map to ask again.`);
    return null;
  }
}

/** Tell the address and the export what is shown. */
function tell() {
  if (!filters.form) return;
  const { lat, lng } = map.getCenter();
  const state = { at: { zoom: map.getZoom(), lat, lon: lng }, off: filters.off(), pick: picked, filters: filters.values() };
  history.replaceState(null, "", `?${writeState(state)}`);
  if (exporting) exporting.href = `${main.address}?${question(boxOf(map.getBounds()), filters.values(), { download: "1" })}`;
}

/** List what is shown, and say how much that is. @param {Feature[]} ordered @param {boolean} cut @param {boolean} near */
function announce(ordered, cut, near) {
  if (!near) {
    list.show(towns.map((town) => townRow(told.scale, town, () => openTown(town))), `${towns.length} towns. Come nearer to see single ${told.noun}; the export holds all.`);
    return;
  }
  const bare = ordered.length ? null : unsurveyed();
  if (bare) {
    const what = told.layer === "inspections" ? "record of inspections" : "tree inventory";
    list.show([], `No ${what} of ${bare}.`);
    return;
  }
  const many = ordered.length.toLocaleString("en-US");
  const all = cut ? `The first ${many} ${told.noun}; there are more in view.` : `${many} ${told.noun} in view.`;
  list.show(ordered.map(rowOf), all);
  list.mark(picked);
  if (cut) say(`Only the first ${many} are drawn: come nearer or filter.`);
}

/** The chosen town's name where nobody surveyed it: an empty map of it shows no zero. */
function unsurveyed() {
  const town = towns.find((one) => one.properties["name"] === filters.townName());
  const unknown = told.markBy && town && told.scale.over.every((name) => (town.properties[name] ?? null) === null);
  return unknown ? String(town.properties["name"]) : null;
}

/** @param {Feature} feature */
function codeOfFeature(feature) {
  return told.markBy ? codeOf(told.markBy, feature.properties, told.today) : "";
}

/** @param {Feature} feature @returns {import("./list.js").Row} */
function rowOf(feature) {
  if (!told.markBy) return parcelRow(told, feature, () => void showById("parcels", feature.id, true));
  return markRow(told, feature, markOf(feature), () => {
    const place = placeOf(feature);
    if (place && !map.getBounds().pad(-0.1).contains(place)) map.panTo(place);
    showMark(feature, true);
  });
}

/** @param {Feature} town */
function openTown(town) {
  fit(town);
  sheet.open(String(town.properties["name"]), townParts(told.scale, town), true);
}

/** @param {Feature} feature */
function markOf(feature) {
  return /** @type {import("./told.js").Mark} */ (marks.get(codeOfFeature(feature)) ?? marks.get("unknown"));
}

/** @param {L.LeafletMouseEvent} event */
async function answer(event) {
  const pointer = /** @type {PointerEvent} */ (event.originalEvent).pointerType;
  const mark = drawing.markAt(event.containerPoint, pointer === "mouse" ? POINTER : FINGER);
  if (mark) showMark(mark, false);
  else await answerAt(event.latlng, false);
}

/** Say which parcel is at a place. @param {L.LatLng} place @param {boolean} focus */
async function answerAt(place, focus) {
  drawing.pick(null, place);
  const response = await fetch(`${told.api}/parcel-at?lon=${place.lng.toFixed(7)}&lat=${place.lat.toFixed(7)}`).catch(() => null);
  if (!response?.ok) return sheet.open("No answer", [line("The server did not answer. Try again.")], focus);
  const { how, town, distance_m: away, parcel, units } = await response.json();
  if (!parcel) {
    pick(null, place);
    const said = how === "town" ? "No lot is drawn here: a street, or ground that the assessor does not list." : "This spot lies outside the towns that are loaded.";
    const where = town ? [facts([["Town", townLink(town)]])] : [];
    return sheet.open(town ?? "Outside", [line(said), ...where], focus);
  }
  const near = how === "near" ? [line(`No lot here; the nearest lies ${Math.round(away)} m away.`)] : [];
  showParcel(parcel, units, near, focus);
  pick(`parcels/${parcel.id}`, place);
}

/** @param {import("./cards.js").Card} card @param {import("./cards.js").Unit[]} units @param {Node[]} before @param {boolean} focus */
function showParcel(card, units, before, focus) {
  sheet.open(card.properties["address"] ?? `Parcel ${card.id}`, parcelParts(card, units, before, townLink), focus);
}

/** @param {Feature} feature @param {boolean} focus */
function showMark(feature, focus) {
  sheet.open(nameOf(told.layer, feature), markParts(told.layer, feature, markOf(feature), townLink), focus);
  pick(`${told.layer}/${feature.id}`, placeOf(feature));
}

/** @param {string} layer @param {string} id @param {boolean} focus */
async function showById(layer, id, focus) {
  const path = id.split("/").map(encodeURIComponent).join("/");
  const response = await fetch(`${told.api}/card/${layer}/${path}`).catch(() => null);
  if (!response?.ok) return null;
  const card = await response.json();
  /** @type {[number, number] | null} */
  const place = card.at ? [card.at.lat, card.at.lon] : null;
  if (layer === "parcels") showParcel(card, [], [], focus);
  pick(`${layer}/${id}`, place);
  return place;
}

/** Open again what an address tells was open. @param {string} key */
async function restore(key) {
  const place = placeIn(key);
  if (place) return showPlace(place, false);
  const [layer, id] = [key.slice(0, key.indexOf("/")), key.slice(key.indexOf("/") + 1)];
  const held = layer === told.layer ? drawing.held.get("marks")?.get(id)?.feature : null;
  if (held) showMark(held, false);
  else if (layer === "parcels") await showById(layer, id, false);
}

/** Let what is looked up lean to what the map shows. @param {URLSearchParams} query */
function lean(query) {
  const { lat, lng } = map.getCenter();
  query.set("near", `${lng.toFixed(5)},${lat.toFixed(5)}`);
  const town = filters.townName();
  if (town) query.set("town", town);
}

/** Fly to what was looked up, and open it; false where the map cannot show it. @param {import("./answers.js").Found} one */
function goTo(one) {
  if (!document.body.classList.contains("has-map")) return false;
  const town = one.kind === "town" ? towns.find((other) => other.properties["slug"] === one.id) : null;
  if (town) openTown(town);
  else if (one.kind === "tree" || one.kind === "site" || one.kind === "inspection" || one.kind === "town") return false;
  else if (one.parcel_id) void flyToParcel(one.parcel_id);
  else if (one.lat !== null && one.lon !== null) showPlace({ lat: one.lat, lon: one.lon, name: one.address ?? "" }, true);
  else return false;
  return true;
}

/** @param {string} id */
async function flyToParcel(id) {
  const place = await showById("parcels", id, true);
  if (place) fly(place);
}

/** Open a place that is no record: a crossing, a landmark. @param {{lat: number, lon: number, name: string}} place @param {boolean} focus */
function showPlace({ lat, lon, name }, focus) {
  sheet.open(name || "Place", [line("Tap a lot for what is known of it.")], focus);
  pick(`place/${lat.toFixed(6)}/${lon.toFixed(6)}/${name}`, [lat, lon]);
  if (focus) fly([lat, lon]);
}

/** @param {[number, number]} place */
function fly(place) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (still) map.setView(place, Math.max(map.getZoom(), CLOSE), { animate: false });
  else map.flyTo(place, Math.max(map.getZoom(), CLOSE), { duration: 0.8 });
}

/** @param {string | null} key @param {L.LatLngExpression | null} place */
function pick(key, place) {
  picked = key;
  drawing.pick(key, place);
  list.mark(key);
  if (place) clearOfSheet(place);
  tell();
}

/** Move the map where the sheet would cover what it is about. @param {L.LatLngExpression} place */
function clearOfSheet(place) {
  const cover = sheet.cover(stage.getBoundingClientRect());
  const point = map.latLngToContainerPoint(place);
  if (!cover || point.x < cover.left - FINGER || point.y < cover.top - FINGER) return;
  const below = cover.left < 2 * FINGER;
  map.panBy(below ? [0, point.y - cover.top / 2] : [point.x - cover.left / 2, 0]);
}

/** @param {string | null | undefined} name @returns {string | Node} */
function townLink(name) {
  const town = towns.find((one) => one.properties["name"] === name);
  return town && name ? link(pageOf("towns", town.properties["slug"]), name) : inWords(name);
}

/** @param {string} text */
function say(text) {
  if (!notice) return;
  notice.textContent = text;
  notice.hidden = !text;
}
