// The search box: suggests results while the user types, as an accessible combobox (WAI-ARIA authoring practices).
import { headline, candidatePageUrl, sharedChanges, subtitle } from "./search-results.js";
import { createElement } from "../ui/dom-elements.js";
import { gettext, ngettext } from "../ui/gettext.js";
import { hasOfflineTowns } from "../tiles/pack-cache.js";

/** @typedef {import("./search-results.js").SearchResult} SearchResult */
/** @typedef {import("./search-results.js").SearchCandidate} SearchCandidate */

const TYPING_PAUSE_MS = 70; // without a key before a request is sent
const MIN_QUERY_CHARS = 2;
const MAX_ROWS = 8; // the search page shows more
const CONFIDENT_STATUSES = ["exact", "corrected"]; // the first row is very likely the right one

/** A search box with its list of results. */
export class SearchBox {
  /** @param {HTMLFormElement} form @param {HTMLInputElement} input */
  constructor(form, input) {
    this.form = form;
    this.input = input;
    this.list = createElement("ul", { class: "answers", role: "listbox", id: `${input.id}-answers`, "aria-label": gettext("Search results") });
    this.noteLine = createElement("p", { class: "answers-note" });
    this.hintLine = createElement("p", { class: "answers-hint" });
    this.panel = createElement("div", { class: "answers-panel" }, this.noteLine, this.list, this.hintLine);
    this.liveRegion = createElement("p", { class: "visually-hidden", role: "status" });
    this.panel.hidden = true;
    /** @type {SearchResult | null} */
    this.result = null;
    this.activeIndex = -1;
    /** @type {AbortController | null} */
    this.pendingRequest = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id, enterkeyhint: "search" };
    for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
    form.append(this.panel, this.liveRegion);
    this.#addListeners();
  }

  #addListeners() {
    this.input.addEventListener("input", () => this.#onInput());
    this.input.addEventListener("keydown", (event) => this.#onKeydown(event));
    this.input.addEventListener("focus", () => {
      if (this.result?.query === this.#queryText()) this.#openPanel();
    });
    this.form.addEventListener("focusout", (event) => {
      if (!this.form.contains(/** @type {Node | null} */ (event.relatedTarget))) this.#closePanel();
    });
    // Keep the focus in the box while a row is pressed. Otherwise the list would close before the click.
    this.panel.addEventListener("pointerdown", (event) => event.preventDefault());
    this.form.addEventListener("submit", (event) => {
      if (!document.body.classList.contains("has-map") || !this.#queryText()) return;
      event.preventDefault(); // stay on the map
      void this.#onSubmit();
    });
  }

  #queryText() {
    return this.input.value.trim();
  }

  #onInput() {
    clearTimeout(this.timer);
    this.pendingRequest?.abort();
    this.#highlightRow(-1);
    if (this.#queryText().length < MIN_QUERY_CHARS) this.#closePanel();
    else this.timer = setTimeout(() => void this.#runSearch(), TYPING_PAUSE_MS);
  }

  /** Searches for the text in the box and shows the results. */
  async #runSearch() {
    clearTimeout(this.timer);
    this.pendingRequest?.abort();
    const text = this.#queryText();
    const query = new URLSearchParams({ q: text, limit: String(MAX_ROWS) });
    // A map adds its center and its town, which break ties.
    document.dispatchEvent(new CustomEvent("lotleaf:search", { detail: query }));
    const { signal } = (this.pendingRequest = new AbortController());
    const response = await fetch(`${this.form.dataset["searchUrl"]}?${query}`, { signal }).catch(() => null);
    const onlineResult = response?.ok ? await response.json().catch(() => null) : null;
    const result = onlineResult ?? (await this.#searchOffline(text, query));
    if (signal.aborted || text !== this.#queryText() || !this.form.contains(document.activeElement)) return;
    this.result = result && { ...result, query: text };
    const headlineText = result ? headline(result) : gettext("The results could not be loaded. Check the connection and try again.");
    this.#showResult(result && !onlineResult ? `${headlineText} · ${gettext("Offline")}` : headlineText);
  }

  /** Searches in the downloaded towns. @param {string} text @param {URLSearchParams} query */
  async #searchOffline(text, query) {
    if (!(await hasOfflineTowns())) return null;
    const { geocodeOffline } = /** @type {typeof import("./geocode/offline-geocoder.js")} */ (await import(String(this.form.dataset["offlineModule"])));
    const near = query.get("near")?.split(",").map(Number);
    return geocodeOffline(text, { limit: MAX_ROWS, town: query.get("town") ?? undefined, near: near && [near[0] ?? 0, near[1] ?? 0] });
  }

  /** Opens the only or a confident result; otherwise shows the list. */
  async #onSubmit() {
    if (this.result?.query !== this.#queryText()) await this.#runSearch();
    const { result } = this;
    const [first, ...rest] = result?.query === this.#queryText() ? result.candidates : [];
    if (first && (!rest.length || CONFIDENT_STATUSES.includes(result?.status ?? ""))) this.#goToCandidate(first);
    else if (first) {
      this.#openPanel();
      this.#highlightRow(0);
    }
  }

  /** @param {string} headlineText */
  #showResult(headlineText) {
    const candidates = this.result?.candidates ?? [];
    const changes = this.result ? sharedChanges(this.result) : [];
    this.noteLine.replaceChildren(createElement(candidates.length ? "strong" : "span", {}, headlineText), ` ${changes.join(" ")}`);
    const countText = ngettext("%(count)s result", "%(count)s results", candidates.length);
    this.liveRegion.textContent = candidates.length ? `${countText}. ${headlineText}. ${changes.join(" ")}` : headlineText;
    this.hintLine.textContent = this.result ? gettext("Half an address is enough: a house number and the first letters of the street.") : "";
    this.hintLine.hidden = candidates.length > 0 || !this.result;
    this.list.replaceChildren(...candidates.map((candidate, index) => this.#candidateRow(candidate, changes, index)));
    this.list.hidden = candidates.length === 0;
    this.#openPanel();
  }

  /** @param {SearchCandidate} candidate @param {string[]} changes @param {number} index */
  #candidateRow(candidate, changes, index) {
    const title = createElement("span", { class: "row-main" }, candidate.address ?? candidate.parcel_id ?? gettext("unknown"));
    const row = createElement("li", { class: "answer", role: "option", id: `${this.list.id}-${index}`, "aria-selected": "false" }, title);
    row.append(createElement("span", { class: "row-sub" }, subtitle(candidate, changes)));
    row.addEventListener("click", () => this.#goToCandidate(candidate));
    return row;
  }

  #openPanel() {
    this.panel.hidden = false;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
  }

  #closePanel() {
    clearTimeout(this.timer);
    this.panel.hidden = true;
    this.liveRegion.textContent = "";
    this.input.setAttribute("aria-expanded", "false");
    this.#highlightRow(-1);
  }

  /** @param {KeyboardEvent} event */
  #onKeydown(event) {
    const rows = this.panel.hidden ? 0 : this.list.children.length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" && !this.panel.hidden) {
      event.preventDefault(); // the first Escape closes the list, the next one clears the box
      event.stopPropagation();
      this.#closePanel();
    } else if (step && rows) {
      event.preventDefault();
      this.#highlightRow(this.#nextIndex(step, rows));
    } else if (step === 1 && this.#queryText().length >= MIN_QUERY_CHARS) {
      event.preventDefault();
      void this.#runSearch();
    } else if (event.key === "Enter" && this.activeIndex >= 0) {
      event.preventDefault();
      const candidate = this.result?.candidates[this.activeIndex];
      if (candidate) this.#goToCandidate(candidate);
    }
  }

  /** Returns the row above or below. Past either end the box itself is active. @param {number} step @param {number} rowCount */
  #nextIndex(step, rowCount) {
    const next = this.activeIndex + step;
    if (next < -1) return rowCount - 1;
    return next === rowCount ? -1 : next;
  }

  /** @param {number} index */
  #highlightRow(index) {
    this.activeIndex = index;
    [...this.list.children].forEach((row, rowIndex) => row.setAttribute("aria-selected", String(rowIndex === index)));
    const row = this.list.children[index];
    if (row) {
      this.input.setAttribute("aria-activedescendant", row.id);
      row.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  /** Opens a candidate on the map, or on its page. @param {SearchCandidate} candidate */
  #goToCandidate(candidate) {
    const event = new CustomEvent("lotleaf:select", { detail: candidate, cancelable: true });
    this.#closePanel();
    if (!document.dispatchEvent(event)) {
      this.input.value = candidate.address ?? candidate.parcel_id ?? "";
      this.result = null;
      return;
    }
    const targetUrl = candidatePageUrl(candidate);
    if (targetUrl) location.assign(targetUrl);
  }
}
