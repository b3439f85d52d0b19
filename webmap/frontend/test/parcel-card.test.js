import assert from "node:assert/strict";
import { test } from "node:test";
import { hexbinCardParts, townCardParts } from "../src/cards/area-cards.js";
import { parcelListRow } from "../src/cards/list-rows.js";
import { parcelCardParts, parcelName } from "../src/cards/parcel-card.js";
import { SCALE, mapConfig } from "../test-support/small-map.js";
import { openPage } from "../test-support/page.js";

const PARCEL = { address: "1912 Natural Bridge Rd", town: "Bel-Ridge", postal_city: "St. Louis", court: "Normandy", police: null, inspection: "County", canopy_pct: 21.52, canopy_method: "crowns", canopy_year: 2024, trees_inside: 2, trees_front: 1, need: "prune", inspections_open: 1, inspections_closed: null, town_shares: "Bel-Ridge 0.94" };

/** Reads parts of a card: facts by name, and all text. @param {Node[]} parts */
function read(parts) {
  const box = document.createElement("div");
  box.append(...parts);
  return { facts: Object.fromEntries([...box.querySelectorAll(".fact")].map((fact) => [fact.querySelector("dt")?.textContent, fact.querySelector("dd")?.textContent])), text: box.textContent ?? "" };
}

const readParcel = (/** @type {Record<string, any>} */ properties, units = /** @type {any[]} */ ([])) => read(parcelCardParts({ id: "14J", page: "/parcels/14J", properties }, units, [], (townName) => townName ?? null));

test("the card of a parcel tells what applies there and what stands on it", () => {
  openPage("");
  const { facts, text } = readParcel(PARCEL);

  assert.deepEqual([facts["Town"], facts["Shares by town"], facts["Court hub"], facts["Canopy cover"], facts["Trees"], facts["Most urgent need"], facts["Inspections"]], ["Bel-Ridge", "94% Bel-Ridge, 6% outside every town", "Normandy", "21.5% (crowns, 2024)", "2 inside, 1 in front", "Needs pruning", "1 open, unknown closed"]);
  assert.match(text, /Not recorded: police/);
  assert.match(text, /Mail says St\. Louis; the lot is in Bel-Ridge\./);
});

test("a mailing city that is the town itself is not told", () => {
  openPage("");
  assert.doesNotMatch(readParcel({ ...PARCEL, postal_city: "bel-ridge" }).text, /Mail says/);
});

test("what nobody surveyed is not recorded, and none is a count", () => {
  openPage("");
  const { facts, text } = readParcel({ town: "Bel-Ridge", canopy_pct: 0, trees_inside: null, trees_front: null, need: "unknown", inspections_open: 0, inspections_closed: 0 });

  assert.deepEqual([facts["Canopy cover"], facts["Inspections"]], ["0%", "0 open, 0 closed"]);
  assert.match(text, /Not recorded: court hub, police, inspecting agency, trees, most urgent need/);
});

test("the other units on the same ground are counted and named", () => {
  openPage("");
  const units = Array.from({ length: 8 }, (_, nth) => ({ id: `U-${nth}`, page: "" }));

  assert.match(readParcel(PARCEL, units).text, /8 more parcels on the same ground: U-0, U-1, U-2, U-3, U-4, U-5, …/);
  assert.match(readParcel(PARCEL, units.slice(0, 1)).text, /1 more parcel on the same ground: U-0/);
});

test("a parcel without an address is named by its number", () => {
  assert.deepEqual([parcelName({ id: "14J", properties: PARCEL }), parcelName({ id: "14J", properties: { address: null } })], ["1912 Natural Bridge Rd", "Parcel 14J"]);
});

test("a row of a lot tells its canopy, its town and how far away it is", () => {
  openPage("");
  const rowOf = (/** @type {Record<string, any>} */ properties, /** @type {number | null} */ distanceM) => parcelListRow(mapConfig(), /** @type {any} */ ({ id: "14J", properties }), distanceM, () => {});

  assert.equal(rowOf(PARCEL, 250).subtitle, "820 ft away · Canopy: 21.5% · Bel-Ridge");
  assert.equal(rowOf({ canopy_pct: null }, null).subtitle, "Canopy: unknown");
});

test("the card of a hexagon names its needs as the marks do, and tells the scale's value once", () => {
  openPage("");
  const { facts } = read(hexbinCardParts({ ...SCALE, title: "Canopy cover" }, { canopy_pct: 12, trees: 30, need_remove: 2 }));

  assert.deepEqual([facts["Canopy cover"], facts["Trees"], facts["Needs removal"], facts["Needs pruning"]], ["12%", "30", "2", "unknown"]);
  assert.equal(Object.keys(facts).filter((name) => name === "Canopy cover").length, 1);
});

test("the card of a town leads to its page", () => {
  openPage("");
  const parts = townCardParts(SCALE, /** @type {any} */ ({ properties: { slug: "bel-nor", canopy_pct: 14.9 } }));

  assert.equal(read(parts).facts["Canopy"], "14.9%");
  assert.equal(/** @type {HTMLAnchorElement} */ (parts.at(-1)).getAttribute("href"), "/towns/bel-nor");
});
