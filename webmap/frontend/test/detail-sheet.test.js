import assert from "node:assert/strict";
import { test } from "node:test";
import { DetailSheet, factList, textLine } from "../src/ui/detail-sheet.js";
import { findElement, openPage } from "../test-support/page.js";

const PAGE = `<button id="opener"></button>
  <section id="sheet" tabindex="-1" hidden><h2 id="sheet-title"></h2><p id="sheet-subtitle"></p>
    <button id="sheet-previous"></button><button id="sheet-next"></button><button id="sheet-close"></button><div id="sheet-body"></div></section>`;

/** Opens a page with a closed sheet. */
function openSheetPage() {
  const page = openPage(PAGE);
  let closings = 0;
  const sheet = new DetailSheet(() => (closings += 1));
  return { page, sheet, find: (/** @type {string} */ selector) => findElement(page, selector), closings: () => closings };
}

test("a card replaces the one before it", () => {
  const { sheet, find } = openSheetPage();
  sheet.openCard("Pin oak", [textLine("old")], false, "4021 Oak St");

  sheet.openCard("Ash", [textLine("new")]);

  assert.deepEqual([find("#sheet-title").textContent, find("#sheet-subtitle").textContent, find("#sheet-body").textContent, find("#sheet").hidden], ["Ash", "", "new", false]);
});

test("a card that was closed is not opened again by a late answer", () => {
  const { sheet, find } = openSheetPage();
  sheet.openCard("Pin oak", []);
  sheet.closeSheet();

  sheet.updateCard("Pin oak, surveyed", [], "");

  assert.deepEqual([find("#sheet").hidden, find("#sheet-title").textContent], [true, "Pin oak"]);
});

test("the Escape key closes an open sheet, and does nothing to a closed one", () => {
  const { page, sheet, find, closings } = openSheetPage();
  const pressEscape = () => page.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
  pressEscape();
  assert.equal(closings(), 0);
  sheet.openCard("Pin oak", []);

  pressEscape();

  assert.deepEqual([closings(), find("#sheet").hidden], [1, true]);
});

test("closing gives the focus back to the element that had it", () => {
  const { page, sheet, find } = openSheetPage();
  find("#opener").focus();
  sheet.openCard("Pin oak", [], true);
  assert.equal(page.activeElement?.id, "sheet");

  find("#sheet-close").click();

  assert.equal(page.activeElement?.id, "opener");
});

test("the arrows lead to the cards beside this one, and end where there is none", () => {
  const { sheet, find } = openSheetPage();
  const arrows = () => ["#sheet-previous", "#sheet-next"].map((selector) => [find(selector).hidden, /** @type {HTMLButtonElement} */ (find(selector)).disabled]);
  let steps = 0;
  sheet.openCard("Pin oak", []);
  assert.deepEqual(arrows(), [[true, true], [true, true]]);

  sheet.setAdjacent({ previous: null, next: () => (steps += 1) });
  find("#sheet-previous").click();
  find("#sheet-next").click();

  assert.deepEqual([arrows(), steps], [[[false, true], [false, false]], 1]);
});

test("an unknown value is marked as unknown, a value of that spelling in a text is not", () => {
  openPage("");
  const list = factList([["Species", "unknown"], ["Note", "unknown kind"]]);

  assert.deepEqual([...list.querySelectorAll(".unknown")].map(({ textContent }) => textContent), ["unknown"]);
});
