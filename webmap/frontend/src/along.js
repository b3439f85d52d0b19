// A town taken along: its pack, its addresses and the pages, kept by the browser for where there is no signal.
import { element } from "./element.js";
import { ALONG } from "./kept.js";
import { askTowns } from "./townfigures.js";

/** @typedef {import("./chart/packs.js").Told} Pack */

const SHELL = ["/", "/map/coverage", "/map/maintenance", "/map/inspections"];
const API = "/api/v1";
const TRIES = 30; // how often a server is asked that is packing another town

/** What was taken along, and what can be. */
export class Along {
  /** @param {import("./chart/clerk.js").Clerk} clerk @param {import("./told.js").Told} told @param {Promise<Pack[]>} packs @param {(packs: Pack[]) => void} changed told what is kept whenever that is another */
  constructor(clerk, told, packs, changed) {
    this.changed = changed;
    this.clerk = clerk;
    this.of = told;
    this.box = document.getElementById("along");
    this.choice = /** @type {HTMLSelectElement | null} */ (document.getElementById("along-town"));
    this.button = /** @type {HTMLButtonElement | null} */ (document.getElementById("along-take"));
    this.progress = /** @type {HTMLProgressElement | null} */ (document.getElementById("along-progress"));
    this.kept = document.getElementById("along-kept");
    this.said = document.getElementById("along-told");
    /** @type {Pack[]} */
    this.packs = [];
    this.button?.addEventListener("click", () => void this.#asked(this.choice?.value ?? ""));
    this.opened = this.#open(packs);
  }

  /** Show what is kept. Where the browser keeps nothing (no https), nothing is offered. @param {Promise<Pack[]>} packs */
  async #open(packs) {
    if (!this.box || !("caches" in window) || !("serviceWorker" in navigator)) return;
    this.box.hidden = false;
    this.packs = await packs;
    if (this.packs.length) await this.#show();
  }

  /** Download again what has changed since, where there is a signal and nobody asked to spare it. */
  async renew() {
    await this.opened;
    const { connection } = /** @type {{connection?: {saveData?: boolean}}} */ (navigator);
    if (!navigator.onLine || connection?.saveData) return;
    for (const { slug, version } of this.packs) if (version < this.of.version) await this.#take(slug).catch(() => {});
  }

  async #opened() {
    this.packs = await this.clerk.ask("packs", this.of.packs);
    this.changed(this.packs);
    await this.#show();
  }

  /** Download a town that was asked for, and say what came of it. @param {string} slug */
  async #asked(slug) {
    if (!slug || !this.button) return;
    this.button.disabled = true;
    try {
      await navigator.storage?.persist?.();
      await this.#take(slug);
    } catch (error) {
      this.#say(`It could not be downloaded: ${error instanceof Error ? error.message : "no answer"}. Try again.`);
    } finally {
      this.button.disabled = false;
    }
  }

  /** Keep a town as the server has it now. @param {string} slug */
  async #take(slug) {
    try {
      const cache = await caches.open(ALONG);
      await askTowns(this.of, this.of.version); // kept by the service worker
      const address = `/packs/${slug}.pmtiles`;
      await cache.put(address, await this.#loaded(address));
      await Promise.all([`${API}/find/index.bin`, `${API}/find/corners.bin`, `${API}/find/towns/${slug}.bin`].map((one) => fresh(cache, one)));
      const pages = await caches.open("pages");
      await Promise.all(SHELL.map((one) => fresh(pages, one)));
      await this.#opened();
    } finally {
      if (this.progress) this.progress.hidden = true;
    }
  }

  /** Load a file whole, and show how far it is. @param {string} address */
  async #loaded(address) {
    let answer = await fetch(address, { cache: "no-cache" });
    for (let tries = 0; answer.status === 503 && tries < TRIES; tries += 1) {
      await new Promise((again) => setTimeout(again, 1000 * (Number(answer.headers.get("Retry-After")) || 2)));
      answer = await fetch(address, { cache: "no-cache" });
    }
    if (!answer.ok || !answer.body) throw new Error(answer.statusText || "the server gave none");
    const size = Number(answer.headers.get("Content-Length")) || 0;
    const chunks = [];
    let there = 0;
    for await (const chunk of /** @type {any} */ (answer.body)) {
      chunks.push(chunk);
      there += chunk.length;
      if (this.progress) [this.progress.hidden, this.progress.max, this.progress.value] = [false, Math.max(size, there), there];
    }
    return new Response(new Blob(chunks), { headers: { "Content-Type": "application/vnd.pmtiles" } });
  }

  /** @param {Pack} pack */
  async #drop({ slug }) {
    const cache = await caches.open(ALONG);
    await cache.delete(`/packs/${slug}.pmtiles`);
    await cache.delete(`${API}/find/towns/${slug}.bin`, { ignoreVary: true });
    await this.#opened();
  }

  async #show() {
    this.kept?.replaceChildren(...this.packs.map((pack) => {
      const drop = element("button", { type: "button", class: "button quiet", "aria-label": `Remove ${pack.towns.join(", ")} from this device` }, "Remove");
      drop.addEventListener("click", () => void this.#drop(pack));
      const about = element("span", {}, element("strong", {}, pack.towns.join(", ")), ` ${size(pack.bytes)}, packed ${day(pack.made_at)}. ${pack.dated}`);
      return element("li", {}, about, drop);
    }));
    const sure = await navigator.storage?.persisted?.();
    const { usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
    const may = sure ? "The browser keeps it until it is removed here." : "The browser may remove it when space is short.";
    this.#say(this.packs.length ? `${size(usage)} stored in all. ${may}` : "");
  }

  /** @param {string} text */
  #say(text) {
    if (this.said) this.said.textContent = text;
  }
}

/** Keep a file as the server has it now. @param {Cache} cache @param {string} address */
async function fresh(cache, address) {
  const answer = await fetch(address, { cache: "reload" }); // past what the service worker keeps
  if (!answer.ok) throw new Error(`${address}: ${answer.statusText}`);
  await cache.put(new URL(address, location.href).href, answer);
}

/** @param {number} bytes */
function size(bytes) {
  return bytes < 1e5 ? `${Math.ceil(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** @param {string} at */
function day(at) {
  return new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
}
