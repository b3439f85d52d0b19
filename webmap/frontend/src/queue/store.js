// What was marked or noted and not yet sent: kept by the browser until the server has answered for it.
import { openDB } from "idb";

/**
 * @typedef {{key: string, layer: string, id: string, was: Record<string, any>, set?: Record<string, any>, work?: string, note?: string, photo?: string, made_at: string}} Edit as the server takes it
 * @typedef {"waiting" | "conflict" | "refused"} State
 * @typedef {{key: string, about: string, place: string, edit: Edit, state: State, answer: any, nth: number, held_until?: number}} Kept `held_until` by the device's clock: until then it may be taken back
 */

const NAME = "lotleaf";
const EDITS = "edits";

/** Edits on this device, in the order in which they were made. */
export class Store {
  /** @param {string} name another for tests */
  constructor(name = NAME) {
    this.opened = openDB(name, 1, { upgrade: (db) => void db.createObjectStore(EDITS, { keyPath: "key" }) });
  }

  /** @returns {Promise<Kept[]>} */
  async all() {
    const found = await (await this.opened).getAll(EDITS);
    return found.sort((one, other) => one.nth - other.nth);
  }

  /**
   * Keep an edit that was just made: when this is done it outlives the page.
   * @param {string} about
   * @param {string} place
   * @param {Edit} edit
   * @param {number} held how many ms it waits before it is sent, so that it can be taken back
   */
  async add(about, place, edit, held = 0) {
    const db = await this.opened;
    const turn = db.transaction(EDITS, "readwrite", { durability: "strict" });
    const last = (await turn.store.getAll()).reduce((most, { nth }) => Math.max(most, nth), 0);
    await turn.store.add({ key: edit.key, about, place, edit, state: "waiting", answer: null, nth: last + 1, held_until: Date.now() + held });
    await turn.done;
  }

  /** Note what the server said of an edit that it did not do. @param {string} key @param {State} state @param {any} answer */
  async answered(key, state, answer) {
    const db = await this.opened;
    const kept = await db.get(EDITS, key);
    if (kept) await db.put(EDITS, { ...kept, state, answer });
  }

  /** @param {string} key */
  async drop(key) {
    await (await this.opened).delete(EDITS, key);
  }
}
