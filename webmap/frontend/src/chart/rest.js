// Lets a page move its map and answer fingers while a picture is painted in it: work is done in pieces, in the time that is left over.

const AT_ONCE_MS = 8; // of work, where a browser does not tell how much time is left
const MOVES_MS = 600; // after which a picture is painted on though the map is still moved
const STEP_MS = 30;
const LATEST_MS = 120; // after which work goes on though no time is left

/** Whoever works in pieces; where nobody waits, as in a worker, without a rest. */
export class Rest {
  /** @param {boolean} shared whether others wait for the same thread */
  constructor(shared = false) {
    this.shared = shared;
    this.until = -Infinity;
    this.moving = false; // while the map is moved it has the thread for itself
  }

  /** Whether others are to have their turn now. */
  get due() {
    return this.shared && performance.now() >= this.until;
  }

  /** Give others their turn. */
  async take() {
    for (let ms = 0; this.moving && ms < MOVES_MS; ms += STEP_MS) await new Promise((then) => setTimeout(then, STEP_MS));
    const left = await new Promise((then) => {
      if ("requestIdleCallback" in globalThis) requestIdleCallback((deadline) => then(deadline.timeRemaining()), { timeout: LATEST_MS });
      else setTimeout(() => then(AT_ONCE_MS));
    });
    this.until = performance.now() + Math.max(1, Math.min(left, 4 * AT_ONCE_MS));
  }
}
