// Follows what others edit: looks every few seconds while the page is seen, and at once when it is seen again.

const EVERY_MS = 3_000;
const LATEST_MS = 60_000; // between looks while the server does not answer

/** Looks after changes. */
export class Following {
  /** @param {import("./chart/clerk.js").Clerk} clerk @param {(version: number | null) => Promise<void>} changed told the version that is now; null where no answer comes */
  constructor(clerk, changed) {
    this.clerk = clerk;
    this.changed = changed;
    this.pause = EVERY_MS;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.waiting = undefined;
  }

  /** Look from now on. */
  start() {
    for (const kind of ["online", "offline"]) addEventListener(kind, () => void this.look());
    document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(this.waiting) : void this.look()));
    this.#later();
  }

  /** Look now. */
  async look() {
    clearTimeout(this.waiting);
    const { version, changed } = await this.clerk.ask("look").catch(() => ({ version: null, changed: false }));
    this.pause = version === null ? Math.min(LATEST_MS, 2 * this.pause) : EVERY_MS;
    if (changed) await this.changed(version);
    if (!document.hidden) this.#later();
  }

  #later() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => void this.look(), this.pause);
  }
}
