import assert from "node:assert/strict";
import { test } from "node:test";
import { mapConfig, viewOfTown } from "../test-support/small-map.js";
import { defineGlobal } from "../test-support/globals.js";
import { findElement, openPage } from "../test-support/page.js";

defineGlobal("__QR_CODE_URL__", new URL("../src/print/qr-code.js", import.meta.url).href); // as build.js does
const { groundResolution, mapStage, paperFoot, paperLegend, roundLength } = await import("../src/print/paper-parts.js");

/** @param {Partial<import("../src/render/protocol.js").View>} parts */
const stageAt = (parts) => mapStage(/** @type {any} */ ({ bitmap: { width: 10, height: 8 } }), viewOfTown(parts));

/** @param {HTMLElement} stage */
const barTexts = (stage) => [...stage.querySelectorAll(".paper-bar")].map(({ textContent }) => textContent);

test("feet come before meters, or after them, as the page says", () => {
  const page = openPage("");

  assert.deepEqual(barTexts(stageAt({})), ["200 ft", "100 m"]);
  page.documentElement.dataset["units"] = "meters";
  assert.deepEqual(barTexts(stageAt({})), ["100 m", "200 ft"]);
});

test("long bars are in miles and kilometers", () => {
  openPage("");

  assert.deepEqual(barTexts(stageAt({ zoom: 12, left: 0, top: 256 * 2 ** 11 })), ["2 mi", "5 km"]);
});

test("a bar is as long as the ground that it names, in parts of the map's width", () => {
  openPage("");
  const view = viewOfTown();

  const [feet] = stageAt({}).querySelectorAll(".paper-bar");
  const share = Number(/** @type {HTMLElement} */ (feet).style.getPropertyValue("--share"));
  assert.ok(Math.abs(share - (200 * 0.3048) / groundResolution(view) / view.width) < 1e-9);
});

test("a round length begins with 1, 2 or 5", () => {
  assert.deepEqual([1, 19, 21, 49.9, 50, 480, 1_000].map(roundLength), [1, 10, 20, 20, 50, 200, 1_000]);
});

test("the legend has the marks that are on the map", () => {
  openPage("");
  const legend = paperLegend(mapConfig(), /** @type {any} */ ({ level: "features", markCodes: ["none", "remove"] }));

  assert.deepEqual([...legend.querySelectorAll("li")].map(({ textContent }) => textContent), ["remove", "none"]);
});

test("the legend of a far map has the steps of the scale, with the hatch for unknown", () => {
  openPage(`<ul class="scale"><li>under 10%</li><li><svg><use href="#hatched"></use></svg>unknown</li></ul>`);
  const legend = paperLegend(mapConfig(), /** @type {any} */ ({ level: "towns", markCodes: [] }));

  assert.equal(findElement(legend, "strong").textContent, "Canopy");
  assert.equal(legend.querySelectorAll("li").length, 2);
  assert.equal(findElement(legend, "use").getAttribute("href"), "#hatched");
});

test("the foot has the address of the page as text and as a code", async () => {
  openPage("");
  const foot = await paperFoot("https://trees.example.org/map/coverage?at=17/38.7/-90.3", "Data as of Nov 20, 2026.");

  assert.equal(findElement(foot, ".paper-url").textContent, "https://trees.example.org/map/coverage?at=17/38.7/-90.3");
  assert.match(findElement(foot, ".paper-qr path").getAttribute("d") ?? "", /^M4 4h7v1h-7z/);
  assert.match(foot.textContent ?? "", /Data as of Nov 20, 2026\./);
});
