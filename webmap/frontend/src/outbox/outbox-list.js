// Shows the edits on this device that are not sent, and lets the user resolve conflicts.
import { createElement } from "../ui/dom-elements.js";
import { formatValue, formatCode } from "../tiles/feature-format.js";
import { formatDate, gettext, gettext_noop, ngettext, pageLanguage } from "../ui/gettext.js";
import { factList, textLine } from "../ui/detail-sheet.js";

/** @typedef {import("./outbox.js").OutboxEntry} OutboxEntry */

/** The labels of the fields that edits change. @type {Record<string, string>} */
const FIELD_LABELS = {
  need: gettext_noop("Need"),
  status: gettext_noop("Status"),
  condition: gettext_noop("Condition"),
  risk: gettext_noop("Risk"),
  dbh_in: gettext_noop("Diameter in inches"),
  species: gettext_noop("Scientific name"),
  common: gettext_noop("Common name"),
  maintenance: gettext_noop("Maintenance"),
  clearance: gettext_noop("Clearance"),
  override_parcel_id: gettext_noop("Parcel set by hand"),
};

const CODE_FIELDS = ["need", "status", "condition", "risk"];

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
    this.outboxButton.textContent = [waitingCount ? ngettext("%(count)s not sent", "%(count)s not sent", waitingCount) : "", undecidedCount ? ngettext("%(count)s to decide", "%(count)s to decide", undecidedCount) : ""].filter(Boolean).join(", ");
  }

  /** Opens the list of unsent edits and conflicts. */
  async openList() {
    const entries = await this.outbox.allEntries();
    const rows = entries.map((entry) => this.#entryElement(entry));
    const heading = textLine(rows.length ? gettext("Saved on this device until it is sent.") : gettext("Everything is sent."));
    this.sheet.openCard(gettext("Not sent"), [heading, ...rows], true);
  }

  /** @param {OutboxEntry} entry */
  #entryElement(entry) {
    const madeAt = new Date(entry.edit.made_at);
    const timeText = `${formatDate(entry.edit.made_at)}, ${madeAt.toLocaleTimeString(pageLanguage(), { hour: "numeric", minute: "2-digit" })}`;
    const box = createElement("section", { class: "outbox-entry" }, createElement("strong", {}, entry.about), textLine(`${entry.place} · ${timeText}`));
    if (entry.state === "waiting") return box;
    if (entry.state === "refused") {
      box.append(refusalLine(String(entry.answer.reason)));
      if (entry.edit.note || entry.edit.photo) box.append(this.#actionButton(gettext("Send only the note"), () => this.#requeueNoteOnly(entry)));
    } else box.append(...this.#conflictParts(entry));
    box.append(this.#actionButton(gettext("Discard mine"), () => this.outbox.removeEntry(entry.key)));
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
    const comparisons = fields.flatMap(({ field: name, was: base, is: current, yours: proposed }) => comparisonParts(String(name), base, current, proposed));
    const resendButton = this.#actionButton(gettext("Send mine anyway"), async () => {
      const currentValues = Object.fromEntries(fields.map(({ field: name, is: current }) => [name, current]));
      const { about: title, place: placeText } = /** @type {OutboxEntry} */ ((await this.outbox.allEntries()).find((entry) => entry.key === key));
      await this.outbox.addEdit(title, placeText, { ...edit, key: crypto.randomUUID(), was: { ...edit.was, ...currentValues } });
      await this.outbox.removeEntry(key);
    });
    return [createElement("p", { class: "status-line waiting" }, gettext("Somebody else changed this record. Nothing was overwritten.")), ...comparisons, resendButton];
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

/** Says that the server refused an edit. Its reason is in English. @param {string} reason */
function refusalLine(reason) {
  const lead = createElement("span", {}, gettext("The server did not accept this:"), " ", createElement("span", { lang: "en" }, reason));
  return createElement("p", { class: "status-line waiting" }, lead);
}

/** Compares the values of one field. @param {string} name @param {unknown} base @param {unknown} current @param {unknown} proposed */
function comparisonParts(name, base, current, proposed) {
  const label = FIELD_LABELS[name];
  const formatted = (/** @type {unknown} */ value) => (CODE_FIELDS.includes(name) ? formatCode(value, name) : formatValue(value));
  return [createElement("h3", {}, label ? gettext(label) : name.replaceAll("_", " ")), factList([[gettext("You saw"), formatted(base)], [gettext("Now on record"), formatted(current)], [gettext("Yours"), formatted(proposed)]])];
}
