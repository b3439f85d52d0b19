// Polls for edits every few seconds while the page is visible, and at once when it becomes visible again.

const POLL_INTERVAL_MS = 3_000;
const MAX_POLL_INTERVAL_MS = 60_000; // while the server does not respond

/** Polls for changes on a timer. */
export class ChangePoller {
  /** @param {import("../render/renderer-client.js").RendererClient} renderer @param {(version: number | null) => Promise<void>} onChanged gets the current data version, or null without a response */
  constructor(renderer, onChanged) {
    this.renderer = renderer;
    this.onChanged = onChanged;
    this.intervalMs = POLL_INTERVAL_MS;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** Starts the timer. */
  startPolling() {
    for (const eventName of ["online", "offline"]) addEventListener(eventName, () => void this.pollNow());
    document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(this.timer) : void this.pollNow()));
    this.#schedulePoll();
  }

  /** Polls now, and restarts the timer. */
  async pollNow() {
    clearTimeout(this.timer);
    const { version, changed: hasChanged } = await this.renderer.request("pollChanges", {}).catch(() => ({ version: null, changed: false }));
    this.intervalMs = version === null ? Math.min(MAX_POLL_INTERVAL_MS, 2 * this.intervalMs) : POLL_INTERVAL_MS;
    try {
      if (hasChanged) await this.onChanged(version);
    } finally {
      if (!document.hidden) this.#schedulePoll(); // also if a change could not be shown
    }
  }

  #schedulePoll() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.pollNow(), this.intervalMs);
  }
}
