import assert from "node:assert/strict";
import { test } from "node:test";
import { RendererClient } from "../src/render/renderer-client.js";

/** A worker that records what it is sent. */
class FakeWorker extends EventTarget {
  /** @type {any[]} */
  messages = [];

  /** @param {any} message */
  postMessage(message) {
    this.messages.push(message);
  }
}

/** Create a client whose worker is fake. */
function createClient() {
  const worker = new FakeWorker();
  Object.assign(globalThis, {
    window: globalThis,
    OffscreenCanvas: class {
      transferToImageBitmap() {}
    },
    Worker: function () {
      return worker;
    },
  });
  const config = /** @type {any} */ ({ workerUrl: "/worker.js" });
  return { worker, config, client: new RendererClient(config) };
}

test("a request is answered by its id, whatever the order of the answers", async () => {
  const { worker, config, client } = createClient();
  const first = client.request("findRow", { id: "S-1" });
  const second = client.request("hitTest", { x: 1, y: 2, radiusPx: 22 });

  worker.dispatchEvent(new MessageEvent("message", { data: { requestId: 2, result: null } }));
  worker.dispatchEvent(new MessageEvent("message", { data: { requestId: 1, error: "no such row" } }));

  assert.equal(await second, null);
  await assert.rejects(first, /no such row/);
  assert.deepEqual(worker.messages, [
    { type: "init", config },
    { requestId: 1, type: "findRow", payload: { id: "S-1" } },
    { requestId: 2, type: "hitTest", payload: { x: 1, y: 2, radiusPx: 22 } },
  ]);
});

test("who waits for a worker that fails is told so, and no one waits for one that never began", async () => {
  const { worker, client } = createClient();
  const waiting = client.request("pollChanges", {});

  worker.dispatchEvent(Object.assign(new Event("error"), { message: "cannot load" }));

  await assert.rejects(waiting, /cannot load/);
  await assert.rejects(client.request("pollChanges", {}), /cannot load/);
});

test("a picture that comes unasked goes to the map", () => {
  const { worker, client } = createClient();
  /** @type {any[]} */
  const pictures = [];
  client.onPicture = (picture) => void pictures.push(picture);

  worker.dispatchEvent(new MessageEvent("message", { data: { type: "picture", picture: { isComplete: true } } }));

  assert.deepEqual(pictures, [{ isComplete: true }]);
});

test("a worker that failed after it had answered may be asked again", async () => {
  const { worker, client } = createClient();
  worker.dispatchEvent(new MessageEvent("message", { data: { requestId: 99, result: null } }));
  const waiting = client.request("pollChanges", {});
  worker.dispatchEvent(new Event("messageerror"));
  await assert.rejects(waiting, /could not be read/);

  const next = client.request("pollChanges", {});
  worker.dispatchEvent(new MessageEvent("message", { data: { requestId: 2, result: { version: 7, changed: false } } }));

  assert.deepEqual(await next, { version: 7, changed: false });
});

test("a browser that cannot draw in a worker draws in the page", async () => {
  Object.assign(globalThis, { window: {}, Worker: undefined });
  const config = /** @type {any} */ ({ rendererUrl: "data:text/javascript,export class FrameBudget{constructor(shared){this.shared=shared}} export class MapRenderer{constructor(config,canvas,get,onPicture,budget){this.budget=budget} async handleRequest(type,payload){return [type,payload.id,this.budget.shared]}}" });

  const client = new RendererClient(config);

  assert.equal(client.worker, null);
  assert.deepEqual(await client.request("findRow", { id: "S-1" }), ["findRow", "S-1", true]);
});
