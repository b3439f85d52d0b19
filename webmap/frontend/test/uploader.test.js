import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { UNDO_WINDOW_MS, Uploader } from "../src/outbox/uploader.js";
import { EditServer } from "../test-support/edit-server.js";
import { openOutbox, pruneEdit } from "../test-support/outbox-entries.js";
import { defineGlobal } from "../test-support/globals.js";

beforeEach(() => defineGlobal("navigator", {})); // a browser without locks, as on pages without https

/** A tablet with some edits, each held for a time, and the server that it sends to. @param {string[]} keys */
async function startTablet(keys, holdMs = 0) {
  const [outbox, server] = [openOutbox(), new EditServer()];
  for (const key of keys) await outbox.addEdit("Pruned", "Oak St", pruneEdit(key), holdMs);
  let answeredTimes = 0;
  const uploader = new Uploader(outbox, "/api/v1/edits", () => (answeredTimes += 1), server.fetchResponse);
  const states = async () => Object.fromEntries((await outbox.allEntries()).map(({ key, state }) => [key, state]));
  return { outbox, server, uploader, states, answeredTimes: () => answeredTimes };
}

/** Waits until an upload that runs has ended. @param {Uploader} uploader */
async function finishUpload(uploader) {
  do await nextTurn();
  while (uploader.isSending);
}

/** Lets time pass, and the uploads that become due end. @param {import("node:test").TestContext} t @param {Uploader} uploader @param {number} ms */
async function passTime(t, uploader, ms) {
  t.mock.timers.tick(ms);
  await finishUpload(uploader);
}

test("waiting edits go in one request, oldest first, and leave the outbox when the server has done them", async () => {
  const { server, uploader, states } = await startTablet(["b", "a", "c"]);

  await uploader.sendPending();

  assert.deepEqual(server.requests, [["b", "a", "c"]]);
  assert.deepEqual(await states(), {});
});

test("a request is a POST of JSON to the edits of the server, with each edit as it was made", async () => {
  const { server, uploader } = await startTablet(["a"]);

  await uploader.sendPending();

  const { url, options } = server.lastCall ?? {};
  assert.deepEqual([url, options.method, options.headers["Content-Type"]], ["/api/v1/edits", "POST", "application/json"]);
  assert.deepEqual(JSON.parse(options.body), { edits: [pruneEdit("a")] });
});

test("nothing is asked of the server while nothing waits", async () => {
  const { server, uploader, answeredTimes } = await startTablet([]);

  await uploader.sendPending();

  assert.deepEqual([server.requests, answeredTimes()], [[], 0]);
});

test("an edit in conflict stays with the server's answer and is not sent again", async () => {
  const { outbox, server, uploader } = await startTablet(["a", "b"]);
  server.answerEdit = ({ key }) => (key === "a" ? { status: "conflict", field: "need", was: "prune", is: "none", yours: "none" } : { status: "done" });

  await uploader.sendPending();
  await uploader.sendPending();

  assert.equal(server.requests.length, 1);
  const [entry, ...others] = await outbox.allEntries();
  assert.deepEqual([entry?.key, entry?.state, entry?.answer.is, others.length], ["a", "conflict", "none", 0]);
});

test("a refused edit stays with its reason and does not hold up the others", async () => {
  const { outbox, server, uploader } = await startTablet(["a", "b"]);
  server.answerEdit = ({ key }) => (key === "a" ? { status: "refused", reason: "No such tree." } : { status: "done" });

  await uploader.sendPending();

  assert.deepEqual((await outbox.allEntries()).map(({ key, state, answer }) => [key, state, answer.reason]), [["a", "refused", "No such tree."]]);
});

