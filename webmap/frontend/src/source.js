// Features from the API: one question at a time for each layer, the last answers kept.

const KEPT = 24;
const TRIES = 4; // how often a server is asked that says to come again
const SOON = 5; // seconds that a map waits before it does; a longer trouble is told

/** A layer's features, asked for by address. */
export class Source {
  /** @param {(address: string, options: RequestInit) => Promise<Response>} get */
  constructor(get = (address, options) => fetch(address, options)) {
    this.get = get;
    /** @type {Map<string, import("./told.js").Answer>} */
    this.kept = new Map();
    /** @type {AbortController | null} */
    this.asking = null;
  }

  /**
   * Ask, and let go of the question before. Null when a later question took its place.
   * @param {string} address
   * @returns {Promise<import("./told.js").Answer | null>}
   */
  async ask(address) {
    this.asking?.abort();
    this.asking = null;
    const known = this.kept.get(address);
    if (known) return known;
    const asking = (this.asking = new AbortController());
    try {
      const response = await this.patiently(address, asking.signal);
      const body = await response.json();
      if (!response.ok) throw new Error(body.detail ?? response.statusText);
      return this.keep(address, { features: body.features, cut: "next" in body, middles: body.middles ?? {} });
    } catch (error) {
      if (asking.signal.aborted) return null;
      throw error;
    } finally {
      if (this.asking === asking) this.asking = null;
    }
  }

  /**
   * Ask, and come again when the server says so.
   * @param {string} address
   * @param {AbortSignal} signal
   * @returns {Promise<Response>}
   */
  async patiently(address, signal, tries = TRIES) {
    const response = await this.get(address, { signal });
    const seconds = response.status === 503 ? Number(response.headers.get("Retry-After")) : 0;
    if (!seconds || seconds > SOON || tries <= 1) return response;
    await new Promise((again) => setTimeout(again, seconds * 1000));
    signal.throwIfAborted();
    return this.patiently(address, signal, tries - 1);
  }

  /** Let go of the question that is under way. */
  stop() {
    this.asking?.abort();
    this.asking = null;
  }

  /** @param {string} address @param {import("./told.js").Answer} answer */
  keep(address, answer) {
    this.kept.set(address, answer);
    const oldest = this.kept.keys().next().value;
    if (this.kept.size > KEPT && oldest !== undefined) this.kept.delete(oldest);
    return answer;
  }
}
