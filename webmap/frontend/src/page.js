// What pages have: the switch of colours, and live counts where something can be exported or is on no map.
import { element } from "./element.js";
import { follow } from "./nowhere.js";
import { Search } from "./search.js";

for (const form of document.querySelectorAll("form.search")) {
  const box = /** @type {HTMLInputElement | null} */ (form.querySelector("input[name=q]"));
  if (box) new Search(/** @type {HTMLFormElement} */ (form), box);
}

const themes = /** @type {HTMLSelectElement | null} */ (document.getElementById("theme"));
if (themes) {
  themes.value = document.documentElement.dataset["theme"] ?? "auto";
  themes.addEventListener("change", () => choose(themes.value));
}

for (const form of document.querySelectorAll("form.exporting")) live(/** @type {HTMLFormElement} */ (form));
const filters = /** @type {HTMLFormElement | null} */ (document.getElementById("filters"));
const nowhere = document.getElementById("nowhere");
if (filters && nowhere) follow(filters, nowhere);

// A worker that is registered before the map is drawn would take its line.
const { serviceWorker } = navigator;
if (serviceWorker && isSecureContext) {
  const register = () => setTimeout(() => void serviceWorker.register("/sw.js").catch(() => {}), 2_500);
  if (document.querySelector("[data-map]")) document.addEventListener("lotleaf:drawn", register, { once: true });
  else addEventListener("load", register, { once: true });
}

/** @param {string} theme */
function choose(theme) {
  if (theme === "auto") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // It holds for this page only.
  }
  document.dispatchEvent(new Event("lotleaf:theme"));
}

/**
 * Keep a form's count true to its filters.
 * @param {HTMLFormElement} form
 */
function live(form) {
  const output = form.querySelector("output");
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const asked = new URLSearchParams();
      for (const [key, value] of new FormData(form)) if (value) asked.append(key, String(value));
      const answer = await fetch(`${form.dataset["count"]}?${asked}`).catch(() => null);
      const body = answer?.ok ? await answer.json() : null;
      const text = body ? `${body.count.toLocaleString("en-US")} ${body.count === 1 ? "row" : "rows"}` : "The count is not to be had just now";
      output?.replaceChildren(element("span", {}, text));
    }, 250);
  });
}
