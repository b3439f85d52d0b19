// The same features as HTML, for keyboard and screen reader: what is on the canvas stands here too.
import { element } from "./element.js";

const PAGE = 24; // rows drawn at a time: more take longer to lay out than anybody reads

/**
 * @typedef {{key: string, picture: Node, main: string, sub: string, open: () => void, figure?: number | null}} Row `figure` where rows can go by one: null where unknown
 * @typedef {"need" | "distance"} Order
 */

/** The list beside the map: a page of rows at a time. */
export class List {
  /** @param {(from: number, to: number, by: Order) => Promise<Row[]>} ask @param {() => void} locate asks where the device is */
  constructor(ask, locate) {
    this.ask = ask;
    this.locate = locate;
    this.list = document.getElementById("list");
    this.more = document.getElementById("more");
    this.count = document.getElementById("count");
    /** @type {Order} */
    this.by = "need";
    this.all = 0;
    this.turn = 0;
    this.asked = -1;
    this.known = false;
    this.more?.addEventListener("click", () => void this.#further());
    this.order = /** @type {HTMLSelectElement | null} */ (document.getElementById("order"));
    this.order?.addEventListener("change", () => this.#reordered());
    this.ofTowns = /** @type {HTMLSelectElement | null} */ (document.getElementById("order-towns"));
    this.ofTowns?.addEventListener("change", () => this.#draw(this.#byFigure()));
    /** All that there are, by name. @type {Row[]} */
    this.towns = [];
  }

  /** Show towns, which are all there. @param {Row[]} rows @param {string} said */
  show(rows, said) {
    this.turn += 1;
    this.#orders(false);
    [this.all, this.towns] = [rows.length, rows];
    this.say(said);
    this.#draw(this.#byFigure());
  }

  /** Show the first of many. @param {number} count @param {string} said */
  async showMany(count, said) {
    const turn = (this.turn += 1);
    this.#orders(true);
    this.say(said);
    const rows = this.list && count ? await this.ask(0, PAGE, this.by) : [];
    if (turn !== this.turn) return;
    this.all = count;
    this.#draw(rows);
  }

  /** The device's place has come to be known, or is no longer: then nothing goes by distance. @param {boolean} known */
  located(known) {
    this.known = known;
    if (!known && this.order?.value === "distance") this.order.value = this.by = "need";
  }

  /** Offer the orders of single features, or those of towns in the same place, so that nothing jumps. @param {boolean} single */
  #orders(single) {
    this.order?.parentElement?.toggleAttribute("hidden", !single);
    this.ofTowns?.parentElement?.toggleAttribute("hidden", single);
  }

  /** The towns as they are to be ordered: what is unknown comes last. */
  #byFigure() {
    const sign = { most: -1, least: 1 }[this.ofTowns?.value ?? ""];
    if (!sign) return this.towns;
    const place = (/** @type {Row} */ { figure }) => sign * (figure ?? sign * Infinity);
    return [...this.towns].sort((one, other) => place(one) - place(other) || 0); // two that are unknown: Infinity less itself is none
  }

  #reordered() {
    this.by = /** @type {Order} */ (this.order?.value ?? "need");
    if (this.by === "distance" && !this.known) this.locate();
    else if (this.all) void this.showMany(this.all, this.count?.textContent ?? "");
  }

  /** @param {string} said */
  say(said) {
    if (this.count && this.count.textContent !== said) this.count.textContent = said;
  }

  /** @param {string | null} key */
  mark(key) {
    for (const button of this.list?.querySelectorAll("button") ?? []) {
      if (button.dataset["key"] === key) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }

  async #further() {
    const [turn, first] = [this.turn, this.list?.children.length ?? 0];
    if (first === this.asked) return; // it is on its way
    this.asked = first;
    const rows = await this.ask(first, first + PAGE, this.by);
    if (turn !== this.turn) return;
    this.list?.append(...rows.map(itemOf));
    this.#offer();
    this.list?.querySelectorAll("button")[first]?.focus();
  }

  /** @param {Row[]} rows */
  #draw(rows) {
    this.list?.replaceChildren(...rows.map(itemOf));
    this.asked = -1;
    this.#offer();
  }

  #offer() {
    this.more?.toggleAttribute("hidden", (this.list?.children.length ?? 0) >= this.all);
  }
}

/** @param {Row} row */
function itemOf(row) {
  const button = element("button", { type: "button", class: "row", "data-key": row.key }, row.picture);
  button.append(element("span", { class: "row-main" }, row.main), element("span", { class: "row-sub" }, row.sub));
  button.addEventListener("click", row.open);
  return element("li", {}, button);
}
