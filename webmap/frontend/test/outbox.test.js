import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox } from "../src/outbox/outbox.js";
import { openOutbox, pruneEdit } from "../test-support/outbox-entries.js";

test("an edit waits in the outbox with its title, its place and all that it asks for", async () => {
  const outbox = openOutbox();
  const edit = pruneEdit("a", { note: "Branch over the wire", photo: "AAAA" });

  await outbox.addEdit("Pruned, pin oak", "4021 Oak St", edit);

  const [entry, ...others] = await outbox.allEntries();
  assert.deepEqual(others, []);
  assert.deepEqual([entry?.key, entry?.about, entry?.place, entry?.edit, entry?.state, entry?.answer], ["a", "Pruned, pin oak", "4021 Oak St", edit, "waiting", null]);
});

test("edits are listed in the order they were made, not by their keys", async () => {
  const outbox = openOutbox();
  for (const key of ["zelkova", "ash", "maple"]) await outbox.addEdit("Pruned", "Oak St", pruneEdit(key));

  const entries = await outbox.allEntries();

  assert.deepEqual(entries.map(({ key, nth }) => [key, nth]), [["zelkova", 1], ["ash", 2], ["maple", 3]]);
});

test("edits made at the same moment each get a number of their own", async () => {
  const outbox = openOutbox();

  await Promise.all(["a", "b", "c"].map((key) => outbox.addEdit("Pruned", "Oak St", pruneEdit(key))));

  assert.deepEqual((await outbox.allEntries()).map(({ nth }) => nth), [1, 2, 3]);
});

test("a new edit stands behind those still waiting, even after older ones were sent", async () => {
  const outbox = openOutbox();
  for (const key of ["a", "b", "c"]) await outbox.addEdit("Pruned", "Oak St", pruneEdit(key));
  await outbox.removeEntry("a");
  await outbox.removeEntry("b");

  await outbox.addEdit("Pruned", "Oak St", pruneEdit("d"));

  assert.deepEqual((await outbox.allEntries()).map(({ key }) => key), ["c", "d"]);
});

test("an edit that was kept is there when the page is opened again", async () => {
  await new Outbox("reopened").addEdit("Removed, ash", "Elm Ave", pruneEdit("a"));

  const entries = await new Outbox("reopened").allEntries();

  assert.deepEqual(entries.map(({ about }) => about), ["Removed, ash"]);
});

test("two outboxes with different names share no edits", async () => {
  const [mine, other] = [openOutbox(), openOutbox()];

  await mine.addEdit("Pruned", "Oak St", pruneEdit("a"));

  assert.deepEqual(await other.allEntries(), []);
});

test("an edit with the key of another is refused, and the first one stays as it was", async () => {
  const outbox = openOutbox();
  await outbox.addEdit("Pruned", "Oak St", pruneEdit("a"));

  await assert.rejects(outbox.addEdit("Removed", "Elm Ave", pruneEdit("a")), { name: "ConstraintError" });

  assert.deepEqual((await outbox.allEntries()).map(({ about }) => about), ["Pruned"]);
});

test("an edit is held for as long as it may be undone", async () => {
  const outbox = openOutbox();
  const before = Date.now();

  await outbox.addEdit("Pruned", "Oak St", pruneEdit("a"), 4_000);

  const [entry] = await outbox.allEntries();
  const heldMs = (entry?.held_until ?? 0) - before;
  assert.ok(heldMs >= 4_000 && heldMs <= 4_000 + Date.now() - before);
});

test("an answer is recorded beside the edit, which keeps its number and its content", async () => {
  const outbox = openOutbox();
  await outbox.addEdit("Pruned", "Oak St", pruneEdit("a"));
  const [before] = await outbox.allEntries();

  await outbox.recordResponse("a", "conflict", { key: "a", field: "need", was: "prune", is: "none" });

  const [after] = await outbox.allEntries();
  assert.deepEqual(after, { ...before, state: "conflict", answer: { key: "a", field: "need", was: "prune", is: "none" } });
});

test("an answer to an edit that was discarded brings nothing back", async () => {
  const outbox = openOutbox();
  await outbox.addEdit("Pruned", "Oak St", pruneEdit("a"));
  await outbox.removeEntry("a");

  await outbox.recordResponse("a", "refused", { key: "a", reason: "No such tree." });

  assert.deepEqual(await outbox.allEntries(), []);
});

test("an edit that is undone while its answer arrives stays undone", async () => {
  const outbox = openOutbox();
  await outbox.addEdit("Pruned", "Oak St", pruneEdit("a"));

  await Promise.all([outbox.recordResponse("a", "conflict", { key: "a" }), outbox.removeEntry("a")]);

  assert.deepEqual(await outbox.allEntries(), []);
});

test("removing an edit that is not there is no error", async () => {
  await assert.doesNotReject(openOutbox().removeEntry("a"));
});
