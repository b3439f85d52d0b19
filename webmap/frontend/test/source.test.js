import assert from "node:assert/strict";
import { test } from "node:test";
import { Source } from "../src/source.js";

/** @param {object} body */
const answers = (body, ok = true) => ({ ok, statusText: "Bad", json: async () => body });

test("the same question is not sent twice", async () => {
  let sent = 0;
  const source = new Source(async () => /** @type {any} */ (answers({ features: [sent += 1] })));

  await source.ask("/a");
  const again = await source.ask("/a");

  assert.equal(sent, 1);
  assert.deepEqual(again, { features: [1], cut: false, middles: {} });
});

test("an answer that goes on elsewhere says that it is cut", async () => {
  const source = new Source(async () => /** @type {any} */ (answers({ features: [], next: "/more" })));

  assert.equal((await source.ask("/a"))?.cut, true);
});

test("a later question takes the place of the one before", async () => {
  const source = new Source((address, { signal }) => new Promise((resolve, reject) => {
    if (address === "/late") resolve(/** @type {any} */ (answers({ features: ["late"] })));
    else signal?.addEventListener("abort", () => reject(new Error("aborted")));
  }));

  const first = source.ask("/first");
  const late = await source.ask("/late");

  assert.equal(await first, null);
  assert.deepEqual(late?.features, ["late"]);
});

test("a refusal is told in the server's words and not kept", async () => {
  let sent = 0;
  const source = new Source(async () => /** @type {any} */ (answers({ detail: `no ${sent += 1}` }, false)));

  await assert.rejects(source.ask("/a"), /no 1/);
  await assert.rejects(source.ask("/a"), /no 2/);
});

test("a server that is crowded is asked again when it says so", async () => {
  const refused = { ...answers({ detail: "crowded" }, false), status: 503, headers: new Headers({ "Retry-After": "0.01" }) };
  const said = [refused, refused, answers({ features: ["late"] })];
  const source = new Source(async () => /** @type {any} */ (said.shift()));

  assert.deepEqual((await source.ask("/a"))?.features, ["late"]);
});

test("a server in longer trouble is not waited for", async () => {
  const refused = { ...answers({ detail: "broken" }, false), status: 503, headers: new Headers({ "Retry-After": "30" }) };
  const source = new Source(async () => /** @type {any} */ (refused));

  await assert.rejects(source.ask("/a"), /broken/);
});
