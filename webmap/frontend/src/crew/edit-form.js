// Builds the form in which a crew reports finished work or adds a note.
import { createElement } from "../ui/dom-elements.js";
import { gettext } from "../ui/gettext.js";
import { shrinkPhoto } from "../outbox/shrink-photo.js";
import { SITE_STATUS_AFTER, WORK_TEXTS, recordOfFeature } from "./crew-work.js";

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
 * @param {string | null} work the need that was met; null for a note alone
 * @param {(formValues: FormValues) => Promise<void>} onSave
 * @param {() => void} onCancel
 */
export function createEditForm(feature, work, onSave, onCancel) {
  const note = createElement("textarea", { id: "crew-note", maxlength: String(MAX_NOTE_CHARS), rows: "2" });
  const [photoBox, chosenPhoto] = photoInput();
  const saveLabel = WORK_TEXTS[work ?? ""]?.saveLabel;
  const saveButton = createElement("button", { type: "submit", class: "button" }, saveLabel ? gettext(saveLabel) : gettext("Save"));
  const cancelButton = createElement("button", { type: "button", class: "button secondary" }, gettext("Cancel"));
  cancelButton.addEventListener("click", onCancel);
  const statusLine = createElement("p", { class: "form-status", role: "status" });
  const questions = extraQuestions(feature, work);
  const form = createElement("form", { class: "crew-form" }, ...questions.parts, labeledField(work ? gettext("Note (optional)") : gettext("Note"), note), photoBox);
  form.append(createElement("div", { class: "form-foot" }, statusLine, createElement("div", { class: "pair" }, cancelButton, saveButton)));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = cleanText(note.value);
    const file = chosenPhoto();
    if (!work && !text && !file) return void (statusLine.textContent = gettext("Write a note, or take a photo."));
    saveButton.disabled = true;
    try {
      await onSave({ note: text, photo: file && (await shrinkPhoto(file)), ...questions.readAnswers() });
    } catch {
      saveButton.disabled = false;
      statusLine.textContent = gettext("Not saved: the photo cannot be read, or this device is full. Take another photo, or free some space.");
    }
  });
  return form;
}

/** Returns the questions that the record needs answered besides the note. @param {Feature} feature @param {string | null} work @returns {QuestionSet} */
function extraQuestions(feature, work) {
  if (work === "inspect") return inspectionQuestions(feature.properties);
  if (work === "plant") return plantingQuestions();
  const treeStays = work === "stump" && recordOfFeature(feature).layer === "trees"; // then the site keeps its status
  const leftoverChoices = work && !treeStays ? SITE_STATUS_AFTER[work] : undefined;
  return leftoverChoices ? leftoverQuestion(leftoverChoices) : { parts: [], readAnswers: () => ({ changes: {}, base: {} }) };
}

/** @param {Record<string, any>} properties @returns {QuestionSet} */
function inspectionQuestions(properties) {
  const [conditionSelect, riskSelect] = [selectLikeFilter("condition"), selectLikeFilter("risk")];
  conditionSelect.setAttribute("required", "");
  const selects = /** @type {[string, HTMLSelectElement][]} */ ([["condition", conditionSelect], ["risk", riskSelect]]);
  const parts = [labeledField(gettext("Condition found"), conditionSelect), labeledField(gettext("Risk found (optional)"), riskSelect)];
  const readAnswers = () => {
    const answered = selects.filter(([, { value: answer }]) => answer).map(([name, { value: answer }]) => [name, answer]);
    return { changes: Object.fromEntries(answered), base: Object.fromEntries(answered.map(([name = ""]) => [name, properties[name] ?? null])) };
  };
  return { parts, readAnswers };
}

/** @returns {QuestionSet} */
function plantingQuestions() {
  const species = createElement("select", { id: "crew-species" }, createElement("option", { value: "" }, gettext("Not known")));
  for (const option of filterOptions("species")) species.append(new Option(option.text, option.value));
  const width = createElement("input", { id: "crew-dbh", type: "number", min: "0", max: String(MAX_DBH_IN), step: "0.1", inputmode: "decimal" });
  const readAnswers = () => {
    /** @type {Record<string, any>} */
    const changes = {};
    if (species.value) changes["species"] = species.value;
    if (width.value) changes["dbh_in"] = Number(width.value);
    return { changes, base: {} };
  };
  return { parts: [labeledField(gettext("Species"), species), labeledField(gettext("Diameter in inches (optional)"), width)], readAnswers };
}

/** @param {[string, string][]} choicesAfterWork @returns {QuestionSet} */
function leftoverQuestion(choicesAfterWork) {
  const choices = choicesAfterWork.map(([code, text]) => {
    const radio = createElement("input", { type: "radio", name: "left", value: code, required: "" });
    return createElement("label", { class: "choice" }, radio, gettext(text));
  });
  const box = createElement("fieldset", {}, createElement("legend", {}, gettext("What is left?")), ...choices);
  const readAnswers = () => {
    const chosenCode = /** @type {HTMLInputElement | null} */ (box.querySelector(":checked"))?.value;
    return { changes: chosenCode && chosenCode !== choicesAfterWork[0]?.[0] ? { status: chosenCode } : {}, base: {} };
  };
  return { parts: [box], readAnswers };
}

/** Returns a photo button with a preview, and a function that gives the chosen file. @returns {[HTMLElement, () => File | undefined]} */
function photoInput() {
  const input = createElement("input", { id: "crew-photo", type: "file", accept: "image/*", capture: "environment" });
  const label = createElement("span", {}, gettext("Take a photo"));
  const preview = createElement("img", { class: "photo", alt: gettext("Photo to save"), hidden: "" });
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    label.textContent = file ? gettext("Take another photo") : gettext("Take a photo");
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
  const select = createElement("select", { id: `crew-${fieldName}` }, createElement("option", { value: "" }, gettext("Choose")));
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
