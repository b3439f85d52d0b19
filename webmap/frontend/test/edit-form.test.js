import assert from "node:assert/strict";
import { test } from "node:test";
import { createEditForm } from "../src/crew/edit-form.js";
import { findElement, openPage } from "../test-support/page.js";

const FILTERS = `
  <select id="f-condition"><option value="">Any</option><option value="good">good</option><option value="unknown">not recorded</option></select>
  <select id="f-risk"><option value="">Any</option><option value="low">low</option></select>
  <select id="f-species"><option value="">Any</option><option value="Quercus rubra">Northern Red Oak</option></select>`;

/** Opens a form on a page with filters, and records what it saves. @param {Record<string, any>} properties @param {string | null} work */
function openForm(properties, work) {
  const page = openPage(FILTERS);
  /** @type {import("../src/crew/edit-form.js").FormValues[]} */
  const saved = [];
  const feature = /** @type {any} */ ({ type: "Feature", id: "S-1", geometry: null, properties: { need: work, ...properties } });
  const form = createEditForm(feature, work, async (values) => void saved.push(values), () => {});
  page.body.append(form);
  const submit = async () => {
    form.dispatchEvent(new Event("submit", { cancelable: true }));
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { form, saved, submit };
}

/** @param {HTMLElement} form */
const labelsOf = (form) => [...form.querySelectorAll("legend, label[for]")].map(({ textContent }) => textContent);

test("the form of each work asks what is not known yet", () => {
  assert.deepEqual(labelsOf(openForm({ tree_id: "T-1" }, "prune").form), ["Note (optional)"]);
  assert.deepEqual(labelsOf(openForm({ tree_id: "T-1" }, "remove").form), ["What is left?", "Note (optional)"]);
  assert.deepEqual(labelsOf(openForm({ tree_id: "T-1" }, "inspect").form), ["Condition found", "Risk found (optional)", "Note (optional)"]);
  assert.deepEqual(labelsOf(openForm({}, "plant").form), ["Species", "Diameter in inches (optional)", "Note (optional)"]);
  assert.deepEqual(labelsOf(openForm({}, null).form), ["Note"]);
});

test("a stump at a standing tree leaves the status of the site alone, one without a tree does not", () => {
  assert.deepEqual(labelsOf(openForm({ tree_id: "T-1" }, "stump").form), ["Note (optional)"]);
  assert.deepEqual(labelsOf(openForm({ tree_id: null }, "stump").form), ["What is left?", "Note (optional)"]);
});

test("the buttons and the message are together in a foot, which the style keeps in view", async () => {
  const { form, saved, submit } = openForm({}, null);

  await submit();

  const foot = findElement(form, ".form-foot");
  assert.equal(findElement(foot, "[role=status]").textContent, "Write a note, or take a photo.");
  assert.deepEqual([...foot.querySelectorAll("button")].map(({ textContent }) => textContent), ["Cancel", "Save"]);
  assert.equal(form.lastElementChild, foot);
  assert.deepEqual(saved, []);
});

test("a form saves what was answered, with the values that were seen", async () => {
  const { form, saved, submit } = openForm({ tree_id: "T-1", condition: "poor" }, "inspect");
  const select = /** @type {HTMLSelectElement} */ (findElement(form, "#crew-condition"));
  assert.deepEqual([...select.options].map(({ value }) => value), ["", "good"]); // nobody finds a condition unknown
  select.value = "good";

  await submit();

  assert.deepEqual(saved, [{ note: "", photo: undefined, changes: { condition: "good" }, base: { condition: "poor" } }]);
});
