// The answer to a tap: a side panel where there is room, a bottom sheet where there is not.
import { element, markSvg } from "./element.js";

/** The sheet over the map. */
export class Sheet {
  /** @param {() => void} closed what to do when it is closed */
  constructor(closed) {
    this.root = /** @type {HTMLElement} */ (document.getElementById("sheet"));
    this.title = /** @type {HTMLElement} */ (document.getElementById("sheet-title"));
    this.sub = /** @type {HTMLElement} */ (document.getElementById("sheet-sub"));
    this.body = /** @type {HTMLElement} */ (document.getElementById("sheet-body"));
    this.closed = closed;
    /** @type {Element | null} */
    this.opener = null;
    this.turn = 0; // which card is open: another one for each
    this.before = this.#arrow("sheet-before");
    this.next = this.#arrow("sheet-next");
    document.getElementById("sheet-close")?.addEventListener("click", () => this.close());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.root.hidden) this.close();
    });
  }

  /** @param {string} title @param {Node[]} parts @param {boolean} focus whether a key opened it @param {string} sub which one it is, seen also while one scrolls */
  open(title, parts, focus = false, sub = "") {
    if (this.root.hidden) this.opener = document.activeElement;
    this.turn += 1;
    this.#tell(title, parts, sub);
    this.root.hidden = false;
    this.body.scrollTop = 0;
    this.steps(null);
    if (focus) this.root.focus();
  }

  /** Tell the same anew, wherever one has scrolled to. @param {string} title @param {Node[]} parts @param {string} sub */
  retell(title, parts, sub) {
    if (!this.root.hidden) this.#tell(title, parts, sub);
  }

  /** @param {string} title @param {Node[]} parts @param {string} sub */
  #tell(title, parts, sub) {
    this.title.textContent = title;
    this.sub.textContent = sub;
    this.body.replaceChildren(...parts);
  }

  /** Offer the card before and the one after; null where there is no order. @param {{before: (() => void) | null, next: (() => void) | null} | null} ways */
  steps(ways) {
    for (const [arrow, go] of /** @type {const} */ ([[this.before, ways?.before], [this.next, ways?.next]])) {
      arrow.button.hidden = ways === null;
      arrow.button.disabled = !go;
      arrow.go = go ?? null;
    }
  }

  /** @param {string} id */
  #arrow(id) {
    const button = /** @type {HTMLButtonElement} */ (document.getElementById(id));
    /** @type {{button: HTMLButtonElement, go: (() => void) | null}} */
    const arrow = { button, go: null };
    button.addEventListener("click", () => arrow.go?.());
    return arrow;
  }

  /** How far in, from the stage's left and top, the sheet begins; null while it is closed. @param {DOMRect} stage */
  cover(stage) {
    const { left, top } = this.root.getBoundingClientRect();
    return this.root.hidden ? null : { left: left - stage.left, top: left - stage.left > 44 ? 0 : top - stage.top };
  }

  /** The middle of what the sheet leaves free of the stage, in pixels from its corner. @param {DOMRect} stage @returns {[number, number]} */
  free(stage) {
    const cover = this.cover(stage);
    if (!cover) return [stage.width / 2, stage.height / 2];
    return cover.top ? [stage.width / 2, Math.min(stage.height, cover.top) / 2] : [cover.left / 2, stage.height / 2];
  }

  close() {
    const inside = this.root.contains(document.activeElement);
    this.root.hidden = true;
    this.closed();
    if (inside && this.opener instanceof HTMLElement) this.opener.focus();
  }
}

/** @param {string} text @param {string} name */
export function line(text, name = "soft") {
  return element("p", { class: name }, text);
}

/** @param {[string, string | Node][]} rows */
export function facts(rows) {
  const list = element("dl", { class: "facts" });
  for (const [name, value] of rows) {
    const text = value === "unknown" ? element("span", { class: "unknown" }, "unknown") : value;
    list.append(element("div", { class: "fact" }, element("dt", {}, name), element("dd", {}, text)));
  }
  return list;
}

/** A link to a page of the server's, which needs a signal. @param {string} address @param {string} text @param {string} looks */
export function pageLink(address, text, looks = "button") {
  return element("a", { class: `${looks} needs-signal`, href: address }, text);
}

/** A link that the device's own maps open, also without a signal. @param {number} lat @param {number} lon @param {string} name */
export function directions(lat, lon, name) {
  const place = `${lat.toFixed(6)},${lon.toFixed(6)}`;
  const apple = /iPad|iPhone|Macintosh/.test(navigator.userAgent);
  return element("a", { class: "button quiet", href: apple ? `maps:?daddr=${place}` : `geo:${place}?q=${place}(${encodeURIComponent(name)})` }, "Directions");
}

/** @param {string} address @param {string} text */
export function link(address, text) {
  return element("a", { href: address }, text);
}

/** @param {import("./told.js").Mark} mark @param {string} also */
export function marked(mark, also) {
  return element("p", { class: "mark-line" }, markSvg(mark, 30), element("span", {}, element("strong", {}, mark.label), ` · ${also}`));
}

/** @param {string} layer @param {string} id */
export function pageOf(layer, id) {
  return `/${layer}/${pathOf(id) ?? ""}`;
}

/** An id as it stands in an address; null for one that would lead elsewhere: browsers take `..` for a step back. @param {string} id */
export function pathOf(id) {
  const parts = id.split("/");
  return parts.some((part) => /^\.{0,2}$/.test(part)) ? null : parts.map(encodeURIComponent).join("/");
}
