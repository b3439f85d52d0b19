// What a crew marks and notes: forms in the sheet, and what is not sent yet.
import { element } from "./element.js";
import { told as inWords, words } from "./figures.js";
import { Sender } from "./queue/sender.js";
import { small } from "./queue/photo.js";
import { Store } from "./queue/store.js";
import { facts, line } from "./sheet.js";

/** @typedef {import("./told.js").Feature} Feature */
/** @typedef {import("./queue/store.js").Kept} Kept */

/** What is said when a need is met. @type {Record<string, string>} */
const DONE = { remove: "Removed", prune: "Pruned", inspect: "Inspected", stump: "Stump ground out", plant: "Planted" };
const LONGEST = 2_000; // signs of a note

/** The crew's part of a map, where edits are taken. */
export class Crew {
  /** @param {import("./sheet.js").Sheet} sheet @param {string} api @param {() => void} sent what to do when something was sent */
  constructor(sheet, api, sent) {
    this.sheet = sheet;
    this.store = new Store();
    this.button = document.getElementById("queue");
    this.button?.addEventListener("click", () => void this.list());
    this.sender = new Sender(this.store, `${api}/edits`, () => {
      sent();
      void this.count();
    });
    void this.count();
    this.sender.start();
  }

  /** Say how much is not sent, and what needs a decision. */
  async count() {
    const all = await this.store.all();
    const waiting = all.filter(({ state }) => state === "waiting").length;
    const parts = [waiting ? `${waiting} not sent` : "", all.length > waiting ? `${all.length - waiting} to decide` : ""].filter(Boolean);
    if (!this.button) return;
    this.button.hidden = all.length === 0;
    this.button.textContent = parts.join(", ");
  }

  /** The parts of a sheet for a tree or a site: what is not sent of it, and what can be said. @param {Feature} feature @returns {Element[]} */
  parts(feature) {
    const work = DONE[feature.properties["need"]];
    const box = element("div", { class: "crew" });
    const forms = element("div", {});
    const note = element("button", { type: "button", class: "button quiet" }, "Add a note");
    const choices = element("div", {}, note);
    const fill = (/** @type {string | null} */ said) => {
      const form = this.#form(feature, said, () => (choices.hidden = said !== null));
      const cancel = element("button", { type: "button", class: "button quiet" }, "Cancel");
      cancel.addEventListener("click", () => {
        form.remove();
        choices.hidden = false;
        choices.querySelector("button")?.focus();
      });
      form.querySelector("[type=submit]")?.after(cancel);
      forms.replaceChildren(form);
      choices.hidden = true; // there is one thing to do first
      // A field that has the focus brings a keyboard, which covers what is to be pressed.
      /** @type {HTMLElement | null} */ (forms.querySelector(said ? "[type=submit]" : "textarea"))?.focus();
      forms.scrollIntoView({ block: "nearest" });
    };
    note.addEventListener("click", () => fill(null));
    if (work) {
      const done = element("button", { type: "button", class: "button" }, `Mark as done: ${work.toLowerCase()}`);
      done.addEventListener("click", () => fill(work));
      choices.prepend(done);
    }
    box.append(choices, forms);
    void this.#pending(feature, box);
    return [box];
  }

