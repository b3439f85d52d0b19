import assert from "node:assert/strict";
import { test } from "node:test";
import { townCountText, viewSummaryText } from "../src/cards/count-texts.js";

const SUMMARY = { level: /** @type {const} */ ("features"), count: 1_234, countsByMark: {}, towns: ["Normandy", "Bel-Nor"], offline: false, failedTiles: 0 };
const CONTEXT = { layer: "sites", townName: /** @type {string | null} */ (null), unsurveyedTown: /** @type {string | null} */ (null), hasFilters: false };

test("the count names what is counted, and the towns with most of it", () => {
  assert.equal(viewSummaryText(SUMMARY, CONTEXT), "1,234 trees and sites in view · Normandy, Bel-Nor");
  assert.equal(viewSummaryText({ ...SUMMARY, count: 1, towns: ["A", "B", "C"] }, { ...CONTEXT, layer: "parcels" }), "1 lot in view · A, B and more");
  assert.equal(viewSummaryText({ ...SUMMARY, count: 2, towns: [] }, { ...CONTEXT, layer: "inspections" }), "2 inspections in view");
});

test("work that was done here and is not sent yet is counted apart", () => {
  assert.equal(viewSummaryText({ ...SUMMARY, count: 5, countsByMark: { done: 2, prune: 3 }, towns: [] }, CONTEXT), "5 trees and sites in view · 2 done here, not sent yet");
});

test("nothing in view has its reason: filters, no survey, or no download", () => {
  const nothing = { ...SUMMARY, count: 0, towns: [] };

  assert.equal(viewSummaryText(nothing, { ...CONTEXT, hasFilters: true }), "0 trees and sites in view · filters may hide others");
  assert.equal(viewSummaryText(nothing, { ...CONTEXT, unsurveyedTown: "Norwood Court" }), "Norwood Court has no tree inventory.");
  assert.equal(viewSummaryText(nothing, { ...CONTEXT, layer: "inspections", unsurveyedTown: "Norwood Court" }), "Norwood Court has no recorded inspections.");
  assert.equal(viewSummaryText({ ...nothing, offline: true, failedTiles: 2 }, { ...CONTEXT, townName: "Bel-Nor" }), "Bel-Nor is not downloaded.");
  assert.equal(viewSummaryText({ ...nothing, offline: true, failedTiles: 2 }, CONTEXT), "This area is not downloaded.");
});

test("a far map counts its towns, and says where the filters apply", () => {
  assert.equal(townCountText("sites", 23, false), "23 towns. Zoom in to see single trees and sites.");
  assert.equal(townCountText("parcels", 1, false), "1 town. Zoom in to see single lots.");
  assert.equal(townCountText("inspections", 2, true), "2 towns. Zoom in to see single inspections. The filters apply to these.");
});
