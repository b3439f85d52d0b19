// The crew's part of a map: edit forms in cards, the status of edits, and the unsent edits.
import { createElement } from "../ui/dom-elements.js";
import { gettext } from "../ui/gettext.js";
import { createEditForm } from "./edit-form.js";
import { FieldNotes } from "./field-notes.js";
import { OutboxList } from "../outbox/outbox-list.js";
import { NOTE_TITLE, WORK_TEXTS, localTimestamp, recordOfFeature } from "./crew-work.js";
import { UNDO_WINDOW_MS, Uploader } from "../outbox/uploader.js";
import { Outbox } from "../outbox/outbox.js";

/** @typedef {import("../map/page-config.js").Feature} Feature */
/** @typedef {import("../outbox/outbox.js").OutboxEntry} OutboxEntry */
/** @typedef {{key: string, title: string, box: HTMLElement}} ShownEdit */

/** The crew's part of a map, where edits are allowed. */
export class CrewPanel {
  /**
   * @param {import("../ui/detail-sheet.js").DetailSheet} sheet
   * @param {string} apiRoot
   * @param {{onSent: () => void, onMarked: (records: string[]) => Promise<void>}} callbacks called after edits were sent, and with the records that are marked as done on this device
   */
  constructor(sheet, apiRoot, callbacks) {
    this.callbacks = callbacks;
    this.outbox = new Outbox();
    this.notes = new FieldNotes(apiRoot);
    this.outboxList = new OutboxList(sheet, this.outbox, () => this.onOutboxChanged());
    this.uploader = new Uploader(this.outbox, `${apiRoot}/edits`, () => {
      callbacks.onSent();
      void this.updateCounts();
    });
    /** The latest edits made on this page, by feature id, with the box that shows each one's status. @type {Map<string, ShownEdit>} */
    this.latestEdits = new Map();
    /** The edits that were taken back on this page. @type {Set<string>} */
    this.undoneKeys = new Set();
    void this.updateCounts();
    this.uploader.startUploading();
  }

  /** Whether a form is open. */
  get isFormOpen() {
    return document.querySelector(".crew-form") !== null;
  }

  /** Reacts to an edit that was discarded or queued again. */
  async onOutboxChanged() {
    await this.updateCounts();
    this.uploader.sendNow();
  }

  /** Updates the count of unsent edits, the records marked as done, and the status of each edit. */
  async updateCounts() {
    const entries = await this.outbox.allEntries();
    this.outboxList.showCount(entries);
    const doneEntries = entries.filter(({ state, edit }) => state === "waiting" && edit.work);
    await this.callbacks.onMarked(doneEntries.map(({ edit }) => `${edit.layer}/${edit.id}`));
    for (const shownEdit of this.latestEdits.values()) this.#showEditStatus(shownEdit, entries.find(({ key }) => key === shownEdit.key));
  }

  /** Returns the crew's parts of a card for a tree or a site: status, forms, and notes. @param {Feature} feature @returns {HTMLElement[]} */
  crewCardParts(feature) {
    const [statusBox, formBox] = [createElement("div", { role: "status" }), createElement("div", { class: "crew" })];
    this.#showChoices(feature, formBox, statusBox);
    void this.#showPendingEdits(feature, statusBox, formBox);
    return [statusBox, formBox, this.notes.notesBox(feature, () => this.outbox.allEntries())];
  }

