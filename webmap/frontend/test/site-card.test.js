import assert from "node:assert/strict";
import { test } from "node:test";
import { featureName, featureSubtitle } from "../src/cards/record-names.js";
import { siteCard } from "../src/cards/site-card.js";
import { defineGlobal } from "../test-support/globals.js";
import { openPage } from "../test-support/page.js";

const MARKS = /** @type {Record<string, any>} */ ({ remove: "Needs removal", prune: "Needs pruning", stump: "Stump to grind", plant: "Vacant site", done: "Done here" });
const TREE = {
  need: "remove", need_rule: "The tree is dead.", status: "planted", tree_id: "T-7", common: "Green Ash", species: "Fraxinus pennsylvanica", dbh_in: 22, condition: "dead", risk: "high", address: "6209 Hanley Rd",
  town: "Bel-Nor", surveyed_on: "2024-07-22", frontage_parcel_id: "01E100010", placed_by: "point", owner_kind: "public", clearance: "Vehicle", wires: null, overhead_wires: "Yes",
};

const markOf = (/** @type {string} */ code) => /** @type {any} */ ({ code, label: MARKS[code], description: "Marked as done on this device, not sent yet.", outline: "", color: "", glyph: "" });
const siteOf = (/** @type {Record<string, any>} */ properties) => /** @type {any} */ ({ type: "Feature", id: "S-7", geometry: { type: "Point", coordinates: [-90.3, 38.7] }, properties });

/** Reads a card: its heading and text, its facts, its last line, and its links. @param {Record<string, any>} properties @param {string} code */
function readCard(properties, code = properties["need"]) {
  openPage("<div></div>");
  defineGlobal("matchMedia", /** @type {any} */ (() => ({ matches: false })));
  defineGlobal("navigator", { userAgent: "" });
  const { subtitle, parts } = siteCard(siteOf(properties), markOf(code), (townName) => townName ?? null);
  const box = document.createElement("div");
  box.append(...parts);
  const facts = Object.fromEntries([...box.querySelectorAll(".fact")].map((fact) => [fact.querySelector("dt")?.textContent, fact.querySelector("dd")?.textContent]));
  const markText = [...(box.querySelector(".mark-line")?.querySelectorAll("strong, .note") ?? [])].map(({ textContent }) => textContent);
  const gaps = [...box.querySelectorAll("p")].map(({ textContent }) => textContent ?? "").find((text) => text.startsWith("Not recorded")) ?? null;
  return { subtitle, facts, markText, gaps, hrefs: [...box.querySelectorAll("a")].map((link) => link.getAttribute("href")) };
}

test("the card of a tree says why it needs the work, what hangs over it, what clearance is missing and whose it is", () => {
  const { subtitle, facts, markText, gaps, hrefs } = readCard(TREE);

  assert.deepEqual([subtitle, markText, gaps], ["6209 Hanley Rd · Tree T-7", ["Needs removal", "The tree is dead."], null]);
  assert.deepEqual([facts["Overhead wires"], facts["Clearance"], facts["Tree owner"], facts["Diameter"], facts["Surveyed"]], ["Yes", "Vehicle", "public", "22 in", "Jul 22, 2024"]);
  assert.ok(hrefs.includes("/trees/T-7"));
});

test("fields that nobody recorded stand in one line, not among the facts, and a code for unknown is one of them", () => {
  const { facts, gaps } = readCard({ ...TREE, overhead_wires: null, clearance: null, owner_kind: "unknown", dbh_in: null });

  assert.equal(gaps, "Not recorded: diameter, overhead wires, clearance, tree owner");
  assert.deepEqual(["Diameter", "Clearance", "Tree owner"].filter((name) => name in facts), []);
});

test("a diameter that the inventory gives as a class is shown as a class, and an exact one goes before it", () => {
  const diameterOf = (/** @type {any} */ values) => readCard({ ...TREE, dbh_in: null, ...values }).facts["Diameter"];
  assert.deepEqual([diameterOf({ dbh_low_in: 7, dbh_high_in: 12 }), diameterOf({ dbh_low_in: 36, dbh_high_in: null }), diameterOf({ dbh_low_in: null, dbh_high_in: 6 })], ["7 to 12 in", "36 in or more", "up to 6 in"]);
  assert.equal(diameterOf({ dbh_in: 9, dbh_low_in: 7, dbh_high_in: 12 }), "9 in");
});

test("wires that only the tree's row tells are told", () => {
  assert.equal(readCard({ ...TREE, overhead_wires: null, wires: "Primary" }).facts["Overhead wires"], "Primary");
});

test("after a removal the card is that of the site: its name, its need, and its page", () => {
  const stump = { ...TREE, need: "stump", need_rule: "A stump stands here.", status: "stump", tree_id: null, common: null, species: null, dbh_in: null, condition: null, risk: null, owner_kind: null, clearance: null };

  const { subtitle, facts, markText, gaps, hrefs } = readCard(stump);

  assert.equal(featureName("sites", siteOf(stump)), "Stump");
  assert.deepEqual([subtitle, markText, gaps], ["6209 Hanley Rd · Site S-7", ["Stump to grind", "A stump stands here."], null]); // a stump has no diameter to be missing
  assert.deepEqual([Object.keys(facts).includes("Condition"), hrefs.some((href) => href?.startsWith("/trees/")), hrefs.includes("/sites/S-7")], [false, false, true]);
});

test("sites without a tree are named by what they are, a tree without a species by that", () => {
  const nameOf = (/** @type {Record<string, any>} */ properties) => featureName("sites", siteOf(properties));

  assert.deepEqual(["vacant", "proposed", "stump", "planted", null].map((status) => nameOf({ status })), ["Vacant site", "Proposed site", "Stump", "Tree, species not recorded", "Tree, species not recorded"]);
  assert.equal(nameOf({ status: "planted", species: "Acer rubrum" }), "Acer rubrum");
});

test("a row says the need with its reason in short, and leaves out a risk that nobody rated", () => {
  const rowOf = (/** @type {Record<string, any>} */ properties, code = properties["need"]) => featureSubtitle("sites", siteOf(properties), markOf(code), "2026-05-04");

  assert.equal(rowOf(TREE), "Needs removal: dead tree · risk: high · 6209 Hanley Rd");
  assert.equal(rowOf({ ...TREE, need: "prune", need_rule: "The inventory reports a clearance problem.", risk: "unknown" }), "Needs pruning: clearance problem · 6209 Hanley Rd");
  assert.equal(rowOf({ need: "plant", need_rule: "The site is empty and can be planted.", town: "Bel-Nor" }), "Vacant site · Bel-Nor");
  assert.equal(rowOf({ ...TREE, need_rule: "A forester's own rule." }), "Needs removal: A forester's own rule. · risk: high · 6209 Hanley Rd");
  assert.equal(rowOf(TREE, "done"), "Done here · risk: high · 6209 Hanley Rd");
});
