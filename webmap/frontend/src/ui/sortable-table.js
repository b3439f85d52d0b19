// Lets readers sort a table by a tap on a column head. Without this script the table stays as the server wrote it.
import { createElement } from "./dom-elements.js";
import { pageLanguage } from "./gettext.js";

/** @typedef {"ascending" | "descending"} Direction */

/**
 * Turns the column heads of a table into buttons that sort its body. Cells with figures hold them in `data-value`.
 * A figure that nobody recorded has no such value; its row comes last, in both directions. The foot of the table stays.
 * @param {Element} table
 */
export function makeSortable(table) {
  const heads = [...table.querySelectorAll("thead th")];
  const rows = [...table.querySelectorAll("tbody tr")]; // as the server ordered them, by name
  for (const [column, head] of heads.entries()) {
    const isFigures = rows.some((row) => cellValue(row, column) !== null);
    const button = createElement("button", { type: "button", class: "sort-button" }, ...head.childNodes);
    button.addEventListener("click", () => {
      const direction = nextDirection(head.getAttribute("aria-sort"), isFigures);
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", direction);
      table.querySelector("tbody")?.append(...(isFigures ? sortByValue(rows, column, direction) : sortByText(rows, column, direction)));
    });
    head.append(button);
  }
  heads[0]?.setAttribute("aria-sort", "ascending");
}

/** Returns the direction after a tap: figures begin with the highest, names with the first. @param {string | null} current @param {boolean} isFigures @returns {Direction} */
function nextDirection(current, isFigures) {
  if (!current) return isFigures ? "descending" : "ascending";
  return current === "ascending" ? "descending" : "ascending";
}

/** @param {Element} row @param {number} column */
function cellValue(row, column) {
  return row.children[column]?.getAttribute("data-value") ?? null;
}

/** @param {Element[]} rows @param {number} column @param {Direction} direction */
function sortByText(rows, column, direction) {
  const collator = new Intl.Collator(pageLanguage(), { numeric: true });
  const text = (/** @type {Element} */ row) => row.children[column]?.textContent?.trim() ?? "";
  return [...rows].sort((row, other) => (direction === "ascending" ? 1 : -1) * collator.compare(text(row), text(other)));
}

/** @param {Element[]} rows @param {number} column @param {Direction} direction */
function sortByValue(rows, column, direction) {
  const known = rows.filter((row) => cellValue(row, column) !== null);
  const unknown = rows.filter((row) => cellValue(row, column) === null);
  const difference = (/** @type {Element} */ row, /** @type {Element} */ other) => Number(cellValue(row, column)) - Number(cellValue(other, column));
  return [...known.sort((row, other) => (direction === "ascending" ? 1 : -1) * difference(row, other)), ...unknown];
}