  /** Shows the buttons that open the forms. @param {Feature} feature @param {HTMLElement} box @param {HTMLElement} statusBox */
  #showChoices(feature, box, statusBox) {
    const work = String(feature.properties["need"]);
    const texts = WORK_TEXTS[work];
    const openForm = (/** @type {string | null} */ chosenWork) => {
      const form = createEditForm(feature, chosenWork, (formValues) => this.#queueEdit(feature, chosenWork, formValues, box, statusBox), () => {
        this.#showChoices(feature, box, statusBox);
        box.querySelector("button")?.focus({ preventScroll: true });
      });
      box.replaceChildren(form);
      form.scrollIntoView({ block: "nearest" });
      // Focus no text field here: the on-screen keyboard would cover the button.
      /** @type {HTMLElement | null} */ (form.querySelector(chosenWork ? "[type=submit]" : "textarea"))?.focus({ preventScroll: true });
    };
    const noteButton = createElement("button", { type: "button", class: "button secondary" }, gettext("Add a note or photo"));
    noteButton.addEventListener("click", () => openForm(null));
    if (!texts) return box.replaceChildren(noteButton);
    const doneButton = createElement("button", { type: "button", class: "button" }, gettext(texts.markLabel));
    doneButton.addEventListener("click", () => openForm(work));
    box.replaceChildren(doneButton, noteButton);
  }

  /** Shows the unsent edits of a tree or a site, and hides the button for work that is already marked. @param {Feature} feature @param {HTMLElement} statusBox @param {HTMLElement} formBox */
  async #showPendingEdits(feature, statusBox, formBox) {
    const { layer, id } = recordOfFeature(feature);
    const shownBefore = this.latestEdits.get(feature.id);
    const ownEntries = (await this.outbox.allEntries()).filter(({ edit }) => edit.layer === layer && edit.id === id);
    for (const entry of ownEntries) {
      const shownEdit = { key: entry.key, title: entry.about, box: createElement("p", { class: "status-line" }) };
      this.latestEdits.set(feature.id, shownEdit);
      statusBox.append(shownEdit.box);
      this.#showEditStatus(shownEdit, entry);
    }
    if (ownEntries.some(({ edit }) => edit.work)) formBox.querySelector(".button:not(.secondary)")?.remove();
    if (shownBefore && !ownEntries.length) statusBox.append(shownBefore.box); // sent since the page was opened
  }

  /** Shows the status of an edit. @param {ShownEdit} shownEdit @param {OutboxEntry | undefined} entry undefined once the edit was applied */
  #showEditStatus({ key, title, box }, entry) {
    const canBeUndone = entry?.state === "waiting" && (entry.held_until ?? 0) > Date.now();
    box.className = entry ? "status-line waiting" : "status-line";
    if (!entry && this.undoneKeys.has(key)) return box.replaceChildren(gettext("%(title)s. Undone.", { title }));
    if (!entry) return box.replaceChildren(gettext("%(title)s. Sent.", { title }));
    if (entry.state !== "waiting") return box.replaceChildren(gettext("%(title)s. Not accepted: open “Not sent”.", { title }));
    const text = gettext("%(title)s. Saved on this device, not sent yet.", { title });
    const undoButton = createElement("button", { type: "button", class: "button secondary" }, gettext("Undo"));
    undoButton.addEventListener("click", async () => {
      this.undoneKeys.add(key);
      if (!(await this.uploader.withdraw(key))) this.undoneKeys.delete(key); // it was sent in the meantime
      await this.updateCounts();
      this.callbacks.onSent();
    });
    box.replaceChildren(text, ...(canBeUndone || !navigator.onLine ? [undoButton] : []));
  }

  /** @param {Feature} feature @param {string | null} work @param {import("./edit-form.js").FormValues} formValues @param {HTMLElement} formBox @param {HTMLElement} statusBox */
  async #queueEdit(feature, work, { note, photo, changes, base }, formBox, statusBox) {
    const { properties } = feature;
    const { layer, id } = recordOfFeature(feature);
    /** @type {import("../outbox/outbox.js").EditRequest} */
    const edit = { key: crypto.randomUUID(), layer, id, was: {}, made_at: localTimestamp() };
    if (work) [edit.work, edit.was] = [work, { need: work, ...base }];
    if (Object.keys(changes).length) edit.set = changes;
    if (note) edit.note = note;
    if (photo) edit.photo = photo;
    const name = properties["common"] ?? properties["species"] ?? (layer === "sites" ? gettext("Site %(id)s", { id }) : gettext("Tree %(id)s", { id }));
    const titleText = WORK_TEXTS[work ?? ""]?.title ?? NOTE_TITLE;
    const title = gettext(titleText, { name });
    await this.outbox.addEdit(title, String(properties["address"] ?? properties["on_street"] ?? gettext("no location")), edit, UNDO_WINDOW_MS);
    statusBox.replaceChildren();
    this.#showChoices(feature, formBox, statusBox);
    await this.#showPendingEdits(feature, statusBox, formBox);
    statusBox.scrollIntoView({ block: "nearest" }); // the crew sees that it is saved
    statusBox.querySelector("button")?.focus({ preventScroll: true });
    await this.onOutboxChanged();
  }
}
