// Canvases that draw nothing. They record each call, with the styles and the transform in force.
import { defineGlobal } from "./globals.js";

const DRAWING_METHODS = ["clearRect", "fillRect", "beginPath", "moveTo", "lineTo", "arc", "rect", "clip", "fill", "stroke", "strokeText", "fillText", "drawImage"];
const INITIAL_STATE = { fillStyle: /** @type {any} */ ("#000000"), strokeStyle: "#000000", lineWidth: 1, globalAlpha: 1, font: "", originX: 0, originY: 0, scaleX: 1 };

/** @typedef {typeof INITIAL_STATE & {name: string, args: any[]}} DrawingCall a call with the state in force; origin and scale are the transform */

/** A drawing context that records. Each letter of a text is 6 pixels wide. */
export class RecordingContext {
  constructor() {
    /** @type {DrawingCall[]} */
    this.calls = [];
    /** @type {(typeof INITIAL_STATE)[]} */
    this.savedStates = [];
    Object.assign(this, INITIAL_STATE);
    for (const name of DRAWING_METHODS) Object.assign(this, { [name]: (/** @type {any[]} */ ...args) => void this.calls.push({ ...this.state(), name, args }) });
  }

  /** @returns {typeof INITIAL_STATE} */
  state() {
    const self = /** @type {any} */ (this);
    return /** @type {any} */ (Object.fromEntries(Object.keys(INITIAL_STATE).map((key) => [key, self[key]])));
  }

  save() {
    this.savedStates.push(this.state());
  }

  restore() {
    Object.assign(this, this.savedStates.pop());
  }

  /** @param {number} scaleX */
  setTransform(scaleX, _b = 0, _c = 0, _scaleY = 1, originX = 0, originY = 0) {
    Object.assign(this, { scaleX, originX, originY });
  }

  /** @param {number} x @param {number} y */
  translate(x, y) {
    const { originX, originY, scaleX } = this.state();
    Object.assign(this, { originX: originX + x * scaleX, originY: originY + y * scaleX });
  }

  /** @param {number} factor */
  scale(factor) {
    Object.assign(this, { scaleX: this.state().scaleX * factor });
  }

  rotate() {}

  /** @param {string} text */
  measureText(text) {
    return { width: 6 * text.length };
  }

  createPattern() {
    return new RecordingPattern();
  }

  /** Returns the calls of one method. @param {string} name */
  callsOf(name) {
    return this.calls.filter((call) => call.name === name);
  }

  /** Returns the texts that were drawn, in order. */
  texts() {
    return this.callsOf("fillText").map(({ args }) => String(args[0]));
  }
}

/** The hatch for unknown values. */
export class RecordingPattern {
  /** @type {any} */
  matrix = null;

  /** @param {any} matrix */
  setTransform(matrix) {
    this.matrix = matrix;
  }
}

/** A path that keeps its points. */
class RecordingPath {
  /** @type {[number, number][]} */
  points = [];
  isClosed = false;

  /** @param {string} [data] an SVG path */
  constructor(data) {
    this.data = data;
  }

  /** @param {number} x @param {number} y */
  moveTo(x, y) {
    this.points.push([x, y]);
  }

  /** @param {number} x @param {number} y */
  lineTo(x, y) {
    this.points.push([x, y]);
  }

  closePath() {
    this.isClosed = true;
  }

  /** @param {RecordingPath} path */
  addPath(path) {
    this.points.push(...path.points);
  }
}

/** Creates canvases, and keeps each with its context. */
export class CanvasMaker {
  constructor() {
    /** @type {{width: number, height: number, context: RecordingContext}[]} */
    this.canvases = [];
    defineGlobal("Path2D", RecordingPath);
    defineGlobal("DOMMatrix", class {
      /** @param {number[]} [values] */
      constructor(values = [1, 0, 0, 1, 0, 0]) {
        this.values = values;
      }
    });
  }

  /** Stands for the renderer's function that creates a canvas. */
  get createCanvas() {
    return /** @type {import("../src/render/mark-stamps.js").CreateCanvas} */ (/** @type {unknown} */ ((/** @type {number} */ width, /** @type {number} */ height) => {
      const context = new RecordingContext();
      this.canvases.push({ width, height, context });
      return { width, height, context, getContext: () => context };
    }));
  }
}
