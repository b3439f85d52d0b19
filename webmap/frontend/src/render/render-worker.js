// Runs a map renderer in a worker (the messages are those of protocol.js).
import { MapRenderer } from "./map-renderer.js";

/** @type {MapRenderer | null} */
let renderer = null;

const createCanvas = (/** @type {number} */ width, /** @type {number} */ height) => new OffscreenCanvas(width, height);

addEventListener("message", (/** @type {MessageEvent<import("./protocol.js").InitMessage | import("./protocol.js").RequestMessage>} */ { data }) => {
  if (data.type === "init") renderer = new MapRenderer(data.config, createCanvas, (url) => fetch(url), sendPicture);
  else void respond(data);
});

/** @param {import("./protocol.js").RequestMessage} request */
async function respond({ requestId, type, payload }) {
  try {
    /** @type {any} */
    const result = await renderer?.handleRequest(type, payload);
    send({ requestId, result }, result?.bitmap);
  } catch (error) {
    send({ requestId, error: String(error) });
  }
}

/** @param {import("./protocol.js").Picture} picture */
function sendPicture(picture) {
  send({ type: "picture", picture }, /** @type {ImageBitmap} */ (picture.bitmap));
}

/** @param {import("./protocol.js").ResponseMessage | import("./protocol.js").PictureEvent} message @param {ImageBitmap} [bitmap] to transfer */
function send(message, bitmap) {
  postMessage(message, { transfer: bitmap ? [bitmap] : [] });
}
