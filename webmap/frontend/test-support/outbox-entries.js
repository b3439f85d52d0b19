// Makes edits and outboxes for tests, in a database that works like the browser's.
import "fake-indexeddb/auto";
import { Outbox } from "../src/outbox/outbox.js";

/** @typedef {import("../src/outbox/outbox.js").EditRequest} EditRequest */

let databaseCount = 0;

/** Opens an empty outbox, on a device of its own. */
export function openOutbox() {
  databaseCount += 1;
  return new Outbox(`tablet-${databaseCount}`);
}

/** Makes an edit that reports a tree as pruned. @param {string} key @param {Partial<EditRequest>} parts @returns {EditRequest} */
export function pruneEdit(key, parts = {}) {
  return { key, layer: "trees", id: `T-${key}`, was: { need: "prune" }, work: "prune", made_at: "2026-05-04T09:30:00-05:00", ...parts };
}
