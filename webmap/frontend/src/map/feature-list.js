// Shows the map's features as an HTML list, for keyboards and screen readers.
import { createElement } from "../ui/dom-elements.js";

const PAGE_SIZE = 24; // rows added at a time; more would be slow to lay out

/**
 * @typedef {{key: string, icon: Node, title: string, subtitle: string, onOpen: () => void, sortValue?: number | null}} ListRow `sortValue` is set on rows that can be sorted by value; null is unknown
 * @typedef {import("../render/protocol.js").ListOrder} ListOrder
 */

/** The list beside the map. It grows a page at a time. */
export class FeatureList {
  /** @param {(start: number, end: number, order: ListOrder) => Promise<ListRow[]>} loadRows @param {() => void} startLocating */
  constructor(loadRows, startLocating) {
    this.loadRows = loadRows;
    this.startLocating = startLocating;
    this.listElement = document.getElementById("list");
    this.moreButton = document.getElementById("more");
    this.countLine = document.getElementById("count");
    /** @type {ListOrder} */
    this.order = "need";
    this.totalRows = 0;
    this.listId = 0;
    this.requestedFrom = -1;
    this.isLocated = false;
    this.moreButton?.addEventListener("click", () => void this.#loadMore());
    this.orderSelect = /** @type {HTMLSelectElement | null} */ (document.getElementById("order"));
    this.orderSelect?.addEventListener("change", () => this.#onOrderChange());
    this.townOrderSelect = /** @type {HTMLSelectElement | null} */ (document.getElementById("order-towns"));
    this.townOrderSelect?.addEventListener("change", () => this.#renderRows(this.#sortedTownRows()));
    /** All towns, by name. @type {ListRow[]} */
    this.townRows = [];
  }

  /** Shows all towns. @param {ListRow[]} rows @param {string} countText */
  showTowns(rows, countText) {
    this.listId += 1;
    this.#showOrderSelect(false);
    [this.totalRows, this.townRows] = [rows.length, rows];
    this.setCountText(countText);
    this.#renderRows(this.#sortedTownRows());
  }

  /** Shows the first page of features. @param {number} count @param {string} countText */
  async showFeatures(count, countText) {
    const listId = (this.listId += 1);
    this.#showOrderSelect(true);
    this.setCountText(countText);
    const rows = this.listElement && count ? await this.loadRows(0, PAGE_SIZE, this.order) : [];
    if (listId !== this.listId) return;
    this.totalRows = count;
    this.#renderRows(rows);
  }

  /** Records whether the device's position is known. Without it, rows cannot be sorted by distance. @param {boolean} isLocated */
  setLocated(isLocated) {
    this.isLocated = isLocated;
    if (!isLocated && this.orderSelect?.value === "distance") this.orderSelect.value = this.order = "need";
  }

  /** Shows the sort options for features or for towns, in the same place so that the layout does not shift. @param {boolean} isFeatureList */
  #showOrderSelect(isFeatureList) {
    this.orderSelect?.parentElement?.toggleAttribute("hidden", !isFeatureList);
    this.townOrderSelect?.parentElement?.toggleAttribute("hidden", isFeatureList);
  }

  /** Returns the town rows in the selected order. Unknown values come last. */
  #sortedTownRows() {
    const sign = { most: -1, least: 1 }[this.townOrderSelect?.value ?? ""];
    if (!sign) return this.townRows;
    const sortKey = (/** @type {ListRow} */ { sortValue }) => sign * (sortValue ?? sign * Infinity);
    return [...this.townRows].sort((a, b) => sortKey(a) - sortKey(b) || 0); // two unknown values: Infinity - Infinity is NaN
  }

  #onOrderChange() {
    this.order = /** @type {ListOrder} */ (this.orderSelect?.value ?? "need");
    if (this.order === "distance" && !this.isLocated) this.startLocating();
    else if (this.totalRows) void this.showFeatures(this.totalRows, this.countLine?.textContent ?? "");
  }

  /** @param {string} countText */
  setCountText(countText) {
    if (this.countLine && this.countLine.textContent !== countText) this.countLine.textContent = countText;
  }

  /** @param {string | null} key */
  highlightRow(key) {
    for (const button of this.listElement?.querySelectorAll("button") ?? []) {
      if (button.dataset["key"] === key) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }

  async #loadMore() {
    const [listId, firstIndex] = [this.listId, this.listElement?.children.length ?? 0];
    if (firstIndex === this.requestedFrom) return; // already loading
    this.requestedFrom = firstIndex;
    const rows = await this.loadRows(firstIndex, firstIndex + PAGE_SIZE, this.order);
    if (listId !== this.listId) return;
    this.listElement?.append(...rows.map(listItem));
    this.#updateMoreButton();
    this.listElement?.querySelectorAll("button")[firstIndex]?.focus();
  }

  /** @param {ListRow[]} rows */
  #renderRows(rows) {
    this.listElement?.replaceChildren(...rows.map(listItem));
    this.requestedFrom = -1;
    this.#updateMoreButton();
  }

  #updateMoreButton() {
    this.moreButton?.toggleAttribute("hidden", (this.listElement?.children.length ?? 0) >= this.totalRows);
  }
}

/** @param {ListRow} row */
function listItem(row) {
  const button = createElement("button", { type: "button", class: "row", "data-key": row.key }, row.icon);
  button.append(createElement("span", { class: "row-main" }, row.title), createElement("span", { class: "row-sub" }, row.subtitle));
  button.addEventListener("click", row.onOpen);
  return createElement("li", {}, button);
}
