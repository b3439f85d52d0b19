// The answer to a tap: a side panel where there is room, a bottom sheet where there is not.
import { element, markSvg } from "./element.js";

/** The sheet over the map. */
export class Sheet {
  /** @param {() => void} closed what to do when it is closed */
  constructor(closed) {
    this.root = /** @type {HTMLElement} */ (document.getElementById("sheet"));
    this.title = /** @type {HTMLElement} */ (document.getElementById("sheet-title"));
    this.body = /** @type {HTMLElement} */ (document.getElementById("sheet-body"));
    this.closed = closed;
    /** @type {Element | null} */
    this.opener = null;
    document.getElementById("sheet-close")?.addEventListener("click", () => this.close());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.root.hidden) this.close();
    });
  }

  /** @param {string} title @param {Node[]} parts @param {boolean} focus whether a key opened it */
  open(title, parts, focus = false) {
    if (this.root.hidden) this.opener = document.activeElement;
    this.title.textContent = title;
    this.body.replaceChildren(...parts);
    this.root.hidden = false;
    this.root.scrollTop = 0;
    if (focus) this.root.focus();
  }

  /** How far in, from the stage's left and top, the sheet begins; null while it is closed. @param {DOMRect} stage */
  cover(stage) {
    const { left, top } = this.root.getBoundingClientRect();
    return this.root.hidden ? null : { left: left - stage.left, top: left - stage.left > 44 ? 0 : top - stage.top };
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

/** @param {string} address @param {string} text */
export function button(address, text) {
  return element("a", { class: "button", href: address }, text);
}

/** @param {string} address @param {string} text */
export function link(address, text) {
  return element("a", { href: address }, text);
}

/** @param {import("./told.js").Mark} mark */
export function marked(mark) {
  return element("p", { class: "marked" }, markSvg(mark, 26), element("strong", {}, mark.label));
}

/** @param {string} layer @param {string} id */
export function pageOf(layer, id) {
  return `/${layer}/${id.split("/").map(encodeURIComponent).join("/")}`;
}
