import assert from "node:assert/strict";
import { test } from "node:test";
import { inspectionCard } from "../src/cards/inspection-card.js";
import { featureName, featureSubtitle, inspectionAge } from "../src/cards/record-names.js";
import { defineGlobal } from "../test-support/globals.js";
import { openPage } from "../test-support/page.js";

const TODAY = "2026-11-30";
const OPEN = { status: "open", kind: "vegetation", address: "6208 Pecan Blvd", opened_on: "2026-10-27", due_on: "2026-12-04", closed_on: null, town: "Bel-Nor", parcel_id: "14J230415", placed_by: "parcel" };
const mark = /** @type {any} */ ({ code: "open", label: "Open", description: "Not closed yet.", outline: "", color: "", glyph: "" });
const inspectionOf = (/** @type {Record<string, any>} */ properties) => /** @type {any} */ ({ type: "Feature", id: "I-1", geometry: { type: "Point", coordinates: [-90.3, 38.7] }, properties });

/** Reads the card of an inspection. @param {Record<string, any>} properties */
function readCard(properties) {
  openPage("<div></div>");
  defineGlobal("matchMedia", /** @type {any} */ (() => ({ matches: false })));
  defineGlobal("navigator", { userAgent: "" });
  const { subtitle, parts } = inspectionCard(inspectionOf(properties), mark, TODAY, (townName) => townName ?? null);
  const box = document.createElement("div");
  box.append(...parts);
  const facts = Object.fromEntries([...box.querySelectorAll(".fact")].map((fact) => [fact.querySelector("dt")?.textContent, fact.querySelector("dd")?.textContent]));
  return { subtitle, facts, heading: box.querySelector("strong")?.textContent, text: box.textContent ?? "" };
}

test("an inspection is titled by its address, else by that of its lot, else by the number of its lot", () => {
  const titleOf = (/** @type {Record<string, any>} */ properties) => featureName("inspections", inspectionOf(properties));

  assert.equal(titleOf({ address: "6208 Pecan Blvd", parcel_address: "6210 Pecan Blvd", parcel_id: "14J" }), "6208 Pecan Blvd");
  assert.equal(titleOf({ address: null, parcel_address: "6210 Pecan Blvd", parcel_id: "14J" }), "6210 Pecan Blvd");
  assert.equal(titleOf({ address: null, parcel_address: null, parcel_id: "14J230415" }), "Parcel 14J230415");
  assert.equal(titleOf({ address: null, parcel_address: null, parcel_id: null }), "Address not recorded");
});

test("an age is told in days: open since it was opened, overdue since it was due", () => {
  assert.equal(inspectionAge(OPEN, TODAY), "Open 34 days");
  assert.equal(inspectionAge({ ...OPEN, due_on: "2026-11-18" }, TODAY), "Overdue by 12 days");
  assert.equal(inspectionAge({ ...OPEN, due_on: "2026-11-29" }, TODAY), "Overdue by 1 day");
  assert.equal(inspectionAge({ ...OPEN, due_on: TODAY, opened_on: "2026-11-29" }, TODAY), "Open 1 day");
  assert.equal(inspectionAge({ ...OPEN, status: "closed", closed_on: "2025-11-03" }, TODAY), "Closed Nov 3, 2025");
  assert.deepEqual([inspectionAge({ ...OPEN, opened_on: null }, TODAY), inspectionAge({ ...OPEN, status: "closed" }, TODAY), inspectionAge({ status: "cancelled" }, TODAY)], [null, null, null]);
});

test("a row tells the age, the due date and the kind", () => {
  const rowOf = (/** @type {Record<string, any>} */ properties) => featureSubtitle("inspections", inspectionOf(properties), mark, TODAY);

  assert.equal(rowOf({ ...OPEN, due_on: "2026-11-18" }), "Overdue by 12 days · due Nov 18, 2026 · Vegetation");
  assert.equal(rowOf({ ...OPEN, opened_on: null, due_on: null, kind: null }), "Open · Inspection, type not recorded");
  assert.equal(rowOf({ ...OPEN, status: "closed", closed_on: "2025-11-03" }), "Closed Nov 3, 2025 · Vegetation");
});

test("the card of an open inspection tells its age, and that it is not closed yet", () => {
  const { subtitle, facts, heading, text } = readCard(OPEN);

  assert.deepEqual([subtitle, heading], ["Vegetation · Inspection I-1", "Open 34 days"]);
  assert.deepEqual([facts["Opened"], facts["Due"], facts["Closed"]], ["Oct 27, 2026", "Dec 4, 2026", "Not closed yet"]);
  assert.ok(!text.includes("unknown"));
});

test("a closed inspection of no known day of closing says that it is not recorded", () => {
  const { facts, heading, text } = readCard({ ...OPEN, status: "closed" });

  assert.deepEqual([facts["Closed"], heading], [undefined, "Open"]); // the mark of the test
  assert.match(text, /Not recorded: closed/);
});

test("a card tells the agency's own words for the status, and what may be overdue", () => {
  const { facts } = readCard({ ...OPEN, status: "unknown", status_word: "Referred", due_on: "2026-11-18" });

  assert.equal(facts["Status in the agency's words"], "Referred");
  assert.equal(inspectionAge({ ...OPEN, status: "unknown", due_on: "2026-11-18" }, TODAY), "May be overdue by 12 days");
});
