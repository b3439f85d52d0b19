import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { needReason, shortNeedReason } from "../src/cards/need-reasons.js";
import { capitalizeFirst, codeLabel, fieldName } from "../src/ui/code-labels.js";

const readSource = (/** @type {string} */ path) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf-8");
/** Reads the entries of a table of labels in Python or JavaScript. @param {string} source @param {string} start of the table */
function readTable(source, start) {
  const [table = ""] = source.slice(source.indexOf(start) + start.length).split(/^\}|^ {4}\},/m);
  return [...table.matchAll(/"?(\w+)"?: gettext_noop\("([^"]*)"\)/g)].map(([, code = "", label = ""]) => [code, label]);
}

const PAGES = readSource("webmap/field_labels.py");
const CARDS = readSource("webmap/frontend/src/ui/code-labels.js");

for (const [name, ownStart, pageStart] of /** @type {[string, string, string][]} */ ([["codes", "CODE_LABELS = {", "\nCODE_LABELS = {"], ["needs", "NEED_LABELS = {", '"need": {']])) {
  test(`the labels of ${name} are those of the pages`, () => {
    const [own, pages] = [readTable(CARDS, ownStart), new Map(/** @type {[string, string][]} */ (readTable(PAGES, pageStart)))];

    assert.ok(own.length > 5);
    assert.deepEqual(own.filter(([code = "", label]) => pages.get(code) !== label), []);
  });
}

test("the names of fields are those of the pages, where pages have the field", () => {
  const [own, pages] = [readTable(CARDS, "FIELD_NAMES = {"), new Map(/** @type {[string, string][]} */ (readTable(PAGES, "FIELD_LABELS = {")))];

  assert.ok(own.length > 15);
  assert.deepEqual(own.filter(([field = "", label]) => pages.has(field) && pages.get(field) !== label), []);
});

test("a code or field without a label is written without underscores, and what nobody recorded has no label", () => {
  assert.deepEqual([codeLabel("very_good"), codeLabel("heat_zone"), codeLabel("unknown"), codeLabel(null), codeLabel("plant", "need")], ["very good", "heat zone", null, null, "Vacant site"]);
  assert.deepEqual([fieldName("dbh_in"), fieldName("heat_zone"), capitalizeFirst("court hub")], ["diameter", "heat zone", "Court hub"]);
});

test("every reason of the table of needs has a short form, and is in the catalog of the scripts", () => {
  const reasons = [...readSource("geo/forestry/needs.toml").matchAll(/^reason = "([^"]*)"/gm)].map(([, reason = ""]) => reason);
  const module = readSource("webmap/frontend/src/cards/need-reasons.js");

  assert.ok(reasons.length > 10);
  assert.deepEqual(reasons.filter((reason) => !module.includes(`[gettext_noop("${reason}")]`)), []);
  assert.ok(reasons.every((reason) => needReason({ need_rule: reason }) === reason && shortNeedReason({ need_rule: reason }).length < 32));
  assert.deepEqual([needReason({ need_rule: null }), shortNeedReason({ need_rule: null })], [null, ""]);
});
