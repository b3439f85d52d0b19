// Shows the edits on this device that are not sent, and lets the user resolve conflicts.
import { createElement } from "../ui/dom-elements.js";
import { formatDay, formatValue, formatCode } from "../tiles/feature-format.js";
import { factList, textLine } from "../ui/detail-sheet.js";

/** @typedef {import("./outbox.js").OutboxEntry} OutboxEntry */

/** The button with the number of unsent edits, and the list that it opens. */
export class OutboxList {
  /** @param {import("../ui/detail-sheet.js").DetailSheet} sheet @param {import("./outbox.js").Outbox} outbox @param {() => Promise<void>} onChanged */
  constructor(sheet, outbox, onChanged) {
    this.sheet = sheet;
    this.outbox = outbox;
    this.onChanged = onChanged;
    this.outboxButton = document.getElementById("outbox");
    this.outboxButton?.addEventListener("click", () => void this.openList());
  }

  /** @param {OutboxEntry[]} entries */
  showCount(entries) {
    if (!this.outboxButton) return;
    const waitingCount = entries.filter(({ state }) => state === "waiting").length;
    const undecidedCount = entries.length - waitingCount;
    this.outboxButton.hidden = entries.length === 0;
    this.outboxButton.textContent = [waitingCount ? `${waitingCount} not sent` : "", undecidedCount ? `${undecidedCount} to decide` : ""].filter(Boolean).join(", ");
  }

  /** Opens the list of unsent edits and conflicts. */
  async openList() {
    const entries = await this.outbox.allEntries();
    const rows = entries.map((entry) => this.#entryElement(entry));
    this.sheet.openCard("Not sent", rows.length ? [textLine("Kept on this device until it is sent."), ...rows] : [textLine("Everything was sent.")], true);
  }

  /** @param {OutboxEntry} entry */
  #entryElement(entry) {
    const madeAt = new Date(entry.edit.made_at);
    const timeText = `${formatDay(entry.edit.made_at)}, ${madeAt.toLocaleTimeString([], { hour: "numeric", minute: "2-digit" })}`;
    const box = createElement("section", { class: "outbox-entry" }, createElement("strong", {}, entry.about), textLine(`${entry.place} · ${timeText}`));
    if (entry.state === "waiting") return box;
    if (entry.state === "refused") {
      box.append(createElement("p", { class: "status-line waiting" }, `The server did not take it: ${entry.answer.reason}`));
      if (entry.edit.note || entry.edit.photo) box.append(this.#actionButton("Keep the note alone", () => this.#requeueNoteOnly(entry)));
    } else box.append(...this.#conflictParts(entry));
    box.append(this.#actionButton("Discard mine", () => this.outbox.removeEntry(entry.key)));
    return box;
  }

  /** Queues the note and the photo of a refused edit again, without its work. @param {OutboxEntry} entry */
  async #requeueNoteOnly({ key, about: title, place: placeText, edit }) {
    const { work: _work, set: _set, ...editWithoutWork } = edit;
    await this.outbox.addEdit(title, placeText, { ...editWithoutWork, key: crypto.randomUUID(), was: {} });
    await this.outbox.removeEntry(key);
  }

  /** Shows the base, current and proposed values of a conflict. @param {OutboxEntry} entry */
  #conflictParts({ key, edit, answer }) {
    const fields = [answer, ...(answer.others ?? [])];
    const comparisons = fields.map(({ field: name, was: base, is: current, yours: proposed }) => factList([[formatCode(name), ""], ["You saw", formatValue(base)], ["Now on record", formatValue(current)], ["Yours", formatValue(proposed)]]));
    const resendButton = this.#actionButton("Send mine anyway", async () => {
      const currentValues = Object.fromEntries(fields.map(({ field: name, is: current }) => [name, current]));
      const { about: title, place: placeText } = /** @type {OutboxEntry} */ ((await this.outbox.allEntries()).find((entry) => entry.key === key));
      await this.outbox.addEdit(title, placeText, { ...edit, key: crypto.randomUUID(), was: { ...edit.was, ...currentValues } });
      await this.outbox.removeEntry(key);
    });
    return [createElement("p", { class: "status-line waiting" }, "Somebody has changed it meanwhile. Nothing was overwritten."), ...comparisons, resendButton];
  }

  /** @param {string} text @param {() => Promise<void>} action */
  #actionButton(text, action) {
    const button = createElement("button", { type: "button", class: "button secondary" }, text);
    button.addEventListener("click", async () => {
      await action();
      await this.onChanged();
      await this.openList();
    });
    return button;
  }
}
