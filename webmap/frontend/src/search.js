// The search box: answers while one types, as a list that keys, fingers and screen readers can use (the combobox of WAI-ARIA's practices).
import { headline, pageOfCandidate, shared, subtitle } from "./answers.js";
import { element } from "./element.js";
import { anyKept } from "./kept.js";

/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./answers.js").Found} Found */

const PAUSE = 70; // ms without a key before the server is asked
const LEAST = 2; // characters
const MOST = 8; // rows: what does not fit is on the page of the look-up
const ALONE = ["exact", "corrected"]; // whose first row is what was meant

/** A box with its list. */
export class Search {
  /** @param {HTMLFormElement} form @param {HTMLInputElement} box */
  constructor(form, box) {
    this.form = form;
    this.box = box;
    this.list = element("ul", { class: "answers", role: "listbox", id: `${box.id}-answers`, "aria-label": "Answers" });
    this.note = element("p", { class: "answers-note" });
    this.panel = element("div", { class: "answers-panel" }, this.note, this.list);
    this.said = element("p", { class: "unseen", role: "status" });
    this.panel.hidden = true;
    /** @type {Answer | null} */
    this.answer = null;
    this.active = -1;
    /** @type {AbortController | null} */
    this.asking = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.waiting = undefined;
    const told = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id, enterkeyhint: "search" };
    for (const [name, value] of Object.entries(told)) box.setAttribute(name, value);
    form.append(this.panel, this.said);
    this.#listen();
  }

  #listen() {
    this.box.addEventListener("input", () => this.#typed());
    this.box.addEventListener("keydown", (event) => this.#key(event));
    this.box.addEventListener("focus", () => {
      if (this.answer?.query === this.#text()) this.#open();
    });
    this.form.addEventListener("focusout", (event) => {
      if (!this.form.contains(/** @type {Node | null} */ (event.relatedTarget))) this.#close();
    });
    // The box keeps its focus while a row is pressed: else the list would be gone before the finger is up.
    this.panel.addEventListener("pointerdown", (event) => event.preventDefault());
    this.form.addEventListener("submit", (event) => {
      if (!document.body.classList.contains("has-map") || !this.#text()) return;
      event.preventDefault(); // a map is not left
      void this.#submit();
    });
  }

  #text() {
    return this.box.value.trim();
  }

  #typed() {
    clearTimeout(this.waiting);
    this.asking?.abort();
    this.#mark(-1);
    if (this.#text().length < LEAST) this.#close();
    else this.waiting = setTimeout(() => void this.#ask(), PAUSE);
  }

  /** Ask what the box holds, and show the answer. */
  async #ask() {
    clearTimeout(this.waiting);
    this.asking?.abort();
    const text = this.#text();
    const asked = new URLSearchParams({ q: text, limit: String(MOST) });
    // A map lends what ties lean to: its middle and the town that it shows.
    document.dispatchEvent(new CustomEvent("lotleaf:asking", { detail: asked }));
    const { signal } = (this.asking = new AbortController());
    const response = await fetch(`${this.form.dataset["answers"]}?${asked}`, { signal }).catch(() => null);
    const answer = response?.ok ? await response.json().catch(() => null) : await this.#stored(text, asked);
    if (signal.aborted || text !== this.#text() || !this.form.contains(document.activeElement)) return;
    this.answer = answer && { ...answer, query: text };
    this.#show(answer ? headline(answer) : "The server does not answer just now. Press Find to try again.");
  }

  /** Answer from what was taken along. @param {string} text @param {URLSearchParams} asked */
  async #stored(text, asked) {
    if (!(await anyKept())) return null;
    const { answer } = /** @type {typeof import("./find/offline.js")} */ (await import(String(this.form.dataset["offline"])));
    const near = asked.get("near")?.split(",").map(Number);
    return answer(text, { limit: MOST, town: asked.get("town") ?? undefined, near: near && [near[0] ?? 0, near[1] ?? 0] });
  }

  /** Go to the one answer; of several the list is shown. */
  async #submit() {
    if (this.answer?.query !== this.#text()) await this.#ask();
    const { answer } = this;
    const [first, ...others] = answer?.query === this.#text() ? answer.candidates : [];
    if (first && (!others.length || ALONE.includes(answer?.status ?? ""))) this.#go(first);
    else if (first) {
      this.#open();
      this.#mark(0);
    }
  }

  /** @param {string} said */
  #show(said) {
    const found = this.answer?.candidates ?? [];
    const known = this.answer ? shared(this.answer) : [];
    this.note.textContent = said;
    this.said.textContent = found.length ? `${found.length === 1 ? "1 answer" : `${found.length} answers`}. ${said}` : said;
    this.list.replaceChildren(...found.map((one, at) => this.#row(one, known, at)));
    this.list.hidden = found.length === 0;
    this.#open();
  }

  /** @param {Found} one @param {string[]} known @param {number} at */
  #row(one, known, at) {
    const main = element("span", { class: "row-main" }, one.address ?? one.parcel_id ?? "unknown");
    const row = element("li", { class: "answer", role: "option", id: `${this.list.id}-${at}`, "aria-selected": "false" }, main);
    row.append(element("span", { class: "row-sub" }, subtitle(one, known)));
    row.addEventListener("click", () => this.#go(one));
    return row;
  }

  #open() {
    this.panel.hidden = false;
    this.box.setAttribute("aria-expanded", String(!this.list.hidden));
  }

  #close() {
    clearTimeout(this.waiting);
    this.panel.hidden = true;
    this.said.textContent = "";
    this.box.setAttribute("aria-expanded", "false");
    this.#mark(-1);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const rows = this.panel.hidden ? 0 : this.list.children.length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" && !this.panel.hidden) {
      event.preventDefault(); // the first Escape closes the list, the next one empties the box
      event.stopPropagation();
      this.#close();
    } else if (step && rows) {
      event.preventDefault();
      this.#mark(this.#next(step, rows));
    } else if (step === 1 && this.#text().length >= LEAST) {
      event.preventDefault();
      void this.#ask();
    } else if (event.key === "Enter" && this.active >= 0) {
      event.preventDefault();
      const one = this.answer?.candidates[this.active];
      if (one) this.#go(one);
    }
  }

  /** The row above or below; beyond the last and the first lies the box. @param {number} step @param {number} rows */
  #next(step, rows) {
    const next = this.active + step;
    if (next < -1) return rows - 1;
    return next === rows ? -1 : next;
  }

  /** @param {number} at */
  #mark(at) {
    this.active = at;
    [...this.list.children].forEach((row, nth) => row.setAttribute("aria-selected", String(nth === at)));
    const row = this.list.children[at];
    if (row) {
      this.box.setAttribute("aria-activedescendant", row.id);
      row.scrollIntoView({ block: "nearest" });
    } else this.box.removeAttribute("aria-activedescendant");
  }

  /** Go to an answer: on a map without leaving it, else to its page. @param {Found} one */
  #go(one) {
    const chosen = new CustomEvent("lotleaf:chosen", { detail: one, cancelable: true });
    this.#close();
    if (!document.dispatchEvent(chosen)) {
      this.box.value = one.address ?? one.parcel_id ?? "";
      this.answer = null;
      return;
    }
    const page = pageOfCandidate(one);
    if (page) location.assign(page);
  }
}
