// Uploads waiting edits: when the page is online again, when it becomes visible, and at intervals. Only one tab uploads at a time.

/** @typedef {import("./outbox.js").OutboxEntry} OutboxEntry */

export const UNDO_WINDOW_MS = 4_000; // in which a new edit can be undone
const MAX_EDITS_PER_REQUEST = 20;
const MAX_PHOTO_CHARS_PER_REQUEST = 3_500_000; // base64 characters
const FIRST_RETRY_MS = 2_000; // doubles after each failure
const MAX_RETRY_MS = 300_000;
const REQUEST_TIMEOUT_MS = 30_000;

/** Sends edits until the server has answered each. */
export class Uploader {
  /**
   * @param {import("./outbox.js").Outbox} outbox
   * @param {string} editsUrl
   * @param {() => void} onAnswered called after the server has answered some edits
   * @param {typeof fetch} fetchResponse
   */
  constructor(outbox, editsUrl, onAnswered, fetchResponse = (...args) => fetch(...args)) {
    this.outbox = outbox;
    this.editsUrl = editsUrl;
    this.onAnswered = onAnswered;
    this.fetchResponse = fetchResponse;
    this.retryDelayMs = FIRST_RETRY_MS;
    this.isSending = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** Starts uploading now and on later events. */
  startUploading() {
    addEventListener("online", () => this.sendNow());
    document.addEventListener("visibilitychange", () => document.hidden || this.sendNow());
    this.sendNow();
  }

  /** Sends now, whatever the retry delay. */
  sendNow() {
    this.retryDelayMs = FIRST_RETRY_MS;
    clearTimeout(this.timer);
    void this.sendPending();
  }

  /** Sends waiting edits; retries later if some were not answered. */
  async sendPending() {
    if (this.isSending) return;
    this.isSending = true;
    try {
      if (await withExclusiveLock(() => this.#sendAllBatches())) this.retryDelayMs = FIRST_RETRY_MS;
      else {
        this.timer = setTimeout(() => void this.sendPending(), this.retryDelayMs);
        this.retryDelayMs = Math.min(MAX_RETRY_MS, 2 * this.retryDelayMs);
      }
    } finally {
      this.isSending = false;
    }
  }

  /** Takes an edit back that was not sent. Waits for a request under way. Returns whether the edit was still here. @param {string} key */
  async withdraw(key) {
    return withExclusiveLock(async () => {
      const isHere = (await this.outbox.allEntries()).some((entry) => entry.key === key && entry.state === "waiting");
      if (isHere) await this.outbox.removeEntry(key);
      return isHere;
    });
  }

  /** Sends all waiting edits in batches. Returns whether all were answered. */
  async #sendAllBatches() {
    for (;;) {
      const waitingEntries = (await this.outbox.allEntries()).filter(({ state }) => state === "waiting");
      const dueEntries = waitingEntries.filter((entry) => undoTimeLeftMs(entry) === 0);
      if (!dueEntries.length) {
        if (waitingEntries.length) this.timer = setTimeout(() => void this.sendPending(), Math.min(...waitingEntries.map(undoTimeLeftMs)));
        return true;
      }
      const answeredCount = await this.#sendBatch(takeBatch(dueEntries));
      if (answeredCount) this.onAnswered();
      if (answeredCount === 0) return false;
    }
  }

  /** Sends a batch. Returns how many edits got a final answer. @param {OutboxEntry[]} batch */
  async #sendBatch(batch) {
    const body = JSON.stringify({ edits: batch.map(({ edit }) => edit) });
    const options = { method: "POST", headers: { "Content-Type": "application/json" }, body, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) };
    const response = await this.fetchResponse(this.editsUrl, options).catch(() => null);
    const responseBody = response?.ok ? await response.json().catch(() => null) : null;
    let finalCount = 0;
    for (const outcome of responseBody?.edits ?? []) {
      if (outcome.status === "done") await this.outbox.removeEntry(outcome.key);
      else if (outcome.status === "conflict" || outcome.status === "refused") await this.outbox.recordResponse(outcome.key, outcome.status, outcome);
      else continue; // the server failed: the edit stays, and is sent again
      finalCount += 1;
    }
    return finalCount;
  }
}

/** Runs a task while no other page sends edits. @param {() => Promise<boolean>} task @returns {Promise<boolean>} */
function withExclusiveLock(task) {
  return navigator.locks ? navigator.locks.request("lotleaf-edits", task) : task();
}

/** Returns how long an edit can still be undone. It is never more than the undo window, even if the clock was set back. @param {OutboxEntry} entry */
function undoTimeLeftMs({ held_until: heldUntil = 0 }) {
  const timeLeftMs = heldUntil - Date.now();
  return timeLeftMs > 0 && timeLeftMs <= UNDO_WINDOW_MS ? timeLeftMs : 0;
}

/** Returns the oldest edits that fit into one request. @param {OutboxEntry[]} dueEntries */
function takeBatch(dueEntries) {
  let photoChars = 0;
  const batch = [];
  for (const entry of dueEntries.slice(0, MAX_EDITS_PER_REQUEST)) {
    photoChars += entry.edit.photo?.length ?? 0;
    if (batch.length && photoChars > MAX_PHOTO_CHARS_PER_REQUEST) break;
    batch.push(entry);
  }
  return batch;
}
