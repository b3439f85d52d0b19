// What a crew fills in: as little as the record needs.
import { element } from "../element.js";
import { small } from "../queue/photo.js";
import { DONE, LEAVES } from "./work.js";

/**
 * @typedef {import("../told.js").Feature} Feature
 * @typedef {{note: string, photo: string | undefined, set: Record<string, any>, was: Record<string, any>}} Told
 * @typedef {{parts: HTMLElement[], told: () => {set: Record<string, any>, was: Record<string, any>}}} Asked
 */

const LONGEST = 2_000; // signs of a note
const WIDEST = 400; // inches of a trunk

/**
 * Make a form for what was done, or for a note alone.
 * @param {Feature} feature
 * @param {string | null} done
 * @param {(told: Told) => Promise<void>} keep
 * @param {() => void} cancelled
 */
export function filled(feature, done, keep, cancelled) {
  const note = element("textarea", { id: "crew-note", maxlength: String(LONGEST), rows: "2" });
  const [photo, picture] = photographed();
  const save = element("button", { type: "submit", class: "button" }, done ? `Save as ${done.toLowerCase()}` : "Save");
  const cancel = element("button", { type: "button", class: "button quiet" }, "Cancel");
  cancel.addEventListener("click", cancelled);
  const said = element("p", { class: "soft", role: "status" });
  const asked = asksOf(feature, done);
  const form = element("form", { class: "crew-form" }, ...asked.parts, field(done ? "Note (if any)" : "Note", note), photo, element("div", { class: "pair" }, cancel, save), said);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = plain(note.value);
    const file = picture();
    if (!done && !text && !file) return void (said.textContent = "Write a note, or take a photo.");
    save.disabled = true;
    try {
      await keep({ note: text, photo: file && (await small(file)), ...asked.told() });
    } catch {
      save.disabled = false;
      said.textContent = "It could not be kept: the photo cannot be read, or this browser's storage is full.";
    }
  });
  return form;
}

/** What is asked beside a note: what the record would otherwise not say. @param {Feature} feature @param {string | null} done @returns {Asked} */
function asksOf({ properties }, done) {
  if (done === DONE["inspect"]) return rated(properties);
  if (done === DONE["plant"]) return planted();
  const need = properties["need"];
  const leaves = done ? LEAVES[need] : undefined;
  return leaves ? left(leaves) : { parts: [], told: () => ({ set: {}, was: {} }) };
}

/** @param {Record<string, any>} properties @returns {Asked} */
function rated(properties) {
  const found = /** @type {[string, HTMLSelectElement][]} */ ([["condition", choice("condition")], ["risk", choice("risk")]]);
  found[0]?.[1].setAttribute("required", "");
  const parts = found.map(([name, select]) => field(name === "condition" ? "Condition found" : "Risk found (if any)", select));
  const told = () => {
    const said = found.filter(([, { value }]) => value).map(([name, { value }]) => [name, value]);
    return { set: Object.fromEntries(said), was: Object.fromEntries(said.map(([name = ""]) => [name, properties[name] ?? null])) };
  };
  return { parts, told };
}

/** @returns {Asked} */
function planted() {
  const species = element("select", { id: "crew-species" }, element("option", { value: "" }, "Not known here"));
  for (const option of optionsOf("species")) species.append(new Option(option.text, option.value));
  const width = element("input", { id: "crew-dbh", type: "number", min: "0", max: String(WIDEST), step: "0.1", inputmode: "decimal" });
  const told = () => {
    /** @type {Record<string, any>} */
    const set = {};
    if (species.value) set["species"] = species.value;
    if (width.value) set["dbh_in"] = Number(width.value);
    return { set, was: {} };
  };
  return { parts: [field("Species", species), field("Diameter in inches (if measured)", width)], told };
}

/** @param {[string, string][]} ways @returns {Asked} */
function left(ways) {
  const choices = ways.map(([code, text]) => {
    const radio = element("input", { type: "radio", name: "left", value: code, required: "" });
    return element("label", { class: "choice" }, radio, text);
  });
  const box = element("fieldset", {}, element("legend", {}, "What is left"), ...choices);
  const told = () => {
    const chosen = /** @type {HTMLInputElement | null} */ (box.querySelector(":checked"))?.value;
    return { set: chosen && chosen !== ways[0]?.[0] ? { status: chosen } : {}, was: {} };
  };
  return { parts: [box], told };
}

/** A button that takes a photo, with what was taken. @returns {[HTMLElement, () => File | undefined]} */
function photographed() {
  const input = element("input", { id: "crew-photo", type: "file", accept: "image/*", capture: "environment" });
  const text = element("span", {}, "Take a photo");
  const shown = element("img", { class: "photo", alt: "The photo to be kept", hidden: "" });
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    text.textContent = file ? "Take another photo" : "Take a photo";
    shown.hidden = !file;
    if (file) void drawn(file).then((address) => (shown.src = address), () => (shown.hidden = true));
  });
  return [element("div", {}, element("label", { class: "button quiet photo-button" }, input, text), shown), () => input.files?.[0]];
}

/** A small picture as an address that pages may show. @param {File} file */
async function drawn(file) {
  return `data:image/jpeg;base64,${await small(file, 480)}`;
}

/** What one types, without signs that steer how text runs, and with plain spaces. @param {string} text */
export function plain(text) {
  return text.replace(/[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g, " ").replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g, "").trim();
}

/** A choice among what the map's own filter offers. @param {string} name */
function choice(name) {
  const select = element("select", { id: `crew-${name}` }, element("option", { value: "" }, "Choose"));
  for (const option of optionsOf(name)) if (option.value !== "unknown") select.append(new Option(option.text, option.value));
  return select;
}

/** @param {string} name */
function optionsOf(name) {
  const known = /** @type {HTMLSelectElement | null} */ (document.getElementById(`f-${name}`));
  return [...(known?.options ?? [])].filter(({ value }) => value);
}

/** @param {string} label @param {HTMLElement} control */
function field(label, control) {
  return element("div", { class: "field" }, element("label", { for: control.id }, label), control);
}