test("an edit that the server could not do just now stays and is sent again two seconds later", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { server, uploader, states } = await startTablet(["a", "b"]);
  server.answerEdit = ({ key }) => ({ status: key === "a" ? "failed" : "done" });
  await uploader.sendPending();
  assert.deepEqual([server.requests, await states()], [[["a", "b"], ["a"]], { a: "waiting" }]);

  server.answerEdit = () => ({ status: "done" });
  await passTime(t, uploader, 1_999);
  assert.equal(server.requests.length, 2);
  await passTime(t, uploader, 1);

  assert.deepEqual([server.requests.at(-1), await states()], [["a"], {}]);
});

test("without a signal every try waits twice as long as the one before, at most five minutes", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { server, uploader, states } = await startTablet(["a"]);
  server.isReachable = false;
  await uploader.sendPending();

  for (const seconds of [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]) {
    const triesBefore = server.requests.length;
    await passTime(t, uploader, 1_000 * seconds - 1);
    assert.equal(server.requests.length, triesBefore, `a try before ${seconds} seconds`);
    await passTime(t, uploader, 1);
    assert.equal(server.requests.length, triesBefore + 1, `no try after ${seconds} seconds`);
  }
  assert.deepEqual(await states(), { a: "waiting" });
});

test("once a signal is back, the next trouble waits two seconds again", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { outbox, server, uploader } = await startTablet(["a"]);
  server.isReachable = false;
  await uploader.sendPending();
  await passTime(t, uploader, 2_000);
  server.isReachable = true;
  await passTime(t, uploader, 4_000);
  assert.deepEqual(await outbox.allEntries(), []);

  server.isReachable = false;
  await outbox.addEdit("Pruned", "Oak St", pruneEdit("b"));
  await uploader.sendPending();
  const triesBefore = server.requests.length;
  await passTime(t, uploader, 2_000);

  assert.equal(server.requests.length, triesBefore + 1);
});

test("a new edit is not sent before its time to be undone is over", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.parse("2026-05-04T09:00:00Z") });
  const { server, uploader } = await startTablet(["a"], UNDO_WINDOW_MS);
  await uploader.sendPending();

  await passTime(t, uploader, UNDO_WINDOW_MS - 1);
  assert.deepEqual(server.requests, []);
  await passTime(t, uploader, 1);

  assert.deepEqual(server.requests, [["a"]]);
});

test("an older edit does not wait for a newer one that may still be undone", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.parse("2026-05-04T09:00:00Z") });
  const { outbox, server, uploader } = await startTablet(["old"]);
  await outbox.addEdit("Pruned", "Oak St", pruneEdit("new"), UNDO_WINDOW_MS);

  await uploader.sendPending();
  assert.deepEqual(server.requests, [["old"]]);
  await passTime(t, uploader, UNDO_WINDOW_MS);

  assert.deepEqual(server.requests, [["old"], ["new"]]);
});

test("an edit that was undone in time never reaches the server", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.parse("2026-05-04T09:00:00Z") });
  const { outbox, server, uploader } = await startTablet(["a"], UNDO_WINDOW_MS);
  await uploader.sendPending();

  await outbox.removeEntry("a");
  await passTime(t, uploader, 10 * UNDO_WINDOW_MS);

  assert.deepEqual(server.requests, []);
});

test("a clock that was set back by a day does not hold an edit for a day", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.parse("2026-05-05T09:00:00Z") });
  const { server, uploader } = await startTablet(["a"], UNDO_WINDOW_MS);
  t.mock.timers.setTime(Date.parse("2026-05-04T09:00:00Z"));

  await uploader.sendPending();

  assert.deepEqual(server.requests, [["a"]]);
});

test("a long day's edits go in requests of twenty", async () => {
  const keys = Array.from({ length: 45 }, (_, index) => `edit-${index + 100}`);
  const { server, uploader, states, answeredTimes } = await startTablet(keys);

  await uploader.sendPending();

  assert.deepEqual(server.requests.map((request) => request.length), [20, 20, 5]);
  assert.deepEqual(server.requests.flat(), keys);
  assert.deepEqual([await states(), answeredTimes()], [{}, 3]);
});

