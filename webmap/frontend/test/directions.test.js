import assert from "node:assert/strict";
import { test } from "node:test";
import { directionsParts } from "../src/cards/directions.js";
import { defineGlobal } from "../test-support/globals.js";
import { openPage } from "../test-support/page.js";

const IPAD = "Mozilla/5.0 (iPad; CPU OS 17_0)";
const ANDROID = "Mozilla/5.0 (Linux; Android 14)";

/** Opens a page on a device with a mouse or a touch screen. @param {boolean} hasMouse @param {Record<string, any>} navigatorParts */
function directionsOn(hasMouse, navigatorParts) {
  openPage("");
  defineGlobal("matchMedia", /** @type {any} */ ((/** @type {string} */ query) => ({ matches: hasMouse && query === "(pointer: fine)" })));
  defineGlobal("navigator", navigatorParts);
  return directionsParts(38.7, -90.3, "4021 Oak St (rear)");
}

test("a touch screen opens the device's own maps app, with the name of the place", () => {
  const hrefOn = (/** @type {string} */ userAgent) => directionsOn(false, { userAgent }).buttons.map((button) => button.getAttribute("href"));

  assert.deepEqual(hrefOn(IPAD), ["maps:?daddr=38.700000,-90.300000"]);
  assert.deepEqual(hrefOn(ANDROID), ["geo:38.700000,-90.300000?q=38.700000,-90.300000(4021%20Oak%20St%20(rear))"]);
});

test("a desk has no link that does nothing: the coordinates are copied, and OpenStreetMap opens in a new tab that is not told from where", async () => {
  /** @type {string[]} */
  const copied = [];
  const { buttons, status } = directionsOn(true, { userAgent: "Mozilla/5.0 (X11; Linux)", clipboard: { writeText: async (/** @type {string} */ text) => copied.push(text) } });

  buttons[0]?.click();
  await new Promise((resolve) => setTimeout(resolve));

  assert.deepEqual([copied, status.textContent, status.getAttribute("role")], [["38.700000, -90.300000"], "Copied: 38.700000, -90.300000", "status"]);
  const link = buttons[1];
  assert.equal(link?.getAttribute("href"), "https://www.openstreetmap.org/?mlat=38.700000&mlon=-90.300000#map=19/38.700000/-90.300000");
  assert.deepEqual([link?.getAttribute("target"), link?.getAttribute("rel")], ["_blank", "noreferrer noopener"]);
  assert.ok(buttons.every((button) => !/^(geo|maps):/.test(button.getAttribute("href") ?? "")));
});

test("where the browser may not copy, the coordinates are shown", async () => {
  for (const clipboard of [undefined, { writeText: async () => Promise.reject(new Error("denied")) }]) {
    const { buttons, status } = directionsOn(true, { userAgent: "", clipboard });
    buttons[0]?.click();
    await new Promise((resolve) => setTimeout(resolve));

    assert.equal(status.textContent, "Copy these coordinates: 38.700000, -90.300000");
  }
});
