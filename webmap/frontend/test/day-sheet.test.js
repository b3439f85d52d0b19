import assert from "node:assert/strict";
import { test } from "node:test";
import { daySheet } from "../src/print/day-sheet.js";
import { loadParcelAddresses } from "../src/print/parcel-addresses.js";
import { mapConfig } from "../test-support/small-map.js";
import { findElement, openPage } from "../test-support/page.js";

const TREE = {
  need: "remove", need_rule: "The tree is dead.", tree_id: "T-1", common: "Pin Oak", dbh_in: 22, condition: "dead", risk: "high", address: "6209 Hanley Rd", on_street: "Hanley Rd", town: "Bel-Nor",
  owner_kind: "utility", clearance: "Vehicle", wires: "Yes", overhead_wires: null, frontage_parcel_id: "01E100010",
};

/** @param {Record<string, any>} properties @param {string} code @returns {import("../src/render/protocol.js").FeatureRow} */
const rowOf = (properties, code = "remove") => ({ feature: /** @type {any} */ ({ id: "S-1", properties, geometry: { type: "Point", coordinates: [-90.3, 38.7] } }), code, distanceM: null });

/** Builds the sheet of some rows, and returns the lines of each cell. @param {import("../src/render/protocol.js").FeatureRow[]} rows @param {Map<string, string>} addresses */
function sheetOf(rows, addresses = new Map()) {
  openPage("");
  const sheet = daySheet(mapConfig(), /** @type {any} */ ({ rows, count: rows.length }), addresses);
  const cells = [...sheet.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("td")].map((cell) => [...cell.querySelectorAll(":scope > div")].map(({ textContent }) => textContent)));
  return { sheet, cells };
}

test("a row says what stands where, why it needs the work, what wires are over it and who owns it", () => {
  const { cells: [row] } = sheetOf([rowOf(TREE)]);

  assert.deepEqual(row, [
    [], [], ["Pin Oak", "Tree T-1", "22 in · dead · risk: high"], ["remove", "The tree is dead."], ["6209 Hanley Rd"], ["Overhead wires: Yes", "Clearance: Vehicle", "Tree owner: utility company"], [],
  ]);
});

test("what nobody recorded is named in one line, and never shown as a value", () => {
  const { cells: [row] } = sheetOf([rowOf({ ...TREE, dbh_in: null, risk: "unknown", clearance: null, wires: "", owner_kind: "unknown" })]);

  assert.deepEqual(row?.[2], ["Pin Oak", "Tree T-1", "dead"]);
  assert.deepEqual(row?.[5], ["Not recorded: overhead wires, clearance, tree owner, diameter, risk"]);
});

test("a site without a tree has no lines about one", () => {
  const { cells: [row] } = sheetOf([rowOf({ need: "plant", need_rule: "The site is empty and can be planted.", status: "vacant", address: "1 Oak St", town: "Bel-Nor", overhead_wires: "No" }, "none")]);

  assert.deepEqual([row?.[2], row?.[5]], [["Vacant site", "Site S-1"], ["Overhead wires: No"]]);
});

test("a row without an address has that of its lot, else its street", () => {
  const row = rowOf({ ...TREE, address: null });

  assert.deepEqual(sheetOf([row], new Map([["01E100010", "6213 Hanley Rd"]])).cells[0]?.[4], ["6213 Hanley Rd"]);
  assert.deepEqual(sheetOf([row]).cells[0]?.[4], ["Hanley Rd"]);
  assert.deepEqual(sheetOf([rowOf({ ...TREE, address: null, on_street: null })]).cells[0]?.[4], ["Bel-Nor"]);
  assert.deepEqual(sheetOf([rowOf({ ...TREE, address: null, on_street: null, town: null })]).cells[0]?.[4], ["no location"]);
});

test("rows in several towns name their towns", () => {
  const { cells } = sheetOf([rowOf(TREE), rowOf({ ...TREE, town: "Normandy" })]);

  assert.deepEqual(cells.map((row) => row[4]), [["6209 Hanley Rd", "Bel-Nor"], ["6209 Hanley Rd", "Normandy"]]);
});

test("the rows are one table with a head, each with a box to tick and its number", () => {
  const { sheet } = sheetOf([rowOf(TREE), rowOf(TREE)]);

  assert.equal(sheet.querySelectorAll("table").length, 1);
  assert.deepEqual([...sheet.querySelectorAll("thead th")].map(({ textContent }) => textContent), ["Done", "No.", "Tree or site", "Work", "Address", "At the tree", "Remarks"]);
  assert.deepEqual([...sheet.querySelectorAll(".number")].map(({ textContent }) => textContent), ["1", "2"]);
  assert.equal(sheet.querySelectorAll(".tick").length, 2);
});

test("a sheet that leaves rows out says how many", () => {
  openPage("");
  const sheet = daySheet(mapConfig(), /** @type {any} */ ({ rows: [rowOf(TREE)], count: 1_200 }), new Map());

  assert.equal(findElement(sheet, "p").textContent, "These are the 1 most urgent of 1,200 on this map. Filter or zoom in for the others.");
  assert.equal(sheetOf([]).sheet.textContent, "Nothing on this map matches the filters.");
});

test("addresses are loaded once for each lot of rows without one, and a fault leaves them out", async () => {
  const rows = [rowOf({ ...TREE, address: null }), rowOf({ ...TREE, address: null }), rowOf(TREE), rowOf({ ...TREE, address: null, frontage_parcel_id: "gone" }), rowOf({ ...TREE, address: null, frontage_parcel_id: null })];
  /** @type {string[]} */
  const asked = [];
  const fetchCard = /** @type {typeof fetch} */ (async (url) => {
    asked.push(String(url));
    return String(url).endsWith("/gone") ? new Response("{}", { status: 404 }) : Response.json({ id: "01E100010", properties: { address: "6213 Hanley Rd" } });
  });

  assert.deepEqual(await loadParcelAddresses("/api/v1", rows, fetchCard), new Map([["01E100010", "6213 Hanley Rd"]]));
  assert.deepEqual(asked, ["/api/v1/card/parcels/01E100010", "/api/v1/card/parcels/gone"]);
  assert.deepEqual(await loadParcelAddresses("/api/v1", rows, () => Promise.reject(new TypeError("offline"))), new Map());
});
