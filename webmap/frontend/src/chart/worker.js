// A desk in a worker: questions come as messages with a number, answers go back under the same.
import { Desk } from "./desk.js";

/** @type {Desk | null} */
let desk = null;

const make = (/** @type {number} */ width, /** @type {number} */ height) => new OffscreenCanvas(width, height);
const tell = (/** @type {string} */ kind, /** @type {any} */ told) => {
  postMessage({ kind, told }, { transfer: told.bitmap ? [told.bitmap] : [] });
};

addEventListener("message", async ({ data: { nth, kind, told } }) => {
  if (kind === "begin") {
    desk = new Desk(told, make, (address) => fetch(address), tell);
    return;
  }
  try {
    const answer = await desk?.answer(kind, told);
    postMessage({ nth, answer }, { transfer: answer?.bitmap ? [answer.bitmap] : [] });
  } catch (error) {
    postMessage({ nth, error: String(error) });
  }
});
