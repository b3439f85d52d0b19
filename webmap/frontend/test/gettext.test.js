import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { formatDate, formatDiameter, formatDistance, formatNumber, gettext, gettext_noop, ngettext, resetCatalog } from "../src/ui/gettext.js";

/** Makes a page of a language. @param {string} lang @param {string} units @param {object | null} catalog */
function openPage(lang, units, catalog = null) {
  const element = catalog && { textContent: JSON.stringify(catalog) };
  Object.assign(globalThis, { document: { documentElement: { lang, dataset: { units } }, getElementById: (/** @type {string} */ id) => (id === "catalog" ? element : null) } });
  resetCatalog();
}

afterEach(() => {
  Reflect.deleteProperty(globalThis, "document");
  resetCatalog();
});

test("without a document all is English", () => {
  assert.equal(gettext("Parcel %(id)s", { id: "09J" }), "Parcel 09J");
  assert.equal(gettext("under 0.1 %"), "under 0.1 %");
  assert.equal(ngettext("%(count)s tree", "%(count)s trees", 1), "1 tree");
  assert.equal(ngettext("%(count)s tree", "%(count)s trees", 1_200), "1,200 trees");
  assert.equal(gettext_noop("Unknown"), "Unknown");
});

test("a catalog's text is taken, its values move, and what it lacks stays English", () => {
  openPage("es", "feet", { messages: { "Parcel %(id)s in %(town)s": ["%(town)s: parcela %(id)s, 5 %%"] }, forms: "01" });
  assert.equal(gettext("Parcel %(id)s in %(town)s", { id: "09J", town: "Pagedale" }), "Pagedale: parcela 09J, 5 %");
  assert.equal(gettext("Close"), "Close");
});

test("a language with three plural forms gets the form of each count, and of counts above the table", () => {
  const forms = Array.from({ length: 200 }, (_, n) => (n % 10 === 1 && n % 100 !== 11 ? 0 : n % 10 >= 2 && n % 10 <= 4 && (n % 100 < 12 || n % 100 > 14) ? 1 : 2)).join("");
  openPage("bs", "meters", { messages: { "%(count)s tree": ["%(count)s stablo", "%(count)s stabla", "%(count)s stabala"] }, forms });
  const nouns = [1, 2, 5, 11, 21, 112, 1_001, 1_012].map((count) => ngettext("%(count)s tree", "%(count)s trees", count).split(" ")[1]);
  assert.deepEqual(nouns, ["stablo", "stabla", "stabala", "stabala", "stablo", "stabala", "stablo", "stabala"]);
});

test("values are filled in once, whatever they contain", () => {
  assert.equal(gettext("%(a)s and %(b)s", { a: "%(b)s", b: "100 %%" }), "%(b)s and 100 %%");
  assert.equal(gettext("%(a)s.", { a: "$&" }), "$&.");
});

test("dates, numbers and lengths follow the page", () => {
  openPage("en-US", "feet");
  assert.equal(formatDate("2026-11-20T23:30:00-06:00"), "Nov 20, 2026");
  assert.equal(formatDate("last spring"), "last spring");
  assert.deepEqual([1, 30, 250, 1_609.344].map(formatDistance), ["3 ft", "98 ft", "820 ft", "1 mi"].map((text) => text.replace("98", "100")));
  assert.equal(formatDiameter(12.5), "12.5 in");
  openPage("de", "meters");
  assert.equal(formatNumber(1_234.5, 1), "1.234,5");
  assert.deepEqual([0.2, 30, 250, 1_609.344].map(formatDistance), ["1 m", "30 m", "250 m", "1,6 km"]);
  assert.equal(formatDiameter(12), "30 cm (12 in)");
});
