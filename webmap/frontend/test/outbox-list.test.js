import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { OutboxList } from "../src/outbox/outbox-list.js";
import { DetailSheet } from "../src/ui/detail-sheet.js";
import { openOutbox, pruneEdit } from "../test-support/outbox-entries.js";
import { findElement, openPage } from "../test-support/page.js";

process.env["TZ"] = "America/Chicago";
const PAGE = `
  <button id="outbox" hidden></button>
  <section id="sheet" tabindex="-1" hidden><h2 id="sheet-title"></h2><p id="sheet-subtitle"></p>
    <button id="sheet-previous"></button><button id="sheet-next"></button><button id="sheet-close"></button><div id="sheet-body"></div></section>`;
const CONFLICT = { key: "a", status: "conflict", field: "need", was: "prune", is: "none", yours: "none", others: [{ field: "condition", was: "poor", is: "good", yours: "fair" }] };

/** Opens a page with a list of unsent edits. */
function openListPage() {
  const page = openPage(PAGE);
  const outbox = openOutbox();
  let changes = 0;
  const list = new OutboxList(new DetailSheet(() => {}), outbox, async () => void (changes += 1));
  const body = findElement(page, "#sheet-body");
  /** Presses a button of the list, and waits for what it does. @param {string} text */
  const press = async (text) => {
    const button = [...body.querySelectorAll("button")].find(({ textContent }) => textContent === text);
    if (!button) throw new Error(`no button ${text}`);
    button.click();
    for (let turn = 0; turn < 40; turn += 1) await nextTurn();
  };
  return { page, outbox, list, body, press, changes: () => changes };
}

/** @param {ParentNode} parent @param {string} selector */
const textsOf = (parent, selector) => [...parent.querySelectorAll(selector)].map(({ textContent }) => textContent);

test("the button counts unsent edits and conflicts, and is hidden without either", async () => {
  const { page, outbox, list } = openListPage();
  const button = findElement(page, "#outbox");
  const showCount = async () => {
    list.showCount(await outbox.allEntries());
    return [button.textContent, button.hidden];
  };

  assert.deepEqual(await showCount(), ["", true]);
  for (const key of ["a", "b", "c"]) await outbox.addEdit("Pruned", "Oak St", pruneEdit(key));
  assert.deepEqual(await showCount(), ["3 not sent", false]);
  await outbox.recordResponse("a", "conflict", CONFLICT);
  assert.deepEqual(await showCount(), ["2 not sent, 1 to decide", false]);
  for (const key of ["b", "c"]) await outbox.removeEntry(key);
  assert.deepEqual(await showCount(), ["1 to decide", false]);
});

test("a press on the count opens the list, which gets the focus", async () => {
  const { page, outbox } = openListPage();
  await outbox.addEdit("Pruned, pin oak", "4021 Oak St", pruneEdit("a"));

  findElement(page, "#outbox").click();
  for (let turn = 0; turn < 40; turn += 1) await nextTurn();

  assert.deepEqual([findElement(page, "#sheet").hidden, findElement(page, "#sheet-title").textContent, page.activeElement?.id], [false, "Not sent", "sheet"]);
});

test("the list says so when everything was sent", async () => {
  const { list, body } = openListPage();

  await list.openList();

  assert.equal(body.textContent, "Everything is sent.");
});

test("a waiting edit is listed with its title, place and day, and nothing to press", async () => {
  const { outbox, list, body } = openListPage();
  await outbox.addEdit("Pruned, pin oak", "4021 Oak St", pruneEdit("a"));

  await list.openList();

  assert.deepEqual(textsOf(body, "strong"), ["Pruned, pin oak"]);
  assert.match(findElement(body, ".outbox-entry .muted").textContent ?? "", /^4021 Oak St · May 4, 2026, 9:30\sAM$/);
  assert.deepEqual(textsOf(body, "button"), []);
});

