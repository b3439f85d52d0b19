import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { ChangePoller } from "../src/tiles/change-poller.js";
import { defineGlobal } from "../test-support/globals.js";

/** A page that polls, with the results that the renderer gives. @param {import("node:test").TestContext} t @param {() => {version: number | null, changed: boolean}} nextResult */
function startPage(t, nextResult) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const [page, browser] = [Object.assign(new EventTarget(), { hidden: false }), new EventTarget()];
  defineGlobal("document", page);
  defineGlobal("addEventListener", browser.addEventListener.bind(browser));
  let polls = 0;
  /** @type {(number | null)[]} */
  const reported = [];
  const renderer = /** @type {any} */ ({ request: async () => ((polls += 1), nextResult()) });
  const poller = new ChangePoller(renderer, async (version) => void reported.push(version));
  poller.startPolling();
  const settle = async () => {
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
  };
  const pass = async (/** @type {number} */ ms) => {
    t.mock.timers.tick(ms);
    await settle();
  };
  const happen = async (/** @type {EventTarget} */ target, /** @type {string} */ name) => {
    target.dispatchEvent(new Event(name));
    await settle();
  };
  return { page, browser, poller, reported, pass, happen, polls: () => polls };
}

test("a visible page polls every three seconds and reports only changes", async (t) => {
  const results = [{ version: 7, changed: false }, { version: 8, changed: true }, { version: 8, changed: false }];
  const { pass, polls, reported } = startPage(t, () => results.shift() ?? { version: 8, changed: false });

  await pass(2_999);
  assert.equal(polls(), 0);
  await pass(1);
  await pass(3_000);
  await pass(3_000);

  assert.deepEqual([polls(), reported], [3, [8]]);
});

test("while the server does not answer, polls become rarer, at most one a minute", async (t) => {
  const { pass, polls } = startPage(t, () => ({ version: null, changed: false }));
  await pass(3_000);

  for (const seconds of [6, 12, 24, 48, 60, 60]) {
    const before = polls();
    await pass(1_000 * seconds - 1);
    assert.equal(polls(), before, `a poll before ${seconds} seconds`);
    await pass(1);
    assert.equal(polls(), before + 1, `no poll after ${seconds} seconds`);
  }
});

test("once the server answers again, polls come every three seconds again", async (t) => {
  const results = [{ version: null, changed: true }, { version: 7, changed: true }];
  const { pass, polls, reported } = startPage(t, () => results.shift() ?? { version: 7, changed: false });
  await pass(3_000);
  await pass(6_000);

  await pass(3_000);

  assert.deepEqual([polls(), reported], [3, [null, 7]]);
});

test("a hidden page does not poll, and polls at once when it is shown", async (t) => {
  const { page, happen, pass, polls } = startPage(t, () => ({ version: 7, changed: false }));
  page.hidden = true;
  await happen(page, "visibilitychange");
  await pass(600_000);
  assert.equal(polls(), 0);

  page.hidden = false;
  await happen(page, "visibilitychange");
  assert.equal(polls(), 1);
  await pass(3_000);
  assert.equal(polls(), 2);
});

test("a signal that comes or goes is looked at once", async (t) => {
  const { browser, happen, polls } = startPage(t, () => ({ version: 7, changed: false }));

  await happen(browser, "offline");
  await happen(browser, "online");

  assert.equal(polls(), 2);
});

test("a renderer that fails counts as a server that does not answer", async (t) => {
  const { pass, polls, reported } = startPage(t, () => {
    throw new Error("the map worker failed");
  });
  await pass(3_000);

  await pass(3_000);
  assert.equal(polls(), 1);
  await pass(3_000);

  assert.deepEqual([polls(), reported], [2, []]);
});

test("a page that fails to show a change goes on polling", async (t) => {
  const { poller, pass, polls } = startPage(t, () => ({ version: 8, changed: true }));
  poller.onChanged = async () => {
    throw new Error("the towns did not come");
  };
  await assert.rejects(poller.pollNow(), /the towns did not come/);
  poller.onChanged = async () => {};

  await pass(3_000);

  assert.equal(polls(), 2);
});
