import assert from "node:assert/strict";
import { test } from "node:test";
import { FilterForm } from "../src/map/filter-form.js";
import { choose, findElement, openPage } from "../test-support/page.js";

const PAGE = `
  <form id="filters">
    <label for="f-town">Town</label><select id="f-town" name="town"><option value="">All towns</option><option value="bel-nor">Bel-Nor</option><option value="normandy">Normandy</option></select>
    <label for="f-since">Opened since</label><input id="f-since" type="date" name="since">
    <label class="chip"><input type="checkbox" name="need" value="remove"><span class="chip-name">Remove</span><span data-code="remove"></span></label>
    <label class="chip"><input type="checkbox" name="need" value="prune"><span class="chip-name">Prune</span><span data-code="prune"></span></label>
    <input type="search" id="unnamed">
  </form>
  <button id="clear" hidden>Clear</button><fieldset id="layers" hidden></fieldset>`;
const LAYERS = [{ key: "parcels", title: "Lots" }, { key: "streets", title: "Streets" }];

/** Opens the page of a map with filters and hidden layers. @param {[string, string][]} filters @param {string[]} hiddenLayers */
function openForm(filters = [], hiddenLayers = []) {
  const page = openPage(PAGE);
  let changes = 0;
  const form = new FilterForm({ position: null, selectedKey: null, filters, hiddenLayers }, LAYERS, () => (changes += 1));
  return { page, form, find: (/** @type {string} */ selector) => findElement(page, selector), changes: () => changes };
}

test("the form shows the filters of the link", () => {
  const filters = /** @type {[string, string][]} */ ([["town", "bel-nor"], ["since", "2026-03-01"], ["need", "prune"]]);

  assert.deepEqual(openForm(filters).form.queryPairs(), filters);
});

test("a form without choices asks for everything", () => {
  const { form, find } = openForm();

  assert.deepEqual([form.queryPairs(), form.describeChoices(), find("#clear").hidden], [[], [], true]);
});

test("several boxes of one field are several filters", () => {
  const { form, find } = openForm([["need", "remove"]]);

  choose(find("[value=prune]"), true);

  assert.deepEqual(form.queryPairs(), [["need", "remove"], ["need", "prune"]]);
});

test("a choice is reported once, and offers to clear it", () => {
  const { find, changes } = openForm();

  choose(find("#f-town"), "normandy");

  assert.deepEqual([changes(), find("#clear").hidden], [1, false]);
});

test("a control without a name is no filter", () => {
  const { form, find, changes } = openForm();

  choose(find("#unnamed"), "oak");

  assert.deepEqual([changes(), form.queryPairs()], [0, []]);
});

test("clearing takes back every choice at once", () => {
  const { form, find, changes } = openForm([["town", "bel-nor"], ["since", "2026-03-01"], ["need", "prune"]]);

  find("#clear").click();

  assert.deepEqual([form.queryPairs(), changes(), find("#clear").hidden], [[], 1, true]);
});

test("a value that the form does not offer, such as null for unknown, is added to it and selected", () => {
  const options = (/** @type {string} */ town) => [...openForm([["town", town]]).page.querySelectorAll("#f-town option")].map(({ outerHTML }) => outerHTML);

  assert.deepEqual(options("null").slice(3), ['<option value="null" selected="">null</option>']);
  assert.deepEqual(options("bel-nor").slice(3), []);
});

test("the choices are described in the words of the form", () => {
  const { form } = openForm([["town", "bel-nor"], ["since", "2026-03-01"], ["need", "prune"], ["need", "remove"]]);

  assert.deepEqual(form.describeChoices(), ["Town: Bel-Nor", "Opened since: Mar 1, 2026", "Remove, Prune"]);
});

test("each box shows how many it would add, and 0 for none", () => {
  const { form, find } = openForm();
  const counts = () => [find("[data-code=remove]").textContent, find("[data-code=prune]").textContent];

  form.showMarkCounts({ prune: 1_234 });
  assert.deepEqual(counts(), ["0", "1,234"]);
  form.showMarkCounts(null);

  assert.deepEqual(counts(), ["", ""]);
});

test("the map moves to a town when another one is chosen, not when the choice is taken back", () => {
  const { form, find } = openForm([["town", "bel-nor"]]);
  const chooseTown = (/** @type {string} */ slug) => {
    choose(find("#f-town"), slug);
    return form.hasTownChanged();
  };

  assert.deepEqual([form.hasTownChanged(), chooseTown("normandy"), chooseTown("normandy"), chooseTown(""), chooseTown("normandy")], [false, true, false, false, true]);
});

test("the chosen town has a slug for links and a name for people, all towns have neither", () => {
  const { form, find } = openForm([["town", "bel-nor"]]);
  assert.deepEqual([form.selectedTownSlug(), form.selectedTownName()], ["bel-nor", "Bel-Nor"]);

  choose(find("#f-town"), "");

  assert.deepEqual([form.selectedTownSlug(), form.selectedTownName()], ["", null]);
});

test("each layer has a box, unchecked where the link hides the layer", () => {
  const { page, find } = openForm([], ["streets"]);

  assert.deepEqual([...page.querySelectorAll("#layers label")].map((label) => [label.textContent, /** @type {HTMLInputElement} */ (label.querySelector("input")).checked]), [["Lots", true], ["Streets", false]]);
  assert.equal(find("#layers").hidden, false);
});

test("a layer is hidden and shown again, and the hidden ones are always in the same order", () => {
  const { page, form, changes } = openForm([], ["streets"]);
  const [lots = null, streets = null] = page.querySelectorAll("#layers input");

  choose(lots, false);
  assert.deepEqual([form.hiddenLayers(), form.isLayerShown("parcels")], [["parcels", "streets"], false]);
  choose(streets, true);

  assert.deepEqual([form.hiddenLayers(), form.isLayerShown("streets"), changes()], [["parcels"], true, 2]);
});

test("a page without a filter form has no filters, and its layers can still be hidden", () => {
  const page = openPage(`<fieldset id="layers" hidden></fieldset>`);
  const form = new FilterForm({ position: null, selectedKey: null, filters: [["town", "bel-nor"]], hiddenLayers: [] }, LAYERS, () => {});

  choose(page.querySelector("#layers input"), false);

  assert.deepEqual([form.queryPairs(), form.selectedTownName(), form.describeChoices(), form.hiddenLayers()], [[], null, [], ["parcels"]]);
});

test("the state of a link is restored without reporting a change: filters, layers and the button that clears them", () => {
  const { form, find, changes } = openForm([["town", "bel-nor"], ["need", "remove"]], ["streets"]);

  form.restore({ position: null, selectedKey: null, filters: [["need", "prune"]], hiddenLayers: ["parcels"] });

  assert.deepEqual([form.queryPairs(), form.hiddenLayers(), changes(), find("#clear").hidden], [[["need", "prune"]], ["parcels"], 0, false]);
  assert.deepEqual([...find("#layers").querySelectorAll("input")].map(({ checked }) => checked), [false, true]);
  form.restore({ position: null, selectedKey: null, filters: [["town", "normandy"]], hiddenLayers: [] });
  assert.equal(form.hasTownChanged(), false); // the map shows the link's position, not the town
});