test("a title from a user is shown as text, never as markup", async () => {
  const { outbox, list, body } = openListPage();
  await outbox.addEdit("<img src=x>", "<b>Oak</b> St", pruneEdit("a"));

  await list.openList();

  assert.deepEqual([textsOf(body, "strong"), textsOf(body, "img, b")], [["<img src=x>"], []]);
});

test("a conflict shows the value seen, the value on record and the new one, for each field", async () => {
  const { outbox, list, body } = openListPage();
  await outbox.addEdit("Inspected", "Oak St", pruneEdit("a"));
  await outbox.recordResponse("a", "conflict", { ...CONFLICT, was: null });

  await list.openList();

  assert.deepEqual(textsOf(body, "h3"), ["Need", "Condition"]);
  assert.deepEqual(textsOf(body, "dt"), ["You saw", "Now on record", "Yours", "You saw", "Now on record", "Yours"]);
  assert.deepEqual(textsOf(body, "dd"), ["Need not recorded", "No work needed", "No work needed", "poor", "good", "fair"]);
});

test("an edit sent anyway is a new edit, based on the values now on record", async () => {
  const { outbox, list, press, changes } = openListPage();
  await outbox.addEdit("Inspected, ash", "Oak St", pruneEdit("a", { was: { need: "prune", risk: "low" }, set: { condition: "fair" } }));
  await outbox.recordResponse("a", "conflict", CONFLICT);
  await list.openList();

  await press("Send mine anyway");

  const [entry, ...others] = await outbox.allEntries();
  assert.deepEqual([entry?.state, entry?.about, entry?.place, others.length, changes()], ["waiting", "Inspected, ash", "Oak St", 0, 1]);
  assert.deepEqual(entry?.edit.was, { need: "none", risk: "low", condition: "good" });
  assert.deepEqual([entry?.edit.work, entry?.edit.set], ["prune", { condition: "fair" }]);
  assert.match(entry?.key ?? "", /^[0-9a-f-]{36}$/);
  assert.equal(entry?.edit.key, entry?.key);
});

test("an edit that is discarded is gone, and the list says that nothing is left", async () => {
  const { outbox, list, body, press, changes } = openListPage();
  await outbox.addEdit("Pruned", "Oak St", pruneEdit("a"));
  await outbox.recordResponse("a", "conflict", CONFLICT);
  await list.openList();

  await press("Discard mine");

  assert.deepEqual([await outbox.allEntries(), changes(), body.textContent], [[], 1, "Everything is sent."]);
});

test("of a refused edit the note and the photo can be kept without the work", async () => {
  const { outbox, list, body, press } = openListPage();
  await outbox.addEdit("Pruned, ash", "Oak St", pruneEdit("a", { note: "Wire", photo: "AAAA", set: { status: "vacant" } }));
  await outbox.recordResponse("a", "refused", { key: "a", reason: "The tree was removed." });
  await list.openList();
  const refusal = findElement(body, ".status-line");
  assert.equal(refusal.textContent, "The server did not accept this: The tree was removed.");
  assert.deepEqual(textsOf(refusal, "[lang=en]"), ["The tree was removed."]); // its words are English in every language

  await press("Send only the note");

  const [entry, ...others] = await outbox.allEntries();
  assert.deepEqual([entry?.state, entry?.about, others.length], ["waiting", "Pruned, ash", 0]);
  assert.deepEqual({ ...entry?.edit, key: "" }, { key: "", layer: "trees", id: "T-a", was: {}, note: "Wire", photo: "AAAA", made_at: "2026-05-04T09:30:00-05:00" });
});

test("a refused edit without a note has nothing to keep", async () => {
  const { outbox, list, body } = openListPage();
  await outbox.addEdit("Pruned", "Oak St", pruneEdit("a"));
  await outbox.recordResponse("a", "refused", { key: "a", reason: "No such tree." });

  await list.openList();

  assert.deepEqual(textsOf(body, "button"), ["Discard mine"]);
});
