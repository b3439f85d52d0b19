// Downloads towns for offline use: a town's pack, its address file and the map pages, stored in the browser's caches.
import { createElement } from "../ui/dom-elements.js";
import { formatNumber, gettext, pageLanguage } from "../ui/gettext.js";
import { OFFLINE_CACHE } from "../tiles/pack-cache.js";
import { fetchTowns } from "../tiles/fetch-towns.js";

/** @typedef {import("../tiles/town-packs.js").PackInfo} PackInfo */

const OFFLINE_PAGES = ["/", "/map/coverage", "/map/maintenance", "/map/inspections"];
const API_ROOT = "/api/v1";
const MAX_PACK_TRIES = 30; // while the server packs another town, it answers 503

/** The panel that downloads, lists and removes towns. */
export class OfflineTowns {
  /** @param {import("../render/renderer-client.js").RendererClient} renderer @param {import("../map/page-config.js").PageConfig} config @param {Promise<PackInfo[]>} packs @param {(packs: PackInfo[]) => void} onPacksChanged gets the packs on this device after each change */
  constructor(renderer, config, packs, onPacksChanged) {
    this.onPacksChanged = onPacksChanged;
    this.renderer = renderer;
    this.config = config;
    this.panel = document.getElementById("offline");
    this.townSelect = /** @type {HTMLSelectElement | null} */ (document.getElementById("offline-town"));
    this.downloadButton = /** @type {HTMLButtonElement | null} */ (document.getElementById("offline-download"));
    this.progressBar = /** @type {HTMLProgressElement | null} */ (document.getElementById("offline-progress"));
    this.packList = document.getElementById("offline-packs");
    this.statusLine = document.getElementById("offline-status");
    /** @type {PackInfo[]} */
    this.packs = [];
    this.downloadButton?.addEventListener("click", () => void this.#downloadSelected(this.townSelect?.value ?? ""));
    this.ready = this.#initialize(packs);
  }

  /** Shows the panel, except where the browser has no caches (pages without https). @param {Promise<PackInfo[]>} packs */
  async #initialize(packs) {
    if (!this.panel || !("caches" in window) || !("serviceWorker" in navigator)) return;
    this.panel.hidden = false;
    this.packs = await packs;
    if (this.packs.length) await this.#renderPackList();
  }

  /** Downloads outdated towns again, while online and unless the user saves data. */
  async renewOutdated() {
    await this.ready;
    const { connection } = /** @type {{connection?: {saveData?: boolean}}} */ (navigator);
    if (!navigator.onLine || connection?.saveData) return;
    for (const { slug, version } of this.packs) if (version < this.config.version) await this.#downloadTown(slug).catch(() => {});
  }

