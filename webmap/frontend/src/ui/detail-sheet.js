// The sheet that shows cards: a side panel on wide screens, a bottom sheet on narrow ones.
import { createElement, createMarkSvg } from "./dom-elements.js";
import { gettext } from "./gettext.js";

/** The sheet over the map. */
export class DetailSheet {
  /** @param {() => void} onClose called when the sheet is closed */
  constructor(onClose) {
    this.element = /** @type {HTMLElement} */ (document.getElementById("sheet"));
    this.title = /** @type {HTMLElement} */ (document.getElementById("sheet-title"));
    this.subtitle = /** @type {HTMLElement} */ (document.getElementById("sheet-subtitle"));
    this.body = /** @type {HTMLElement} */ (document.getElementById("sheet-body"));
    this.onClose = onClose;
    /** @type {Element | null} */
    this.opener = null;
    this.cardId = 0; // grows with each card
    this.previousArrow = this.#createArrow("sheet-previous");
    this.nextArrow = this.#createArrow("sheet-next");
    document.getElementById("sheet-close")?.addEventListener("click", () => this.closeSheet());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.element.hidden) this.closeSheet();
    });
  }

  /** @param {string} title @param {Node[]} parts @param {boolean} takesFocus whether the sheet gets the focus @param {string} subtitle stays visible while the card scrolls */
  openCard(title, parts, takesFocus = false, subtitle = "") {
    if (this.element.hidden) this.opener = document.activeElement;
    this.cardId += 1;
    this.#setContent(title, parts, subtitle);
    this.element.hidden = false;
    this.body.scrollTop = 0;
    this.setAdjacent(null);
    if (takesFocus) this.element.focus();
  }

  /** Replaces the open card's content, and keeps its scroll position. @param {string} title @param {Node[]} parts @param {string} subtitle */
  updateCard(title, parts, subtitle) {
    if (!this.element.hidden) this.#setContent(title, parts, subtitle);
  }

  /** @param {string} title @param {Node[]} parts @param {string} subtitle */
  #setContent(title, parts, subtitle) {
    this.title.textContent = title;
    this.subtitle.textContent = subtitle;
    this.body.replaceChildren(...parts);
  }

  /** Enables the arrows to the previous and next card; null hides them. @param {{previous: (() => void) | null, next: (() => void) | null} | null} adjacent */
  setAdjacent(adjacent) {
    for (const [arrow, action] of /** @type {const} */ ([[this.previousArrow, adjacent?.previous], [this.nextArrow, adjacent?.next]])) {
      arrow.button.hidden = adjacent === null;
      arrow.button.disabled = !action;
      arrow.go = action ?? null;
    }
  }

  /** @param {string} id */
  #createArrow(id) {
    const button = /** @type {HTMLButtonElement} */ (document.getElementById(id));
    /** @type {{button: HTMLButtonElement, go: (() => void) | null}} */
    const arrow = { button, go: null };
    button.addEventListener("click", () => arrow.go?.());
    return arrow;
  }

  /** Returns where the sheet begins, from the map's left and top; null while it is closed. @param {DOMRect} mapBox */
  coveredFrom(mapBox) {
    const { left, top } = this.element.getBoundingClientRect();
    return this.element.hidden ? null : { left: left - mapBox.left, top: left - mapBox.left > 44 ? 0 : top - mapBox.top };
  }

  /** Returns the center of the map's uncovered part, in pixels. @param {DOMRect} mapBox @returns {[number, number]} */
  freeCenter(mapBox) {
    const sheetCorner = this.coveredFrom(mapBox);
    if (!sheetCorner) return [mapBox.width / 2, mapBox.height / 2];
    return sheetCorner.top ? [mapBox.width / 2, Math.min(mapBox.height, sheetCorner.top) / 2] : [sheetCorner.left / 2, mapBox.height / 2];
  }

  closeSheet() {
    const hadFocus = this.element.contains(document.activeElement);
    this.element.hidden = true;
    this.onClose();
    if (hadFocus && this.opener instanceof HTMLElement) this.opener.focus();
  }
}

/** @param {string} text @param {string} className */
export function textLine(text, className = "muted") {
  return createElement("p", { class: className }, text);
}

/** @param {[string, string | Node][]} rows */
export function factList(rows) {
  const list = createElement("dl", { class: "facts" });
  const unknownText = gettext("unknown");
  for (const [name, value] of rows) {
    const text = value === unknownText ? createElement("span", { class: "unknown" }, value) : value;
    list.append(createElement("div", { class: "fact" }, createElement("dt", {}, name), createElement("dd", {}, text)));
  }
  return list;
}

/** Returns a link to a page that needs the network. @param {string} url @param {string} text @param {string} classNames */
export function onlinePageLink(url, text, classNames = "button") {
  return createElement("a", { class: `${classNames} needs-network`, href: url }, text);
}

/** @param {string} url @param {string} text */
export function createLink(url, text) {
  return createElement("a", { href: url }, text);
}

/** @param {import("../map/page-config.js").MarkSymbol} mark @param {string} note */
export function markLine(mark, note) {
  return createElement("p", { class: "mark-line" }, createMarkSvg(mark, 30), createElement("span", {}, createElement("strong", {}, mark.label), createElement("span", { class: "note" }, note)));
}

/** @param {string} layer @param {string} id */
export function pageUrl(layer, id) {
  return `/${layer}/${encodeIdPath(id) ?? ""}`;
}

/** Encodes an id for a URL path. Returns null for an id with empty or dot segments, which browsers resolve to another path. @param {string} id */
export function encodeIdPath(id) {
  const parts = id.split("/");
  return parts.some((part) => /^\.{0,2}$/.test(part)) ? null : parts.map(encodeURIComponent).join("/");
}
