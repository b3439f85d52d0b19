// Builds the form in which a crew reports finished work or adds a note.
import { createElement } from "../ui/dom-elements.js";
import { shrinkPhoto } from "../outbox/shrink-photo.js";
import { DONE_LABELS, SITE_STATUS_AFTER } from "./crew-work.js";

/**
 * @typedef {import("../map/page-config.js").Feature} Feature
 * @typedef {{note: string, photo: string | undefined, changes: Record<string, any>, base: Record<string, any>}} FormValues
 * @typedef {{parts: HTMLElement[], readAnswers: () => {changes: Record<string, any>, base: Record<string, any>}}} QuestionSet
 */

const MAX_NOTE_CHARS = 2_000;
const MAX_DBH_IN = 400;

/**
 * Creates a form for finished work, or for a note alone.
 * @param {Feature} feature
 * @param {string | null} doneLabel
 * @param {(formValues: FormValues) => Promise<void>} onSave
 * @param {() => void} onCancel
 */
export function createEditForm(feature, doneLabel, onSave, onCancel) {
  const note = createElement("textarea", { id: "crew-note", maxlength: String(MAX_NOTE_CHARS), rows: "2" });
  const [photoBox, chosenPhoto] = photoInput();
  const saveButton = createElement("button", { type: "submit", class: "button" }, doneLabel ? `Save as ${doneLabel.toLowerCase()}` : "Save");
  const cancelButton = createElement("button", { type: "button", class: "button secondary" }, "Cancel");
  cancelButton.addEventListener("click", onCancel);
  const statusLine = createElement("p", { class: "muted", role: "status" });
  const questions = extraQuestions(feature, doneLabel);
  const form = createElement("form", { class: "crew-form" }, ...questions.parts, labeledField(doneLabel ? "Note (if any)" : "Note", note), photoBox, createElement("div", { class: "pair" }, cancelButton, saveButton), statusLine);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = cleanText(note.value);
    const file = chosenPhoto();
    if (!doneLabel && !text && !file) return void (statusLine.textContent = "Write a note, or take a photo.");
    saveButton.disabled = true;
    try {
      await onSave({ note: text, photo: file && (await shrinkPhoto(file)), ...questions.readAnswers() });
    } catch {
      saveButton.disabled = false;
      statusLine.textContent = "It could not be kept: the photo cannot be read, or this browser's storage is full.";
    }
  });
  return form;
}

/** Returns the questions that the record needs answered besides the note. @param {Feature} feature @param {string | null} doneLabel @returns {QuestionSet} */
function extraQuestions({ properties }, doneLabel) {
  if (doneLabel === DONE_LABELS["inspect"]) return inspectionQuestions(properties);
  if (doneLabel === DONE_LABELS["plant"]) return plantingQuestions();
  const need = properties["need"];
  const leftoverChoices = doneLabel ? SITE_STATUS_AFTER[need] : undefined;
  return leftoverChoices ? leftoverQuestion(leftoverChoices) : { parts: [], readAnswers: () => ({ changes: {}, base: {} }) };
}

/** @param {Record<string, any>} properties @returns {QuestionSet} */
function inspectionQuestions(properties) {
  const selects = /** @type {[string, HTMLSelectElement][]} */ ([["condition", selectLikeFilter("condition")], ["risk", selectLikeFilter("risk")]]);
  selects[0]?.[1].setAttribute("required", "");
  const parts = selects.map(([name, select]) => labeledField(name === "condition" ? "Condition found" : "Risk found (if any)", select));
  const readAnswers = () => {
    const answered = selects.filter(([, { value: answer }]) => answer).map(([name, { value: answer }]) => [name, answer]);
    return { changes: Object.fromEntries(answered), base: Object.fromEntries(answered.map(([name = ""]) => [name, properties[name] ?? null])) };
  };
  return { parts, readAnswers };
}

/** @returns {QuestionSet} */
function plantingQuestions() {
  const species = createElement("select", { id: "crew-species" }, createElement("option", { value: "" }, "Not known here"));
  for (const option of filterOptions("species")) species.append(new Option(option.text, option.value));
  const width = createElement("input", { id: "crew-dbh", type: "number", min: "0", max: String(MAX_DBH_IN), step: "0.1", inputmode: "decimal" });
  const readAnswers = () => {
    /** @type {Record<string, any>} */
    const changes = {};
    if (species.value) changes["species"] = species.value;
    if (width.value) changes["dbh_in"] = Number(width.value);
    return { changes, base: {} };
  };
  return { parts: [labeledField("Species", species), labeledField("Diameter in inches (if measured)", width)], readAnswers };
}

/** @param {[string, string][]} choicesAfterWork @returns {QuestionSet} */
function leftoverQuestion(choicesAfterWork) {
  const choices = choicesAfterWork.map(([code, text]) => {
    const radio = createElement("input", { type: "radio", name: "left", value: code, required: "" });
    return createElement("label", { class: "choice" }, radio, text);
  });
  const box = createElement("fieldset", {}, createElement("legend", {}, "What is left"), ...choices);
  const readAnswers = () => {
    const chosenCode = /** @type {HTMLInputElement | null} */ (box.querySelector(":checked"))?.value;
    return { changes: chosenCode && chosenCode !== choicesAfterWork[0]?.[0] ? { status: chosenCode } : {}, base: {} };
  };
  return { parts: [box], readAnswers };
}

/** Returns a photo button with a preview, and a function that gives the chosen file. @returns {[HTMLElement, () => File | undefined]} */
function photoInput() {
  const input = createElement("input", { id: "crew-photo", type: "file", accept: "image/*", capture: "environment" });
  const label = createElement("span", {}, "Take a photo");
  const preview = createElement("img", { class: "photo", alt: "The photo to be kept", hidden: "" });
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    label.textContent = file ? "Take another photo" : "Take a photo";
    preview.hidden = !file;
    if (file) void photoPreviewUrl(file).then((dataUrl) => (preview.src = dataUrl), () => (preview.hidden = true));
  });
  return [createElement("div", {}, createElement("label", { class: "button secondary photo-button" }, input, label), preview), () => input.files?.[0]];
}

/** Returns a small preview as a data URL, which the page's policy allows. @param {File} file */
async function photoPreviewUrl(file) {
  return `data:image/jpeg;base64,${await shrinkPhoto(file, 480)}`;
}

/** Removes control and invisible characters from typed text, and replaces special spaces with plain ones. @param {string} text */
export function cleanText(text) {
  return text.replace(/[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g, " ").replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g, "").trim();
}

/** Creates a select with the options of the map's filter. @param {string} fieldName */
function selectLikeFilter(fieldName) {
  const select = createElement("select", { id: `crew-${fieldName}` }, createElement("option", { value: "" }, "Choose"));
  for (const option of filterOptions(fieldName)) if (option.value !== "unknown") select.append(new Option(option.text, option.value));
  return select;
}

/** @param {string} fieldName */
function filterOptions(fieldName) {
  const filterSelect = /** @type {HTMLSelectElement | null} */ (document.getElementById(`f-${fieldName}`));
  return [...(filterSelect?.options ?? [])].filter(({ value }) => value);
}

/** @param {string} label @param {HTMLElement} control */
function labeledField(label, control) {
  return createElement("div", { class: "field" }, createElement("label", { for: control.id }, label), control);
}

