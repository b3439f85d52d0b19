// Shows the notes on a tree or its site, from the server and from the outbox.
import { createElement } from "../ui/dom-elements.js";
import { formatDay } from "../tiles/feature-format.js";
import { textLine, encodeIdPath } from "../ui/detail-sheet.js";
import { recordOfFeature } from "./crew-work.js";

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
    const pendingNotes = pendingEntries.filter(({ edit }) => edit.note || edit.photo).map(({ edit }) => noteElement({ made_at: edit.made_at, at: "", work: null, text: edit.note ?? null, photo: edit.photo ? `data:image/jpeg;base64,${edit.photo}` : null }, "not sent yet"));
    const noteLists = await Promise.all(records.map((item) => this.#fetchNotes(item)));
    const sentNotes = noteLists.flatMap((notes) => notes ?? []).sort((item, otherItem) => (item.at < otherItem.at ? 1 : -1));
    const sentElements = sentNotes.filter(({ text, photo }) => text || photo).slice(0, MAX_NOTES).map((note) => noteElement(note, note.work ? `with work: ${note.work}` : ""));
    const offlineHint = noteLists.includes(null) ? [textLine("What others noted needs a signal.")] : [];
    if (pendingNotes.length + sentElements.length) box.replaceChildren(createElement("h3", {}, "Notes"), ...pendingNotes, ...sentElements, ...offlineHint);
  }

  /** @param {{layer: string, id: string}} record @returns {Promise<FieldNote[] | null>} null without a response */
  async #fetchNotes({ layer, id }) {
    const response = await fetch(`${this.apiRoot}/notes/${layer}/${encodeIdPath(id)}?limit=${MAX_NOTES}`).catch(() => null);
    return response?.ok ? (await response.json()).notes : null;
  }
}

/** @param {FieldNote} note @param {string} suffix */
function noteElement({ made_at: madeAt, at, text, photo }, suffix) {
  const heading = [formatDay(madeAt ?? at), suffix].filter(Boolean).join(" · ");
  const picture = photo ? [createElement("img", { class: "photo", src: photo, alt: `Photo of ${formatDay(madeAt ?? at)}`, loading: "lazy" })] : [];
  return createElement("div", { class: "field-note" }, textLine(heading), ...(text ? [textLine(text, "")] : []), ...picture);
}
