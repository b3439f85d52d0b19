// Sends what waits: when there is a signal again, when the page is seen, and every so often; one tab at a time.

/** @typedef {import("./store.js").Kept} Kept */

export const HELD_MS = 4_000; // in which what was just marked may be taken back
const AT_ONCE = 20; // edits in a request
const MOST_PHOTO = 3_500_000; // signs of photos in one
const FIRST_MS = 2_000; // before what failed is sent again; twice as long each time
const LATEST_MS = 300_000;
const PATIENCE_MS = 30_000; // for an answer

/** Sends edits until each is answered. */
export class Sender {
  /**
   * @param {import("./store.js").Store} store
   * @param {string} address
   * @param {() => void} told what to do when anything was answered
   * @param {typeof fetch} get
   */
  constructor(store, address, told, get = (...asked) => fetch(...asked)) {
    this.store = store;
    this.address = address;
    this.told = told;
    this.get = get;
    this.pause = FIRST_MS;
    this.busy = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.waiting = undefined;
  }

  /** Send now, and whenever it may work again. */
  start() {
    addEventListener("online", () => this.soon());
    document.addEventListener("visibilitychange", () => document.hidden || this.soon());
    this.soon();
  }

  /** Send now, however long the next try was away. */
  soon() {
    this.pause = FIRST_MS;
    clearTimeout(this.waiting);
    void this.send();
  }

  /** Send what waits; what is not answered is sent again later. */
  async send() {
    if (this.busy) return;
    this.busy = true;
    try {
      const alone = (/** @type {() => Promise<boolean>} */ work) => (navigator.locks ? navigator.locks.request("lotleaf-edits", work) : work());
      if (await alone(() => this.#all())) this.pause = FIRST_MS;
      else {
        this.waiting = setTimeout(() => void this.send(), this.pause);
        this.pause = Math.min(LATEST_MS, 2 * this.pause);
      }
    } finally {
      this.busy = false;
    }
  }

  /** Send all that waits, some at a time; gives whether all was answered. */
  async #all() {
    for (;;) {
      const kept = (await this.store.all()).filter(({ state }) => state === "waiting");
      const waiting = kept.filter((one) => heldMs(one) === 0);
      if (!waiting.length) {
        if (kept.length) this.waiting = setTimeout(() => void this.send(), Math.min(...kept.map(heldMs)));
        return true;
      }
      const answered = await this.#some(together(waiting));
      if (answered) this.told();
      if (answered === 0) return false;
    }
  }

  /** Send some; gives how many were answered for good. @param {Kept[]} some */
  async #some(some) {
    const body = JSON.stringify({ edits: some.map(({ edit }) => edit) });
    const options = { method: "POST", headers: { "Content-Type": "application/json" }, body, signal: AbortSignal.timeout(PATIENCE_MS) };
    const answer = await this.get(this.address, options).catch(() => null);
    const told = answer?.ok ? await answer.json().catch(() => null) : null;
    let final = 0;
    for (const one of told?.edits ?? []) {
      if (one.status === "done") await this.store.drop(one.key);
      else if (one.status === "conflict" || one.status === "refused") await this.store.answered(one.key, one.status, one);
      else continue; // a fault of the server's: it stays, and is sent again
      final += 1;
    }
    return final;
  }
}

/** How long an edit is still held; never longer than any ever was, though the clock be set back. @param {Kept} kept */
function heldMs({ held_until: until = 0 }) {
  const left = until - Date.now();
  return left > 0 && left <= HELD_MS ? left : 0;
}

/** Take as many of the first as may be sent together. @param {Kept[]} waiting */
function together(waiting) {
  let signs = 0;
  const some = [];
  for (const one of waiting.slice(0, AT_ONCE)) {
    signs += one.edit.photo?.length ?? 0;
    if (some.length && signs > MOST_PHOTO) break;
    some.push(one);
  }
  return some;
}
