// Features from the API: one question at a time for each layer, the last answers kept.

const KEPT = 24;

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
      const response = await this.get(address, { signal: asking.signal });
      const body = await response.json();
      if (!response.ok) throw new Error(body.detail ?? response.statusText);
      return this.keep(address, { features: body.features, cut: "next" in body });
    } catch (error) {
      if (asking.signal.aborted) return null;
      throw error;
    } finally {
      if (this.asking === asking) this.asking = null;
    }
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