  async #reloadPacks() {
    this.packs = await this.renderer.request("openPacks", { moduleUrl: this.config.packsUrl });
    this.onPacksChanged(this.packs);
    await this.#renderPackList();
  }

  /** Downloads the selected town and reports an error. @param {string} slug */
  async #downloadSelected(slug) {
    if (!slug || !this.downloadButton) return;
    this.downloadButton.disabled = true;
    try {
      await navigator.storage?.persist?.();
      await this.#downloadTown(slug);
    } catch (error) {
      const isFull = error instanceof DOMException && error.name === "QuotaExceededError";
      this.#setStatus(isFull ? gettext("Not downloaded: this device is full. Free some space and try again.") : gettext("The town could not be downloaded. Check the connection and try again."));
    } finally {
      this.downloadButton.disabled = false;
    }
  }

  /** Downloads a town's current data. @param {string} slug */
  async #downloadTown(slug) {
    try {
      const cache = await caches.open(OFFLINE_CACHE);
      await fetchTowns(this.config, this.config.version); // the service worker caches the response
      const packUrl = `/packs/${slug}.pmtiles`;
      await cache.put(packUrl, await this.#fetchWithProgress(packUrl));
      await Promise.all([`${API_ROOT}/find/index.bin`, `${API_ROOT}/find/corners.bin`, `${API_ROOT}/find/towns/${slug}.bin`].map((path) => storeFresh(cache, path)));
      const pageCache = await caches.open("pages");
      await Promise.all(OFFLINE_PAGES.map((path) => storeFresh(pageCache, path)));
      await this.#reloadPacks();
    } finally {
      if (this.progressBar) this.progressBar.hidden = true;
    }
  }

  /** Downloads a file and shows the progress. @param {string} url */
  async #fetchWithProgress(url) {
    let response = await fetch(url, { cache: "no-cache" });
    for (let attempt = 0; response.status === 503 && attempt < MAX_PACK_TRIES; attempt += 1) {
      await new Promise((resolve) => setTimeout(resolve, 1000 * (Number(response.headers.get("Retry-After")) || 2)));
      response = await fetch(url, { cache: "no-cache" });
    }
    if (!response.ok || !response.body) throw new Error(`${url}: ${response.status}`);
    const totalBytes = Number(response.headers.get("Content-Length")) || 0;
    const chunks = [];
    let receivedBytes = 0;
    for await (const chunk of /** @type {any} */ (response.body)) {
      chunks.push(chunk);
      receivedBytes += chunk.length;
      if (this.progressBar) [this.progressBar.hidden, this.progressBar.max, this.progressBar.value] = [false, Math.max(totalBytes, receivedBytes), receivedBytes];
    }
    return new Response(new Blob(chunks), { headers: { "Content-Type": "application/vnd.pmtiles" } });
  }

  /** @param {PackInfo} pack */
  async #removePack({ slug }) {
    const cache = await caches.open(OFFLINE_CACHE);
    await cache.delete(`/packs/${slug}.pmtiles`);
    await cache.delete(`${API_ROOT}/find/towns/${slug}.bin`, { ignoreVary: true });
    await this.#reloadPacks();
  }

  async #renderPackList() {
    this.packList?.replaceChildren(...this.packs.map((pack) => {
      const towns = pack.towns.join(", ");
      const removeButton = createElement("button", { type: "button", class: "button secondary", "aria-label": gettext("Remove %(towns)s from this device", { towns }) }, gettext("Remove"));
      removeButton.addEventListener("click", () => void this.#removePack(pack));
      const description = gettext("%(size)s, packed on %(date)s.", { size: formatBytes(pack.bytes), date: formatDay(pack.made_at) });
      return createElement("li", {}, createElement("span", {}, createElement("strong", {}, towns), ` ${description} ${pack.dataDates}`), removeButton);
    }));
    const isPersisted = await navigator.storage?.persisted?.();
    const { usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
    const persistenceNote = isPersisted ? gettext("The browser keeps it until you remove it here.") : gettext("The browser may remove it when space runs low.");
    this.#setStatus(this.packs.length ? `${gettext("%(size)s used in total.", { size: formatBytes(usage) })} ${persistenceNote}` : "");
  }

  /** @param {string} text */
  #setStatus(text) {
    if (this.statusLine) this.statusLine.textContent = text;
  }
}

/** Stores the server's current version of a file. @param {Cache} cache @param {string} url */
async function storeFresh(cache, url) {
  const response = await fetch(url, { cache: "reload" }); // bypasses the service worker's cache
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  await cache.put(new URL(url, location.href).href, response);
}

/** @param {number} bytes */
function formatBytes(bytes) {
  if (bytes < 1e5) return gettext("%(number)s KB", { number: formatNumber(Math.ceil(bytes / 1e3)) });
  return gettext("%(number)s MB", { number: formatNumber(bytes / 1e6, 1) });
}

/** Formats the local day of a time. @param {string} isoTime */
function formatDay(isoTime) {
  return new Date(isoTime).toLocaleDateString(pageLanguage(), { dateStyle: "medium" });
}
