// The script of every page: search boxes, theme, live export counts, and the service worker.
import { createElement } from "../ui/dom-elements.js";
import { gettext, ngettext } from "../ui/gettext.js";
import { makeSortable } from "../ui/sortable-table.js";
import { followFilters } from "./unplaced-records.js";
import { SearchBox } from "../search/search-box.js";

for (const form of document.querySelectorAll("form.search")) {
  const searchInput = /** @type {HTMLInputElement | null} */ (form.querySelector("input[name=q]"));
  if (searchInput) new SearchBox(/** @type {HTMLFormElement} */ (form), searchInput);
}

const themeSelect = /** @type {HTMLSelectElement | null} */ (document.getElementById("theme"));
if (themeSelect) {
  themeSelect.value = document.documentElement.dataset["theme"] ?? "auto";
  themeSelect.addEventListener("change", () => setTheme(themeSelect.value));
}

for (const table of document.querySelectorAll("table.sortable")) makeSortable(/** @type {HTMLTableElement} */ (table));
for (const form of document.querySelectorAll("form.exporting")) keepCountCurrent(/** @type {HTMLFormElement} */ (form));
const filterForm = /** @type {HTMLFormElement | null} */ (document.getElementById("filters"));
const unplacedNotice = document.getElementById("unplaced");
if (filterForm && unplacedNotice) followFilters(filterForm, unplacedNotice);

// Register the service worker only after the map is drawn, so that it does not compete for the network.
const { serviceWorker } = navigator;
if (serviceWorker && isSecureContext) {
  const registerServiceWorker = () => setTimeout(() => void serviceWorker.register("/sw.js").catch(() => {}), 2_500);
  if (document.querySelector("[data-map]")) document.addEventListener("lotleaf:map-ready", registerServiceWorker, { once: true });
  else addEventListener("load", registerServiceWorker, { once: true });
}

/** @param {string} theme */
function setTheme(theme) {
  if (theme === "auto") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // Without storage the theme lasts for this page only.
  }
  document.dispatchEvent(new Event("lotleaf:theme-change"));
}

/**
 * Updates an export form's row count whenever its filters change.
 * @param {HTMLFormElement} form
 */
function keepCountCurrent(form) {
  const output = form.querySelector("output");
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const query = new URLSearchParams();
      for (const [key, value] of new FormData(form)) if (value) query.append(key, String(value));
      const response = await fetch(`${form.dataset["count"]}?${query}`).catch(() => null);
      const body = response?.ok ? await response.json() : null;
      const text = body ? ngettext("%(count)s row", "%(count)s rows", body.count) : gettext("The count could not be loaded. Check the connection and try again.");
      output?.replaceChildren(createElement("span", {}, text));
    }, 250);
  });
}
