// What waits on this device: how much, and what is to be decided.
import { element } from "../element.js";
import { day, told as inWords, words } from "../figures.js";
import { facts, line } from "../sheet.js";

/** @typedef {import("../queue/store.js").Kept} Kept */

/** The button that says how much is not sent, and the list behind it. */
export class Unsent {
  /** @param {import("../sheet.js").Sheet} sheet @param {import("../queue/store.js").Store} store @param {() => Promise<void>} changed */
  constructor(sheet, store, changed) {
    this.sheet = sheet;
    this.store = store;
    this.changed = changed;
    this.button = document.getElementById("queue");
    this.button?.addEventListener("click", () => void this.list());
  }

  /** @param {Kept[]} all */
  count(all) {
    if (!this.button) return;
    const waiting = all.filter(({ state }) => state === "waiting").length;
    const open = all.length - waiting;
    this.button.hidden = all.length === 0;
    this.button.textContent = [waiting ? `${waiting} not sent` : "", open ? `${open} to decide` : ""].filter(Boolean).join(", ");
  }

  /** Show all that is not sent, and what is to be decided. */
  async list() {
    const all = await this.store.all();
    const rows = all.map((kept) => this.#row(kept));
    this.sheet.open("Not sent", rows.length ? [line("Kept on this device until it is sent."), ...rows] : [line("Everything was sent.")], true);
  }

  /** @param {Kept} kept */
  #row(kept) {
    const made = new Date(kept.edit.made_at);
    const when = `${day(kept.edit.made_at)}, ${made.toLocaleTimeString([], { hour: "numeric", minute: "2-digit" })}`;
    const box = element("section", { class: "kept-edit" }, element("strong", {}, kept.about), line(`${kept.place} · ${when}`));
    if (kept.state === "waiting") return box;
    if (kept.state === "refused") {
      box.append(element("p", { class: "said waiting" }, `The server did not take it: ${kept.answer.reason}`));
      if (kept.edit.note || kept.edit.photo) box.append(this.#choice("Keep the note alone", () => this.#noteAlone(kept)));
    } else box.append(...this.#conflict(kept));
    box.append(this.#choice("Discard mine", () => this.store.drop(kept.key)));
    return box;
  }

  /** Send again the note and the photo of what was refused, without the work. @param {Kept} kept */
  async #noteAlone({ key, about, place, edit }) {
    const { work: _work, set: _set, ...rest } = edit;
    await this.store.add(about, place, { ...rest, key: crypto.randomUUID(), was: {} });
    await this.store.drop(key);
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
    });
    return [element("p", { class: "said waiting" }, "Somebody has changed it meanwhile. Nothing was overwritten."), ...shown, again];
  }

  /** @param {string} text @param {() => Promise<void>} act */
  #choice(text, act) {
    const button = element("button", { type: "button", class: "button quiet" }, text);
    button.addEventListener("click", async () => {
      await act();
      await this.changed();
      await this.list();
    });
    return button;
  }
}
