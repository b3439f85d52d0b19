// Shows the notes on a tree or its site, from the server and from the outbox.
import { createElement } from "../ui/dom-elements.js";
import { formatDate, gettext } from "../ui/gettext.js";
import { textLine, encodeIdPath } from "../ui/detail-sheet.js";
import { WORK_TEXTS, recordOfFeature } from "./crew-work.js";

/** @typedef {import("../map/page-config.js").Feature} Feature */
/** @typedef {{made_at: string | null, at: string, work: string | null, text: string | null, photo: string | null}} FieldNote */
/** @typedef {import("../outbox/outbox.js").OutboxEntry} OutboxEntry */

const MAX_NOTES = 6; // shown in a card

/** Loads and shows field notes. */
export class FieldNotes {
  /** @param {string} apiRoot */
  constructor(apiRoot) {
    this.apiRoot = apiRoot;
  }

  /** Returns a box that is filled with the notes. @param {Feature} feature @param {() => Promise<OutboxEntry[]>} loadOutbox */
  notesBox(feature, loadOutbox) {
    const box = createElement("div", {});
    void this.#fillBox(box, feature, loadOutbox);
    return box;
  }

  /** @param {HTMLElement} box @param {Feature} feature @param {() => Promise<OutboxEntry[]>} loadOutbox */
  async #fillBox(box, feature, loadOutbox) {
    const record = recordOfFeature(feature);
    const records = record.layer === "sites" ? [record] : [record, { layer: "sites", id: feature.id }];
    const pendingEntries = (await loadOutbox()).filter(({ edit }) => records.some(({ layer, id }) => edit.layer === layer && edit.id === id));
    const pendingNotes = pendingEntries.filter(({ edit }) => edit.note || edit.photo).map(({ edit }) => noteElement({ made_at: edit.made_at, at: "", work: null, text: edit.note ?? null, photo: edit.photo ? `data:image/jpeg;base64,${edit.photo}` : null }, gettext("not sent yet")));
    const noteLists = await Promise.all(records.map((item) => this.#fetchNotes(item)));
    const sentNotes = noteLists.flatMap((notes) => notes ?? []).sort((item, otherItem) => (item.at < otherItem.at ? 1 : -1));
    const sentElements = sentNotes.filter(({ text, photo }) => text || photo).slice(0, MAX_NOTES).map((note) => noteElement(note, workLabel(note.work)));
    const offlineHint = noteLists.includes(null) ? [textLine(gettext("Notes of others could not be loaded. Check the connection and try again."))] : [];
    if (pendingNotes.length + sentElements.length) box.replaceChildren(createElement("h3", {}, gettext("Notes")), ...pendingNotes, ...sentElements, ...offlineHint);
  }

  /** @param {{layer: string, id: string}} record @returns {Promise<FieldNote[] | null>} null without a response */
  async #fetchNotes({ layer, id }) {
    const response = await fetch(`${this.apiRoot}/notes/${layer}/${encodeIdPath(id)}?limit=${MAX_NOTES}`).catch(() => null);
    return response?.ok ? (await response.json()).notes : null;
  }
}

/** Returns the label of the work that a note came with; none for a note alone. @param {string | null} work */
function workLabel(work) {
  return work ? gettext(WORK_TEXTS[work]?.done ?? work) : "";
}

/** @param {FieldNote} note @param {string} suffix */
function noteElement({ made_at: madeAt, at, text, photo }, suffix) {
  const date = formatDate(madeAt ?? at);
  const heading = [date, suffix].filter(Boolean).join(" · ");
  const picture = photo ? [createElement("img", { class: "photo", src: photo, alt: gettext("Photo of %(date)s", { date }), loading: "lazy" })] : [];
  return createElement("div", { class: "field-note" }, textLine(heading), ...(text ? [textLine(text, "")] : []), ...picture);
}