test("photos are spread over requests that a weak connection can carry, and one too large goes alone", async () => {
  const { outbox, server, uploader } = await startTablet([]);
  for (const [key, size] of /** @type {[string, number][]} */ ([["a", 2_000_000], ["b", 1_400_000], ["c", 200_000], ["d", 5_000_000], ["e", 1]])) {
    await outbox.addEdit("Note", "Oak St", pruneEdit(key, { photo: "A".repeat(size) }));
  }

  await uploader.sendPending();

  assert.deepEqual(server.requests, [["a", "b"], ["c"], ["d"], ["e"]]);
});

test("an answer that is no answer, such as a login page, loses nothing", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { server, uploader, states, answeredTimes } = await startTablet(["a"]);
  for (const response of [new Response("<h1>Welcome to our Wi-Fi</h1>"), new Response("", { status: 503 }), Response.json({ detail: "too large" }, { status: 413 }), Response.json({})]) {
    server.respond = () => response;
    await uploader.sendPending();
    assert.deepEqual([await states(), answeredTimes()], [{ a: "waiting" }, 0]);
  }
});

test("an edit that is added during a slow upload is sent right after it", async () => {
  const { outbox, server, uploader } = await startTablet(["a"]);
  const answerAtOnce = server.respond;
  server.respond = async (edits) => {
    if (server.requests.length === 1) await outbox.addEdit("Pruned", "Oak St", pruneEdit("b"));
    return answerAtOnce(edits);
  };

  await uploader.sendPending();

  assert.deepEqual(server.requests, [["a"], ["b"]]);
});

test("a call to send while an upload runs does not send the same edits twice", async () => {
  const { server, uploader } = await startTablet(["a"]);

  const upload = uploader.sendPending();
  uploader.sendNow();
  uploader.sendNow();
  await upload;
  await finishUpload(uploader);

  assert.deepEqual(server.requests, [["a"]]);
});

test("two tabs of one browser send each edit once", async () => {
  /** @type {Promise<unknown>} */
  let lastTask = Promise.resolve();
  const locks = { request: (/** @type {string} */ _, /** @type {() => Promise<unknown>} */ task) => (lastTask = lastTask.then(task)) };
  defineGlobal("navigator", { locks });
  const { outbox, server, uploader } = await startTablet(["a", "b"]);
  const otherTab = new Uploader(outbox, "/api/v1/edits", () => {}, server.fetchResponse);

  await Promise.all([uploader.sendPending(), otherTab.sendPending()]);

  assert.deepEqual(server.requests, [["a", "b"]]);
});

test("a signal that comes back, and a page that is shown again, send at once and do not wait for the delay", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const [page, browser] = [Object.assign(new EventTarget(), { hidden: false }), new EventTarget()];
  defineGlobal("document", page);
  defineGlobal("addEventListener", browser.addEventListener.bind(browser));
  const { server, uploader } = await startTablet(["a"]);
  server.isReachable = false;
  uploader.startUploading();
  await finishUpload(uploader);
  const happen = async (/** @type {EventTarget} */ target, /** @type {string} */ name) => {
    target.dispatchEvent(new Event(name));
    await finishUpload(uploader);
    return server.requests.length;
  };

  assert.equal(server.requests.length, 1);
  assert.equal(await happen(browser, "online"), 2);
  assert.equal(await happen(page, "visibilitychange"), 3);
  page.hidden = true;
  assert.equal(await happen(page, "visibilitychange"), 3);
});

test("an edit is taken back while it waits, and not once the server has done it", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const { server, uploader, states } = await startTablet(["a", "b"], UNDO_WINDOW_MS);

  const isBackBefore = await uploader.withdraw("a");
  await uploader.sendPending();
  await passTime(t, uploader, UNDO_WINDOW_MS);
  const isBackAfter = await uploader.withdraw("b");

  assert.deepEqual([isBackBefore, isBackAfter], [true, false]);
  assert.deepEqual([server.requests, await states()], [[["b"]], {}]);
});
