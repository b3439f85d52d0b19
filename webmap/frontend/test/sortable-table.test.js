import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { makeSortable } from "../src/ui/sortable-table.js";
import { findElement, openPage } from "../test-support/page.js";

const TABLE = `<table><thead><tr><th scope="col">Town</th><th scope="col">Trees</th></tr></thead>
<tbody><tr><th scope="row">Bel-Nor</th><td data-value="0">0</td></tr><tr><th scope="row">Charlack</th><td>unknown</td></tr>
<tr><th scope="row">Normandy</th><td data-value="1200">1,200</td></tr><tr><th scope="row">Wellston</th><td data-value="90">90</td></tr></tbody>
<tfoot><tr><th scope="row">All 4 towns</th><td data-value="1290">1,290</td></tr></tfoot></table>`;

/** @type {HTMLElement} */
let table;
beforeEach(() => {
  table = findElement(openPage(TABLE), "table");
  makeSortable(table);
});

const towns = () => [...table.querySelectorAll("tbody th")].map((cell) => cell.textContent);
const directions = () => [...table.querySelectorAll("thead th")].map((head) => head.getAttribute("aria-sort"));
/** @param {number} column */
const tap = (column) => /** @type {HTMLElement} */ (table.querySelectorAll("thead button")[column]).click();

test("a tap on figures sorts by the highest first, a second one by the lowest, and unknown is last both times", () => {
  tap(1);
  assert.deepEqual(towns(), ["Normandy", "Wellston", "Bel-Nor", "Charlack"]);
  assert.deepEqual(directions(), [null, "descending"]);

  tap(1);
  assert.deepEqual(towns(), ["Bel-Nor", "Wellston", "Normandy", "Charlack"]);
  assert.deepEqual(directions(), [null, "ascending"]);
});

test("names come as in a dictionary, first from the start, then from the end", () => {
  assert.deepEqual(directions(), ["ascending", null]);

  tap(0);
  assert.deepEqual(towns(), ["Wellston", "Normandy", "Charlack", "Bel-Nor"]);

  tap(1);
  tap(0);
  assert.deepEqual(towns(), ["Bel-Nor", "Charlack", "Normandy", "Wellston"]);
});

test("the totals stay at the foot", () => {
  tap(1);
  assert.equal(table.querySelector("tfoot th")?.textContent, "All 4 towns");
  assert.equal(table.querySelectorAll("tbody tr").length, 4);
});

test("a column head is a button, so that a keyboard reaches it", () => {
  assert.deepEqual([...table.querySelectorAll("thead button")].map((button) => [button.getAttribute("type"), button.textContent]), [["button", "Town"], ["button", "Trees"]]);
});
