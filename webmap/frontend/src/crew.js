// What a crew marks and notes: forms in the sheet, what came of them, and what is not sent yet.
import { element } from "./element.js";
import { told as inWords } from "./figures.js";
import { filled } from "./crew/forms.js";
import { Notes } from "./crew/notes.js";
import { Unsent } from "./crew/unsent.js";
import { DONE, now, recordOf } from "./crew/work.js";
import { HELD_MS, Sender } from "./queue/sender.js";
import { Store } from "./queue/store.js";

/** @typedef {import("./told.js").Feature} Feature */
/** @typedef {import("./queue/store.js").Kept} Kept */

/** The crew's part of a map, where edits are taken. */
export class Crew {
  /**
   * @param {import("./sheet.js").Sheet} sheet
   * @param {string} api
   * @param {{sent: () => void, marked: (records: string[]) => Promise<void>}} heard what to do when something was sent, and when other records are marked as done here
   */
  constructor(sheet, api, heard) {
    this.heard = heard;
    this.store = new Store();
    this.notes = new Notes(api);
    this.unsent = new Unsent(sheet, this.store, () => this.changed());
    this.sender = new Sender(this.store, `${api}/edits`, () => {
      heard.sent();
      void this.count();
    });
    /** What a card says of the latest edit here: by the feature that the card is about. @type {Map<string, {key: string, about: string, box: HTMLElement}>} */
    this.latest = new Map();
    void this.count();
    this.sender.start();
  }

  /** Whether somebody is filling in a form. */
  get busy() {
    return document.querySelector(".crew-form") !== null;
  }

  /** Something that waits was taken back or asked for again. */
  async changed() {
    await this.count();
    this.sender.soon();
  }

  /** Say how much is not sent, what is done here, and what came of what was sent. */
  async count() {
    const all = await this.store.all();
    this.unsent.count(all);
    const done = all.filter(({ state, edit }) => state === "waiting" && edit.work);
    await this.heard.marked(done.map(({ edit }) => `${edit.layer}/${edit.id}`));
    for (const one of this.latest.values()) this.#say(one, all.find(({ key }) => key === one.key));
  }

  /** The parts of a card for a tree or a site: what was said here, what can be said, and notes. @param {Feature} feature @returns {HTMLElement[]} */
  parts(feature) {
    const [said, asked] = [element("div", { role: "status" }), element("div", { class: "crew" })];
    this.#choices(feature, asked, said);
    void this.#pending(feature, said, asked);
    return [said, asked, this.notes.of(feature, () => this.store.all())];
  }

  /** Offer what can be said. @param {Feature} feature @param {HTMLElement} box @param {HTMLElement} said */
  #choices(feature, box, said) {
    const work = DONE[feature.properties["need"]];
    const begin = (/** @type {string | null} */ done) => {
      const form = filled(feature, done, (told) => this.#keep(feature, done, told, box, said), () => {
        this.#choices(feature, box, said);
        box.querySelector("button")?.focus({ preventScroll: true });
      });
      box.replaceChildren(form);
      form.scrollIntoView({ block: "nearest" });
      // A field that has the focus brings a keyboard, which covers what is to be pressed.
      /** @type {HTMLElement | null} */ (form.querySelector(done ? "[type=submit]" : "textarea"))?.focus({ preventScroll: true });
    };
    const note = element("button", { type: "button", class: "button quiet" }, "Add a note or photo");
    note.addEventListener("click", () => begin(null));
    if (!work) return box.replaceChildren(note);
    const done = element("button", { type: "button", class: "button" }, `Mark as done: ${work.toLowerCase()}`);
    done.addEventListener("click", () => begin(work));
    box.replaceChildren(done, note);
  }

  /** Say what waits of a tree or a site, and offer no work twice. @param {Feature} feature @param {HTMLElement} said @param {HTMLElement} asked */
  async #pending(feature, said, asked) {
    const { layer, id } = recordOf(feature);
    const latest = this.latest.get(feature.id);
    const mine = (await this.store.all()).filter(({ edit }) => edit.layer === layer && edit.id === id);
    for (const kept of mine) {
      const one = { key: kept.key, about: kept.about, box: element("p", { class: "said" }) };
      this.latest.set(feature.id, one);
      said.append(one.box);
      this.#say(one, kept);
    }
    if (mine.some(({ edit }) => edit.work)) asked.querySelector(".button:not(.quiet)")?.remove();
    if (latest && !mine.length) said.append(latest.box); // it was sent while this page was open
  }

  /** Say what has come of an edit. @param {{key: string, about: string, box: HTMLElement}} one @param {Kept | undefined} kept as it waits; nothing once it is done */
  #say({ key, about, box }, kept) {
    const held = kept?.state === "waiting" && (kept.held_until ?? 0) > Date.now();
    box.className = kept ? "said waiting" : "said";
    if (!kept) return box.replaceChildren(`${about}: sent.`);
    if (kept.state !== "waiting") return box.replaceChildren(`${about}: not taken. See “Not sent”.`);
    const text = `${about}: kept on this device, not sent yet.`;
    const undo = element("button", { type: "button", class: "button quiet" }, "Undo");
    undo.addEventListener("click", async () => {
      await this.store.drop(key);
      box.replaceChildren(`${about}: taken back.`);
      this.latest.forEach((latest, about) => latest.key === key && this.latest.delete(about));
      await this.count();
      this.heard.sent();
    });
    box.replaceChildren(text, ...(held || !navigator.onLine ? [undo] : []));
  }

  /** @param {Feature} feature @param {string | null} done @param {import("./crew/forms.js").Told} told @param {HTMLElement} asked @param {HTMLElement} said */
  async #keep(feature, done, { note, photo, set, was }, asked, said) {
    const { properties } = feature;
    const { layer, id } = recordOf(feature);
    /** @type {import("./queue/store.js").Edit} */
    const edit = { key: crypto.randomUUID(), layer, id, was: {}, made_at: now() };
    if (done) [edit.work, edit.was] = [properties["need"], { need: properties["need"], ...was }];
    if (Object.keys(set).length) edit.set = set;
    if (note) edit.note = note;
    if (photo) edit.photo = photo;
    const name = inWords(properties["common"] ?? properties["species"] ?? (layer === "sites" ? "site" : "tree"));
    await this.store.add(`${done ?? "Note"}, ${name}`, inWords(properties["address"] ?? properties["on_street"]), edit, HELD_MS);
    said.replaceChildren();
    this.#choices(feature, asked, said);
    await this.#pending(feature, said, asked);
    said.querySelector("button")?.focus({ preventScroll: true });
    await this.changed();
  }
}
