// What crews have noted on a tree or its site, and what of it waits on this device.
import { element } from "../element.js";
import { day } from "../figures.js";
import { line, pathOf } from "../sheet.js";
import { recordOf } from "./work.js";

/** @typedef {import("../told.js").Feature} Feature */
/** @typedef {{made_at: string | null, at: string, work: string | null, text: string | null, photo: string | null}} Note */
/** @typedef {import("../queue/store.js").Kept} Kept */

const MOST = 6; // shown in a card

/** Notes, as the server tells them. */
export class Notes {
  /** @param {string} api */
  constructor(api) {
    this.api = api;
  }

  /** A box that is filled with what was noted. @param {Feature} feature @param {() => Promise<Kept[]>} waiting */
  of(feature, waiting) {
    const box = element("div", {});
    void this.#fill(box, feature, waiting);
    return box;
  }

  /** @param {HTMLElement} box @param {Feature} feature @param {() => Promise<Kept[]>} waiting */
  async #fill(box, feature, waiting) {
    const record = recordOf(feature);
    const records = record.layer === "sites" ? [record] : [record, { layer: "sites", id: feature.id }];
    const mine = (await waiting()).filter(({ edit }) => records.some(({ layer, id }) => edit.layer === layer && edit.id === id));
    const own = mine.filter(({ edit }) => edit.note || edit.photo).map(({ edit }) => shown({ made_at: edit.made_at, at: "", work: null, text: edit.note ?? null, photo: edit.photo ? `data:image/jpeg;base64,${edit.photo}` : null }, "not sent yet"));
    const answers = await Promise.all(records.map((one) => this.#asked(one)));
    const there = answers.flatMap((answer) => answer ?? []).sort((one, other) => (one.at < other.at ? 1 : -1));
    const told = there.filter(({ text, photo }) => text || photo).slice(0, MOST).map((note) => shown(note, note.work ? `with work: ${note.work}` : ""));
    const missing = answers.includes(null) ? [line("What others noted needs a signal.")] : [];
    if (own.length + told.length) box.replaceChildren(element("h3", {}, "Notes"), ...own, ...told, ...missing);
  }

  /** @param {{layer: string, id: string}} record @returns {Promise<Note[] | null>} null where no answer came */
  async #asked({ layer, id }) {
    const answer = await fetch(`${this.api}/notes/${layer}/${pathOf(id)}?limit=${MOST}`).catch(() => null);
    return answer?.ok ? (await answer.json()).notes : null;
  }
}

/** @param {Note} note @param {string} also */
function shown({ made_at: made, at, text, photo }, also) {
  const head = [day(made ?? at), also].filter(Boolean).join(" · ");
  const picture = photo ? [element("img", { class: "photo", src: photo, alt: `Photo of ${day(made ?? at)}`, loading: "lazy" })] : [];
  return element("div", { class: "told-note" }, line(head), ...(text ? [line(text, "")] : []), ...picture);
}
