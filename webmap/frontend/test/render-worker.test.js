import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { CanvasMaker } from "../test-support/recording-canvas.js";
import { MAP_STYLE, TownServer, mapConfig, viewOfTown } from "../test-support/small-map.js";
import { defineGlobal } from "../test-support/globals.js";

const maker = new CanvasMaker();
const server = new TownServer();
const scope = new EventTarget();
/** @type {{message: any, transfer: any[]}[]} */
const sent = [];

defineGlobal("addEventListener", scope.addEventListener.bind(scope));
defineGlobal("postMessage", (/** @type {any} */ message, /** @type {any} */ { transfer }) => sent.push({ message, transfer }));
defineGlobal("fetch", server.fetchResponse);
defineGlobal("OffscreenCanvas", function (/** @type {number} */ width, /** @type {number} */ height) {
  return { ...maker.createCanvas(width, height), transferToImageBitmap: () => ({ width, height }) };
});
await import("../src/render/render-worker.js");

/** Sends the worker a message, and returns the messages that come back until one has the request's id. @param {any} data */
async function ask(data) {
  sent.length = 0;
  scope.dispatchEvent(new MessageEvent("message", { data }));
  while (data.requestId && !sent.some(({ message }) => message.requestId === data.requestId)) await nextTurn();
  return sent;
}

test("the worker answers each request with its id, and sends pictures without a copy", async () => {
  await ask({ type: "init", config: mapConfig() });
  await ask({ requestId: 1, type: "setMapStyle", payload: MAP_STYLE });

  const messages = await ask({ requestId: 2, type: "showView", payload: viewOfTown() });

  const picture = messages.find(({ message }) => message.type === "picture");
  assert.deepEqual([picture?.message.picture.bitmap, picture?.transfer], [{ width: 500, height: 400 }, [{ width: 500, height: 400 }]]);
  assert.equal(messages.at(-1)?.message.result.level, "features");
});

test("a request that fails is answered with the error, and the worker goes on", async () => {
  const [failed] = await ask({ requestId: 3, type: "paintRed", payload: {} });
  const [answered] = await ask({ requestId: 4, type: "findRow", payload: { id: "S-1" } });

  assert.match(failed?.message.error, /unknown request type: paintRed/);
  assert.deepEqual(answered?.message, { requestId: 4, result: null });
});
