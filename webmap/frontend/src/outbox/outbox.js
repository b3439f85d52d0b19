// Stores edits in the browser until the server has accepted or refused them.
// The record keys are those in IndexedDB on existing devices, and so never change.
import { openDB } from "idb";

/**
 * @typedef {{key: string, layer: string, id: string, was: Record<string, any>, set?: Record<string, any>, work?: string, note?: string, photo?: string, made_at: string}} EditRequest as POST /api/v1/edits takes it
 * @typedef {"waiting" | "conflict" | "refused"} EntryState
 * @typedef {{key: string, about: string, place: string, edit: EditRequest, state: EntryState, answer: any, nth: number, held_until?: number}} OutboxEntry `held_until` is the time in ms until which the edit can be undone; `nth` is its sequence number, `about` its title
 */

const DATABASE_NAME = "lotleaf";
const EDITS_STORE = "edits";

/** The edits on this device, oldest first. */
export class Outbox {
  /** @param {string} name of the database; tests use another */
  constructor(name = DATABASE_NAME) {
    this.database = openDB(name, 1, { upgrade: (db) => void db.createObjectStore(EDITS_STORE, { keyPath: "key" }) });
  }

  /** @returns {Promise<OutboxEntry[]>} */
  async allEntries() {
    const entries = await (await this.database).getAll(EDITS_STORE);
    return entries.sort((a, b) => a.nth - b.nth);
  }

  /**
   * Stores an edit durably: once this resolves, the edit survives a closed page.
   * @param {string} title
   * @param {string} placeText
   * @param {EditRequest} edit
   * @param {number} holdMs time before the edit is sent, in which it can be undone
   */
  async addEdit(title, placeText, edit, holdMs = 0) {
    const db = await this.database;
    const transaction = db.transaction(EDITS_STORE, "readwrite", { durability: "strict" });
    const lastSequence = (await transaction.store.getAll()).reduce((maxSequence, { nth: sequence }) => Math.max(maxSequence, sequence), 0);
    const entry = { key: edit.key, about: title, place: placeText, edit, state: "waiting", answer: null, nth: lastSequence + 1, held_until: Date.now() + holdMs };
    await Promise.all([transaction.store.add(entry), transaction.done]);
  }

  /** Records the server's response to an edit that it did not apply. @param {string} key @param {EntryState} state @param {any} response */
  async recordResponse(key, state, response) {
    // In one transaction, so that an edit that is removed meanwhile does not come back.
    const transaction = (await this.database).transaction(EDITS_STORE, "readwrite");
    const entry = await transaction.store.get(key);
    await Promise.all([entry && transaction.store.put({ ...entry, state, answer: response }), transaction.done]);
  }

  /** @param {string} key */
  async removeEntry(key) {
    await (await this.database).delete(EDITS_STORE, key);
  }
}