  /** @param {Feature} feature @param {HTMLElement} box */
  async #pending(feature, box) {
    const { layer, id } = recordOf(feature);
    const mine = (await this.store.all()).filter(({ edit }) => edit.layer === layer && edit.id === id);
    box.prepend(...mine.map(({ about, state }) => line(`${about}: ${state === "waiting" ? "not sent yet" : "to be decided"}`, "pending")));
  }

  /** @param {Feature} feature @param {string | null} done what is marked as done; null for a note alone @param {() => void} kept */
  #form(feature, done, kept) {
    const note = element("textarea", { id: "crew-note", maxlength: String(LONGEST), rows: "3" });
    const photo = element("input", { id: "crew-photo", type: "file", accept: "image/*", capture: "environment" });
    const save = element("button", { type: "submit", class: "button" }, done ? `Save as ${done.toLowerCase()}` : "Save");
    const said = element("p", { class: "soft", role: "status" });
    const form = element("form", { class: "crew-form" });
    const condition = done === DONE["inspect"] ? conditions() : null;
    if (condition) form.append(field("Condition found", condition));
    form.append(field(done ? "Note (if any)" : "Note", note), field("Photo (if any)", photo), save, said);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const text = note.value.trim();
      if (!done && !text && !photo.files?.length) return void (said.textContent = "Write a note, or take a photo.");
      save.disabled = true;
      try {
        const picture = photo.files?.[0] ? await small(photo.files[0]) : undefined;
        await this.#keep(feature, done, text, picture, condition?.value);
        form.replaceWith(line(`${done ?? "Noted"}. It is kept on this device until it is sent.`, "pending"));
        kept();
      } catch {
        save.disabled = false;
        said.textContent = "It could not be kept: the photo cannot be read, or this browser's storage is full.";
      }
    });
    return form;
  }

  /** @param {Feature} feature @param {string | null} done @param {string} note @param {string | undefined} photo @param {string | undefined} condition */
  async #keep(feature, done, note, photo, condition) {
    const { properties } = feature;
    const { layer, id } = recordOf(feature);
    /** @type {import("./queue/store.js").Edit} */
    const edit = { key: crypto.randomUUID(), layer, id, was: {}, made_at: now() };
    if (done) [edit.work, edit.was] = [properties["need"], { need: properties["need"] }];
    if (condition) [edit.set, edit.was] = [{ condition }, { ...edit.was, condition: properties["condition"] }];
    if (note) edit.note = note;
    if (photo) edit.photo = photo;
    const name = inWords(properties["common"] ?? properties["species"] ?? (layer === "sites" ? "site" : "tree"));
    await this.store.add(`${done ?? "Note"}, ${name}`, inWords(properties["address"] ?? properties["on_street"]), edit);
    await this.count();
    this.sender.soon();
  }

  /** Show all that is not sent, and what is to be decided. */
  async list() {
    const all = await this.store.all();
    const rows = all.map((kept) => this.#row(kept));
    this.sheet.open("Not sent", rows.length ? [line("Kept on this device until it is sent."), ...rows] : [line("Everything was sent.")], true);
  }

  /** @param {Kept} kept */
  #row(kept) {
    const box = element("section", { class: "kept-edit" }, element("strong", {}, kept.about), line(`${kept.place} · ${new Date(kept.edit.made_at).toLocaleString("en-GB")}`));
    if (kept.state === "waiting") return box;
    if (kept.state === "refused") box.append(line(`The server did not take it: ${kept.answer.reason}`, "pending"));
    else box.append(...this.#conflict(kept));
    box.append(this.#choice("Drop mine", async () => this.store.drop(kept.key)));
    return box;
  }

  /** Both values of what somebody else has changed meanwhile. @param {Kept} kept */
  #conflict({ key, edit, answer }) {
    const fields = [answer, ...(answer.others ?? [])];
    const shown = fields.map(({ field: name, was, is, yours }) => facts([[words(name), ""], ["You saw", inWords(was)], ["Now on record", inWords(is)], ["Yours", inWords(yours)]]));
    const again = this.#choice("Send mine anyway", async () => {
      const seen = Object.fromEntries(fields.map(({ field: name, is }) => [name, is]));
      const { about, place } = /** @type {Kept} */ ((await this.store.all()).find((one) => one.key === key));
      await this.store.add(about, place, { ...edit, key: crypto.randomUUID(), was: { ...edit.was, ...seen } });
      await this.store.drop(key);
      this.sender.soon();
    });
    return [line("Somebody has changed it meanwhile. Nothing was overwritten.", "pending"), ...shown, again];
  }

  /** @param {string} text @param {() => Promise<void>} act */
  #choice(text, act) {
    const button = element("button", { type: "button", class: "button quiet" }, text);
    button.addEventListener("click", async () => {
      await act();
      await this.count();
      await this.list();
    });
    return button;
  }
}

/** The record that is spoken of: the tree where one stands, else its site. @param {Feature} feature */
function recordOf({ id, properties }) {
  const tree = properties["tree_id"];
  return properties["need"] === "plant" || !tree ? { layer: "sites", id } : { layer: "trees", id: tree };
}

/** The conditions that a tree can have, as the filters have them. */
function conditions() {
  const known = /** @type {HTMLSelectElement | null} */ (document.getElementById("f-condition"));
  const select = element("select", { id: "crew-condition", required: "" }, element("option", { value: "" }, "Choose"));
  for (const option of known?.options ?? []) if (option.value && option.value !== "unknown") select.append(new Option(option.text, option.value));
  return select;
}

/** @param {string} label @param {HTMLElement} control */
function field(label, control) {
  return element("div", { class: "field" }, element("label", { for: control.id }, label), control);
}

/** This moment with the device's offset. */
function now() {
  const at = new Date();
  const offset = -at.getTimezoneOffset();
  const part = (/** @type {number} */ value) => String(Math.floor(Math.abs(value))).padStart(2, "0");
  const local = new Date(at.getTime() + offset * 60_000).toISOString().slice(0, 19);
  return `${local}${offset < 0 ? "-" : "+"}${part(offset / 60)}:${part(offset % 60)}`;
}
