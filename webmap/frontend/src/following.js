// Follows what others edit: looks every few seconds while the page is seen, and at once when it is seen again.

const EVERY_MS = 3_000;
const LATEST_MS = 60_000; // between looks while the server does not answer

/** Looks after changes. */
export class Following {
  /** @param {import("./chart/clerk.js").Clerk} clerk @param {(version: number) => void} changed told the version that is now */
  constructor(clerk, changed) {
    this.clerk = clerk;
    this.changed = changed;
    this.pause = EVERY_MS;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.waiting = undefined;
    document.addEventListener("visibilitychange", () => this.#next(document.hidden ? null : 0));
    this.#next(EVERY_MS);
  }

  /** @param {number | null} pause in ms; null while nobody sees the page */
  #next(pause) {
    clearTimeout(this.waiting);
    if (pause !== null) this.waiting = setTimeout(() => void this.#look(), pause);
  }

  async #look() {
    const { version, changed } = await this.clerk.ask("look").catch(() => ({ version: null, changed: false }));
    this.pause = version === null ? Math.min(LATEST_MS, 2 * this.pause) : EVERY_MS;
    if (changed && version !== null) this.changed(version);
    this.#next(document.hidden ? null : this.pause);
  }
}
