// Sends requests to the map renderer, in a worker where the browser can draw there, else in the page.

/**
 * @typedef {import("./protocol.js").Requests} Requests
 * @typedef {import("./protocol.js").RequestType} RequestType
 * @typedef {import("./protocol.js").Picture} Picture
 */

/** The page's side of the renderer protocol. */
export class RendererClient {
  /** @param {import("../map/page-config.js").PageConfig} config */
  constructor(config) {
    this.onPicture = (/** @type {Picture} */ _) => {}; // replaced by the map
    this.lastRequestId = 0;
    /** @type {Map<number, {resolve: (result: any) => void, reject: (error: Error) => void}>} */
    this.pendingRequests = new Map();
    /** Set where the worker could not even start. @type {Error | null} */
    this.startError = null;
    this.hasResponded = false;
    this.worker = "OffscreenCanvas" in window && "transferToImageBitmap" in OffscreenCanvas.prototype ? startWorker(config.workerUrl) : null;
    if (this.worker) this.#initializeWorker(this.worker, config);
    else this.localRenderer = this.#createLocalRenderer(config);
  }

  /** @param {Worker} worker @param {import("../map/page-config.js").PageConfig} config */
  #initializeWorker(worker, config) {
    worker.addEventListener("message", ({ data }) => this.#onMessage(data));
    worker.addEventListener("error", ({ message }) => this.#onWorkerError(message || "the map worker failed"));
    worker.addEventListener("messageerror", () => this.#onWorkerError("a message of the map worker could not be read"));
    /** @type {import("./protocol.js").InitMessage} */
    const message = { type: "init", config };
    worker.postMessage(message);
  }

  /** @param {import("../map/page-config.js").PageConfig} config */
  async #createLocalRenderer(config) {
    const { MapRenderer, FrameBudget } = /** @type {typeof import("./map-renderer.js")} */ (await import(config.rendererUrl));
    return new MapRenderer(config, createCanvas, (url) => fetch(url), (picture) => this.onPicture(picture), new FrameBudget(true));
  }

  /** Sends a request and returns its result. @template {RequestType} T @param {T} type @param {Requests[T]["payload"]} payload @returns {Promise<Requests[T]["result"]>} */
  async request(type, payload) {
    if (this.localRenderer) return (await this.localRenderer).handleRequest(type, payload);
    if (this.startError) throw this.startError;
    const requestId = (this.lastRequestId += 1);
    const response = new Promise((resolve, reject) => this.pendingRequests.set(requestId, { resolve, reject }));
    this.worker?.postMessage({ requestId, type, payload });
    return response;
  }

  /** @param {import("./protocol.js").ResponseMessage | import("./protocol.js").PictureEvent} message */
  #onMessage(message) {
    this.hasResponded = true;
    if (message.type === "picture") return this.onPicture(message.picture);
    const pending = this.pendingRequests.get(message.requestId);
    this.pendingRequests.delete(message.requestId);
    if (message.error) pending?.reject(new Error(message.error));
    else pending?.resolve(message.result);
  }

  /** Rejects every pending request, since no response may come for it. @param {string} text */
  #onWorkerError(text) {
    const error = new Error(text);
    if (!this.hasResponded) this.startError = error;
    const pendingRequests = [...this.pendingRequests.values()];
    this.pendingRequests.clear();
    for (const { reject } of pendingRequests) reject(error);
  }
}

/** @param {string} url */
function startWorker(url) {
  return typeof Worker === "undefined" ? null : new Worker(url, { type: "module" });
}

/** @param {number} width @param {number} height */
function createCanvas(width, height) {
  const element = document.createElement("canvas");
  [element.width, element.height] = [width, height];
  return element;
}
