// Splits painting in the page into short pieces, so that the page stays responsive while a picture is painted.

const DEFAULT_BUDGET_MS = 8; // of work per piece, where the browser does not report idle time
const MAX_MOVE_WAIT_MS = 600; // then painting continues even if the map still moves
const MOVE_POLL_MS = 30;
const IDLE_TIMEOUT_MS = 120; // then work continues even without idle time

/** Tells painting code when to pause. In a worker, which shares its thread with nobody, it never pauses. */
export class FrameBudget {
  /** @param {boolean} isSharedThread whether the page runs on the same thread */
  constructor(isSharedThread = false) {
    this.isSharedThread = isSharedThread;
    this.budgetEndsAt = -Infinity;
    this.isMapMoving = false; // painting waits while the map moves
  }

  /** Whether it is time to pause. */
  get isSpent() {
    return this.isSharedThread && performance.now() >= this.budgetEndsAt;
  }

  /** Waits until the browser is idle again. */
  async yieldToPage() {
    for (let waitedMs = 0; this.isMapMoving && waitedMs < MAX_MOVE_WAIT_MS; waitedMs += MOVE_POLL_MS) await new Promise((resolve) => setTimeout(resolve, MOVE_POLL_MS));
    const timeLeftMs = await new Promise((resolve) => {
      if ("requestIdleCallback" in globalThis) requestIdleCallback((deadline) => resolve(deadline.timeRemaining()), { timeout: IDLE_TIMEOUT_MS });
      else setTimeout(() => resolve(DEFAULT_BUDGET_MS));
    });
    this.budgetEndsAt = performance.now() + Math.max(1, Math.min(timeLeftMs, 4 * DEFAULT_BUDGET_MS));
  }
}
