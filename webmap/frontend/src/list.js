// The same features as HTML, for keyboard and screen reader: what is on the canvas stands here too.
import { element } from "./element.js";

const PAGE = 60;

/**
 * @typedef {{key: string, picture: Node, main: string, sub: string, open: () => void}} Row
 */

/** The list beside the map. */
export class List {
  constructor() {
    this.list = document.getElementById("list");
    this.more = document.getElementById("more");
    this.count = document.getElementById("count");
    /** @type {Row[]} */
    this.rows = [];
    this.shown = PAGE;
    this.more?.addEventListener("click", () => {
      const first = this.shown;
      this.shown += PAGE;
      this.draw();
      this.list?.querySelectorAll("button")[first]?.focus();
    });
  }

  /** @param {Row[]} rows @param {string} said */
  show(rows, said) {
    this.rows = rows;
    this.shown = PAGE;
    if (this.count && this.count.textContent !== said) this.count.textContent = said;
    this.draw();
  }

  /** @param {string} said */
  say(said) {
    if (this.count) this.count.textContent = said;
  }

  /** @param {string | null} key */
  mark(key) {
    for (const button of this.list?.querySelectorAll("button") ?? []) {
      if (button.dataset["key"] === key) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }

  draw() {
    const shown = this.rows.slice(0, this.shown).map((row) => {
      const button = element("button", { type: "button", class: "row", "data-key": row.key }, row.picture);
      button.append(element("span", { class: "row-main" }, row.main), element("span", { class: "row-sub" }, row.sub));
      button.addEventListener("click", row.open);
      return element("li", {}, button);
    });
    this.list?.replaceChildren(...shown);
    this.more?.toggleAttribute("hidden", this.rows.length <= this.shown);
  }
}
