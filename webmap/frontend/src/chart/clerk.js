// Speaks with a desk, wherever it stands.

/** @typedef {import("./desk.js").Drawn} Drawn */

/** A desk's questions and answers. */
export class Clerk {
  /** @param {import("../told.js").Told} told */
  constructor(told) {
    this.drawn = (/** @type {Drawn} */ _) => {}; // what to do with a picture
    this.nth = 0;
    /** @type {Map<number, {yes: (answer: any) => void, no: (error: Error) => void}>} */
    this.waiting = new Map();
    this.worker = "OffscreenCanvas" in window && "transferToImageBitmap" in OffscreenCanvas.prototype ? started(told.worker) : null;
    if (this.worker) {
      this.worker.addEventListener("message", ({ data }) => this.#heard(data));
      this.worker.postMessage({ kind: "begin", told });
    } else this.desk = import(told.desk).then((/** @type {typeof import("./desk.js")} */ { Desk, Rest }) => new Desk(told, canvas, (address) => fetch(address), (_, picture) => this.drawn(picture), new Rest(true)));
  }

  /** @param {string} kind @param {any} told @returns {Promise<any>} */
  async ask(kind, told = null) {
    if (this.desk) return (await this.desk).answer(kind, told);
    const nth = (this.nth += 1);
    const asked = new Promise((yes, no) => this.waiting.set(nth, { yes, no }));
    this.worker?.postMessage({ nth, kind, told });
    return asked;
  }

  /** The map is being moved, or stands still again: a desk in the page steps back. @param {boolean} moving */
  async moving(moving) {
    if (this.desk) (await this.desk).painter.rest.moving = moving;
  }

  /** @param {any} data */
  #heard({ nth, kind, told, answer, error }) {
    if (kind === "drawn") return this.drawn(told);
    const waiting = this.waiting.get(nth);
    this.waiting.delete(nth);
    if (error) waiting?.no(new Error(error));
    else waiting?.yes(answer);
  }
}

/** @param {string} address */
function started(address) {
  return typeof Worker === "undefined" ? null : new Worker(address, { type: "module" });
}

/** @param {number} width @param {number} height */
function canvas(width, height) {
  const made = document.createElement("canvas");
  [made.width, made.height] = [width, height];
  return made;
}
