// Opens a page for a test: real elements from an HTML text, under the names that scripts of a page use.
import { Window } from "happy-dom";
import { defineGlobal } from "./globals.js";

const GLOBAL_NAMES = ["document", "HTMLElement", "HTMLSelectElement", "FormData", "Event", "KeyboardEvent", "Node"];

/** Opens a page and makes it the global one. @param {string} html content of the body @returns {Document} */
export function openPage(html) {
  const window = /** @type {any} */ (new Window({ url: "https://lotleaf.test/map/maintenance" }));
  window.document.body.innerHTML = html;
  for (const name of GLOBAL_NAMES) defineGlobal(name, window[name]);
  defineGlobal("window", window);
  defineGlobal("Option", /** @type {any} */ (createOption));
  return window.document;
}

/** Chooses a value or sets a check mark, as a user does. @param {Element | null} control @param {string | boolean} value */
export function choose(control, value) {
  const input = /** @type {any} */ (control);
  if (typeof value === "boolean") input.checked = value;
  else input.value = value;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Returns the element that a selector finds. @param {ParentNode} parent @param {string} selector @returns {HTMLElement} */
export function findElement(parent, selector) {
  const element = parent.querySelector(selector);
  if (!element) throw new Error(`no element ${selector}`);
  return /** @type {HTMLElement} */ (element);
}

/** Stands for the constructor `Option`, which happy-dom lacks. @param {string} text @param {string} value @param {boolean} isDefault whether it is selected */
function createOption(text, value, isDefault = false) {
  const option = document.createElement("option");
  [option.textContent, option.value] = [text, value];
  option.toggleAttribute("selected", isDefault);
  return option;
}
