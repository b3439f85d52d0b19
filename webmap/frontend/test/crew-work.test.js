import assert from "node:assert/strict";
import { after, test } from "node:test";
import { cleanText } from "../src/crew/edit-form.js";
import { SITE_STATUS_AFTER, WORK_TEXTS, localTimestamp, recordOfFeature } from "../src/crew/crew-work.js";

const zone = process.env["TZ"];
after(() => (zone === undefined ? delete process.env["TZ"] : (process.env["TZ"] = zone)));

/** @param {Record<string, any>} properties */
const siteWith = (properties) => /** @type {any} */ ({ type: "Feature", id: "S-1", geometry: null, properties });

test("work on a standing tree is reported for the tree", () => {
  assert.deepEqual(recordOfFeature(siteWith({ tree_id: "T-7", need: "prune" })), { layer: "trees", id: "T-7" });
});

test("work at a site without a tree is reported for the site", () => {
  for (const properties of [{ need: "stump" }, { need: "stump", tree_id: null }, { need: "stump", tree_id: "" }]) assert.deepEqual(recordOfFeature(siteWith(properties)), { layer: "sites", id: "S-1" });
});

test("planting is reported for the site, also if it still has the record of the old tree", () => {
  assert.deepEqual(recordOfFeature(siteWith({ tree_id: "T-7", need: "plant" })), { layer: "sites", id: "S-1" });
});

test("the time of an edit is the time on the crew's watch, with its distance from UTC", (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: Date.parse("2026-05-04T14:30:09.500Z") });
  const timestampIn = (/** @type {string} */ name) => {
    process.env["TZ"] = name;
    return localTimestamp();
  };

  assert.equal(timestampIn("America/Chicago"), "2026-05-04T09:30:09-05:00");
  assert.equal(timestampIn("UTC"), "2026-05-04T14:30:09+00:00");
  assert.equal(timestampIn("America/St_Johns"), "2026-05-04T12:00:09-02:30");
  assert.equal(timestampIn("Asia/Kathmandu"), "2026-05-04T20:15:09+05:45");
  assert.equal(timestampIn("Pacific/Kiritimati"), "2026-05-05T04:30:09+14:00");
});

test("a timestamp is the same instant, in summer and in winter", (t) => {
  process.env["TZ"] = "America/Chicago";
  for (const instant of ["2026-01-15T12:00:00Z", "2026-07-15T12:00:00Z", "2026-11-01T06:30:00Z", "2026-11-01T07:30:00Z"]) {
    t.mock.timers.enable({ apis: ["Date"], now: Date.parse(instant) });
    const timestamp = localTimestamp();
    t.mock.timers.reset();
    assert.equal(Date.parse(timestamp), Date.parse(instant), timestamp);
  }
});

test("each kind of work that leaves something behind is a kind of work that can be done", () => {
  for (const need of Object.keys(SITE_STATUS_AFTER)) assert.ok(need in WORK_TEXTS, need);
});

test("a note keeps its lines, accents and emoji, and loses control and invisible characters", () => {
  assert.equal(cleanText("  Nid d'abeilles à l'étage\nNo access 🐝 \t"), "Nid d'abeilles à l'étage\nNo access 🐝");
  assert.equal(cleanText("a\u0000b\u200bc\u202ed\ufeffe\u0085f"), "abcdef");
});

test("special spaces in a note become plain ones", () => {
  assert.equal(cleanText("12\u00a0in\u2009DBH\u3000here"), "12 in DBH here");
});

test("the parts of a joined emoji stay joined", () => {
  assert.equal(cleanText("👩\u200d🌾 was here"), "👩\u200d🌾 was here");
});

test("a note of nothing but spaces is empty", () => {
  assert.equal(cleanText(" \u00a0\u200b\n\t"), "");
});
