// Lets a page answer fingers while a picture is painted in it: work is parted, and rests when it has taken long enough.

export const AT_ONCE_MS = 10; // of work, after which others have their turn

/** Whoever works in pieces. */
export class Rest {
  /** @param {number} atOnce ms of work at once; for ever where nobody waits, as in a worker */
  constructor(atOnce = Infinity) {
    this.atOnce = atOnce;
    this.since = -Infinity;
  }

  /** Whether others are to have their turn now. */
  get due() {
    return this.atOnce !== Infinity && performance.now() - this.since > this.atOnce;
  }

  /** Give others their turn. */
  async take() {
    await new Promise((then) => setTimeout(then));
    this.since = performance.now();
  }
}
